//! Faults on demand: what becomes of the next requests for events, one step a request.

use std::time::Duration;

/// What becomes of one request. When the steps are used up, requests are answered as they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is answered as it should be.
    Well,
    /// It is answered as it should be, after a while.
    Late(Duration),
    /// It is answered with this, and nothing is taken.
    Answer {
        /// The HTTP status.
        status: u16,
        /// Headers besides the usual ones.
        headers: Vec<(&'static str, String)>,
        /// The body, as it is.
        body: Vec<u8>,
    },
    /// Everything is taken, and then the connection breaks before the answer.
    TakenAndReset,
    /// The connection breaks before anything is taken.
    Reset,
    /// Everything is taken, and the answer comes byte by byte, with such a pause between two.
    Slow(Duration),
}

impl Step {
    /// An answer of the event collector: its status, its code, and the number of an event.
    #[must_use]
    pub fn hec(status: u16, code: u32, event: Option<usize>) -> Self {
        let mut body = serde_json::json!({ "text": "scripted", "code": code });
        if let Some(number) = event {
            body["invalid-event-number"] = number.into();
        }
        Self::Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// An answer of somebody else: a page.
    #[must_use]
    pub fn page(status: u16) -> Self {
        Self::Answer { status, headers: Vec::new(), body: b"<!doctype html><p>not the event collector</p>".to_vec() }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Answer { status, mut headers, body } => {
                headers.push((name, value.into()));
                Self::Answer { status, headers, body }
            }
            step => step,
        }
    }
}
