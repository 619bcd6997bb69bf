//! An answer of an API server.

use serde::Serialize;

/// An answer: status, type and bytes, and how it is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: String,
    /// Headers besides that one.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// How much of it arrives.
    pub delivery: Delivery,
}

/// How much of an answer arrives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Delivery {
    /// All of it.
    #[default]
    Whole,
    /// Half of the body; then the connection breaks.
    Truncated,
    /// All of it, and then blanks without end.
    Endless,
    /// Nothing, ever.
    Never,
}

impl Answer {
    /// An answer with a body of this type, delivered whole.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        let (content_type, body) = (content_type.to_owned(), body.into());
        Self { status, content_type, headers: Vec::new(), body, delivery: Delivery::Whole }
    }

    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // What is serialized here are values without maps of odd keys, which cannot fail.
        Self::new(status, "application/json", serde_json::to_vec(body).unwrap_or_default())
    }

    /// An answer in plain text.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}
