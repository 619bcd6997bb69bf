//! Probes: pure functions from a snapshot to the value of a field, or to the reason why there is none.
//!
//! One module a section. Each implements the generated trait of its section for the generated `Snapshot`; a field that
//! no probe fills does not compile.

mod architecture;
mod cluster;
mod platform;
