//! What the standard says of its fields, as static data: written by the generator, read by validation and by whoever
//! explains a report.

pub use crate::pattern::Pattern;
use crate::report::Category;

/// The report, or a section of it.
#[derive(Debug)]
pub struct Message {
    /// Where it stands in the report: `kong.plugins`; empty for the report itself.
    pub path: &'static str,
    /// What it is made of, in the order of the standard.
    pub members: &'static [Member],
    /// The names of the members, in the same order, so that a name is looked for in one place.
    names: &'static [&'static str],
}

/// What a message is made of.
#[derive(Debug)]
pub enum Member {
    /// A field, which bears a value.
    Field(&'static Field),
    /// A section, which bears fields.
    Section {
        /// The section.
        message: &'static Message,
        /// Whether it may not be missing.
        is_required: bool,
    },
}

/// A field: its type, its bounds and what is said of it.
#[derive(Debug)]
pub struct Field {
    /// Where it stands in the report: `cluster.node_count`.
    pub path: &'static str,
    /// What the value means.
    pub meaning: &'static str,
    /// The type of the value, or of each of its items, with its bounds.
    pub kind: Kind,
    /// Whether the value may be missing, and whether there may be several.
    pub presence: Presence,
    /// What the value can tell of the one who sends it.
    pub sensitivity: Sensitivity,
    /// The unit of consent, `None` for the envelope.
    pub category: Option<Category>,
    /// The name of the event in which it travels, `None` if it travels with every event.
    pub event: Option<&'static str>,
    /// Where it is read, in an administrator's words.
    pub source: &'static str,
    /// Ids of the questions that it helps to answer.
    pub answers: &'static [&'static str],
    /// The unit of a number.
    pub unit: Option<&'static str>,
    /// A valid value, as JSON.
    pub example: &'static str,
    /// Its places in the semicolon line format.
    pub line: &'static [Place],
    /// Whether the controller is asked for it.
    pub is_host: bool,
}

/// Something that the standard wants to know.
#[derive(Debug)]
pub struct Question {
    /// The name by which fields refer to it.
    pub id: &'static str,
    /// The question, as one would ask it.
    pub text: &'static str,
}

/// A place in the semicolon line format. See [`line`](crate::line).
#[derive(Debug)]
pub struct Place {
    /// The key.
    pub key: &'static str,
    /// What stands right before each value.
    pub prefix: &'static str,
    /// What stands right behind each value.
    pub suffix: &'static str,
    /// How the value joins those of other fields with the same key.
    pub manner: Manner,
    /// Words in place of values. Of an enum, a value without a word is left out.
    pub words: &'static [(&'static str, &'static str)],
}

/// How a value joins those of other fields that have the same key in the line format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// In their list, which is sorted as texts and joined by commas.
    Listed,
    /// In their list, but for a zero.
    AboveZero,
    /// At the head of their list, if any other of them has a value, be it a zero that is left out.
    BesideOthers,
    /// Right behind their list, if that is not empty.
    BehindOthers,
}

/// The type of a value, with its bounds, both ends of which are allowed.
#[derive(Debug)]
pub enum Kind {
    /// True or false.
    Boolean,
    /// A whole number of 32 bits.
    Whole {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// Any number.
    Number {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// A text that is not prose.
    Text {
        /// What the whole text matches.
        pattern: &'static Pattern,
        /// The largest number of code points.
        max_length: u32,
    },
    /// One of these values.
    Enum(&'static [&'static str]),
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

/// What a value can tell of the one who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sensitivity {
    /// Says nothing of the one who sends it.
    Technical,
    /// Says how the product is used, as a sum or a choice from a list.
    Usage,
    /// Joins reports with each other.
    Identifier,
}

impl Message {
    /// The most members of a message.
    pub(crate) const MOST_MEMBERS: usize = 128;

    /// A message with its members and their names.
    ///
    /// # Panics
    ///
    /// Where a constant is made of it, and thus while that is compiled, if a member has no name or has no bit.
    #[must_use]
    pub const fn new(path: &'static str, names: &'static [&'static str], members: &'static [Member]) -> Self {
        assert!(names.len() == members.len(), "each member has a name");
        assert!(members.len() <= Self::MOST_MEMBERS, "there is a bit for each member");
        Self { path, members, names }
    }

    /// The member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Member> {
        self.position(name, 0).map(|index| self.at(index).1)
    }

    /// The member at a place, with its name.
    pub(crate) fn at(&self, index: usize) -> (&'static str, &'static Member) {
        (self.names[index], &self.members[index])
    }

    /// The place of the member of this name, looked for from the one on that is expected.
    pub(crate) fn position(&self, name: &str, expected: usize) -> Option<usize> {
        let is_it = |other: &&str| *other == name;
        let (before, from) = self.names.split_at_checked(expected)?;
        from.iter().position(is_it).map(|index| expected + index).or_else(|| before.iter().position(is_it))
    }
}

impl Member {
    /// The path in the report.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self {
            Self::Field(field) => field.path,
            Self::Section { message, .. } => message.path,
        }
    }

    /// The name in the message that it stands in.
    #[must_use]
    pub fn name(&self) -> &'static str {
        let path = self.path();
        path.rsplit_once('.').map_or(path, |(_, name)| name)
    }

    /// Whether it may not be missing.
    #[must_use]
    pub fn is_required(&self) -> bool {
        match self {
            Self::Field(field) => field.presence == Presence::Required,
            Self::Section { is_required, .. } => *is_required,
        }
    }
}
