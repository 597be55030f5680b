#![no_main]

#[allow(dead_code, reason = "a target is one of several")]
#[path = "../../tests/fuzz/harness/mod.rs"]
mod harness;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| harness::events(bytes));
