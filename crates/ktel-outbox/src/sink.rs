//! Where envelopes go.

use std::{future::Future, sync::Arc};

use crate::{Ack, Envelope, Outcome};

/// Something that envelopes can be sent to.
///
/// A sink makes one attempt and says what became of it. It keeps no queue, and tries nothing twice by itself.
pub trait Sink {
    /// Sends a batch.
    fn post(&mut self, batch: &[Arc<Envelope>]) -> impl Future<Output = Outcome> + Send;

    /// Asks whether a batch is safe by now. Only a sink that answers [`Outcome::AckPending`] is ever asked.
    fn poll(&mut self, _: Ack) -> impl Future<Output = Outcome> + Send {
        async { Outcome::Retry { after: None } }
    }

    /// Is told that an acknowledgement did not come in time: its batch is sent again, elsewhere if the sink has a choice.
    fn give_up(&mut self, _: Ack) {}
}

impl<S: Sink + Send> Sink for &mut S {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        (**self).post(batch).await
    }

    async fn poll(&mut self, ack: Ack) -> Outcome {
        (**self).poll(ack).await
    }

    fn give_up(&mut self, ack: Ack) {
        (**self).give_up(ack);
    }
}
