//! In how many reports each field is, and why it is not in the others.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use ktel_types::{
    Described as _, each_present, fields,
    report::{Event, Report},
    table::{Field, Presence},
};
use serde::Deserialize;

/// In how many of the valid reports each field is.
#[derive(Clone)]
pub(crate) struct Coverage {
    /// How many reports there are of each event.
    reports: BTreeMap<&'static str, u64>,
    rows: Vec<Row>,
    places: Arc<Places>,
}

/// A field, and where it is.
#[derive(Clone)]
struct Row {
    field: &'static Field,
    present: u64,
    /// The number of the report that told of the field last, be it that it is absent.
    last: u64,
    absent: BTreeMap<String, u64>,
}

/// Which rows stand for a path: one for a field, all below it for a section.
struct Places(HashMap<&'static str, Vec<usize>>);

/// What is looked at besides the fields that are there.
#[derive(Deserialize)]
struct Glance<'a> {
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(default)]
    absent: BTreeMap<String, Vec<String>>,
}

impl Coverage {
    pub(crate) fn new() -> Self {
        let fields = fields::ALL.iter().filter(|field| !field.path.starts_with("absent."));
        let rows = fields.map(|field| Row { field, present: 0, last: 0, absent: BTreeMap::new() }).collect::<Vec<_>>();
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, row) in rows.iter().enumerate() {
            let path = row.field.path;
            let sections = path.match_indices('.').map(|(end, _)| &path[..end]);
            sections.chain([path]).for_each(|path| places.entry(path).or_default().push(place));
        }
        Self { reports: BTreeMap::new(), rows, places: Arc::new(Places(places)) }
    }

    /// Adds a report that keeps the contract.
    pub(crate) fn add(&mut self, report: &str) {
        let Ok(Glance { event, absent }) = serde_json::from_str(report) else { return };
        let Some(event) = Event::ALL.iter().map(|other| other.as_str()).find(|other| *other == event) else { return };
        *self.reports.entry(event).or_default() += 1;
        let number = self.reports.values().sum();
        let Self { rows, places, .. } = self;
        // What cannot be walked through is not valid, and is not here.
        let _ = each_present(Report::message(), report, |field| {
            for row in places.rows(field.path) {
                rows[row].present += 1;
                rows[row].last = number;
            }
        });
        for (reason, paths) in absent {
            for row in paths.iter().flat_map(|path| places.rows(path)) {
                let row = &mut rows[row];
                if row.last != number && row.field.event.is_none_or(|other| other == event) {
                    row.last = number;
                    *row.absent.entry(reason.clone()).or_default() += 1;
                }
            }
        }
    }

    /// Both together.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        for (event, count) in &other.reports {
            *self.reports.entry(event).or_default() += count;
        }
        for (row, other) in self.rows.iter_mut().zip(&other.rows) {
            row.present += other.present;
            for (reason, count) in &other.absent {
                *row.absent.entry(reason.clone()).or_default() += count;
            }
        }
        self
    }
}

impl Places {
    fn rows(&self, path: &str) -> impl Iterator<Item = usize> {
        self.0.get(path).into_iter().flatten().copied()
    }
}

/// A table for a terminal: the events, in each the sections, in each the fields.
impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<43}present  absent", "")?;
        let all = self.reports.values().sum();
        self.table(f, None, all)?;
        for event in Event::ALL {
            self.table(f, Some(event.as_str()), self.reports.get(event.as_str()).copied().unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Coverage {
    fn table(&self, f: &mut fmt::Formatter<'_>, event: Option<&str>, reports: u64) -> fmt::Result {
        writeln!(f, "{}: {reports} reports", event.unwrap_or("every event"))?;
        if reports == 0 {
            return Ok(());
        }
        let mut last = "";
        for row in self.rows.iter().filter(|row| row.field.event == event) {
            let (section, name) = row.field.path.rsplit_once('.').unwrap_or(("", row.field.path));
            if section != last {
                writeln!(f, "  {section}")?;
                last = section;
            }
            let margin = if section.is_empty() { "  " } else { "    " };
            write!(f, "{:<43}{:>7}", format!("{margin}{name}"), share(row.present, reports))?;
            let mut reasons = row.reasons(reports).into_iter();
            match reasons.next() {
                Some(reason) => writeln!(f, "  {reason}")?,
                None => writeln!(f)?,
            }
            for reason in reasons {
                writeln!(f, "{:<52}{reason}", "")?;
            }
        }
        Ok(())
    }
}

impl Row {
    /// Why the field is not in some reports, and in how many.
    fn reasons(&self, reports: u64) -> Vec<String> {
        let mut reasons: Vec<(u64, String)> =
            self.absent.iter().map(|(reason, count)| (*count, reason.replace('_', " "))).collect();
        reasons.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
        let told = self.present + self.absent.values().sum::<u64>();
        // A list without items is left out; that there are none is told by the number beside it.
        let without_reason = if matches!(self.field.presence, Presence::List { .. }) { "empty" } else { "no reason" };
        reasons.extend((told < reports).then(|| (reports - told, without_reason.to_owned())));
        reasons.into_iter().map(|(count, reason)| format!("{count} {reason}")).collect()
    }
}

/// How many of all, in per cent: all of them and none of them are told from nearly all and hardly any.
fn share(count: u64, all: u64) -> String {
    match count * 1000 / all {
        0 if count > 0 => "< 0.1 %".to_owned(),
        tenths => format!("{}.{} %", tenths / 10, tenths % 10),
    }
}
