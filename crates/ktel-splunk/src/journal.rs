//! A file with the last reports, for a person to read.

use std::{
    ffi::OsString,
    fs::{self, File},
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use ktel_outbox::{Envelope, Journal};
use uuid::Uuid;

use crate::{encode::encode, file, ndjson::Ndjson};

/// How many reports a file keeps.
const REPORTS: usize = 10;

/// The largest file that is read: several times what so many reports can have.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// What the first line of each report says, before anything else: that it stands in a journal, and may go when others come.
const MARK: &str = "{\"journal\":true,";

/// A file with the last ten reports, the latest one at its end: envelopes as [`encode`] writes them, one a line, which `ktel
/// validate` and `ktel send --from` read. The first one of each report bears a mark.
///
/// It is written anew, as a whole, for each report. A file that begins with anything else is left alone, and so is what is no file;
/// that, and a disk that fails, is said once in the log. Each process has a journal of its own: of two that write at the same moment,
/// one is forgotten.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    is_told: bool,
}

/// Why a report was not written down.
enum Fault {
    /// There is something else.
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
        let before = read(&self.path)?;
        let mut reports: Vec<&str> = before.split(MARK).skip(1).collect();
        let lines = encode(report.iter().map(AsRef::as_ref));
        let Some(lines) = lines.strip_prefix('{') else { return Ok(()) };
        reports.push(lines);
        let latest = &reports[reports.len().saturating_sub(REPORTS)..];
        let text: String = latest.iter().flat_map(|report| [MARK, report]).collect();
        let mut partial = OsString::from(&self.path);
        partial.push(format!(".{}.partial", Uuid::new_v4().simple()));
        file::write(&self.path, Path::new(&partial), text.as_bytes()).map_err(Fault::Disk)?;
        file::sync(self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")));
        Ok(())
    }
}

impl Journal for JournalFile {
    fn record(&mut self, report: &[Arc<Envelope>]) -> bool {
        let what = match self.try_record(report) {
            Ok(()) => {
                self.is_told = false;
                return true;
            }
            Err(Fault::Foreign) => "there is something else of its name, which is left alone".to_owned(),
            Err(Fault::Disk(error)) => format!("the disk has failed: {}", error.kind()),
        };
        if self.is_told {
            tracing::debug!("the journal: {what}");
        } else {
            tracing::warn!("telemetry reports are not written down for people to read: {what}");
        }
        self.is_told = true;
        false
    }
}

impl<W: Write + Send> Journal for Ndjson<W> {
    /// Writes each envelope as a line, all of them for ever: to the standard output, for example.
    fn record(&mut self, report: &[Arc<Envelope>]) -> bool {
        self.write(report)
    }
}

/// What a journal holds; nothing if it is not there.
fn read(path: &Path) -> Result<String, Fault> {
    let mut text = String::new();
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(text),
        Err(error) => return Err(Fault::Disk(error)),
        // A link leads to somebody else's file, and a pipe or a device is none.
        Ok(found) if !found.is_file() || found.len() > MAX_BYTES => return Err(Fault::Foreign),
        Ok(_) => {}
    }
    match File::open(path).and_then(|file| file.take(MAX_BYTES).read_to_string(&mut text)) {
        Err(error) if error.kind() == io::ErrorKind::InvalidData => return Err(Fault::Foreign),
        read => read.map_err(Fault::Disk)?,
    };
    if text.is_empty() || text.starts_with(MARK) { Ok(text) } else { Err(Fault::Foreign) }
}
