//! What the event collector answers.

use serde_json::{Value, json};

/// An answer of the event collector.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Success,
    /// Everything was taken, and will be acknowledged under this number.
    Promised(u64),
    /// Which of the numbers that were asked for are safe.
    Acks(Value),
    TokenDisabled,
    TokenRequired,
    InvalidAuthorization,
    InvalidToken,
    NoData,
    /// The number of the event that cannot be read.
    InvalidFormat(usize),
    /// The number of the event whose index is not the token's. Splunk counts these from one.
    IncorrectIndex(usize),
    /// The number of the first event that is not taken now.
    Busy(usize),
    /// No more channels are taken.
    BusyChannels,
    ChannelMissing,
    InvalidChannel,
    /// The number of the envelope without an event.
    EventRequired(usize),
    /// The number of the envelope whose event says nothing.
    EventBlank(usize),
    AcksDisabled,
    /// The number of the envelope whose time or fields cannot be indexed.
    BadFields(usize),
    QueryTokenDisabled,
    Healthy,
    QueueFull,
    AcksDown,
    QueueFullAndAcksDown,
    ShuttingDown,
    QueueNearlyFull,
    AcksNearlyFull,
    /// The number of the first event that is not taken, told as back pressure.
    QueueAtCapacity(usize),
    AcksAtCapacity,
    /// The body is larger than what is taken. Not an answer of HEC's own, but of the server around it.
    TooLarge,
    /// The body is encoded in a way that is not understood; likewise.
    UnknownEncoding,
    /// The body is not what its encoding says; likewise.
    BadEncoding,
    WrongMethod,
    NotFound,
}

/// An answer as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// What the body is: JSON where the event collector speaks, a page where the server around it does.
    pub content_type: &'static str,
    /// Headers besides the usual ones.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    pub(crate) fn reply(self) -> Reply {
        let (status, text, code, event) = match self {
            Self::Success => (200, "Success", 0, None),
            Self::Promised(ack) => {
                return Reply::json(200, &json!({ "text": "Success", "code": 0, "ackId": ack }));
            }
            Self::Acks(acks) => return Reply::json(200, &json!({ "acks": acks })),
            Self::TokenDisabled => (403, "Token disabled", 1, None),
            Self::TokenRequired => (401, "Token is required", 2, None),
            Self::InvalidAuthorization => (401, "Invalid authorization", 3, None),
            Self::InvalidToken => (403, "Invalid token", 4, None),
            Self::NoData => (400, "No data", 5, None),
            Self::InvalidFormat(number) => (400, "Invalid data format", 6, Some(number)),
            Self::IncorrectIndex(number) => (400, "Incorrect index", 7, Some(number + 1)),
            Self::Busy(number) => (503, "Server is busy", 9, Some(number)),
            Self::BusyChannels => (503, "Server is busy", 9, None),
            Self::ChannelMissing => (400, "Data channel is missing", 10, None),
            Self::InvalidChannel => (400, "Invalid data channel", 11, None),
            Self::EventRequired(number) => (400, "Event field is required", 12, Some(number)),
            Self::EventBlank(number) => (400, "Event field cannot be blank", 13, Some(number)),
            Self::AcksDisabled => (400, "ACK is disabled", 14, None),
            Self::BadFields(number) => (400, "Error in handling indexed fields", 15, Some(number)),
            Self::QueryTokenDisabled => (400, "Query string authorization is not enabled", 16, None),
            Self::Healthy => (200, "HEC is healthy", 17, None),
            Self::QueueFull => (503, "HEC is unhealthy, queues are full", 18, None),
            Self::AcksDown => (503, "HEC is unhealthy, ack service unavailable", 19, None),
            Self::QueueFullAndAcksDown => (503, "HEC is unhealthy, queues are full, ack service unavailable", 20, None),
            Self::ShuttingDown => (503, "Server is shutting down", 23, None),
            Self::QueueNearlyFull => (200, "Data received, but the queue is approaching its capacity", 24, None),
            Self::AcksNearlyFull => {
                (200, "Data received, but acknowledgements are approaching their capacity", 25, None)
            }
            Self::QueueAtCapacity(number) => (429, "The queue is at its capacity", 26, Some(number)),
            Self::AcksAtCapacity => (429, "The acknowledgement channels are at their capacity", 27, None),
            Self::WrongMethod => (405, "The requested URL was not found on this server.", 404, None),
            Self::NotFound => (404, "The requested URL was not found on this server.", 404, None),
            Self::TooLarge => return Reply::page(413, "Content-Length exceeds the limit"),
            Self::UnknownEncoding => return Reply::page(415, "Unsupported Media Type"),
            Self::BadEncoding => return Reply::page(400, "Bad Request"),
        };
        let mut body = json!({ "text": text, "code": code });
        if let Some(number) = event {
            body["invalid-event-number"] = number.into();
        }
        Reply::json(status, &body)
    }
}

impl Reply {
    fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { status, content_type: "application/json; charset=UTF-8", headers: Vec::new(), body }
    }

    fn page(status: u16, text: &str) -> Self {
        let body = format!("<!doctype html><html><body>{text}</body></html>\n").into_bytes();
        Self { status, content_type: "text/html; charset=UTF-8", headers: Vec::new(), body }
    }
}
