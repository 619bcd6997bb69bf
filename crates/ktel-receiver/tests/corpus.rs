//! The corpus of `fuzz/` once more, by the same checks: what was found stays found, with any compiler.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::{fs, path::Path};

#[path = "../../../fuzz/checks/receiver_body.rs"]
mod receiver_body;

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
fn bodies_of_requests() {
    replay("receiver_body", receiver_body::check);
}
