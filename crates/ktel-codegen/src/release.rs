//! Decides whether a standard may be released, and freezes what is.

mod freeze;

use std::{fmt, path::Path};

pub use freeze::freeze;

use crate::{
    Error as AnyError, acknowledge,
    compare::{self, Change, Class},
    emit, load, published,
    standard::Standard,
    sync::{self, Mode},
    version::Version,
};

/// Payloads that the working standard takes, which a version keeps: what was valid stays valid.
const PAYLOADS: &str = "tests/conformance/report/valid";

/// Why a standard is not released.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What must not change has changed, or what collects more is not acknowledged.
    #[error("{0}")]
    Refused(Refusal),
    /// Nothing has changed, or prose alone.
    #[error("nothing has changed since {0} that makes a version")]
    NothingNew(Version),
}

/// What stands in the way of a release.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// What must not change within a package.
    pub breaks: Vec<Change>,
    /// What collects more, and is not acknowledged.
    pub unacknowledged: Vec<Change>,
    /// Keys of acknowledgements of what has not changed.
    pub unused: Vec<String>,
}

/// What was, or would be, released.
#[derive(Debug)]
pub struct Release {
    /// Its version.
    pub version: Version,
    /// What it changes.
    pub changes: Vec<Change>,
    /// The page that says so.
    pub page: String,
    /// The files that were, or would be, written.
    pub files: Vec<sync::Change>,
}

/// Refuses what the published version, or whoever was asked for consent, forbids.
pub fn judge(standard: &Standard) -> Result<(), Error> {
    let Some(latest) = standard.published.last() else { return Ok(()) };
    let changes = latest.changes(&standard.model);
    let of_class = |class: Class| changes.iter().filter(move |change| change.kind.class == class);
    let said = &standard.acknowledgements;
    let refusal = Refusal {
        breaks: of_class(Class::Break).cloned().collect(),
        unacknowledged: of_class(Class::Privacy)
            .filter(|change| acknowledge::find(said, change).is_none())
            .cloned()
            .collect(),
        unused: said
            .iter()
            .filter(|said| !of_class(Class::Privacy).any(|change| change.key() == said.key))
            .map(|said| said.key.clone())
            .collect(),
    };
    if refusal == Refusal::default() { Ok(()) } else { Err(Error::Refused(refusal)) }
}

/// Releases the standard in the repository at `root`: freezes a version, and generates what follows from it. In
/// [`Mode::Check`], only says what would be released.
pub fn release(root: &Path, mode: Mode) -> Result<Release, AnyError> {
    let mut standard = load(root)?;
    judge(&standard)?;
    let latest = standard.published.last();
    let changes = latest.map_or_else(Vec::new, |latest| latest.changes(&standard.model));
    if let Some(latest) = latest.filter(|_| !compare::makes_version(&changes)) {
        return Err(Error::NothingNew(latest.version).into());
    }
    let version = Version::after(latest.map(|latest| latest.version));
    standard.model.version = version.to_string();
    let payloads = sync::files(root, PAYLOADS)?;
    let page = emit::changes_page::of_version(&standard, &changes);
    let frozen = freeze(&standard, version, &page, payloads)?;
    let mut files = sync::sync(root, &[&format!("{}/{version}", published::FOLDER)], &frozen, mode)?;
    let sums = freeze::sums(root, &frozen)?;
    files.extend(sync::sync(root, &[], &sums, mode)?);
    if mode == Mode::Write {
        files.extend(crate::run(root, mode)?);
    }
    Ok(Release { version, changes, page, files })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what has changed since the published version may not be released")?;
        let show = |change: &Change| compare::show(std::slice::from_ref(change), compare::Format::Text);
        for change in &self.breaks {
            write!(f, "\n{}  help: take it back; what is published is only added to, and deprecated", show(change))?;
        }
        for change in &self.unacknowledged {
            let (page, key) = (published::ACKNOWLEDGEMENTS, change.key());
            write!(f, "\n{}  help: say why in {page}, below the heading\n  ## `{key}`", show(change))?;
        }
        for key in &self.unused {
            let page = published::ACKNOWLEDGEMENTS;
            write!(f, "\n{page} acknowledges `{key}`, which has not changed\n  help: take it out, or mend its key")?;
        }
        Ok(())
    }
}
