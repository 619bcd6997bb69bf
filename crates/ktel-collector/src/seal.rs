//! From valid reports to what is sent: envelopes, each with what a receiver indexes.

use std::{sync::Arc, time::Duration};

use ktel_outbox::{Entry, Envelope, Tag};
use ktel_types::{
    Invalid, Valid, contract,
    report::{Category, Report},
};

use crate::{consent::Decision, generated::indexed};

/// The tag of everything that one category of consent allows.
pub(crate) fn tag(category: Category) -> Tag {
    Tag(category.as_str())
}

/// Seals the events of one report. Only what is valid can be sealed.
pub(crate) fn seal(reports: &[Valid<Report>], time: Duration, index: Option<&str>) -> Vec<Entry<Arc<Envelope>>> {
    // What the size of a cluster explains is asked of every event, so that every event is told it.
    let cluster: Vec<(&'static str, String)> = reports.iter().flat_map(|report| bands(report)).collect();
    reports
        .iter()
        .map(|report| {
            let mut fields = identifying(report);
            fields.extend(cluster.iter().cloned());
            let fields = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
            let envelope = Envelope {
                time,
                source: report.product.name.clone(),
                sourcetype: contract::SOURCETYPE.to_owned(),
                index: index.map(str::to_owned),
                event: report.json().to_owned(),
                fields,
            };
            Entry { bytes: envelope.bytes(), item: Arc::new(envelope), tag: tag(report.event.category()) }
        })
        .collect()
}

/// Takes an envelope that was made before, perhaps by another process: its event has to keep the contract, byte for byte.
///
/// `None` if there is no consent to the event by now. What an event of another category tells of the environment is taken away
/// if there is none to that.
pub fn reseal(mut envelope: Envelope, decision: &Decision) -> Result<Option<Envelope>, Invalid> {
    let report = Valid::<Report>::parse(&envelope.event)?;
    let consented = decision.setting().categories();
    let is_allowed = |name: &str| indexed::category(name).is_none_or(|category| consented.contains(&category));
    envelope.fields.retain(|(name, _)| is_allowed(name));
    Ok(consented.contains(&report.event.category()).then_some(envelope))
}

/// What every event is found by. The standard says what is indexed, and under which name; a name that nobody tells does not
/// compile without a warning.
fn identifying(report: &Report) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        (indexed::EVENT, report.event.to_string()),
        (indexed::SCHEMA, report.schema.clone()),
        (indexed::SIGNAL, report.signal.to_string()),
        (indexed::PRODUCT, report.product.name.clone()),
        (indexed::CLUSTER_ID, report.identity.cluster_id.clone()),
        (indexed::INSTALLATION_ID, report.identity.installation_id.clone()),
    ];
    fields.extend(report.product.version.clone().map(|version| (indexed::PRODUCT_VERSION, version)));
    fields
}

/// What the environment of an event is grouped by; nothing unless this event has it, and so there is consent to it.
fn bands(report: &Report) -> Vec<(&'static str, String)> {
    let Some(cluster) = &report.cluster else { return Vec::new() };
    let values = [
        (indexed::PLATFORM, cluster.platform.map(|platform| platform.to_string())),
        (indexed::KUBERNETES_MINOR, cluster.kubernetes_version.as_deref().map(minor_version)),
        (indexed::NODE_BAND, cluster.node_count.map(|count| node_band(count).to_owned())),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// `1.36.2` as `1.36`.
fn minor_version(version: &str) -> String {
    version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

fn node_band(count: u32) -> &'static str {
    match count {
        0..=1 => "1",
        2..=5 => "2-5",
        6..=20 => "6-20",
        21..=100 => "21-100",
        101..=500 => "101-500",
        501.. => "501+",
    }
}
