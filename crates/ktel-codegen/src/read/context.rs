//! What reading a field, a section or an enum shares: the sources, what was found wrong, what was met on the way.

use prost_reflect::DynamicMessage;
use serde::de::DeserializeOwned;

use super::{options, sources::Sources};
use crate::{
    lint::Finding,
    model::{Enum, Location},
};

pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    pub(super) findings: Vec<Finding>,
    /// The last option that cannot be read, which no source can be blamed for.
    pub(super) unreadable: Option<String>,
    /// The enums that fields have named so far.
    pub(super) enums: Vec<Enum>,
}

/// What a section hands down to its fields and to the sections inside of it.
#[derive(Clone, Default)]
pub(super) struct Inherited {
    pub(super) path: String,
    pub(super) number: u32,
    pub(super) category: Option<String>,
    pub(super) event: Option<String>,
    pub(super) owner: String,
}

impl<'a> Context<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, findings: Vec::new(), unreadable: None, enums: Vec::new() }
    }

    /// Notes that a rule is broken.
    pub(super) fn find(
        &mut self,
        rule: &'static str,
        at: &Location,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding { at: at.clone(), message: message.into(), help: help.into(), rule });
    }

    /// Reads an option of the vocabulary. What cannot be read counts as not said; that it happened refuses everything.
    pub(super) fn option<T>(&mut self, options: &DynamicMessage, name: &str, at: &Location) -> T
    where
        T: Default + DeserializeOwned,
    {
        options::option(self.sources, options, name).unwrap_or_else(|error| {
            self.unreadable = Some(format!("{at}: `(ktel.v1.{name})`: {error}"));
            T::default()
        })
    }
}
