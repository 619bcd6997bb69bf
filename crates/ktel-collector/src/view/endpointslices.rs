//! EndpointSlices: which pods a Service leads to.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Collection, Key};

/// All EndpointSlices, folded: Services with the pods that they lead to.
#[derive(Debug, Clone, Default)]
pub(crate) struct List {
    services: HashMap<Key, Vec<Key>>,
    count: usize,
}

#[derive(Deserialize)]
pub(crate) struct Item {
    metadata: Metadata,
    /// `null` where there is none.
    endpoints: Option<Vec<Endpoint>>,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    labels: Labels,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Labels {
    #[serde(rename = "kubernetes.io/service-name")]
    service: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint {
    target_ref: Option<Target>,
}

#[derive(Deserialize)]
struct Target {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    namespace: String,
    #[serde(default)]
    name: String,
}

impl List {
    /// The pods of each Service that leads to any.
    pub(crate) fn services(&self) -> impl Iterator<Item = &[Key]> {
        self.services.values().map(Vec::as_slice)
    }
}

impl Collection for List {
    type Item = Item;

    fn take(&mut self, Item { metadata, endpoints }: Item) {
        self.count += 1;
        let targets = endpoints.into_iter().flatten().filter_map(|endpoint| endpoint.target_ref);
        let pods: Vec<Key> = targets
            .filter(|target| target.kind == "Pod")
            .map(|target| Key::new(&target.namespace, &target.name))
            .collect();
        // A slice that belongs to no Service leads to none.
        if !pods.is_empty() && !metadata.labels.service.is_empty() {
            self.services.entry(Key::new(&metadata.namespace, &metadata.labels.service)).or_default().extend(pods);
        }
    }

    fn count(&self) -> usize {
        self.count
    }
}
