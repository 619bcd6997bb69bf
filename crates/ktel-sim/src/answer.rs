//! An answer of an API server.

use serde::Serialize;

/// An answer: status, type and bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer in JSON.
    pub(crate) fn json(status: u16, body: &impl Serialize) -> Self {
        // What is serialized here are values without maps of odd keys, which cannot fail.
        let body = serde_json::to_vec(body).unwrap_or_default();
        Self { status, content_type: "application/json".to_owned(), body }
    }

    /// An answer in plain text.
    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self { status, content_type: "text/plain; charset=utf-8".to_owned(), body: body.as_bytes().to_vec() }
    }
}
