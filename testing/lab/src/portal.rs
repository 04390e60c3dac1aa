//! Captive portals: one that only the browsers' own probe meets, and one that captures everything.

use crate::hosts::SIGN_IN;
use crate::modes::PortalMode;
use crate::reply::{Body, Reply, html, redirect, status};
use crate::sites::page;

/// What the probe's host says, or the portal in the name of any other.
pub(crate) fn answer(mode: PortalMode, path: &str) -> Reply {
    match mode {
        PortalMode::Open => status(204, Body::Empty),
        PortalMode::Redirect if path == "/generate_204" => redirect("http://connectivitycheck.gstatic.com/sign-in"),
        PortalMode::CaptureRedirect => redirect(&format!("http://{SIGN_IN}/sign-in")),
        PortalMode::Redirect | PortalMode::Content | PortalMode::CaptureContent => sign_in(),
    }
}

/// The portal's page.
pub(crate) fn sign_in() -> Reply {
    html(
        200,
        page(
            "Harbour Hotel Wi-Fi",
            "Please sign in to use this network.",
            "<form><input name=room><button>Sign in</button></form>",
        ),
    )
}
