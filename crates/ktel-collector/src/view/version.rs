//! `GET /version`.

use serde::Deserialize;

/// The version of the API server.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Object {
    /// The whole version, with what the vendor adds: `v1.31.2-eks-7f9249a`.
    pub(crate) git_version: String,
    /// The first number, possibly with something behind it.
    pub(crate) major: String,
    /// The second number, possibly with something behind it: `27+`.
    pub(crate) minor: String,
    /// Operating system and architecture: `linux/amd64`.
    pub(crate) platform: String,
}
