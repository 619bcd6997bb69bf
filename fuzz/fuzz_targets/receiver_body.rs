//! The body of a request to the receiver, packed or not.

#![no_main]

#[path = "../checks/receiver_body.rs"]
mod receiver_body;

libfuzzer_sys::fuzz_target!(|input: &[u8]| receiver_body::check(input));
