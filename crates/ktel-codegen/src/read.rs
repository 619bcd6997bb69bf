//! From the sources of a standard to its model: compile, find the report, walk its sections, check what is said.
//!
//! Everything that is wrong is found before anything is refused: a person who edits a standard sees all findings at once.

mod context;
mod enums;
mod example;
mod field;
mod line;
mod options;
mod sources;
mod walk;
mod whole;

use std::{fmt, path::Path};

use prost_types::FileDescriptorSet;

use crate::{
    acknowledge::Acknowledgement,
    model::{Location, Model},
    published::Published,
};
use sources::Sources;
pub(crate) use sources::bare;

/// A standard as it was read.
#[derive(Debug)]
pub struct Standard {
    /// What all emitters but one see.
    pub model: Model,
    /// The compiled sources, for the emitter of protobuf wire types alone.
    pub descriptors: FileDescriptorSet,
    /// The compiled sources with all that they say, as they are published.
    pub compiled: Vec<u8>,
    /// The published versions, the oldest first. Reading leaves them out: see [`published`](crate::published).
    pub published: Vec<Published>,
    /// What is said of changes that collect more, since the latest published version. Reading leaves it out, too.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// Something in the sources that has to be mended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where it is.
    pub at: Location,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Why a standard could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sources are not protobuf, or name what does not exist. The text begins with file, line and column.
    #[error("the schema does not compile: {0}")]
    Compile(String),
    /// A file or folder could not be read.
    #[error("cannot read {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The sources do not say what a standard has to say.
    #[error("{}", Findings(.0))]
    Findings(Vec<Finding>),
}

impl Error {
    /// The same, with places that are seen from above `folder`.
    #[must_use]
    pub fn seen_from_above(mut self, folder: &str) -> Self {
        match &mut self {
            Self::Compile(text) => text.insert_str(0, &format!("{folder}/")),
            Self::Findings(findings) => {
                for finding in findings {
                    finding.at.file.insert_str(0, &format!("{folder}/"));
                }
            }
            Self::Io { .. } => {}
        }
        self
    }
}

/// Reads the standard whose sources lie in `folder`.
///
/// What the sources import is looked for there, then in `vocabulary`, the folder that holds `ktel/v1/options.proto`.
pub fn read(folder: &Path, vocabulary: &Path) -> Result<Standard, Error> {
    Standard::of(Sources::compile(folder, vocabulary)?)
}

/// Reads a standard from its compiled sources, which is how a published version is kept.
pub fn read_compiled(compiled: &[u8]) -> Result<Standard, Error> {
    Standard::of(Sources::decode(compiled)?)
}

impl Standard {
    fn of(sources: Sources) -> Result<Self, Error> {
        let model = walk::walk(&sources)?;
        let compiled = sources.encode();
        let descriptors = sources.into_descriptors();
        Ok(Self { model, descriptors, compiled, published: Vec::new(), acknowledgements: Vec::new() })
    }
}

struct Findings<'a>(&'a [Finding]);

impl fmt::Display for Findings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "{count} {} in the schema", if count == 1 { "finding" } else { "findings" })?;
        for Finding { at, message, help } in self.0 {
            write!(f, "\n{at}: {message}\n  help: {help}")?;
        }
        Ok(())
    }
}
