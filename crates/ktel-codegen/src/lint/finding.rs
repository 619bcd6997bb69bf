//! What a person is told: where, what, what to do, and which rule says so.

use std::fmt;

use crate::model::Location;

/// Something in the sources that has to be mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where it is.
    pub at: Location,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The id of the rule that says so.
    pub rule: &'static str,
}

/// All that was found: how many, then each.
#[derive(Debug)]
pub struct Findings<'a>(pub &'a [Finding]);

impl Findings<'_> {
    /// How many there are, in words.
    #[must_use]
    pub fn summary(&self) -> String {
        match self.0.len() {
            1 => "1 finding in the schema".to_owned(),
            count => format!("{count} findings in the schema"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, message, help, rule } = self;
        write!(f, "{at}: {message} [{rule}]\n  help: {help}")
    }
}

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.summary())?;
        self.0.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}
