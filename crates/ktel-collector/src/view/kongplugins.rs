//! KongPlugins and KongClusterPlugins. What they configure their plugin with is passed over.

use serde::Deserialize;

use super::Changed;

/// All of them.
pub(crate) type List = Vec<Object>;

/// A KongPlugin or a KongClusterPlugin.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    plugin: Box<str>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    #[serde(rename = "managedFields")]
    changed: Changed,
}

impl Object {
    /// The name of the plugin. Only what it is compared with may be sent.
    #[must_use]
    pub(crate) fn plugin(&self) -> &str {
        &self.plugin
    }

    /// When it was last configured.
    #[must_use]
    pub(crate) fn changed(&self) -> Changed {
        self.metadata.changed
    }
}
