//! What probes see of the objects of a cluster, one module a kind.
//!
//! A page is decoded into these and nothing else: what no probe looks at is passed over as it is parsed. For each read of
//! the standard, the generated snapshot names the type here that it wants.

pub(crate) mod apis;
pub(crate) mod namespaces;
pub(crate) mod nodes;
pub(crate) mod pods;
pub(crate) mod version;
