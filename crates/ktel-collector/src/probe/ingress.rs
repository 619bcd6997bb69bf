//! `ingress`: which versions of the Ingress API are served. Its objects are counted without a probe.

use super::seen;
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

impl probe::Ingress for Snapshot {
    fn api_versions_served(&self) -> Reading<Vec<String>> {
        Ok(seen(&self.apis)?.versions("networking.k8s.io").map(str::to_owned).collect())
    }
}
