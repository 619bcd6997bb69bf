//! Where envelopes and lines go.

use std::{future::Future, sync::Arc};

use crate::{Ack, Envelope, Outcome};

/// Something that items can be sent to: envelopes, if nothing else is said.
///
/// A sink makes one attempt and says what became of it. It keeps no queue, and tries nothing twice by itself.
pub trait Sink<T = Envelope> {
    /// Sends a batch.
    fn post(&mut self, batch: &[Arc<T>]) -> impl Future<Output = Outcome> + Send;

    /// Asks whether a batch is safe by now. Only a sink that answers [`Outcome::AckPending`] is ever asked.
    fn poll(&mut self, _: Ack) -> impl Future<Output = Outcome> + Send {
        async { Outcome::Retry { after: None } }
    }

    /// Is told that an acknowledgement did not come in time: its batch is sent again, elsewhere if the sink has a choice.
    fn give_up(&mut self, _: Ack) {}
}

/// A sink that there is none of.
#[derive(Debug, Clone, Copy)]
pub enum Nowhere {}

impl<T: Send + Sync> Sink<T> for Nowhere {
    async fn post(&mut self, _: &[Arc<T>]) -> Outcome {
        match *self {}
    }
}

impl<T: Send + Sync, S: Sink<T> + Send> Sink<T> for &mut S {
    async fn post(&mut self, batch: &[Arc<T>]) -> Outcome {
        (**self).post(batch).await
    }

    async fn poll(&mut self, ack: Ack) -> Outcome {
        (**self).poll(ack).await
    }

    fn give_up(&mut self, ack: Ack) {
        (**self).give_up(ack);
    }
}
