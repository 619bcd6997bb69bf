//! The corpus of `fuzz/` once more, by the same checks: what was found stays found, with any compiler.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{fs, path::Path};

#[path = "../../../fuzz/checks/hec_reply.rs"]
mod hec_reply;
#[path = "../../../fuzz/checks/spool.rs"]
mod spool;

/// Checks each input of a target.
#[allow(clippy::print_stdout, reason = "the last one that is named is the one that failed")]
fn replay(target: &str, check: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut inputs = 0;
    for entry in fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        println!("{}", path.display());
        check(&fs::read(path).unwrap());
        inputs += 1;
    }
    assert!(inputs >= 20, "only {inputs} inputs are there");
}

#[test]
fn answers_of_a_receiver() {
    replay("hec_reply", hec_reply::check);
}

#[test]
fn files_of_a_spool() {
    replay("spool", spool::check);
    replay("spool", spool::check_in_directory);
}
