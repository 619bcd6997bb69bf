//! What queries for a few objects of a kind found, by what they were made for.

use ktel_types::{Absence, report::Mesh};

use crate::reading::Reading;

/// What objects are selected for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To see whether a mesh is deployed.
    Deployed(Mesh),
    /// To look into the pods of the gateway.
    GatewayPods,
    /// To learn the version of OpenShift.
    OpenshiftOperator,
}

/// What was found, by purpose.
#[derive(Debug, Clone)]
pub(crate) struct Selected<T>(Vec<(Purpose, Reading<Vec<T>>)>);

impl<T> Default for Selected<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Selected<T> {
    /// Takes up what a query found.
    pub(crate) fn add(&mut self, purpose: Purpose, found: Reading<Vec<T>>) {
        self.0.push((purpose, found));
    }

    /// What was found for a purpose; unknown if nothing was looked for.
    pub(crate) fn of(&self, purpose: Purpose) -> Reading<&[T]> {
        let found = self.0.iter().find(|(other, _)| *other == purpose);
        let (_, found) = found.ok_or(Absence::Unknown)?;
        found.as_deref().map_err(|absence| *absence)
    }

    /// Whether any of the queries of a purpose found something; unknown if it was not looked for.
    ///
    /// What one query found counts, even if another one failed.
    pub(crate) fn has(&self, purpose: Purpose) -> Reading<bool> {
        let found = || self.0.iter().filter(|(other, _)| *other == purpose).map(|(_, found)| found);
        if found().any(|found| found.as_ref().is_ok_and(|objects| !objects.is_empty())) {
            return Ok(true);
        }
        if found().next().is_none() {
            return Err(Absence::Unknown);
        }
        match found().find_map(|found| found.as_ref().err()) {
            Some(absence) => Err(*absence),
            None => Ok(false),
        }
    }
}
