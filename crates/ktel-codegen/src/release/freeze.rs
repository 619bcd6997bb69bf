//! What a version consists of, once and for all.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    emit::{self, DOCS},
    published::{self, ACKNOWLEDGED, ACKNOWLEDGEMENTS, DESCRIPTORS, FOLDER, PAGE, SUMS},
    standard::Standard,
    sync,
    version::Version,
};

/// What is frozen of the generated documentation, as it is.
const GENERATED: [&str; 2] = ["schema", "samples"];

/// Where payloads lie inside of a version.
const PAYLOADS: &str = "payloads";

/// The files of a version: the compiled sources, the contracts, a sample of each event, the payloads that it takes, and what
/// was said of its changes.
pub fn freeze(
    standard: &Standard,
    version: Version,
    page: &str,
    payloads: BTreeMap<PathBuf, Vec<u8>>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, emit::Error> {
    let mut files = BTreeMap::from([(PathBuf::from(DESCRIPTORS), standard.compiled.clone())]);
    for (path, content) in emit::emit(standard)? {
        let Ok(below) = path.strip_prefix(DOCS) else { continue };
        if let Ok(name) = below.strip_prefix(GENERATED[0]) {
            files.insert(name.to_owned(), content);
        } else if below.starts_with(GENERATED[1]) {
            files.insert(below.to_owned(), content);
        }
    }
    for (path, content) in payloads {
        if let Some(name) = path.file_name() {
            files.insert(Path::new(PAYLOADS).join(name), content);
        }
    }
    files.insert(PAGE.into(), page.into());
    files.insert(ACKNOWLEDGED.into(), written(standard).into_bytes());
    let folder = Path::new(FOLDER).join(version.to_string());
    Ok(files.into_iter().map(|(name, content)| (folder.join(name), content)).collect())
}

/// The list of hashes in the repository at `root`, with those of a version that joins it.
pub(super) fn sums(
    root: &Path,
    frozen: &BTreeMap<PathBuf, Vec<u8>>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, sync::Error> {
    let mut sums = sync::files(root, FOLDER)?.remove(Path::new(SUMS)).unwrap_or_default();
    for (path, content) in frozen {
        let name = path.strip_prefix(FOLDER).unwrap_or(path);
        sums.extend(format!("{}  {}\n", published::sum(content), name.display()).into_bytes());
    }
    Ok(BTreeMap::from([(SUMS.into(), sums)]))
}

/// What was acknowledged so far, as a page again.
fn written(standard: &Standard) -> String {
    let mut page = format!("# What `{ACKNOWLEDGEMENTS}` acknowledged\n");
    let before = standard.published.last().map_or(&[][..], |latest| &latest.acknowledgements);
    for said in before.iter().chain(&standard.acknowledgements) {
        page += &format!("\n## `{}`\n\n{}\n", said.key, said.text);
    }
    page
}
