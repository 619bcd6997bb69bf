//! `cluster.openshift_version`.

use ktel_types::Absence;

use super::seen;
use crate::{
    generated::snapshot::Snapshot, reading::Reading, rules::platforms::OPENSHIFT_GROUP, selection::Purpose, view,
};

/// The variable in the pods of OpenShift's operators that holds the version of the release they belong to.
const VERSION: &str = "OPERATOR_IMAGE_VERSION";

/// The version of OpenShift: what its own object says, else what its operator's pods do.
///
/// That something may not be read does not mean that it is not there: the reason is kept.
pub(super) fn version(snapshot: &Snapshot) -> Reading<String> {
    if !seen(&snapshot.apis)?.has_group(OPENSHIFT_GROUP) {
        return Err(Absence::NotApplicable);
    }
    let told = seen(&snapshot.config_openshift_io_clusterversions_version).map(view::clusterversions::Object::version);
    match told {
        Ok(version) if !version.is_empty() => Ok(number(version)),
        told => of_operator(snapshot).map_err(|absence| told.err().unwrap_or(absence)),
    }
}

fn of_operator(snapshot: &Snapshot) -> Reading<String> {
    let pods = seen(&snapshot.pods_selected)?.of(Purpose::OpenshiftOperator)?;
    let mut containers = pods.iter().flat_map(view::pods::Object::containers);
    let version = containers.find_map(|container| container.variable(VERSION));
    version.map(number).ok_or(Absence::Unknown)
}

/// A version without what a build adds: `4.18.3-rc.1` as `4.18.3`.
fn number(version: &str) -> String {
    version.split(['-', '+']).next().unwrap_or_default().to_owned()
}
