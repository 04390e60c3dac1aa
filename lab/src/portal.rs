//! Captive portals: one that only the browsers' own probe meets, and one that captures everything.

use serde::{Deserialize, Serialize};

use crate::hosts::SIGN_IN;
use crate::pages::{Body, html, redirect, status};
use crate::serve::Reply;
use crate::sites::page;

/// What the captive-portal probe meets, and whether everybody meets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PortalMode {
    /// An open network: 204.
    #[default]
    Open,
    /// The probe gets 302 to a sign-in page.
    Redirect,
    /// The probe gets 200 with a sign-in page in place.
    Content,
    /// Every host's port 80 answers 302 to the portal's page, every host's port 443 shows the portal's certificate.
    CaptureRedirect,
    /// Every host's port 80 answers 200 with the portal's page, every host's port 443 shows the portal's certificate.
    CaptureContent,
}

impl PortalMode {
    /// Whether it stands before all hosts, not only before the probe's.
    pub(crate) fn captures(self) -> bool {
        match self {
            Self::Open | Self::Redirect | Self::Content => false,
            Self::CaptureRedirect | Self::CaptureContent => true,
        }
    }
}

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
