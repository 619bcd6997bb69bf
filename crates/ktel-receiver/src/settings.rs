//! How a receiver is set up.

use std::sync::Arc;

use rustls::ServerConfig;

/// How a receiver is set up. By default it lets everybody in, as one behind a gateway does, and has Splunk's own limits.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Who is let in; everybody if there are none.
    pub tokens: Vec<Token>,
    /// Whether a token may stand in the parameter `token` of the address (`allowQueryStringAuth`).
    pub takes_query_token: bool,
    /// The largest body in bytes, packed or not (`max_content_length`).
    pub max_body_bytes: usize,
    /// The largest event in bytes (`maxEventSize`).
    pub max_event_bytes: usize,
    /// The most channels that wait for acknowledgements (`max_number_of_ack_channel`).
    pub max_channels: usize,
    /// When a batch is acknowledged.
    pub acks: Acks,
    /// How many of the last events are kept.
    pub kept_events: usize,
    /// TLS, if it is spoken: with which certificate, and who has to show one.
    pub tls: Option<Arc<ServerConfig>>,
}

/// A token, and what it permits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Token {
    /// The token itself.
    pub value: String,
    /// Whether it lets in.
    pub is_enabled: bool,
    /// The only indexes that may be named; any if there are none.
    pub indexes: Vec<String>,
    /// Whether batches are acknowledged, which needs a channel.
    pub acknowledges: bool,
}

/// When a batch is acknowledged, if the token says that it is at all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Acks {
    /// At once.
    #[default]
    AtOnce,
    /// When it was asked for so many times in vain.
    After(usize),
    /// Not in the lifetime of anybody.
    Never,
}

/// How an indexer behind the receiver fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pressure {
    /// It takes everything.
    #[default]
    None,
    /// Its queue is nearly full: it takes everything, and says so.
    QueueNearlyFull,
    /// Its acknowledgements are nearly as many as it can hold: it takes everything, and says so.
    AcksNearlyFull,
    /// Its queue is full: of each body it takes so many events, and no more.
    QueueFull {
        /// How many it takes.
        taken: usize,
        /// Whether it says so with status 429 (`backpressureState`), or with 503.
        is_told: bool,
    },
    /// It cannot acknowledge any more, which only its health shows.
    AcksDown,
    /// Neither its queue nor its acknowledgements take anything.
    QueueFullAndAcksDown,
    /// It is restarted.
    ShuttingDown,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            tokens: Vec::new(),
            takes_query_token: false,
            max_body_bytes: 1_000_000,
            max_event_bytes: 5_000_000,
            max_channels: 1_000_000,
            acks: Acks::default(),
            kept_events: 1000,
            tls: None,
        }
    }
}

impl Settings {
    /// The same, for whoever bears one of these tokens.
    #[must_use]
    pub fn tokens(mut self, tokens: impl IntoIterator<Item = Token>) -> Self {
        self.tokens = tokens.into_iter().collect();
        self
    }

    /// The same over TLS.
    #[must_use]
    pub fn tls(mut self, config: Arc<ServerConfig>) -> Self {
        self.tls = Some(config);
        self
    }
}

impl Token {
    /// A token that lets in, for any index and without acknowledgements.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self { value: value.into(), is_enabled: true, indexes: Vec::new(), acknowledges: false }
    }

    /// The same, switched off.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.is_enabled = false;
        self
    }

    /// The same, for these indexes only.
    #[must_use]
    pub fn indexes(mut self, indexes: &[&str]) -> Self {
        self.indexes = indexes.iter().map(|index| (*index).to_owned()).collect();
        self
    }

    /// The same, with acknowledgements.
    #[must_use]
    pub fn acknowledging(mut self) -> Self {
        self.acknowledges = true;
        self
    }
}
