//! What reading a field, a section or an enum shares: the sources, what was found wrong, what was met on the way.

use std::collections::BTreeSet;

use prost_reflect::DynamicMessage;
use serde::de::DeserializeOwned;

use super::{Finding, options, sources::Sources};
use crate::model::{Enum, Location};

pub(super) struct Context<'a> {
    pub(super) sources: &'a Sources,
    pub(super) findings: Vec<Finding>,
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
    /// The ids of the questions of the report.
    pub(super) questions: BTreeSet<String>,
}

impl<'a> Context<'a> {
    pub(super) fn new(sources: &'a Sources) -> Self {
        Self { sources, findings: Vec::new(), enums: Vec::new() }
    }

    /// Notes that something has to be mended.
    pub(super) fn find(&mut self, at: &Location, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding { at: at.clone(), message: message.into(), help: help.into() });
    }

    /// Reads an option of the vocabulary. What cannot be read is a finding, and then counts as not said.
    pub(super) fn option<T>(&mut self, options: &DynamicMessage, name: &str, at: &Location) -> T
    where
        T: Default + DeserializeOwned,
    {
        options::option(self.sources, options, name).unwrap_or_else(|error| {
            let help = "use the vocabulary that belongs to this generator";
            self.find(at, format!("`(ktel.v1.{name})` cannot be read: {error}"), help);
            T::default()
        })
    }
}
