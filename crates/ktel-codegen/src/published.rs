//! The published versions: `schema/published/<version>`, kept for ever as they were.
//!
//! A list of hashes lies beside them. A file that was changed, deleted or slipped in is an error of everything that reads the
//! standard.

mod sums;

use std::path::{Path, PathBuf};

pub(crate) use sums::sum;

use crate::{
    acknowledge,
    compare::{self, Change, Kind},
    emit::json_schema,
    model::Model,
    read,
    standard::{Published, Standard},
    sync,
    version::{self, Version},
};

/// Where they lie, below the root.
pub(crate) const FOLDER: &str = "schema/published";

/// The list of hashes of all their files, as `sha256sum` writes it.
pub(crate) const SUMS: &str = "schema/published/SHA256SUMS";

/// The page of acknowledgements of the working standard.
pub(crate) const ACKNOWLEDGEMENTS: &str = "schema/privacy-changes.md";

/// What a version consists of, besides its samples and payloads.
pub(crate) const DESCRIPTORS: &str = "descriptors.binpb";
pub(crate) const STRICT: &str = "report.strict.json";
pub(crate) const PAGE: &str = "changes.md";
pub(crate) const ACKNOWLEDGED: &str = "privacy-changes.md";

/// Why the published versions cannot be relied on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not as it was published.
    #[error("{} {what}: published files are kept as they are; take it back from the history", path.display())]
    Tampered {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
    },
    /// What is not named like a version.
    #[error(transparent)]
    Version(#[from] version::Error),
    /// A version that was asked for, and is not there.
    #[error("the version {0} is not published")]
    Unknown(Version),
    /// A folder in which no version lies.
    #[error("{} holds no version: it has no {DESCRIPTORS}", .0.display())]
    Empty(PathBuf),
    /// A version that this generator cannot read.
    #[error("cannot read the published version {version}")]
    Read {
        /// Which.
        version: Version,
        /// Why.
        source: Box<read::Error>,
    },
    /// A file could not be read.
    #[error(transparent)]
    Sync(#[from] sync::Error),
}

/// Reads what was published in the repository at `root`, says in the model which version it is and since when each field is
/// there, and takes up what is acknowledged.
pub fn take_up(standard: &mut Standard, root: &Path) -> Result<(), Error> {
    standard.published = read_all(root)?;
    let files = sync::files(root, "schema")?;
    let page = files.get(Path::new(ACKNOWLEDGEMENTS)).map(|page| String::from_utf8_lossy(page).into_owned());
    standard.acknowledgements = page.map_or_else(Vec::new, |page| acknowledge::parse(&page));
    // What was said for an earlier version acknowledges nothing today.
    if let Some(latest) = standard.published.last() {
        standard.acknowledgements.retain(|said| !latest.acknowledgements.contains(said));
    }
    stamp(&mut standard.model, &standard.published);
    Ok(())
}

/// All published versions in the repository at `root`, the oldest first.
pub fn read_all(root: &Path) -> Result<Vec<Published>, Error> {
    let files = sync::files(root, FOLDER)?;
    sums::check(&files)?;
    let below = files.keys().filter_map(|path| path.strip_prefix(FOLDER).ok());
    let folders = below.filter(|path| path.components().count() > 1).filter_map(|path| path.components().next());
    let mut versions = Vec::new();
    for folder in folders {
        let version: Version = folder.as_os_str().to_string_lossy().parse()?;
        versions.push(version);
    }
    versions.sort();
    versions.dedup();
    versions.into_iter().map(|version| read_one(&root.join(FOLDER).join(version.to_string()), version)).collect()
}

/// What has changed in the working standard since a published version, by default the latest, with the number of that version;
/// `None` if nothing is published.
///
/// `against` is the number of a version, or the path of a folder in which one lies, from the root.
pub fn diff(root: &Path, against: Option<&str>) -> Result<Option<(Version, Vec<Change>)>, crate::Error> {
    let mut standard = crate::load(root)?;
    let published = match against.map(Path::new) {
        None => standard.published.pop(),
        Some(path) if path.components().count() > 1 => {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            Some(read_one(&root.join(path), name.parse().map_err(Error::Version)?)?)
        }
        Some(version) => {
            let version = version.to_string_lossy().parse().map_err(Error::Version)?;
            standard.published.retain(|published| published.version == version);
            Some(standard.published.pop().ok_or(Error::Unknown(version))?)
        }
    };
    Ok(published.map(|published| (published.version, published.changes(&standard.model))))
}

/// The version that lies in `folder`.
pub fn read_one(folder: &Path, version: Version) -> Result<Published, Error> {
    let mut files = sync::files(folder, "")?;
    let compiled = files.remove(Path::new(DESCRIPTORS)).ok_or_else(|| Error::Empty(folder.to_owned()))?;
    let read = read::read_compiled(&compiled);
    let mut model = read.map_err(|source| Error::Read { version, source: Box::new(source) })?.model;
    model.version = version.to_string();
    let text =
        |name: &str| files.get(Path::new(name)).map_or_else(String::new, |text| String::from_utf8_lossy(text).into());
    let hash = json_schema::hash_of(&text(STRICT));
    let (page, acknowledgements) = (text(PAGE), acknowledge::parse(&text(ACKNOWLEDGED)));
    Ok(Published { version, model, hash, page, acknowledgements })
}

impl Published {
    /// What has changed since.
    #[must_use]
    pub fn changes(&self, model: &Model) -> Vec<Change> {
        let mut changes = compare::compare(&self.model, model);
        for at in changes.iter_mut().filter_map(|change| change.at.as_mut()) {
            at.file.insert_str(0, "schema/");
        }
        let hash = json_schema::hash(model);
        // The order of values, or the way in which this generator writes a schema, is no change of the standard, but one of
        // what the version names.
        if !compare::makes_version(&changes) && hash != self.hash {
            let kind: &'static Kind = compare::written_otherwise();
            changes.push(Change { kind, path: "report".into(), was: self.hash.clone(), is: hash, at: None });
        }
        changes
    }
}

/// Says in a model which version it is, and since when each of its fields is there.
fn stamp(model: &mut Model, published: &[Published]) {
    let latest = published.last();
    model.version = match latest {
        Some(latest) if !latest.version.is_draft() && !compare::makes_version(&latest.changes(model)) => {
            latest.version.to_string()
        }
        latest => Version::after(latest.map(|latest| latest.version)).unreleased(),
    };
    for message in &mut model.messages {
        let section = message.path.clone();
        for field in message.fields_mut() {
            let path = if section.is_empty() { field.name.clone() } else { format!("{section}.{}", field.name) };
            // A field that was given up and came back is there since it came back.
            let having = published.iter().rev().take_while(|version| version.model.field(&path).is_some());
            field.since = having.last().map(|version| version.version.to_string());
        }
    }
}
