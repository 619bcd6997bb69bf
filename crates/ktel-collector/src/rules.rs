//! What tells a platform, a mesh, a plugin: knowledge of other people's products, as data.
//!
//! Every row names the source that it was checked against. Where several rows fit, the first one wins, so that the answer
//! does not depend on the order in which a cluster tells things.

pub(crate) mod deployments;
pub(crate) mod feature_gates;
pub(crate) mod meshes;
pub(crate) mod platforms;
pub(crate) mod plugins;
