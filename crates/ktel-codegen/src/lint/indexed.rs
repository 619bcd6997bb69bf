//! What is indexed has one value, under a name that is nobody else's.

use std::collections::BTreeSet;

use super::Fault;
use crate::model::{Model, Presence};

/// What the name of everything that is indexed begins with, and no name inside of an event.
const PREFIX: &str = "ktel_";

pub(super) fn name(model: &Model) -> Vec<Fault> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_good = |name: &str| name.len() > PREFIX.len() && name.starts_with(PREFIX) && name.chars().all(is_plain);
    let indexed = model.indexed().filter(|(name, ..)| !is_good(name)).map(|(name, _, field)| {
        let help = "let it begin with `ktel_` and go on in `snake_case`: no name inside of an event may be the same";
        Fault::new(&field.at, format!("`{}` is indexed as `{name}`", field.name), help)
    });
    let kept = model.report().members.iter().filter(|member| member.name().starts_with(PREFIX)).map(|member| {
        let message = format!("`{}` has a name that is kept for what is indexed", member.name());
        Fault::new(member.at(), message, "choose a name that does not begin with `ktel_`")
    });
    indexed.chain(kept).collect()
}

pub(super) fn single(model: &Model) -> Vec<Fault> {
    let lists = model.indexed().filter(|(_, _, field)| matches!(field.presence, Presence::List { .. }));
    lists
        .map(|(_, _, field)| {
            Fault::new(&field.at, format!("the list `{}` is indexed", field.name), "index a field that has one value")
        })
        .collect()
}

pub(super) fn twice(model: &Model) -> Vec<Fault> {
    let mut names = BTreeSet::new();
    let again = model.indexed().filter(|(name, ..)| !names.insert(*name));
    again
        .map(|(name, _, field)| {
            let message = format!("`{}` is indexed as `{name}`, as another field is", field.name);
            Fault::new(&field.at, message, "choose another name")
        })
        .collect()
}
