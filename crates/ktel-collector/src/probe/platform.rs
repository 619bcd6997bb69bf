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
    rules::platforms::{Borne, Mark, ROWS, Row},
};

/// The distribution of Kubernetes.
pub(super) fn platform(snapshot: &Snapshot) -> Reading<Platform> {
    let nodes = nodes(snapshot);
    match (winner(snapshot, &nodes, |_| true), unread(snapshot)) {
        (Some(row), _) => Ok(row.platform),
        (None, Some(absence)) => Err(absence),
        (None, None) if nodes.is_empty() => Err(Absence::Unknown),
        (None, None) => Ok(Platform::Other),
    }
}

/// The cloud that the nodes run in: what they say themselves, else what their platform implies.
pub(super) fn cloud(snapshot: &Snapshot) -> Reading<Cloud> {
    let whole = snapshot.nodes_first_page.as_deref().unwrap_or_default();
    let said = vote(whole.iter().filter_map(|node| node.cloud));
    let implied = || winner(snapshot, &nodes(snapshot), |row| row.cloud.is_some()).and_then(|row| row.cloud);
    said.or_else(implied).ok_or_else(|| unread(snapshot).unwrap_or(Absence::Unknown))
}

/// The row that most nodes vote for, of those that are meant; without nodes, the one that the cluster as a whole bears.
fn winner(snapshot: &Snapshot, nodes: &[Borne], is_meant: impl Fn(&Row) -> bool) -> Option<&'static Row> {
    let of_cluster: Vec<bool> = ROWS.iter().map(|row| row.marks.iter().any(|mark| is_on(mark, snapshot))).collect();
    let first = |node: Borne| {
        let mut rows = ROWS.iter().zip(&of_cluster).enumerate();
        rows.find(|(index, (row, is_of_cluster))| is_meant(row) && (**is_of_cluster || node.has(*index)))
            .map(|(index, _)| index)
    };
    let winner = match nodes {
        [] => first(Borne::default()),
        nodes => vote(nodes.iter().filter_map(|node| first(*node))),
    };
    winner.and_then(|index| ROWS.get(index))
}

/// Whether the cluster as a whole bears a mark.
fn is_on(mark: &Mark, snapshot: &Snapshot) -> bool {
    match mark {
        Mark::Group(name) => snapshot.apis.as_ref().is_ok_and(|apis| apis.has_group(name)),
        Mark::Version(part) => snapshot.version.as_ref().is_ok_and(|version| version.git_version.contains(part)),
        _ => false,
    }
}

/// All nodes, those that are known whole before the others. Lists have one order, so that these are the first ones of both.
fn nodes(snapshot: &Snapshot) -> Vec<Borne> {
    let whole = snapshot.nodes_first_page.as_deref().unwrap_or_default();
    let metadata = snapshot.nodes_metadata.as_deref().unwrap_or_default();
    let rest = metadata.iter().skip(whole.len());
    whole.iter().map(|node| node.borne).chain(rest.map(|node| node.borne)).collect()
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
