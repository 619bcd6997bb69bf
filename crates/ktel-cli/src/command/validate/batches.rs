//! Hands documents out in batches.

use std::{
    io::{self, BufReader, Read},
    ops::Range,
};

use crate::command::documents::{Documents, LIMIT};

/// How much is read at once, and about how long a batch is: so long that handing it over costs nothing beside what is done with it.
const CHUNK: usize = 64 * 1024;

/// Documents that stood one behind the other.
#[derive(Default)]
pub(crate) struct Batch {
    text: Vec<u8>,
    places: Vec<Place>,
}

/// Where a document is in its batch, and the line that it begins on; nowhere if it is longer than the limit.
struct Place {
    line: usize,
    text: Option<Range<usize>>,
}

impl Batch {
    /// How long the documents are together, with the ends of their lines.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.places.len()
    }

    /// Each document with the line that it begins on, the first being 1; `None` in place of what is too long to be one.
    pub(crate) fn documents(&self) -> impl Iterator<Item = (usize, Option<&[u8]>)> {
        self.places.iter().map(|place| (place.line, place.text.clone().map(|range| &self.text[range])))
    }
}

pub(crate) struct Batches<R> {
    documents: Documents<BufReader<R>>,
    /// Why nothing more can be read, told after the documents before it.
    failure: Option<io::Error>,
}

impl<R: Read> Batches<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { documents: Documents::new(BufReader::with_capacity(CHUNK, input)), failure: None }
    }

    /// The next documents: those that can be had without waiting for the input, but one at least.
    fn read(&mut self) -> io::Result<Option<Batch>> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut batch = Batch::default();
        while batch.text.len() < CHUNK && (batch.places.is_empty() || self.has_line()) {
            let from = batch.text.len();
            match self.documents.append(&mut batch.text) {
                Ok(Some(line)) => {
                    let to = batch.text.len();
                    let is_too_long = to - from > LIMIT;
                    batch.text.truncate(if is_too_long { from } else { to });
                    batch.places.push(Place { line, text: (!is_too_long).then_some(from..to) });
                }
                Ok(None) => break,
                Err(failure) if batch.places.is_empty() => return Err(failure),
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            }
        }
        Ok((!batch.places.is_empty()).then_some(batch))
    }

    /// Whether there is a line that can be read without waiting.
    fn has_line(&self) -> bool {
        memchr::memchr(b'\n', self.documents.input().buffer()).is_some()
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = io::Result<Batch>;

    fn next(&mut self) -> Option<io::Result<Batch>> {
        self.read().transpose()
    }
}
