#![doc = include_str!("../README.md")]
//!
//! # What is done, and what is not
//!
//! A [`Hec`] makes one attempt for each batch and says what became of it; what that means for the events that wait, the
//! outbox decides. It queues nothing, tries nothing twice (but for a connection that was closed while it was idle), follows no
//! redirect, and knows nothing of reports. Its token is in no log, no error and no `Debug` output.
//!
//! [`Ndjson`] writes the same to a file, and [`decode`] reads it back. A [`Spool`] is such files in a directory, in which what
//! waits survives the process, a [`JournalFile`] shows the last reports to people. [`TlsLine`] sends a report as a line to a heavy forwarder.

mod acks;
mod builder;
mod classify;
mod decode;
mod diagnosis;
mod encode;
mod encode_line;
mod file;
mod hec;
mod journal;
mod ndjson;
mod reply;
mod spool;
mod tls;
mod tls_line;
mod token;

pub use builder::{Builder, SetupError};
pub use classify::{Change, Posted, Verdict, classify};
pub use decode::{NotAnEnvelope, decode};
pub use diagnosis::Diagnosis;
pub use encode::encode;
pub use encode_line::{Forged, encode_line};
pub use hec::Hec;
pub use journal::JournalFile;
pub use ndjson::Ndjson;
pub use reply::{Body, Reply};
pub use spool::Spool;
pub use tls_line::{TlsLine, TlsLineBuilder};
pub use token::Token;
