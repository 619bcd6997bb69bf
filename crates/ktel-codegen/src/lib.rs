//! The generator: a telemetry standard in, everything that follows from it out.
//!
//! ```text
//! schema/**/*.proto → read → Model → lint → emit → files → sync
//! schema/published  → read → Model → compare → changes
//! ```
//!
//! Reading builds a [`Model`](model::Model), and each of [`lint::RULES`] is held against it: nothing is emitted of a standard that
//! breaks one. Each emitter is a pure function from the model to files; [`emit::GENERATORS`] lists them. [`sync`] compares the
//! files with what lies on the disk, and is the only place that writes. The generator knows the vocabulary of `schema/ktel/v1`,
//! and nothing of any vendor's fields.
//!
//! ```no_run
//! use std::path::Path;
//! use ktel_codegen::{Mode, run};
//!
//! let changes = run(Path::new("."), Mode::Check)?;
//! for change in &changes {
//!     println!("{change}");
//! }
//! # Ok::<(), ktel_codegen::Error>(())
//! ```

#![allow(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "texts are built once, and read like what they say"
)]

pub mod acknowledge;
pub mod automaton;
pub mod compare;
pub mod emit;
pub mod lint;
pub mod model;
pub mod published;
pub mod read;
pub mod release;
pub mod standard;
pub mod sync;
pub mod version;

use std::path::Path;

use lint::{Date, Finding};
use standard::Standard;
pub use sync::{Change, Mode};

/// The folder of the sources, which is also where the vocabulary lies.
const SCHEMA: &str = "schema";

/// Why nothing could be generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The standard could not be read.
    #[error(transparent)]
    Read(#[from] read::Error),
    /// The model holds what an emitter cannot express.
    #[error(transparent)]
    Emit(#[from] emit::Error),
    /// The published versions could not be read, or are not as they were published.
    #[error(transparent)]
    Published(#[from] published::Error),
    /// The published version, or whoever was asked for consent, forbids the change.
    #[error(transparent)]
    Release(#[from] release::Error),
    /// The generated files could not be read or written.
    #[error(transparent)]
    Sync(#[from] sync::Error),
}

/// Generates everything of the standard in `root/schema` into the repository at `root`, or checks that this was done.
///
/// A check also refuses what a release would refuse. While one writes, a standard may be on its way.
///
/// Returns the files that were, or in [`Mode::Check`] would be, created, changed or deleted.
pub fn run(root: &Path, mode: Mode) -> Result<Vec<Change>, Error> {
    let standard = load(root)?;
    if mode == Mode::Check {
        release::judge(&standard)?;
    }
    let files = emit::emit(&standard)?;
    Ok(sync::sync(root, &emit::FOLDERS, &files, mode)?)
}

/// Reads the standard in `root/schema`, and what was published of it.
pub fn load(root: &Path) -> Result<Standard, Error> {
    load_on(root, None)
}

/// Holds the standard in `root/schema` against all rules; those that depend on a date only if one is given.
///
/// Returns what breaks them.
pub fn lint(root: &Path, today: Option<Date>) -> Result<Vec<Finding>, Error> {
    match load_on(root, today) {
        Ok(_) => Ok(Vec::new()),
        Err(Error::Read(read::Error::Findings(findings))) => Ok(findings),
        Err(error) => Err(error),
    }
}

fn load_on(root: &Path, today: Option<Date>) -> Result<Standard, Error> {
    let schema = root.join(SCHEMA);
    let seen = |error: read::Error| error.seen_from_above(SCHEMA);
    let mut unjudged = read::read_before_rules(&schema, &schema).map_err(seen)?;
    // Which version it is follows from what was published, and some rules end with a version.
    if let Some(standard) = &mut unjudged.standard {
        published::take_up(standard, root)?;
    }
    Ok(unjudged.judge(today).map_err(seen)?)
}
