//! An event, sealed: its bytes, and what a receiver has to know to file it.

use std::{borrow::Cow, time::Duration};

/// One event of a report, ready to be sent by any sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// When the event was measured, since the beginning of 1970 in UTC.
    pub time: Duration,
    /// The product that reports.
    pub source: String,
    /// What kind of event it is to Splunk.
    pub sourcetype: String,
    /// The index that it is filed in; that of the token if there is none.
    pub index: Option<String>,
    /// The event: a JSON object, the bytes that were validated.
    pub event: String,
    /// What is indexed besides, for fast statistics. No name is also a name inside of the event.
    pub fields: Vec<(Cow<'static, str>, String)>,
}

impl Envelope {
    /// About how many bytes the envelope takes when it is sent.
    #[must_use]
    pub fn bytes(&self) -> usize {
        /// The names and punctuation of what stands around an event.
        const FRAME: usize = 128;
        let index = self.index.as_deref().map_or(0, |index| index.len() + 11);
        let fields: usize = self.fields.iter().map(|(name, value)| name.len() + value.len() + 6).sum();
        FRAME + self.source.len() + self.sourcetype.len() + self.event.len() + index + fields
    }
}
