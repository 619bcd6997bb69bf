//! The secret that lets a sender in.

use std::fmt;

/// A token of the HTTP Event Collector. Shows itself to nobody but the receiver.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// A token, without the white space around it that files and variables often have.
    #[must_use]
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().to_owned())
    }

    /// What the receiver is told.
    pub(crate) fn header(&self) -> String {
        format!("Splunk {}", self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
