//! `cluster.architecture`: the nodes by the architecture of their processors.

use super::{number, seen};
use crate::{
    generated::{probe, snapshot::Snapshot},
    reading::Reading,
};

/// The architectures that have a field of their own, as nodes name them.
const KNOWN: [&str; 5] = ["amd64", "arm64", "ppc64le", "s390x", "riscv64"];

impl probe::Architecture for Snapshot {
    fn amd64_node_count(&self) -> Reading<u32> {
        count(self, |name| name == Some("amd64"))
    }

    fn arm64_node_count(&self) -> Reading<u32> {
        count(self, |name| name == Some("arm64"))
    }

    fn ppc64le_node_count(&self) -> Reading<u32> {
        count(self, |name| name == Some("ppc64le"))
    }

    fn s390x_node_count(&self) -> Reading<u32> {
        count(self, |name| name == Some("s390x"))
    }

    fn riscv64_node_count(&self) -> Reading<u32> {
        count(self, |name| name == Some("riscv64"))
    }

    fn other_node_count(&self) -> Reading<u32> {
        count(self, |name| !name.is_some_and(|name| KNOWN.contains(&name)))
    }
}

fn count(snapshot: &Snapshot, is_meant: impl Fn(Option<&str>) -> bool) -> Reading<u32> {
    let nodes = seen(&snapshot.nodes_metadata)?;
    let count = nodes.iter().filter(|node| is_meant(node.architecture.as_deref())).count();
    Ok(number(count))
}
