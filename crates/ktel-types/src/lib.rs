#![doc = include_str!("../README.md")]
//!
//! # What follows from the schema
//!
//! Everything in [`report`], [`host`], [`fields`] and [`contract`] is generated from the standard in `schema/`. [`Valid`] is a
//! value that keeps the bounds, together with the bytes that were checked; [`check`] tells what breaks them. [`mod@line`] is the
//! line format of the library that came before. Nothing here reads a clock or the environment, or does I/O.

// Features are named beside what they bring, where that is documented with a compiler that can.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod absence;
mod generated;
#[cfg(feature = "schemars")]
mod json_schema;
pub mod line;
mod merge;
mod number;
mod pattern;
mod presence;
#[cfg(feature = "protobuf")]
pub mod protobuf;
pub mod table;
mod valid;
mod validate;
mod violation;

pub use absence::Absence;
pub use generated::{contract, fields, host, report};
pub use presence::each_present;
pub use valid::{Described, Invalid, Valid};
pub use validate::{NotJson, check};
pub use violation::{Rule, Violation};
