//! What the event collector answers.

use axum::{
    body::Body,
    http::{Response, StatusCode, header},
};
use serde_json::json;

/// An answer of the event collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Success,
    TokenRequired,
    InvalidAuthorization,
    InvalidToken,
    NoData,
    /// The number of the event that cannot be read.
    InvalidFormat(usize),
    /// The number of the envelope without an event.
    EventRequired(usize),
    /// The number of the envelope whose event says nothing.
    EventBlank(usize),
    /// The number of the envelope whose time or fields cannot be indexed.
    BadFields(usize),
    Healthy,
    /// The body is larger than what is taken. Not an answer of HEC's own, but of the server around it.
    TooLarge,
    /// The body is encoded in a way that is not understood; likewise.
    UnknownEncoding,
    /// The body is not what its encoding says; likewise.
    BadEncoding,
    WrongMethod,
    NotFound,
}

impl Answer {
    pub(crate) fn response(self) -> Response<Body> {
        let (status, text, code, event) = match self {
            Self::Success => (200, "Success", 0, None),
            Self::TokenRequired => (401, "Token is required", 2, None),
            Self::InvalidAuthorization => (401, "Invalid authorization", 3, None),
            Self::InvalidToken => (403, "Invalid token", 4, None),
            Self::NoData => (400, "No data", 5, None),
            Self::InvalidFormat(number) => (400, "Invalid data format", 6, Some(number)),
            Self::EventRequired(number) => (400, "Event field is required", 12, Some(number)),
            Self::EventBlank(number) => (400, "Event field cannot be blank", 13, Some(number)),
            Self::BadFields(number) => (400, "Error in handling indexed fields", 15, Some(number)),
            Self::Healthy => (200, "HEC is healthy", 17, None),
            Self::WrongMethod => (405, "The requested URL was not found on this server.", 404, None),
            Self::NotFound => (404, "The requested URL was not found on this server.", 404, None),
            Self::TooLarge => return page(413, "Content-Length exceeds the limit"),
            Self::UnknownEncoding => return page(415, "Unsupported Media Type"),
            Self::BadEncoding => return page(400, "Bad Request"),
        };
        let mut body = json!({ "text": text, "code": code });
        if let Some(number) = event {
            body["invalid-event-number"] = number.into();
        }
        write(status, "application/json; charset=UTF-8", body.to_string())
    }
}

fn page(status: u16, text: &str) -> Response<Body> {
    write(status, "text/html; charset=UTF-8", format!("<!doctype html><html><body>{text}</body></html>\n"))
}

fn write(status: u16, content_type: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    response
}
