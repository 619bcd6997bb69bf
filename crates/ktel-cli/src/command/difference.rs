//! What has changed since a report that was made before.

use std::{collections::BTreeMap, fs::File, io::BufReader, path::Path};

use ktel_splunk::decode;
use serde_json::Value;

use super::{
    documents::{Document, Documents},
    seen::{Cell, Event},
};
use crate::{
    failure::Failure,
    terminal::{BAD, GOOD, NAME, NOTICE, indented, styled},
};

/// What is another value in each report, whatever happens.
const ALWAYS: [&str; 8] = [
    "report_id",
    "signal",
    "sequence",
    "collected_at",
    "collection_seconds",
    "uptime_seconds",
    "window_seconds",
    "identity.instance_id",
];

/// The reports of a file: of each installation and cluster, the latest.
pub(crate) struct Earlier(BTreeMap<Of, Latest>);

/// Whose a report is, and what it is about: installation and cluster.
type Of = (String, String);

#[derive(Default)]
struct Latest {
    report_id: String,
    collected_at: String,
    events: Vec<Event>,
}

impl Earlier {
    /// Reads a file of reports or of envelopes, such as a journal.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let name = path.display();
        let help = "let --diff name what `ktel send --journal` or `ktel preview -o json` has written";
        let unreadable = |error| Failure::unreadable(format!("{name} cannot be read: {error}"), help);
        let mut reports: BTreeMap<Of, Latest> = BTreeMap::new();
        for document in Documents::new(BufReader::new(File::open(path).map_err(unreadable)?)) {
            let Document::Text { line, text } = document.map_err(unreadable)? else { continue };
            let refused = || Failure::unreadable(format!("{name}:{line} is no report"), help);
            let text = String::from_utf8(text).map_err(|_| refused())?;
            let event = decode(&text).map_or(text, |envelope| envelope.event);
            let report: Value = serde_json::from_str(&event).map_err(|_| refused())?;
            let said = |value: &Value| value.as_str().map(str::to_owned).ok_or_else(refused);
            let identity = &report["identity"];
            let of = (said(&identity["installation_id"])?, said(&identity["cluster_id"])?);
            let latest = reports.entry(of).or_default();
            let id = said(&report["report_id"])?;
            if latest.report_id != id {
                *latest = Latest { report_id: id, collected_at: said(&report["collected_at"])?, events: Vec::new() };
            }
            latest.events.push(Event::read(&event));
        }
        if reports.is_empty() {
            return Err(Failure::unreadable(format!("{name} has no report"), help));
        }
        Ok(Self(reports))
    }

    /// What is another value in a report now than it was in the latest one of the same installation about the same cluster.
    pub(crate) fn compare(&self, now: &[Event]) -> String {
        let now = cells(now);
        let said = |path| now.get(path).map(|cell| cell.text()).unwrap_or_default();
        let Some(latest) = self.0.get(&(said("identity.installation_id"), said("identity.cluster_id"))) else {
            let missing = "the file has no report of this installation about this cluster: name them as the sender does, with \
                           --product and --pod";
            return indented(0, missing) + "\n";
        };
        let before = cells(&latest.events);
        let mut text = String::new();
        for path in now.keys().chain(before.keys().filter(|path| !now.contains_key(*path))) {
            let (was, is) = (before.get(path), now.get(path));
            if was == is || ALWAYS.contains(path) {
                continue;
            }
            text += &format!("  {}\n", styled(NAME, path));
            for (mark, style, cell) in [("-", BAD, was), ("+", GOOD, is)] {
                text += &cell.map_or_else(String::new, |cell| {
                    format!("    {}\n", styled(style, &format!("{mark} {}", cell.text())))
                });
            }
        }
        let count = text.lines().filter(|line| !line.starts_with("    ")).count();
        let since = format!("{count} fields differ from the report of {}", latest.collected_at);
        format!("{}\n{text}", styled(NOTICE, &since))
    }
}

/// What is shown of each field, by its path.
fn cells(events: &[Event]) -> BTreeMap<&'static str, &Cell> {
    events.iter().flat_map(|event| &event.rows).map(|row| (row.field.path, &row.cell)).collect()
}
