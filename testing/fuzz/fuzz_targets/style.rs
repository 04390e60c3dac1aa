//! Any style sheet: within a `<style>`, as a file, imported, and as an attribute. Held against the same rules as the
//! hostile documents of the tests; a fuzzer that has to find its way through HTML first seldom gets this far into CSS.
#![no_main]

use detour_shelf::capture::{Capture, Part};
use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../../crates/shelf/tests/hostile/oracle.rs"]
mod oracle;

fuzz_target!(|css: &str| {
    // An import with conditions puts its sheet deeper, so that what is at the limit already is passed over the next
    // time it is cleaned. The limit itself has tests of its own.
    if css.bytes().filter(|byte| b"{[(".contains(byte)).count() > 24 {
        return;
    }
    let attribute = css.replace('&', "&amp;").replace('"', "&quot;");
    let html = format!(
        "<link rel=stylesheet href=s.css><style>@import 's.css' screen;</style><style>{css}</style><p style=\"{attribute}\">x"
    );
    let sheet = Part {
        url: "https://example.org/s.css".to_owned(),
        media_type: "text/css".to_owned(),
        bytes: css.as_bytes().to_vec(),
        ..Part::default()
    };
    oracle::check_capture(Capture { url: "https://example.org/".to_owned(), html, parts: vec![sheet] });
});
