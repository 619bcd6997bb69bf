//! A field of the standard: its type with its bounds, what is said of it, and what fills it.

use super::{Docs, Location, Read, Resource};

/// A field of a message.
#[derive(Debug)]
pub struct Field {
    /// The name as it is sent: `node_count`.
    pub name: String,
    /// Its number on the wire.
    pub number: u32,
    /// The published version in which it appeared, `None` while it is in none.
    pub since: Option<String>,
    /// What the comment says.
    pub docs: Docs,
    /// The type of the value, or of each of its items, with its bounds.
    pub kind: Kind,
    /// Whether the value may be missing, and whether there may be several.
    pub presence: Presence,
    /// What fills it.
    pub filling: Filling,
    /// Whether what fills it is read no more often than once a day.
    pub is_daily: bool,
    /// How the values of several control planes are made one.
    pub merge: Merge,
    /// What the value can tell of the one who sends it: `TECHNICAL`, `USAGE` or `IDENTIFIER`.
    pub sensitivity: String,
    /// Ids of the questions that it helps to answer.
    pub answers: Vec<String>,
    /// Where it is read, in an administrator's words.
    pub source: String,
    /// A valid value; an array for a list.
    pub example: serde_json::Value,
    /// The unit of a number.
    pub unit: Option<String>,
    /// Its places in the line format.
    pub lines: Vec<Line>,
    /// The name under which a receiver indexes what the value tells, or something coarser: `ktel_node_band`.
    pub indexed: Option<String>,
    /// Why it is no longer to be used.
    pub deprecated: Option<Deprecation>,
    /// The version or date after which it is not sent.
    pub expires: Option<String>,
    /// The team that answers for it.
    pub owner: String,
    /// Rules that it may break.
    pub allows: Vec<Allow>,
    /// Where it is written.
    pub at: Location,
}

impl Field {
    /// Whether reports can be joined by the value.
    #[must_use]
    pub fn is_identifier(&self) -> bool {
        self.sensitivity == "IDENTIFIER"
    }
}

/// The type of a value, with its bounds.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A number.
    Number(Number),
    /// A text that is not prose.
    Text(Text),
    /// A value of the enum of this name.
    Enum(String),
}

/// A number and its bounds, both of them allowed.
#[derive(Debug, Clone, PartialEq)]
pub enum Number {
    /// A whole number, zero or above.
    Unsigned {
        /// The smallest.
        min: u32,
        /// The largest.
        max: u32,
    },
    /// A whole number.
    Signed {
        /// The smallest.
        min: i32,
        /// The largest.
        max: i32,
    },
    /// Any number.
    Double {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
}

/// A text and its bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// What the whole text matches; not anchored.
    pub pattern: String,
    /// The name of the form that the pattern stands for, if it has one.
    pub format: Option<String>,
    /// The largest number of code points.
    pub max_length: u32,
}

/// Whether a value may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may not.
    Required,
    /// It may, and then the report says why.
    Optional,
    /// There may be several; a list without items is left out.
    List {
        /// The largest number of items.
        max_items: u32,
    },
}

/// A place in the line format.
#[derive(Debug)]
pub struct Line {
    /// The key.
    pub key: String,
    /// What stands right before each value.
    pub prefix: String,
    /// What stands right behind each value.
    pub suffix: String,
    /// How the value joins those of other fields with the same key.
    pub manner: Manner,
    /// Words in place of values.
    pub words: Vec<(String, String)>,
}

/// How a value joins those of other fields that have the same key in the line format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// In their list.
    Listed,
    /// In their list, but for a zero.
    AboveZero,
    /// At the head of their list, if any other of them has a value.
    BesideOthers,
    /// Right behind their list.
    BehindOthers,
}

/// Why a field is no longer to be used.
#[derive(Debug)]
pub struct Deprecation {
    /// The reason.
    pub reason: String,
    /// The path of the field that replaces it.
    pub replacement: Option<String>,
}

/// A rule that a field may break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allow {
    /// The id of the rule: `name-similar`.
    pub rule: String,
    /// Why the rule does not fit.
    pub reason: String,
    /// The version or date at which this is looked at again.
    pub until: String,
    /// Where it is written.
    pub at: Location,
}

/// How several values of a fact are made one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// They add up.
    Sum,
    /// The largest counts.
    Max,
    /// The first one that is told counts; of lists, what any of them names.
    First,
}

/// What fills a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filling {
    /// The number of objects of a kind.
    Counts(Resource),
    /// A probe, which sees what was read for it.
    Probe(Vec<Read>),
    /// The controller alone.
    Host,
    /// The controller, else a probe.
    HostElseProbe(Vec<Read>),
    /// The number of items of the list of this name in the same message, with what is read for that.
    Length(String, Vec<Read>),
}

impl Text {
    /// Whether a text that matches may have characters that JSON escapes.
    #[must_use]
    pub fn may_need_escapes(&self) -> bool {
        // An escaped dot is a dot, and so is one in a class; else it is any character, as is whatever a class excludes.
        let pattern = self.pattern.replace("\\.", "");
        pattern.contains(['"', '\\']) || pattern.contains("[^") || Self::outside_of_classes(&pattern).contains('.')
    }

    /// A pattern without what stands in its classes, where a dot is a dot.
    fn outside_of_classes(pattern: &str) -> String {
        let mut is_inside = false;
        let keep = |c: &char| {
            is_inside = match c {
                '[' => true,
                ']' => false,
                _ => is_inside,
            };
            !is_inside
        };
        pattern.chars().filter(keep).collect()
    }
}

impl Number {
    /// The smallest and the largest value.
    #[must_use]
    pub fn bounds(&self) -> (f64, f64) {
        match *self {
            Self::Unsigned { min, max } => (min.into(), max.into()),
            Self::Signed { min, max } => (min.into(), max.into()),
            Self::Double { min, max } => (min, max),
        }
    }
}

impl Kind {
    /// The bounds in words, for people: `0 to 10000000`; `None` where the type says it all.
    #[must_use]
    pub fn bounds(&self) -> Option<String> {
        match self {
            Self::Boolean | Self::Enum(_) => None,
            Self::Number(number) => {
                let (min, max) = number.bounds();
                Some(format!("{min} to {max}"))
            }
            Self::Text(Text { format: Some(format), .. }) => Some(format!("Format `{format}`")),
            Self::Text(Text { max_length, pattern, .. }) => {
                Some(format!("At most {max_length} characters that match `{pattern}`"))
            }
        }
    }
}

impl Filling {
    /// A word for it, for people and tools.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Counts(_) => "count",
            Self::Probe(_) => "probe",
            Self::Host => "host",
            Self::HostElseProbe(_) => "host, else probe",
            Self::Length(..) => "length of the list",
        }
    }

    /// Whether the controller may tell the value.
    #[must_use]
    pub fn asks_host(&self) -> bool {
        matches!(self, Self::Host | Self::HostElseProbe(_))
    }

    /// Whether a probe has to be written.
    #[must_use]
    pub fn needs_probe(&self) -> bool {
        matches!(self, Self::Probe(_) | Self::HostElseProbe(_))
    }

    /// All that is read from the cluster for the field.
    #[must_use]
    pub fn reads(&self) -> Vec<Read> {
        match self {
            Self::Counts(resource) => vec![Read::Count(resource.clone())],
            Self::Probe(reads) | Self::HostElseProbe(reads) | Self::Length(_, reads) => reads.clone(),
            Self::Host => Vec::new(),
        }
    }
}
