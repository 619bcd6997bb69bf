//! The sink: one request a batch.

use std::{
    fmt,
    io::Write as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};
use ktel_outbox::{Envelope, Outcome, Sink};
use reqwest::{
    Client, Response, Url,
    header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER},
    redirect,
};

use crate::{
    classify::{Verdict, classify},
    diagnosis::Diagnosis,
    encode::encode,
    reply::{MAX_BYTES, Reply},
    tls,
    token::Token,
};

/// Where events go, below an address that names only a host.
const PATH: &str = "/services/collector/event";

/// How long a connection may take to come about.
const CONNECT_DEADLINE: Duration = Duration::from_secs(10);

/// How long an attempt may take in all.
const DEADLINE: Duration = Duration::from_secs(30);

/// How long a connection is kept. Splunk closes its side after 12 s of idleness.
const KEEP: Duration = Duration::from_secs(10);

/// Below this, a body costs more to compress than to send.
const COMPRESS_FROM: usize = 1024;

/// A sink for Splunk's HTTP Event Collector.
pub struct Hec {
    client: Client,
    url: Url,
    authorization: Option<HeaderValue>,
    is_plain: bool,
    diagnosis: Option<Diagnosis>,
}

/// Sets up a [`Hec`].
#[must_use]
pub struct Builder {
    url: Url,
    token: Option<Token>,
}

/// What a sink cannot be set up with. The text says what to do, and quotes neither address nor token.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address cannot be read.
    #[error("the address of the receiver cannot be read ({0}): give it as https://host:8088")]
    Address(String),
    /// The address is not one of the web.
    #[error("the address of the receiver starts with neither https:// nor http://: give it as https://host:8088")]
    Scheme,
    /// The token has characters that no header can bear.
    #[error("the token has characters that a token cannot have: check that it was copied as a whole, on one line")]
    Token,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
    /// The client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[from] reqwest::Error),
}

impl Hec {
    /// Starts to set up a sink for this address: `https://host:8088`, or a whole URL if the path is another one.
    pub fn builder(address: &str) -> Result<Builder, SetupError> {
        let mut url = Url::parse(address.trim()).map_err(|error| match error.to_string().as_str() {
            // What has no scheme is not an absolute URL to the parser.
            "relative URL without a base" => SetupError::Scheme,
            why => SetupError::Address(why.to_owned()),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SetupError::Scheme);
        }
        if url.path() == "/" {
            url.set_path(PATH);
        }
        Ok(Builder { url, token: None })
    }

    /// What a person should know of the latest attempt; `None` if it went well.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    async fn attempt(&self, batch: &[Arc<Envelope>]) -> Verdict {
        let body = encode(batch.iter().map(AsRef::as_ref)).into_bytes();
        let compressed = if self.is_plain || body.len() < COMPRESS_FROM { None } else { compress(&body) };
        let was_compressed = compressed.is_some();
        let mut request = self.client.post(self.url.clone()).header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.clone());
        }
        if was_compressed {
            request = request.header(CONTENT_ENCODING, "gzip");
        }
        let reply = match request.body(compressed.unwrap_or(body)).send().await {
            Ok(response) => read(response).await,
            Err(error) => Err(error),
        };
        match reply {
            Ok(reply) => classify(&reply, was_compressed),
            Err(error) => Verdict::unreachable(&error),
        }
    }
}

impl fmt::Debug for Hec {
    /// Shows neither the address nor the token: either may hold a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hec")
            .field("is_plain", &self.is_plain)
            .field("diagnosis", &self.diagnosis)
            .finish_non_exhaustive()
    }
}

impl Sink for Hec {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        let Verdict { outcome, wants_plain, diagnosis } = self.attempt(batch).await;
        self.is_plain |= wants_plain;
        if let Some(diagnosis) = &diagnosis {
            tracing::debug!("{diagnosis}");
        }
        self.diagnosis = diagnosis;
        outcome
    }
}

impl Builder {
    /// The token that lets in. Without one, the same is sent without `Authorization`, to a gateway that adds it.
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Checks the settings. Nothing is connected to yet.
    pub fn build(self) -> Result<Hec, SetupError> {
        let Self { url, token } = self;
        let authorization = token.map(|token| header(&token)).transpose()?;
        let tls = if url.scheme() == "https" { tls::config()? } else { tls::unused()? };
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_DEADLINE)
            .timeout(DEADLINE)
            .pool_idle_timeout(KEEP)
            .user_agent(concat!("ktel/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Hec { client, url, authorization, is_plain: false, diagnosis: None })
    }
}

fn header(token: &Token) -> Result<HeaderValue, SetupError> {
    let mut header = HeaderValue::from_str(&token.header()).map_err(|_| SetupError::Token)?;
    // Whoever prints the headers prints this one as a secret.
    header.set_sensitive(true);
    Ok(header)
}

/// Reads an answer, no more of it than is looked at. The rest is let go with its connection.
async fn read(mut response: Response) -> Result<Reply, reqwest::Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BYTES {
            body.truncate(MAX_BYTES);
            break;
        }
    }
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    Ok(Reply::read(response.status().as_u16(), retry_after, &body, SystemTime::now()))
}

fn compress(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok()
}
