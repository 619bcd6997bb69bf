//! From valid reports to what is sent: envelopes, each with what a receiver indexes, and a line.

use std::{borrow::Cow, sync::Arc, time::Duration};

use ktel_outbox::{Entry, Envelope, Line, Tag};
use ktel_types::{
    Invalid, Valid, contract, line,
    report::{Category, IdSource, Report, Signal},
};

use crate::{consent::Decision, generated::indexed, identity::Identity, names::is_index};

/// One report, sealed.
pub(crate) struct Sealed {
    /// Its events.
    pub(crate) events: Vec<Entry<Arc<Envelope>>>,
    /// All of it as a line, if it is one that the format has a word for.
    pub(crate) line: Option<Entry<Arc<Line>>>,
}

impl Sealed {
    /// The envelopes of the events.
    pub(crate) fn envelopes(&self) -> Vec<Arc<Envelope>> {
        self.events.iter().map(|entry| Arc::clone(&entry.item)).collect()
    }
}

/// The tag of lines. Each tells of all categories at once, so that it is called back if any of them is.
pub(crate) const LINES: Tag = Tag("lines");

/// The tag of everything that one category of consent allows.
pub(crate) fn tag(category: Category) -> Tag {
    Tag(category.as_str())
}

/// Seals one report. Only what is valid can be sealed.
pub(crate) fn seal(reports: &[Valid<Report>], time: Duration, index: Option<&str>) -> Sealed {
    Sealed { events: envelopes(reports, time, index), line: as_line(reports) }
}

fn envelopes(reports: &[Valid<Report>], time: Duration, index: Option<&str>) -> Vec<Entry<Arc<Envelope>>> {
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
            entry(envelope, report.event.category())
        })
        .collect()
}

fn entry(envelope: Envelope, category: Category) -> Entry<Arc<Envelope>> {
    Entry { bytes: envelope.bytes(), item: Arc::new(envelope), tag: tag(category) }
}

fn as_line(reports: &[Valid<Report>]) -> Option<Entry<Arc<Line>>> {
    if reports.iter().any(|report| report.signal == Signal::Stop) {
        return None;
    }
    let mut texts = line::texts(reports.iter().map(Valid::json));
    let signal = texts.remove("signal")?;
    let group = texts.into_iter().map(|(key, text)| (Cow::Borrowed(key), text)).collect();
    let line = Line { signal, groups: vec![group] };
    Some(Entry { bytes: line.bytes(), item: Arc::new(line), tag: LINES })
}

/// Takes an envelope that was made before, perhaps by another process: its event has to keep the contract, byte for byte.
/// What stands around the event is made anew, but for its time, its index, and what was told of the size of the cluster.
///
/// `None` if there is no consent to the event by now. What an event of another category tells of the environment is taken away
/// if there is none to that.
pub fn reseal(envelope: Envelope, decision: &Decision) -> Result<Option<Envelope>, Invalid> {
    let report = Valid::<Report>::parse(&envelope.event)?;
    Ok(reseal_report(envelope, &report, decision).map(|entry| Arc::unwrap_or_clone(entry.item)))
}

/// The same, ready to wait. What tells of the cluster under an identifier that it does not bear any more is left out, too.
pub(crate) fn reseal_entry(
    envelope: Envelope,
    decision: &Decision,
    identity: Option<&Identity>,
) -> Result<Option<Entry<Arc<Envelope>>>, Invalid> {
    let report = Valid::<Report>::parse(&envelope.event)?;
    let is_known = |source: IdSource| source == IdSource::KubeSystemUid;
    let is_of_before = |identity: &Identity| {
        let are_known = is_known(identity.source) && is_known(report.identity.id_source);
        are_known && report.identity.cluster_id != identity.cluster
    };
    if identity.is_some_and(is_of_before) {
        return Ok(None);
    }
    Ok(reseal_report(envelope, &report, decision))
}

fn reseal_report(envelope: Envelope, report: &Valid<Report>, decision: &Decision) -> Option<Entry<Arc<Envelope>>> {
    let consented = decision.setting().categories();
    let category = report.event.category();
    if !consented.contains(&category) {
        return None;
    }
    let told = envelope.fields.into_iter().filter(|(name, value)| {
        indexed::category(name).is_some_and(|category| consented.contains(&category)) && is_band(value)
    });
    let identified = identifying(report).into_iter().map(|(name, value)| (Cow::Borrowed(name), value));
    let envelope = Envelope {
        time: envelope.time,
        source: report.product.name.clone(),
        sourcetype: contract::SOURCETYPE.to_owned(),
        index: envelope.index.filter(|index| is_index(index)),
        fields: identified.chain(told).collect(),
        event: envelope.event,
    };
    Some(entry(envelope, category))
}

/// Whether it can be what an environment is grouped by: the name of a platform, a version, a range of numbers.
fn is_band(value: &str) -> bool {
    value.len() <= 16 && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+'))
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
        0 => "0",
        1 => "1",
        2..=5 => "2-5",
        6..=20 => "6-20",
        21..=100 => "21-100",
        101..=500 => "101-500",
        501..=1000 => "501-1000",
        1001..=5000 => "1001-5000",
        5001.. => "5001+",
    }
}
