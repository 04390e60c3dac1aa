//! Any document, with a style sheet, a frame and an image made of it as well. What comes out is held against the same
//! rules as the hostile documents of the tests: nothing in it runs or fetches, and cleaned once more it is the same.
#![no_main]

use detour_shelf::capture::{Capture, Part};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../../crates/shelf/tests/hostile/oracle.rs"]
mod oracle;

fuzz_target!(|html: &str| {
    let part = |url: &str, media_type: &str| Part {
        url: url.to_owned(),
        media_type: media_type.to_owned(),
        bytes: html.as_bytes().to_vec(),
        ..Part::default()
    };
    oracle::check_capture(Capture {
        url: "https://example.org/".to_owned(),
        html: html.to_owned(),
        parts: vec![
            part("https://example.org/s.css", "text/css"),
            part("https://example.org/f", "text/html"),
            part("https://example.org/a.svg", "image/svg+xml"),
        ],
    });
});
