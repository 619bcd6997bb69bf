//! Services.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Collection;
use crate::rules::meshes::{self, Marks};

/// Those that a query selects.
pub(crate) type Selected = crate::selection::Selected<serde::de::IgnoredAny>;

/// A Service.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Object {
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Metadata {
    annotations: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Spec {
    selector: BTreeMap<String, String>,
}

/// The metadata of all Services, folded: how many of them are inside of which mesh by a sign of their own.
#[derive(Debug, Clone, Default)]
pub(crate) struct MetadataList {
    inside: BTreeMap<Marks, u32>,
    count: usize,
}

impl Object {
    /// The meshes that it is inside of by its annotations.
    #[must_use]
    pub(crate) fn meshes(&self) -> Marks {
        meshes::of_service(&self.metadata.annotations)
    }

    /// The labels of its pods, as a query selects them; `None` if it selects none.
    #[must_use]
    pub(crate) fn pods(&self) -> Option<String> {
        let labels: Vec<String> = self.spec.selector.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!labels.is_empty()).then(|| labels.join(","))
    }
}

impl MetadataList {
    /// How many Services are inside of this mesh.
    #[must_use]
    pub(crate) fn inside(&self, mesh: Marks) -> u32 {
        self.inside.iter().filter(|(marks, _)| marks.intersects(mesh)).map(|(_, count)| count).sum()
    }
}

impl Collection for MetadataList {
    type Item = Object;

    fn take(&mut self, item: Object) {
        self.count += 1;
        let marks = item.meshes();
        if marks != Marks::default() {
            *self.inside.entry(marks).or_default() += 1;
        }
    }

    fn count(&self) -> usize {
        self.count
    }
}
