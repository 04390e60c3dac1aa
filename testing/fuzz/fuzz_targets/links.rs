//! A TimeMap, as servers write them (RFC 6690, RFC 7089).
#![no_main]

use detour_core::copies::links;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = links(text);
});
