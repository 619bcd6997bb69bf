//! What is wrong with a document, told without its values.

use std::fmt;

/// A place where a document breaks the contract, and how. Never holds a value of the document.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation {
    /// The place: `cluster.node_count`, `consented[2]`; empty for the document as a whole.
    pub path: String,
    /// The rule that is broken there.
    pub rule: Rule,
}

/// A rule of the contract.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Rule {
    /// The value is of the type that is named.
    Type(&'static str),
    /// The field is there.
    Present,
    /// The field is one that the contract knows.
    Known,
    /// The field is there once.
    Once,
    /// The number is not below.
    Min(f64),
    /// The number is not above.
    Max(f64),
    /// The text has no more code points.
    MaxLength(u32),
    /// The whole text matches, and has no control characters.
    Pattern(&'static str),
    /// The value is one of these.
    OneOf(&'static [&'static str]),
    /// The list has no more items.
    MaxItems(u32),
    /// The list has an item.
    NotEmpty,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "the document" } else { &self.path };
        write!(f, "{path}: {}", self.rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => write!(f, "must be {name}"),
            Self::Present => f.write_str("is missing"),
            Self::Known => f.write_str("is not part of the contract"),
            Self::Once => f.write_str("is there more than once"),
            Self::Min(min) => write!(f, "must not be below {min}"),
            Self::Max(max) => write!(f, "must not be above {max}"),
            Self::MaxLength(max) => write!(f, "must not be longer than {max} characters"),
            Self::Pattern(pattern) => write!(f, "must match `{pattern}`"),
            Self::OneOf(values) => write!(f, "must be one of {}", values.join(", ")),
            Self::MaxItems(max) => write!(f, "must not have more than {max} items"),
            Self::NotEmpty => f.write_str("must not be empty: leave it out"),
        }
    }
}
