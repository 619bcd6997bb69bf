//! What an object was made by.

use serde::Deserialize;

/// The entries of `metadata.ownerReferences`.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Owners(Vec<Owner>);

/// What made an object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Owner {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    controller: bool,
}

impl Owners {
    /// Whether nothing made the object.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What sees to the object.
    #[must_use]
    pub(crate) fn controller(&self) -> Option<&Owner> {
        self.0.iter().find(|owner| owner.controller)
    }
}
