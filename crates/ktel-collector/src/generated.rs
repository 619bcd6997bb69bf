//! What `cargo xtask codegen` makes of the standard for the collector. This file is written by hand, so that it can say
//! which is public.

#[rustfmt::skip]
pub(crate) mod assemble;
#[rustfmt::skip]
pub(crate) mod indexed;
#[rustfmt::skip]
pub(crate) mod probe;
#[rustfmt::skip]
pub mod reads;
#[rustfmt::skip]
pub(crate) mod snapshot;
