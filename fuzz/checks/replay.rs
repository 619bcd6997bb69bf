//! The corpus of a target once more, without a fuzzer: for the tests of the crates that the targets try.

use std::{fs, path::Path};

/// Checks each input of a target. It is run for a package that lies in `crates/`.
#[allow(clippy::print_stdout, reason = "the last one that is named is the one that failed")]
pub(crate) fn replay(target: &str, check: fn(&[u8])) {
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
