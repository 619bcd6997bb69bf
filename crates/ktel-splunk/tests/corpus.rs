//! The corpus of `fuzz/` once more, by the same checks: what was found stays found, with any compiler.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../../../fuzz/checks/hec_reply.rs"]
mod hec_reply;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;
#[path = "../../../fuzz/checks/spool.rs"]
mod spool;

use replay::replay;

#[test]
fn answers_of_a_receiver() {
    replay("hec_reply", hec_reply::check);
}

#[test]
fn files_of_a_spool() {
    replay("spool", spool::check);
    replay("spool", spool::check_in_directory);
}
