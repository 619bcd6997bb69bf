//! What a person reads when something went wrong: what, why, and what to do.

use std::{error::Error, fmt, process::ExitCode};

/// Something that went wrong.
#[derive(Debug)]
pub(crate) struct Failure {
    message: String,
    help: String,
    code: u8,
}

impl Failure {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), code: 1 }
    }

    /// Input that cannot be read, which is told from input that is wrong.
    pub(crate) fn unreadable(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: 2, ..Self::new(message, help) }
    }

    /// The same, of something that has a name.
    pub(crate) fn of(mut self, name: &str) -> Self {
        self.message = format!("{name}: {}", self.message);
        self
    }

    /// The same, of a cluster that somebody named.
    pub(crate) fn of_context(self, context: Option<&str>) -> Self {
        match context {
            Some(context) => self.of(&format!("context {context}")),
            None => self,
        }
    }

    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n help: {}", self.message, self.help)
    }
}

/// An error and its causes in one line. A cause that only repeats what was said is left out.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}
