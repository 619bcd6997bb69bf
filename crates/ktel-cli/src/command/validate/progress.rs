//! How far validation is, on a terminal.

use std::{
    fs,
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::summary::Summary;

/// A bar on the standard error, if that is a terminal; else nothing.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar for these files. Where one of them has no length (a pipe, the standard input), the bar has no end.
    pub(crate) fn of(files: &[PathBuf]) -> Self {
        let length = |path: &PathBuf| {
            let metadata = (path != Path::new("-")).then(|| fs::metadata(path).ok()).flatten();
            metadata.filter(fs::Metadata::is_file).map(|metadata| metadata.len())
        };
        let (bar, template) = match files.iter().map(length).sum::<Option<u64>>() {
            Some(length) => (ProgressBar::new(length), "{bar:24} {bytes} of {total_bytes}, {bytes_per_sec}, {msg}"),
            None => (ProgressBar::new_spinner(), "{spinner} {bytes}, {bytes_per_sec}, {msg}"),
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Shows what was read and found so far.
    pub(crate) fn show(&self, bytes: usize, summary: &Summary) {
        self.0.inc(bytes as u64);
        if !self.0.is_hidden() {
            self.0.set_message(format!("{} documents, {} not valid", summary.documents, summary.invalid));
        }
    }

    /// Lets something else be written to the terminal.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.0.suspend(write)
    }

    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}
