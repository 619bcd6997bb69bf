//! The sources of our standard as text, and where their fields, values and sections stand in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ktel_codegen::{read, standard::Standard};

const PACKAGE: &str = "kong/telemetry/v1";

/// Texts of files, by their names.
pub(crate) type Texts = BTreeMap<String, String>;

/// All files of the package.
#[derive(Clone)]
pub(crate) struct Sources(pub(crate) Texts);

/// A declaration, with its comment.
#[derive(Clone)]
pub(crate) struct Site {
    pub(crate) file: String,
    /// The message that it stands in.
    pub(crate) message: String,
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Sources {
    pub(crate) fn read() -> Self {
        let files = fs::read_dir(schema().join(PACKAGE)).unwrap().map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        });
        Self(files.collect())
    }

    /// The same with other texts of some files.
    pub(crate) fn with(&self, texts: &Texts) -> Self {
        let mut sources = self.clone();
        sources.0.extend(texts.clone());
        sources
    }

    pub(crate) fn write(&self, folder: &Path) {
        let folder = folder.join(PACKAGE);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in &self.0 {
            fs::write(folder.join(name), text).unwrap();
        }
    }

    /// Compiles the sources and reads them as a published version is read: what is compared need not be free of faults.
    pub(crate) fn compile(&self) -> Option<Standard> {
        let folder = tempfile::tempdir().unwrap();
        self.write(folder.path());
        let mut compiler = protox::Compiler::new([folder.path(), &schema()]).unwrap();
        compiler.include_imports(true).include_source_info(true);
        compiler.open_file(format!("{PACKAGE}/report.proto")).ok()?;
        read::read_compiled(&compiler.encode_file_descriptor_set()).ok()
    }

    /// All fields that bear a value.
    pub(crate) fn fields(&self) -> Vec<Site> {
        self.sites(|line| line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(" ["), "  ];")
    }

    /// All sections that another message has.
    pub(crate) fn sections(&self) -> Vec<Site> {
        let is_section = |line: &str| {
            line.starts_with("  ")
                && line.ends_with(';')
                && line.as_bytes()[2].is_ascii_uppercase()
                && line.contains(" = ")
        };
        self.sites(is_section, "")
    }

    /// All values of enums but the zeros.
    pub(crate) fn values(&self) -> Vec<Site> {
        let is_value = |line: &str| {
            line.starts_with("    ")
                && line.ends_with(';')
                && line.as_bytes()[4].is_ascii_uppercase()
                && line.contains(" = ")
                && !line.contains(" = 0;")
        };
        self.sites(is_value, "")
    }

    /// Declarations that begin with a line such as this, and end with it or with the next line that is `end`.
    fn sites(&self, begins: impl Fn(&str) -> bool, end: &str) -> Vec<Site> {
        let mut sites = Vec::new();
        for (file, text) in &self.0 {
            let (mut message, mut comment, mut lines) = (String::new(), String::new(), text.lines());
            while let Some(line) = lines.next() {
                if let Some(rest) = line.strip_prefix("message ") {
                    rest.trim_end_matches(" {").clone_into(&mut message);
                }
                if line.trim_start().starts_with("//") {
                    comment.extend([line, "\n"]);
                } else if begins(line) {
                    let mut text = format!("{comment}{line}\n");
                    while !end.is_empty() && !text.ends_with(&format!("\n{end}\n")) {
                        text.extend([lines.next().unwrap(), "\n"]);
                    }
                    let name = line.split(" = ").next().unwrap().split(' ').next_back().unwrap().to_owned();
                    sites.push(Site { file: file.clone(), message: message.clone(), name, text });
                    comment.clear();
                } else {
                    comment.clear();
                }
            }
        }
        sites
    }
}

pub(crate) fn schema() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema")
}
