//! Brings the generated folders into the state that the generator wants, or says what is missing. The only place that
//! writes.
//!
//! Sets of files are compared, not only the files that are wanted: one that nobody generates any more is found, too.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

/// Whether to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Write what is stale or missing, delete what is orphaned.
    Write,
    /// Change nothing.
    Check,
}

/// A file that is not as the generator wants it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The file, relative to the root.
    pub path: PathBuf,
    /// What is wrong with it.
    pub kind: Kind,
}

/// What is wrong with a generated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Its content is not what is generated.
    Stale,
    /// It is not there.
    Missing,
    /// Nobody generates it.
    Orphaned,
}

/// A file that could not be read, written or deleted.
#[derive(Debug, thiserror::Error)]
#[error("cannot {verb} {path}")]
pub struct Error {
    verb: &'static str,
    path: PathBuf,
    source: io::Error,
}

/// Compares `files` with the content of `folders`, all relative to `root`, and in [`Mode::Write`] makes them equal.
///
/// Returns what differed, in the order of the paths.
pub fn sync(
    root: &Path,
    folders: &[&str],
    files: &BTreeMap<PathBuf, Vec<u8>>,
    mode: Mode,
) -> Result<Vec<Change>, Error> {
    let mut found = BTreeMap::new();
    for folder in folders {
        find_files(root, Path::new(folder), &mut found)?;
    }
    let mut changes = Vec::new();
    for (path, content) in files {
        let kind = match found.remove(path) {
            Some(on_disk) if on_disk == *content => continue,
            Some(_) => Kind::Stale,
            None => Kind::Missing,
        };
        changes.push(Change { path: path.clone(), kind });
        if mode == Mode::Write {
            write(&root.join(path), content)?;
        }
    }
    for path in found.into_keys() {
        if mode == Mode::Write {
            attempt("delete", &root.join(&path), |path| fs::remove_file(path))?;
        }
        changes.push(Change { path, kind: Kind::Orphaned });
    }
    changes.sort();
    Ok(changes)
}

/// Every file below a folder, relative to `root`, with its content. A folder that is not there has none.
pub(crate) fn files(root: &Path, folder: &str) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut found = BTreeMap::new();
    find_files(root, Path::new(folder), &mut found)?;
    Ok(found)
}

fn find_files(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Error> {
    let path = root.join(folder);
    if !path.exists() {
        return Ok(());
    }
    for entry in attempt("read", &path, |path| fs::read_dir(path))? {
        let entry = attempt("read", &path, |_| entry)?;
        let below = folder.join(entry.file_name());
        if entry.path().is_dir() {
            find_files(root, &below, found)?;
        } else {
            let content = attempt("read", &entry.path(), |path| fs::read(path))?;
            found.insert(below, content);
        }
    }
    Ok(())
}

fn write(path: &Path, content: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        attempt("create", folder, |folder| fs::create_dir_all(folder))?;
    }
    attempt("write", path, |path| fs::write(path, content))
}

fn attempt<T>(verb: &'static str, path: &Path, action: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, Error> {
    action(path).map_err(|source| Error { verb, path: path.to_owned(), source })
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            Kind::Stale => "stale",
            Kind::Missing => "missing",
            Kind::Orphaned => "orphaned",
        };
        write!(f, "{kind}: {}", self.path.display())
    }
}
