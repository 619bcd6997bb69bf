//! From the sources of a standard to its model: compile, find the report, walk its sections, read what is said.
//!
//! Everything that is wrong is found before anything is refused: a person who edits a standard sees all findings at once. What
//! breaks a rule so that no model can hold it is found here, everything else by the module [`lint`](mod@lint).

mod context;
mod enums;
mod field;
mod line;
mod options;
mod sources;
mod value;
mod walk;

use std::path::Path;

use crate::{
    lint::{self, Date, Finding},
    model::Model,
    standard::Standard,
};
use sources::Sources;
pub(crate) use sources::bare;
use walk::Survey;

/// Why a standard could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The vocabulary, `ktel/v1/options.proto`, is that of another version of the generator.
    #[error("an option cannot be read, since the vocabulary is not the one of this generator: {0}")]
    Vocabulary(String),
    /// Sources that were compiled before are none.
    #[error("the compiled sources cannot be read: {0}")]
    Compiled(String),
    /// The sources break rules.
    #[error("{}", lint::Findings(.0))]
    Findings(Vec<Finding>),
}

impl Error {
    /// The same, with places that are seen from above `folder`.
    #[must_use]
    pub fn seen_from_above(mut self, folder: &str) -> Self {
        if let Self::Findings(findings) = &mut self {
            for finding in findings {
                finding.at = finding.at.seen_from_above(folder);
            }
        }
        self
    }
}

/// Reads the standard whose sources lie in `folder`, and holds it against all rules that depend on no date.
///
/// What the sources import is looked for there, then in `vocabulary`, the folder that holds `ktel/v1/options.proto`.
pub fn read(folder: &Path, vocabulary: &Path) -> Result<Standard, Error> {
    read_on(folder, vocabulary, None)
}

/// Reads a standard from its compiled sources, which is how a published version is kept. A rule that came later is nothing to it.
pub fn read_compiled(compiled: &[u8]) -> Result<Standard, Error> {
    let sources = Sources::decode(compiled)?;
    let Survey { model, findings } = walk::survey(&sources)?;
    model.map(|model| whole(model, sources)).ok_or(Error::Findings(findings))
}

/// The same, and holds it against the rules that depend on a date, too, if one is given.
pub fn read_on(folder: &Path, vocabulary: &Path, today: Option<Date>) -> Result<Standard, Error> {
    read_before_rules(folder, vocabulary)?.judge(today)
}

/// A standard that was read, and not yet held against the rules.
pub(crate) struct Unjudged {
    /// None if no message is the report.
    pub(crate) standard: Option<Standard>,
    findings: Vec<Finding>,
}

/// Reads a standard that is held against the rules later: some of them depend on the version that it is.
pub(crate) fn read_before_rules(folder: &Path, vocabulary: &Path) -> Result<Unjudged, Error> {
    let sources = Sources::compile(folder, vocabulary)?;
    let Survey { model, findings } = walk::survey(&sources)?;
    Ok(Unjudged { standard: model.map(|model| whole(model, sources)), findings })
}

impl Unjudged {
    /// Holds it against all rules; those that depend on a date only if one is given.
    pub(crate) fn judge(self, today: Option<Date>) -> Result<Standard, Error> {
        let Self { standard, mut findings } = self;
        findings.extend(standard.iter().flat_map(|standard| lint::lint(&standard.model, today)));
        findings.sort();
        findings.dedup();
        match standard {
            Some(standard) if findings.is_empty() => Ok(standard),
            _ => Err(Error::Findings(findings)),
        }
    }
}

fn whole(model: Model, sources: Sources) -> Standard {
    let compiled = sources.encode();
    let descriptors = sources.into_descriptors();
    Standard { model, descriptors, compiled, published: Vec::new(), acknowledgements: Vec::new() }
}
