//! The hashes of published files.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use super::{Error, FOLDER, SUMS};

/// The hash of a file, as `sha256sum` writes it.
pub(crate) fn sum(content: &[u8]) -> String {
    Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Holds files against the list that lies among them.
pub(super) fn check(files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), Error> {
    let listed = files.get(Path::new(SUMS)).map(|list| String::from_utf8_lossy(list).into_owned()).unwrap_or_default();
    let tampered = |path: &Path, what| Err(Error::Tampered { path: path.to_owned(), what });
    let mut sums: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for line in listed.lines() {
        let Some((sum, name)) = line.split_once("  ") else {
            return tampered(Path::new(SUMS), "has a line that is no hash of a file");
        };
        if sums.insert(Path::new(FOLDER).join(name), sum).is_some() {
            return tampered(Path::new(SUMS), "has two lines for one file");
        }
    }
    let listed = sums;
    for (path, content) in files.iter().filter(|(path, _)| *path != Path::new(SUMS)) {
        match listed.get(path) {
            None => return tampered(path, "is not in the list of what was published"),
            Some(listed) if *listed != sum(content) => return tampered(path, "is not as it was published"),
            Some(_) => {}
        }
    }
    match listed.keys().find(|path| !files.contains_key(*path)) {
        Some(path) => tampered(path, "is missing"),
        None => Ok(()),
    }
}
