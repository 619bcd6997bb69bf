//! The ClusterVersion of OpenShift.

use serde::Deserialize;

/// A ClusterVersion.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    status: Status,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Status {
    desired: Desired,
    history: Vec<Update>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Desired {
    version: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Update {
    state: String,
    version: String,
}

impl Object {
    /// The version that the cluster has: the last one that was completely installed, else the one that is wanted.
    #[must_use]
    pub(crate) fn version(&self) -> &str {
        let completed = self.status.history.iter().find(|update| update.state == "Completed");
        completed.map_or(&self.status.desired.version, |update| &update.version)
    }
}
