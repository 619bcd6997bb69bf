//! From the model to files. Every emitter is a pure function; none reads or writes a file, a clock or the environment.

mod assemble;
pub(crate) mod changes_page;
mod chart_roles;
mod cluster_role;
mod contract;
mod dictionary;
mod erasure_page;
mod fields_page;
mod fields_table;
mod host_facts;
mod indexed;
pub(crate) mod json_schema;
mod lints_page;
mod markdown;
mod patterns;
mod permissions_page;
mod probes;
mod promise_page;
mod questions;
mod reads;
mod rust;
pub(crate) mod samples;
mod snapshot;
mod splunk_app;
mod tally;
mod types;
mod wire;

use std::{collections::BTreeMap, path::PathBuf};

use crate::standard::Standard;

/// The folders that hold generated files and nothing else.
pub const FOLDERS: [&str; 4] = [TYPES, COLLECTOR, DOCS, CHART];

const TYPES: &str = "crates/ktel-types/src/generated";
const COLLECTOR: &str = "crates/ktel-collector/src/generated";
pub(crate) const DOCS: &str = "docs/generated";
const CHART: &str = "deploy/helm/ktel/generated";

/// An emitter and what it is for.
#[derive(Debug)]
pub struct Generator {
    /// What it emits, in a few words.
    pub name: &'static str,
    emit: fn(&Standard) -> Result<Vec<File>, Error>,
}

/// Everything that is generated.
pub static GENERATORS: &[Generator] = &[
    Generator { name: "name, version and hash of the contract", emit: contract::emit },
    Generator { name: "types of a report", emit: types::emit },
    Generator { name: "facts that only a controller knows", emit: host_facts::emit },
    Generator { name: "table of fields, which validation reads", emit: fields_table::emit },
    Generator { name: "automata of patterns", emit: patterns::emit },
    Generator { name: "protobuf wire types and descriptor", emit: wire::emit },
    Generator { name: "table of what is read from a cluster", emit: reads::emit },
    Generator { name: "snapshot of what was read", emit: snapshot::emit },
    Generator { name: "traits of probes", emit: probes::emit },
    Generator { name: "assembly of reports from probes", emit: assemble::emit },
    Generator { name: "names of what is indexed beside an event", emit: indexed::emit },
    Generator { name: "JSON Schemas of reports and host facts", emit: json_schema::emit },
    Generator { name: "dictionary of fields", emit: dictionary::emit },
    Generator { name: "page of fields", emit: fields_page::emit },
    Generator { name: "page for whoever runs a cluster", emit: promise_page::emit },
    Generator { name: "page of each question", emit: questions::emit },
    Generator { name: "samples and their page", emit: samples::emit },
    Generator { name: "page of permissions", emit: permissions_page::emit },
    Generator { name: "page for whoever receives: finding and deleting", emit: erasure_page::emit },
    Generator { name: "page of rules", emit: lints_page::emit },
    Generator { name: "page of changes", emit: changes_page::emit },
    Generator { name: "permissions that collection needs", emit: cluster_role::emit },
    Generator { name: "permissions as the Helm chart reads them", emit: chart_roles::emit },
    Generator { name: "Splunk app", emit: splunk_app::emit },
];

/// A file that is to be there.
#[derive(Debug)]
pub struct File {
    /// Where, relative to the root of the repository.
    pub path: PathBuf,
    /// What it holds.
    pub content: Vec<u8>,
}

/// What the model holds and an emitter cannot express.
#[derive(Debug, thiserror::Error)]
#[error("cannot emit the {generator}: {why}")]
pub struct Error {
    generator: &'static str,
    why: String,
}

impl File {
    fn new(folder: &str, name: &str, content: impl Into<Vec<u8>>) -> Self {
        Self { path: PathBuf::from(folder).join(name), content: content.into() }
    }
}

/// Emits everything.
pub fn emit(standard: &Standard) -> Result<BTreeMap<PathBuf, Vec<u8>>, Error> {
    let mut files = BTreeMap::new();
    for generator in GENERATORS {
        for File { path, content } in (generator.emit)(standard)? {
            if files.contains_key(&path) {
                return Err(Error { generator: generator.name, why: format!("{} is emitted twice", path.display()) });
            }
            files.insert(path, content);
        }
    }
    Ok(files)
}
