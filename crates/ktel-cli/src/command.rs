//! The commands, one module each.

#[cfg(feature = "demo")]
pub(crate) mod demo;
pub(crate) mod opt;
pub(crate) mod preview;
pub(crate) mod schema;
pub(crate) mod send;
pub(crate) mod status;
pub(crate) mod validate;

mod documents;
mod table;
mod target;
