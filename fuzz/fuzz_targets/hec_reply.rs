//! An answer of the event collector, or of whatever stands at its address.

#![no_main]

#[path = "../checks/hec_reply.rs"]
mod hec_reply;

libfuzzer_sys::fuzz_target!(|input: &[u8]| hec_reply::check(input));
