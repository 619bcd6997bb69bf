//! A report as a table for people: every field that is there, and why the others are not.

use ktel_types::{fields, table::Sensitivity};

use super::seen::{Cell, Event, Row};
use crate::terminal::{HEADING, NAME, NOTICE, QUIET, indented, styled, wrapped};

/// How wide the column of the names is, with what stands before them.
const NAMES: usize = 42;

/// What is shown of each field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Its value.
    Value,
    /// Also what it means, why it is asked for and where it is read.
    Everything,
}

/// Renders the events of a report. What travels with every event is shown once.
pub(crate) fn render(events: &[Event], detail: Detail) -> String {
    let mut text = String::new();
    if let Some(first) = events.first() {
        text += &styled(HEADING, "on every event");
        text += "\n";
        text += &section_by_section(first.rows.iter().filter(|row| row.is_of_envelope()), detail);
    }
    for event in events {
        text += "\n";
        text += &styled(HEADING, &event.name);
        text += &format!(" ({} bytes)\n", event.bytes);
        text += &section_by_section(event.rows.iter().filter(|row| !row.is_of_envelope()), detail);
    }
    if events.iter().flat_map(|event| &event.rows).any(|row| row.field.is_host) {
        text +=
            &format!("\n{} the controller is asked for it; else its pod, where that can tell\n", styled(NOTICE, "*"));
    }
    text
}

fn section_by_section<'a>(rows: impl Iterator<Item = &'a Row>, detail: Detail) -> String {
    let mut text = String::new();
    let mut latest = "";
    for row in rows {
        let (section, _) = row.place();
        if section != latest {
            text += &format!("  {}\n", styled(NAME, section));
            latest = section;
        }
        text += &line(row, detail);
        if detail == Detail::Everything {
            text += &explained(row);
        }
    }
    text
}

/// A field and its value, which may take several lines.
fn line(row: &Row, detail: Detail) -> String {
    let (_, name) = row.place();
    let gap = " ".repeat((NAMES - 6).saturating_sub(name.chars().count()));
    // Where much is said of a field, its name is looked for.
    let name = if detail == Detail::Everything { styled(NAME, name) } else { name.to_owned() };
    let mark = if row.field.is_host { styled(NOTICE, "*") } else { " ".to_owned() };
    let value = wrapped(&" ".repeat(NAMES), &row.cell.text());
    let value = value.trim_start();
    let value = if matches!(row.cell, Cell::Absent(_)) { styled(QUIET, value) } else { value.to_owned() };
    format!("    {mark} {name}{gap}{value}\n")
}

/// What a field means, why it is asked for, and where it is read.
fn explained(row: &Row) -> String {
    let field = row.field;
    let sensitivity = match field.sensitivity {
        Sensitivity::Technical => "says nothing of you",
        Sensitivity::Usage => "says how the product is used",
        Sensitivity::Identifier => "joins reports with each other",
    };
    let questions = fields::QUESTIONS.iter().filter(|question| field.answers.contains(&question.id));
    let questions: Vec<&str> = questions.map(|question| question.text).collect();
    let mut text = indented(8, field.meaning) + "\n";
    for (name, said) in
        [("why", questions.join(" ")), ("from", field.source.to_owned()), ("tells", sensitivity.to_owned())]
    {
        text += &wrapped(&format!("        {name:<6}"), &said);
        text += "\n";
    }
    text + "\n"
}
