//! Any document, with a style sheet and a frame made of it as well. What comes out is clean: cleaned once more it
//! still is, and nothing in it runs or fetches.
#![no_main]

use detour_shelf::{
    capture::{Capture, Part},
    clean::clean,
    compose::compose,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|html: &str| {
    let part = |url: &str, media_type: &str| Part {
        url: url.to_owned(),
        media_type: media_type.to_owned(),
        bytes: html.as_bytes().to_vec(),
        ..Part::default()
    };
    let page = clean(Capture {
        url: "https://example.org/".to_owned(),
        html: html.to_owned(),
        parts: vec![
            part("https://example.org/s.css", "text/css"),
            part("https://example.org/f", "text/html"),
            part("https://example.org/a.svg", "image/svg+xml"),
        ],
    });
    let composed = compose(&page.html, |hash| page.bodies.iter().find(|body| body.hash == *hash).cloned());
    let lower = composed.html.to_ascii_lowercase();
    for never in ["<script", "<iframe", "<object", "<embed", "<base"] {
        // An element that is called `scripthoriz` is nobody's script.
        let is_tag = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric() || "-_.:".contains(next));
        assert!(!lower.split(never).skip(1).any(is_tag), "{never} in {}", composed.html);
    }
});
