//! A sink that writes what would be sent: to a file that somebody carries over an air gap, to a log, to a terminal.

use std::{io::Write, sync::Arc};

use ktel_outbox::{Envelope, Outcome, Sink};

use crate::{diagnosis::Diagnosis, encode::encode};

/// A sink that writes each envelope as a line of JSON, as it would stand in the body of a request. [`decode`](crate::decode)
/// reads it back.
#[derive(Debug)]
pub struct Ndjson<W> {
    writer: W,
    diagnosis: Option<Diagnosis>,
    /// Whether a batch was cut off in the middle, so that the next one begins on a line of its own.
    is_cut: bool,
}

impl<W: Write> Ndjson<W> {
    /// A sink that writes there: a file that was opened to append to it, for example.
    pub fn new(writer: W) -> Self {
        Self { writer, diagnosis: None, is_cut: false }
    }

    /// The same after something that has no end of line: what was cut off stays on its line, and the next one begins.
    #[must_use]
    pub fn after_a_cut(self) -> Self {
        Self { is_cut: true, ..self }
    }

    /// What a person should know of the latest attempt; `None` if it went well.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.diagnosis.as_ref()
    }

    /// Writes a batch and flushes it, and says whether all of it is written.
    pub(crate) fn write(&mut self, batch: &[Arc<Envelope>]) -> bool {
        let mut text = encode(batch.iter().map(AsRef::as_ref));
        if self.is_cut {
            text.insert(0, '\n');
        }
        match self.writer.write_all(text.as_bytes()).and_then(|()| self.writer.flush()) {
            Ok(()) => {
                (self.is_cut, self.diagnosis) = (false, None);
                true
            }
            Err(error) => {
                let problem = format!("it cannot be written: {error}");
                self.diagnosis = Some(Diagnosis::new(problem, "make room, or name a file that can be written"));
                self.is_cut = true;
                false
            }
        }
    }
}

impl<W: Write + Send> Sink for Ndjson<W> {
    /// Writes a batch and flushes it. What cannot be written is tried again, whole, on lines of its own.
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        if self.write(batch) { Outcome::Delivered } else { Outcome::Retry { after: None } }
    }
}
