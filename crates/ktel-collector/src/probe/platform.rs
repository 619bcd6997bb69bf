//! Which distribution of Kubernetes it is, and in which cloud.
//!
//! Each node votes for the first row of [`ROWS`] of which it bears a mark; a mark of the cluster as a whole is borne by all
//! nodes. A node without any mark does not vote. The most votes win, and of those that have as many, the row that comes
//! first.

use std::collections::BTreeMap;

use ktel_types::{
    Absence,
    report::{Cloud, Platform},
};

use crate::{
    generated::snapshot::Snapshot,
    reading::Reading,
    rules::platforms::{Mark, PROVIDERS, ROWS, Row},
    view::nodes::Marks,
};

/// The distribution of Kubernetes.
pub(super) fn platform(snapshot: &Snapshot) -> Reading<Platform> {
    let nodes = nodes(snapshot);
    let first_row = |node: Option<&Marks<'_>>| ROWS.iter().position(|row| row.fits(snapshot, node));
    let winner = match &nodes[..] {
        [] => first_row(None),
        nodes => vote(nodes.iter().filter_map(|node| first_row(Some(node)))),
    };
    match (winner.and_then(|index| ROWS.get(index)), unread(snapshot)) {
        (Some(row), _) => Ok(row.platform),
        (None, Some(absence)) => Err(absence),
        (None, None) if nodes.is_empty() => Err(Absence::Unknown),
        (None, None) => Ok(Platform::Other),
    }
}

/// The cloud that the nodes run in: what they say themselves, else what their platform implies.
pub(super) fn cloud(snapshot: &Snapshot) -> Reading<Cloud> {
    let nodes = nodes(snapshot);
    let said = vote(nodes.iter().filter_map(|node| provider(node.provider_id)));
    let implied = |node: Option<&Marks<'_>>| {
        ROWS.iter().filter(|row| row.cloud.is_some()).find(|row| row.fits(snapshot, node)).and_then(|row| row.cloud)
    };
    let cloud = said.or_else(|| match &nodes[..] {
        [] => implied(None),
        nodes => vote(nodes.iter().filter_map(|node| implied(Some(node)))),
    });
    cloud.ok_or_else(|| unread(snapshot).unwrap_or(Absence::Unknown))
}

impl Row {
    fn fits(&self, snapshot: &Snapshot, node: Option<&Marks<'_>>) -> bool {
        let is_borne = |test: &dyn Fn(&Marks<'_>) -> bool| node.is_some_and(test);
        self.marks.iter().any(|mark| match mark {
            Mark::Group(name) => snapshot.apis.as_ref().is_ok_and(|apis| apis.has_group(name)),
            Mark::Version(part) => snapshot.version.as_ref().is_ok_and(|version| version.git_version.contains(part)),
            Mark::Label(name) => is_borne(&|node| node.labels.contains_key(*name)),
            Mark::LabelPrefix(start) => is_borne(&|node| node.labels.keys().any(|name| name.starts_with(start))),
            Mark::Annotation(name) => is_borne(&|node| node.annotations.contains_key(*name)),
            Mark::AnnotationPrefix(start) => {
                is_borne(&|node| node.annotations.keys().any(|name| name.starts_with(start)))
            }
            Mark::Provider(start) => is_borne(&|node| node.provider_id.starts_with(start)),
            Mark::System(start) => is_borne(&|node| node.os_image.starts_with(start)),
        })
    }
}

/// All nodes, those that are known whole before the others. Lists have one order, so that these are the first ones of both.
fn nodes(snapshot: &Snapshot) -> Vec<Marks<'_>> {
    let whole = snapshot.nodes_first_page.as_deref().unwrap_or_default();
    let metadata = snapshot.nodes_metadata.as_deref().unwrap_or_default();
    let rest = metadata.iter().skip(whole.len());
    whole.iter().map(|node| node.marks()).chain(rest.map(|node| node.marks())).collect()
}

/// The cloud of a provider's identifier; `None` where it says nothing of it. What has no scheme says nothing, either.
fn provider(id: &str) -> Option<Cloud> {
    match PROVIDERS.iter().find(|provider| id.starts_with(provider.start)) {
        Some(provider) => provider.cloud,
        None => id.contains("://").then_some(Cloud::Other),
    }
}

/// What most vote for; of those that have as many votes, the smallest.
fn vote<T: Copy + Ord>(votes: impl Iterator<Item = T>) -> Option<T> {
    let mut counts = BTreeMap::new();
    for vote in votes {
        *counts.entry(vote).or_insert(0_usize) += 1;
    }
    // Of several that are largest, the last one is taken: hence from the back.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(winner, _)| winner)
}

/// Why some of what the rules look at is not known; `None` if all of it is.
fn unread(snapshot: &Snapshot) -> Option<Absence> {
    [
        snapshot.nodes_metadata.as_ref().err(),
        snapshot.nodes_first_page.as_ref().err(),
        snapshot.version.as_ref().err(),
        snapshot.apis.as_ref().err(),
    ]
    .into_iter()
    .flatten()
    .next()
    .copied()
}

#[cfg(test)]
mod tests;
