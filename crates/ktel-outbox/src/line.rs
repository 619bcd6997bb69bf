//! A report, sealed as one line: what a receiver of the semicolon format reads.

use std::borrow::Cow;

/// One report as a line, ready to be sent by any sink of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What the line is about: `kic-ping`.
    pub signal: String,
    /// Keys and their values, those together that belong together.
    pub groups: Vec<Vec<(Cow<'static, str>, String)>>,
}

impl Line {
    /// About how many bytes the line takes when it is sent.
    #[must_use]
    pub fn bytes(&self) -> usize {
        /// What stands around the signal.
        const FRAME: usize = 14;
        let pairs = self.groups.iter().flatten();
        FRAME + self.signal.len() + pairs.map(|(key, value)| key.len() + value.len() + 2).sum::<usize>()
    }
}
