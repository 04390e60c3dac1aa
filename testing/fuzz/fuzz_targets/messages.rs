//! Messages to the worker, a line each: any JSON, from any sender. Whatever they are, the state gains no target whose
//! origin is not the sender's, and nothing is done that a page may not have done.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code, reason = "the tests use more of it")]
#[path = "../../../extension/tests/messages/oracle.rs"]
mod oracle;

fuzz_target!(|text: &str| {
    let mut world = oracle::World::default();
    for line in text.lines().take(32) {
        world.hears(line);
    }
});
