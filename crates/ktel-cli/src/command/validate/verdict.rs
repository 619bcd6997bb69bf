//! What is said of one document.

use ktel_types::{Described as _, Rule, Violation, check, report::Report};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::command::documents::LIMIT;

/// What is said of a document. No value of it is.
pub(crate) enum Verdict<'a> {
    /// It keeps the contract, or its event does if it is an envelope: the report.
    Valid(&'a str),
    /// It breaks these rules.
    Violations(Vec<Violation>),
    /// It is not even JSON; why.
    Not(String),
}

/// What violations are counted as.
pub(crate) enum Kind {
    /// A rule of the contract at a place of it, of which there are so many.
    Rule(String),
    /// A name that the contract does not know, of which there is no end.
    Unknown(String),
}

impl<'a> Verdict<'a> {
    /// Judges a document, or what stands in the place of one that is too long.
    pub(crate) fn of(text: Option<&'a [u8]>) -> Self {
        let Some(text) = text else { return Self::Not(format!("longer than {LIMIT} bytes")) };
        let Ok(text) = str::from_utf8(text) else { return Self::Not("not JSON: not UTF-8".to_owned()) };
        let whole = Self::of_report(text);
        if matches!(whole, Self::Valid(_)) {
            return whole;
        }
        // An envelope is as good as its event. What is valid is none: the event of a report is a name.
        event(text).map_or(whole, Self::of_report)
    }

    fn of_report(text: &'a str) -> Self {
        match check(Report::message(), text) {
            Ok(violations) if violations.is_empty() => Self::Valid(text),
            Ok(violations) => Self::Violations(violations),
            Err(error) => Self::Not(error.to_string()),
        }
    }

    /// What is wrong, in words: each time with the kind that it is counted as.
    pub(crate) fn complaints(&self) -> impl Iterator<Item = (String, Kind)> {
        let (violations, why) = match self {
            Self::Valid(_) => (&[][..], None),
            Self::Violations(violations) => (violations.as_slice(), None),
            Self::Not(why) => (&[][..], Some(why)),
        };
        // Where a text ceases to be JSON is of no interest where such texts are counted.
        let not = why.map(|why| (why.clone(), Kind::Rule(why.split(": ").next().unwrap_or_default().to_owned())));
        violations.iter().map(|violation| (violation.to_string(), Kind::of(violation))).chain(not)
    }
}

/// The event of an envelope of the HTTP Event Collector.
fn event(text: &str) -> Option<&str> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        event: &'a RawValue,
    }
    let envelope: Envelope<'_> = serde_json::from_str(text).ok()?;
    Some(envelope.event.get()).filter(|event| event.starts_with('{'))
}

impl Kind {
    /// A violation without the number of the item: `consented[2]` is counted with `consented[0]`.
    fn of(violation: &Violation) -> Self {
        let Violation { path, rule } = violation;
        match (rule, path.split_once('[')) {
            (Rule::Known, _) => Self::Unknown(violation.to_string()),
            (_, Some((list, _))) => Self::Rule(format!("{list}[]: {rule}")),
            (_, None) => Self::Rule(violation.to_string()),
        }
    }
}
