//! All that tells facts of one installation, gathered into one.

use ktel_types::{Invalid, Valid, Violation, host::HostFacts};
use reqwest::Client;

use crate::{
    later,
    metrics::Metrics,
    place::{Place, ReadError},
};

/// All that tells facts of one installation, each time it is asked.
#[derive(Debug)]
pub struct Facts {
    client: Client,
    documents: Vec<Document>,
    metrics: Vec<Scraped>,
    /// Whether the last gathering did not come to its end.
    is_broken_off: bool,
    is_tolerant: bool,
    /// What the last gathering that came to its end left out.
    left_out: Vec<Violation>,
}

/// Why facts cannot be had. The text holds neither an address nor a value.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// A document cannot be read.
    #[error("the document with the host's facts")]
    Document(#[source] ReadError),
    /// A document is not what the schema of host facts says.
    #[error("the document with the host's facts is not valid")]
    Invalid(#[source] Invalid),
    /// Metrics cannot be read.
    #[error("the address of the controller's metrics")]
    Metrics(#[source] ReadError),
    /// What answers has none of the metrics that are looked for.
    #[error("what answers at the address of the controller's metrics has none of those that are looked for")]
    NoMetrics,
}

/// What a document tells, and what was left out of it.
type Told = (HostFacts, Vec<Violation>);

#[derive(Debug)]
struct Document {
    place: Place,
    /// What was read of the standard input, which can be read once.
    kept: Option<Told>,
}

#[derive(Debug)]
struct Scraped {
    place: Place,
    /// What was told the last time: counters are told as the difference to it.
    previous: Option<Metrics>,
}

impl Facts {
    /// Nothing tells any fact yet. The client is used for addresses.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            documents: Vec::new(),
            metrics: Vec::new(),
            is_broken_off: false,
            is_tolerant: false,
            left_out: Vec::new(),
        }
    }

    /// Takes documents of controllers that were released later than this.
    ///
    /// What a later version of the standard may say, and this one does not, is left out in place of refusing the document: fields
    /// and values of later versions, and what is beyond a bound. A value of another type is refused all the same.
    #[must_use]
    pub fn tolerant(mut self) -> Self {
        self.is_tolerant = true;
        self
    }

    /// Adds a JSON document, as the schema of host facts describes it.
    #[must_use]
    pub fn document(mut self, place: Place) -> Self {
        self.documents.push(Document { place, kept: None });
        self
    }

    /// Adds metrics in the text format of Prometheus.
    #[must_use]
    pub fn metrics(mut self, place: Place) -> Self {
        self.metrics.push(Scraped { place, previous: None });
        self
    }

    /// Reads all of them, and makes one of what they tell.
    ///
    /// Counters are the difference to the gathering before. If that one failed, or was broken off, nobody has what it would
    /// have told: no counter is told then, rather than one of a longer time than anybody thinks.
    pub async fn gather(&mut self) -> Result<HostFacts, FactsError> {
        if std::mem::replace(&mut self.is_broken_off, true) {
            self.metrics.iter_mut().for_each(|scraped| scraped.previous = None);
        }
        let (mut told, mut left_out) = (HostFacts::default(), Vec::new());
        for document in &mut self.documents {
            let (facts, not_taken) = document.read(&self.client, self.is_tolerant).await?;
            told.merge(facts);
            left_out.extend(not_taken);
        }
        let mut measured = HostFacts::default();
        for scraped in &mut self.metrics {
            measured.merge(scraped.read(&self.client).await?);
        }
        told.fill(measured);
        self.is_broken_off = false;
        self.left_out = left_out;
        Ok(told)
    }

    /// What the documents of the last gathering that succeeded said and this version does not take, without the values; nothing
    /// unless it is [tolerant](Self::tolerant).
    #[must_use]
    pub fn left_out(&self) -> &[Violation] {
        &self.left_out
    }
}

impl Document {
    async fn read(&mut self, client: &Client, is_tolerant: bool) -> Result<Told, FactsError> {
        if let Some(kept) = &self.kept {
            return Ok(kept.clone());
        }
        let text = self.place.read(client).await.map_err(FactsError::Document)?;
        let told = match Valid::<HostFacts>::parse(&text) {
            Ok(facts) => (facts.into_inner(), Vec::new()),
            Err(invalid) if is_tolerant => later::read(&text, invalid).map_err(FactsError::Invalid)?,
            Err(invalid) => return Err(FactsError::Invalid(invalid)),
        };
        if self.place == Place::Stdin {
            self.kept = Some(told.clone());
        }
        Ok(told)
    }
}

impl Scraped {
    async fn read(&mut self, client: &Client) -> Result<HostFacts, FactsError> {
        let text = self.place.read(client).await.map_err(FactsError::Metrics)?;
        let metrics = Metrics::parse(&text);
        if metrics.is_empty() {
            return Err(FactsError::NoMetrics);
        }
        let facts = metrics.since(self.previous.as_ref());
        self.previous = Some(metrics);
        Ok(facts)
    }
}
