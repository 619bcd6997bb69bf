//! Probes: pure functions from a snapshot to the value of a field, or to the reason why there is none.
//!
//! One module a section. Each implements the generated trait of its section for the generated `Snapshot`; a field that
//! no probe fills does not compile.

mod architecture;
mod classes;
mod cluster;
pub(crate) mod configuration;
mod deployment;
pub(crate) mod features;
mod gateway_api;
mod gateways;
mod ingress;
pub(crate) mod mesh;
mod openshift;
mod operator;
mod performance;
mod platform;
mod plugins;
pub(crate) mod product;
mod protocols;
mod routes;
mod rules;

use ktel_types::Absence;

use crate::{generated::snapshot::Snapshot, reading::Reading, view};

/// What was read, or why it was not.
fn seen<T>(reading: &Reading<T>) -> Reading<&T> {
    reading.as_ref().map_err(|absence| *absence)
}

/// The pod that reports; unknown if nobody says which it is.
fn own(snapshot: &Snapshot) -> Reading<&view::pods::Object> {
    match &snapshot.pods_own {
        Err(Absence::NotApplicable) => Err(Absence::Unknown),
        pod => seen(pod),
    }
}

/// What made the pod that reports; unknown if nobody says which pod it is.
fn deployment(snapshot: &Snapshot) -> Reading<&view::deployments::Object> {
    own(snapshot).err().filter(|absence| *absence == Absence::Unknown).map_or(Ok(()), Err)?;
    seen(&snapshot.apps_deployments_workload)
}

/// A number of things as the standard has it. More than it can hold is more than any field admits.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
