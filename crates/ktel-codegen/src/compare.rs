//! Compares two states of a standard field by field, and classes what has changed.
//!
//! ```text
//! published Model, working Model → compare → Change …, each of a Kind, each Kind of a Class
//! ```
//!
//! A pure function of two models. What a class means for a release is decided in [`release`](crate::release).

mod bounds;
mod enums;
mod field;
mod fields;
mod kinds;
mod lines;
mod pattern;
mod reads;
mod report;
mod sections;
mod show;

use std::fmt;

pub use kinds::KINDS;
pub use show::{Format, show};

use crate::model::{Location, Model};

/// What a change means for whoever has the published version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Prose, or what stays inside of the generator: no new version.
    Doc,
    /// What readers of the published version pass over: a new version.
    Addition,
    /// More is collected, or something more sensitive: refused until it is acknowledged.
    Privacy,
    /// What was valid or meant something no longer is or does: refused.
    Break,
}

/// A kind of change: a row of [`KINDS`].
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// What has changed: `field added`.
    pub name: &'static str,
    /// What that means.
    pub class: Class,
    /// Why, in one sentence.
    pub why: &'static str,
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of change it is.
    pub kind: &'static Kind,
    /// What has changed: the path of a field or a section, `Platform.EKS` for a value of an enum, `report` for the whole, a
    /// category with the name of a kind of object for a read.
    pub path: String,
    /// What was published, empty for what was not.
    pub was: String,
    /// What is now, empty for what is no longer.
    pub is: String,
    /// Where it is written now, or where it stood if it is gone.
    pub at: Option<Location>,
}

impl Class {
    /// All of them, the gravest first.
    pub const GRAVEST_FIRST: [Self; 4] = [Self::Break, Self::Privacy, Self::Addition, Self::Doc];

    /// A word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Doc => "doc",
            Self::Addition => "addition",
            Self::Privacy => "privacy",
            Self::Break => "break",
        }
    }
}

impl Change {
    /// What an acknowledgement in `schema/privacy-changes.md` names the change by. It says what the change leads to, so that it
    /// acknowledges no other one.
    #[must_use]
    pub fn key(&self) -> String {
        match self.is.as_str() {
            "" => format!("{}: {}", self.kind.name, self.path),
            is => format!("{}: {} → {is}", self.kind.name, self.path),
        }
    }
}

/// All changes from one state to another, the gravest first, and else in the order of the standard.
#[must_use]
pub fn compare(was: &Model, is: &Model) -> Vec<Change> {
    let mut changes = Changes(Vec::new());
    report::compare(&mut changes, was, is);
    sections::compare(&mut changes, was, is);
    fields::compare(&mut changes, was, is);
    enums::compare(&mut changes, was, is);
    reads::compare(&mut changes, was, is);
    let Changes(mut changes) = changes;
    changes.sort_by_key(|change| std::cmp::Reverse(change.kind.class));
    changes
}

/// Whether any of the changes makes a new version.
#[must_use]
pub fn makes_version(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.kind.class != Class::Doc)
}

/// The kind of a change that no field, section or enum bears: the JSON Schema is written otherwise.
pub(crate) fn written_otherwise() -> &'static Kind {
    &kinds::ORDER
}

/// What was found so far.
struct Changes(Vec<Change>);

impl Changes {
    fn push(
        &mut self,
        kind: &'static Kind,
        path: &str,
        (was, is): (impl fmt::Display, impl fmt::Display),
        at: Option<&Location>,
    ) {
        let (was, is) = (was.to_string(), is.to_string());
        self.0.push(Change { kind, path: path.to_owned(), was, is, at: at.cloned() });
    }

    /// Notes a change if there is one.
    fn note<T: PartialEq + fmt::Display>(
        &mut self,
        kind: &'static Kind,
        path: &str,
        (was, is): (T, T),
        at: Option<&Location>,
    ) {
        if was != is {
            self.push(kind, path, (was, is), at);
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
