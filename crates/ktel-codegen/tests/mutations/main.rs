//! Hundreds of edits of our own standard, each classed as `schema.md` says.
//!
//! What is expected follows from the kind of edit alone, never from the code that is tried. Where `buf` is there (`KTEL_BUF`, or on the
//! path), its verdicts are compared with ours.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, reason = "a test that cannot go on has failed")]

mod buf;
mod edits;
mod payloads;
mod sources;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
    thread,
};

use ktel_codegen::{
    compare::{Class, compare},
    standard::Standard,
};

use edits::{Kind, kinds};
use sources::Sources;

/// How many edits of each kind are made, at places far from each other.
const EDITS_OF_A_KIND: usize = 3;

static ORIGINAL: LazyLock<Sources> = LazyLock::new(Sources::read);

static STANDARD: LazyLock<Arc<Standard>> = LazyLock::new(|| Arc::new(ORIGINAL.compile().unwrap()));

/// An edit, and what it makes of the sources.
struct Mutation {
    kind: &'static Kind,
    /// What is edited: a word that a change has to name.
    subject: String,
    before: Sources,
    after: Sources,
}

/// An edit, with the standards that it leads from and to.
type Judged = (Mutation, Arc<Standard>, Arc<Standard>);

/// Every edit that gives a standard. What is not one is refused before it is compared.
static MUTATIONS: LazyLock<Vec<Judged>> = LazyLock::new(|| {
    let kinds = kinds();
    thread::scope(|scope| {
        let halves = kinds.chunks(kinds.len().div_ceil(2));
        let threads: Vec<_> =
            halves.map(|half| scope.spawn(|| half.iter().flat_map(|kind| made(kind)).collect::<Vec<_>>())).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    })
});

fn made(kind: &'static Kind) -> Vec<Judged> {
    let edits = (kind.edit)(&ORIGINAL);
    // What is no standard is passed over, so that there are more places than edits.
    let step = (edits.len() / EDITS_OF_A_KIND / 4).max(1);
    let mut made = Vec::new();
    for edit in edits.into_iter().step_by(step) {
        let after = ORIGINAL.with(&edit.after);
        let before = ORIGINAL.with(&edit.before);
        let before_it = if edit.before.is_empty() { Some(STANDARD.clone()) } else { before.compile().map(Arc::new) };
        if let (Some(before_it), Some(after_it)) = (before_it, after.compile()) {
            made.push((Mutation { kind, subject: edit.subject, before, after }, before_it, Arc::new(after_it)));
        }
        if made.len() == EDITS_OF_A_KIND {
            break;
        }
    }
    made
}

#[test]
fn each_edit_is_classed_by_its_kind() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (mutation, before, after) in MUTATIONS.iter() {
        let Mutation { kind, subject, .. } = mutation;
        let changes = compare(&before.model, &after.model);
        let found = changes.iter().map(|change| change.kind.class).max();
        assert_eq!(found, kind.class, "{} of `{subject}`: {changes:#?}", kind.name);
        let names = |text: &str| text.split(['.', ' ', ',']).any(|word| word == subject.as_str());
        let is_named = changes.iter().any(|change| names(&change.path) || names(&change.was) || names(&change.is));
        assert!(kind.class.is_none() || is_named, "{} of `{subject}` is not named: {changes:#?}", kind.name);
        *counts.entry(kind.name).or_default() += 1;
    }
    eprintln!("{} edits of {} kinds: {counts:#?}", MUTATIONS.len(), counts.len());
    assert!(MUTATIONS.len() >= 200, "{} edits", MUTATIONS.len());
    let missing: Vec<&str> = kinds().iter().map(|kind| kind.name).filter(|name| !counts.contains_key(name)).collect();
    assert!(missing.is_empty(), "kinds of which no edit gave a standard: {missing:?}");
}

/// The other way round: what is taken back is what was done.
#[test]
fn nothing_changes_without_an_edit() {
    let mut seen = BTreeSet::new();
    for (mutation, before, after) in MUTATIONS.iter().filter(|(mutation, ..)| seen.insert(mutation.kind.name)) {
        assert_eq!(compare(&before.model, &before.model), [], "{}", mutation.kind.name);
        assert_eq!(compare(&after.model, &after.model), [], "{}", mutation.kind.name);
    }
}

/// A verdict that is not grave leaves alone what the strict schema admits: seen in the opposite direction, what was loosened
/// is tightened.
#[test]
fn what_is_loosened_is_tightened_on_the_way_back() {
    let mut count = 0;
    for (mutation, before, after) in MUTATIONS.iter().filter(|(mutation, ..)| mutation.kind.name.ends_with("loosened"))
    {
        let back = compare(&after.model, &before.model);
        assert_eq!(back.iter().map(|change| change.kind.class).max(), Some(Class::Break), "{}", mutation.subject);
        count += 1;
    }
    assert!(count > 10, "{count}");
}
