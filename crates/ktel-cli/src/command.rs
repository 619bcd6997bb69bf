//! The commands, one module each.

pub(crate) mod agent;
#[cfg(feature = "demo")]
pub(crate) mod demo;
pub(crate) mod explain;
pub(crate) mod opt;
pub(crate) mod preview;
pub(crate) mod rotate;
pub(crate) mod schema;
pub(crate) mod send;
pub(crate) mod status;
pub(crate) mod validate;

mod annotation;
mod difference;
mod documents;
mod seen;
mod table;
mod target;
