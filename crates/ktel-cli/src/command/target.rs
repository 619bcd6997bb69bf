//! Where `ktel send` sends: to Splunk, to a file, or to the standard output.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom},
    path::Path,
    sync::Arc,
};

use ktel_outbox::{Ack, Envelope, Outcome, Sink};
use ktel_splunk::{Diagnosis, Hec, Ndjson};

pub(crate) enum Target {
    Hec(Box<Hec>),
    File(Ndjson<File>),
    Stdout(Ndjson<io::Stdout>),
}

impl Target {
    pub(crate) fn stdout() -> Self {
        Self::Stdout(Ndjson::new(io::stdout()))
    }

    /// A file that is appended to. If it was cut off in the middle of a line, a new one is begun.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().append(true).create(true).open(path)?;
        let lines = Ndjson::new(file);
        Ok(Self::File(if is_cut(path)? { lines.after_a_cut() } else { lines }))
    }

    pub(crate) fn diagnosis(&self) -> Option<&Diagnosis> {
        match self {
            Self::Hec(sink) => sink.diagnosis(),
            Self::File(sink) => sink.diagnosis(),
            Self::Stdout(sink) => sink.diagnosis(),
        }
    }

    /// What was done when all went well, before the number of events.
    pub(crate) fn done(&self) -> &'static str {
        match self {
            Self::Hec(_) => "sent: the receiver has",
            Self::File(_) | Self::Stdout(_) => "written, and not sent:",
        }
    }

    /// Says something, beside what was written if that stands on the standard output.
    pub(crate) fn say(&self, what: &str) {
        match self {
            Self::Stdout(_) => eprintln!("{what}"),
            Self::Hec(_) | Self::File(_) => println!("{what}"),
        }
    }
}

/// Whether a file ends without the end of a line. What is no file (a pipe, a device) has no such end.
fn is_cut(path: &Path) -> io::Result<bool> {
    let metadata = fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

impl Sink for Target {
    async fn post(&mut self, batch: &[Arc<Envelope>]) -> Outcome {
        match self {
            Self::Hec(sink) => sink.post(batch).await,
            Self::File(sink) => sink.post(batch).await,
            Self::Stdout(sink) => sink.post(batch).await,
        }
    }

    async fn poll(&mut self, ack: Ack) -> Outcome {
        match self {
            Self::Hec(sink) => sink.poll(ack).await,
            Self::File(sink) => sink.poll(ack).await,
            Self::Stdout(sink) => sink.poll(ack).await,
        }
    }

    fn give_up(&mut self, ack: Ack) {
        match self {
            Self::Hec(sink) => sink.give_up(ack),
            Self::File(sink) => sink.give_up(ack),
            Self::Stdout(sink) => sink.give_up(ack),
        }
    }
}
