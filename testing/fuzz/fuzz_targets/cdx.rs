//! A list of captures, in each of the forms in which archives answer.
#![no_main]

use detour_core::copies::captures;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = captures(text);
});
