//! A telemetry report as Rust types.
//!
//! Everything in [`report`], [`host`], [`fields`] and [`contract`] is generated from the standard in `schema/`: what a field
//! means, its bounds, its unit and its source stand in its documentation. [`Valid`] is a report that keeps them.
//!
//! ```
//! use ktel_types::{Valid, report::{Product, Report}};
//!
//! let product = Valid::<Product>::parse(r#"{"name": "kong-operator", "version": "2.1.0"}"#)?;
//! assert_eq!(product.version.as_deref(), Some("2.1.0"));
//!
//! let refused = Valid::<Product>::parse(r#"{"name": "Somebody's Gateway", "colour": 7}"#).unwrap_err();
//! assert_eq!(refused.violations().len(), 2);
//! # Ok::<(), ktel_types::Invalid>(())
//! ```
//!
//! The crate reads no clock and no environment, and does no I/O.

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
