//! A capture as the browser wrote it, or as it never would; what can be read is cleaned as well.
#![no_main]

use detour_shelf::{clean::clean, mhtml::read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(capture) = read(bytes) {
        let _ = clean(capture);
    }
});
