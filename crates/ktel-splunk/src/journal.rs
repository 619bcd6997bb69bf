//! A file with the last reports, for a person to read.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use ktel_outbox::{Envelope, Journal};
use uuid::Uuid;

use crate::{decode::decode, encode::encode, file, ndjson::Ndjson};

/// How many reports a file keeps.
const REPORTS: usize = 10;

/// The largest file that is read: several times what so many reports can have.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A file with the last ten reports, the latest one at its end: envelopes as [`encode`] writes them, one a line, which `ktel
/// validate` and `ktel send --from` read.
///
/// It is written anew, as a whole, for each report. A file that holds anything else is left alone; that, and a disk that fails, is
/// said once in the log.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    is_told: bool,
}

/// Why a report was not written down.
enum Fault {
    /// There is something else in the file.
    Foreign,
    Disk(io::Error),
}

impl JournalFile {
    /// The journal of this name, which is made when there is a report. Its folder has to be there.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), is_told: false }
    }

    fn try_record(&self, report: &[Arc<Envelope>]) -> Result<(), Fault> {
        let mut reports = read(&self.path)?;
        reports.push(encode(report.iter().map(AsRef::as_ref)));
        let text = reports[reports.len().saturating_sub(REPORTS)..].concat();
        let mut partial = OsString::from(&self.path);
        partial.push(format!(".{}.partial", Uuid::new_v4().simple()));
        file::write(&self.path, Path::new(&partial), text.as_bytes()).map_err(Fault::Disk)
    }
}

impl Journal for JournalFile {
    fn record(&mut self, report: &[Arc<Envelope>]) {
        let what = match self.try_record(report) {
            Ok(()) => {
                self.is_told = false;
                return;
            }
            Err(Fault::Foreign) => "its file holds something else, which is left alone".to_owned(),
            Err(Fault::Disk(error)) => format!("the disk has failed: {}", error.kind()),
        };
        if self.is_told {
            tracing::debug!("the journal: {what}");
        } else {
            tracing::warn!("telemetry reports are not written down for people to read: {what}");
        }
        self.is_told = true;
    }
}

impl<W: Write + Send> Journal for Ndjson<W> {
    /// Writes each envelope as a line, all of them for ever: to the standard output, for example.
    fn record(&mut self, report: &[Arc<Envelope>]) {
        self.write(report);
    }
}

/// The reports of a file, each as its lines; none if it is not there. The events of a report have one time.
fn read(path: &Path) -> Result<Vec<String>, Fault> {
    let mut text = String::new();
    match File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(Fault::Foreign),
        read => read.map_err(Fault::Disk)?,
    };
    if text.len() as u64 > MAX_BYTES {
        return Err(Fault::Foreign);
    }
    let mut reports: Vec<String> = Vec::new();
    let mut latest = None;
    for line in text.lines() {
        let Ok(envelope) = decode(line) else { return Err(Fault::Foreign) };
        if latest != Some(envelope.time) {
            reports.push(String::new());
        }
        if let Some(report) = reports.last_mut() {
            report.push_str(line);
            report.push('\n');
        }
        latest = Some(envelope.time);
    }
    Ok(reports)
}
