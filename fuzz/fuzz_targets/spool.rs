//! A file of the spool, or a line that `ktel send --from` reads.

#![no_main]

#[path = "../checks/spool.rs"]
mod spool;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    spool::check(input);
    // A directory takes a thousand times as long as what is read in it.
    if input.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)) == 0 {
        spool::check_in_directory(input);
    }
});
