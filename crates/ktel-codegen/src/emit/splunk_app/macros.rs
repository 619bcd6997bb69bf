//! The macros that searches are made of.
//!
//! Each is a plain text for Splunk to put in the place of its name. Where one groups events, it does so by what the standard
//! requires of every event: neither `dedup` nor `stats` sees an event that lacks a name that it groups by.

use super::{App, HEADER};
use crate::model::{Field, Kind, Message, Model, Presence};

/// A macro of the app.
pub(super) struct Macro {
    /// The name, without the number of its arguments.
    pub(super) name: String,
    pub(super) arguments: &'static [&'static str],
    pub(super) definition: String,
    /// What it is for, in a sentence or two.
    pub(super) about: String,
    /// A search that uses it and can be run as it is.
    pub(super) example: String,
}

impl Macro {
    /// What its stanza is called, and how it is told apart from one of the same name with other arguments.
    pub(super) fn stanza(&self) -> String {
        match self.arguments {
            [] => self.name.clone(),
            arguments => format!("{}({})", self.name, arguments.len()),
        }
    }
}

pub(super) fn macros_conf(macros: &[Macro]) -> String {
    let stanzas: Vec<String> = macros
        .iter()
        .map(|entry| {
            let arguments = match entry.arguments {
                [] => String::new(),
                arguments => format!("args = {}\n", arguments.join(", ")),
            };
            format!(
                "[{}]\n{arguments}definition = {}\ndescription = {}\n",
                entry.stanza(),
                entry.definition,
                entry.about
            )
        })
        .collect();
    format!("{HEADER}{}", stanzas.join("\n"))
}

/// All macros, each after those that it uses.
pub(super) fn macros(model: &Model, app: &App) -> Vec<Macro> {
    let named = |word: &str| format!("{}_{word}", app.name);
    let call = |word: &str| format!("`{}`", named(word));
    let one = |word: &str, definition: String, about: &str, example: String| Macro {
        name: named(word),
        arguments: &[],
        definition,
        about: about.to_owned(),
        example,
    };
    let events = call("events");
    let indexed_event = model.field("event").and_then(|(_, field)| field.indexed.as_deref()).unwrap_or("event");
    let first_event = model.events().first().map_or("", |event| &event.name);
    let mut macros = vec![
        one(
            "index",
            "(index=main)".to_owned(),
            "Where the events lie. To be overridden in `local` if it is another index, or several joined by `OR`.",
            format!("{} | stats count by sourcetype", call("index")),
        ),
        one(
            "events",
            format!("{} sourcetype=\"{}\"", call("index"), model.sourcetype),
            "All events, those that arrived twice included.",
            format!("{events} | stats count by event"),
        ),
        Macro {
            name: named("events"),
            arguments: &["event"],
            definition: format!("{events} {indexed_event}=\"$event$\""),
            about: format!("The events of one name, such as {first_event}."),
            example: format!("`{}({first_event})` | {} | stats count", named("events"), call("dedup")),
        },
        one(
            "dedup",
            "dedup report_id event".to_owned(),
            "Leaves one of those events that arrived more than once: they have the same `report_id` and `event`.",
            format!("{events} | {} | stats count by schema", call("dedup")),
        ),
        one(
            "join",
            format!("stats {JOINED} by report_id"),
            "Joins the events of a report into one row. A field that differs between them, such as `event`, has several values.",
            format!("{events} | {} | {} | stats count", call("dedup"), call("join")),
        ),
        one(
            "reports",
            format!("{events} | {} | {}", call("dedup"), call("join")),
            "All reports, a row each.",
            format!("{} | timechart span=1d count", call("reports")),
        ),
        Macro {
            name: named("latest"),
            arguments: &["field"],
            definition: "sort 0 - _time | dedup $field$".to_owned(),
            about: "Leaves the latest row for each value of a field.".to_owned(),
            example: format!("{} | `{}(schema)` | table schema, _time", call("reports"), named("latest")),
        },
    ];
    if let Some(installation) = in_every_event(model, "identity.installation_id") {
        macros.push(one(
            "installations",
            format!("{} | `{}({installation})`", call("reports"), named("latest")),
            "The latest report of each installation, a row each: for shares and numbers of installations.",
            format!("{} | stats count by schema", call("installations")),
        ));
    }
    if let Some(cluster) = in_every_event(model, "identity.cluster_id") {
        // What is told of a whole cluster (`CLUSTER`) is not replaced by what is told later of some of it (`NAMESPACED`).
        let widest = in_every_event(model, "scope").map_or_else(String::new, |scope| format!("+{scope} "));
        macros.push(one(
            "clusters",
            format!("{events} | sort 0 {widest}-_time | dedup {cluster} event | stats {JOINED} by {cluster}"),
            "The latest event of each name of each cluster, a row a cluster: for sums, to which a cluster with several installations counts once.",
            format!("{} | stats count", call("clusters")),
        ));
    }
    let rows = macros
        .iter()
        .rfind(|entry| entry.arguments.is_empty())
        .map_or_else(String::new, |entry| format!("`{}`", entry.name));
    let is_number = |(_, field): &(&Message, &Field)| matches!(field.kind, Kind::Number(_));
    let number = model.fields().filter(is_number).find(|(message, _)| message.category.is_some());
    if let Some((message, field)) = number {
        macros.push(Macro {
            name: named("adoption"),
            arguments: &["field"],
            definition: adoption(model),
            about: "For `stats`: the share of rows in which a number is above zero. What is not installed or not applicable counts as zero; rows that do not know the number leave the denominator.".to_owned(),
            example: format!("{rows} | stats `{}({})`", named("adoption"), message.path_of(&field.name)),
        });
    }
    macros
}

/// Why a number that is absent counts as zero.
const NONE: [&str; 2] = ["absent.not_installed", "absent.not_applicable"];

/// What is absent is named by its path, or by that of a section around it.
fn adoption(model: &Model) -> String {
    let reasons = NONE.iter().filter(|path| model.field(path).is_some());
    let zeros = reasons.map(|path| format!(r#",isnotnull(mvfilter(match("$field$","^".'{path}{{}}'."(\.|\z)"))),0"#));
    let zeros: String = zeros.collect();
    format!(r#"avg(eval(case('$field$'>0,1,'$field$'=0,0{zeros}))) as "$field$""#)
}

/// One row of several events. The time is told apart, since `*` leaves out what begins with an underscore; the values of a list
/// stay values of a list.
const JOINED: &str = "max(_time) as _time values(*) as *";

/// The path of a field that the standard has, and requires of every event.
fn in_every_event<'a>(model: &Model, path: &'a str) -> Option<&'a str> {
    model.field(path).filter(|(_, field)| field.presence == Presence::Required).map(|_| path)
}
