//! What `cargo xtask codegen` makes of the standard. This file is written by hand, so that it can say which is public.

#[rustfmt::skip]
pub mod contract;
#[rustfmt::skip]
pub mod fields;
#[rustfmt::skip]
pub mod host;
#[rustfmt::skip]
mod patterns;
#[rustfmt::skip]
pub mod report;
#[cfg(feature = "protobuf")]
#[rustfmt::skip]
pub mod wire;
