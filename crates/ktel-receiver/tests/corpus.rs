//! The corpus of `fuzz/` once more, by the same checks: what was found stays found, with any compiler.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../../../fuzz/checks/receiver_body.rs"]
mod receiver_body;
#[path = "../../../fuzz/checks/replay.rs"]
mod replay;

use replay::replay;

#[test]
fn bodies_of_requests() {
    replay("receiver_body", receiver_body::check);
}
