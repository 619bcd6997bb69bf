//! Which kinds of objects a cluster serves, as it was last told.

use std::sync::Arc;

use bytes::Bytes;

use super::exchange::{self, Exchange, Failure};
use crate::view;

/// Where an API server says which kinds of objects it serves.
pub(super) const APIS: &str = "/apis";

/// What a cluster serves, and by which tag the server knows that answer.
#[derive(Debug)]
pub(crate) struct Discovery {
    etag: Option<String>,
    answer: Bytes,
    apis: view::apis::Object,
}

impl Discovery {
    /// Asks what the cluster serves. What is known already is not told again.
    pub(super) async fn ask(exchange: &Exchange<'_>, known: Option<&Arc<Self>>) -> Result<Arc<Self>, Failure> {
        let etag = known.and_then(|known| known.etag.as_deref());
        let answer = exchange.fetch_path(APIS, view::apis::ACCEPT, etag).await;
        match (answer, known) {
            (Err(Failure::Status(304)), Some(known)) => Ok(Arc::clone(known)),
            (answer, _) => {
                let answer = answer?;
                let apis = exchange::decode(&answer.body)?;
                Ok(Arc::new(Self { etag: answer.etag, answer: answer.body, apis }))
            }
        }
    }

    /// The answer as it came.
    pub(super) fn answer(&self) -> &[u8] {
        &self.answer
    }

    /// What it says.
    pub(super) fn apis(&self) -> &view::apis::Object {
        &self.apis
    }
}
