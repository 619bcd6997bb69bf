//! A repository that has nothing but the schema of a small standard.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ktel_codegen::{Mode, release, run};
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const SOURCE: &str = "schema/acme/fleet/v1/telemetry.proto";
pub(crate) const ACKNOWLEDGEMENTS: &str = "schema/privacy-changes.md";

/// A field that nobody minds.
pub(crate) const SPEED: &str = r#"
  // How fast they are.
  optional uint32 speed = 6 [
    (ktel.v1.field).sensitivity = USAGE,
    (ktel.v1.field).answers = "robots",
    (ktel.v1.field).source = "watching",
    (ktel.v1.field).example = "3",
    (ktel.v1.field).min = 1,
    (ktel.v1.field).max = 90
  ];
"#;

/// Where a field joins the robots.
const PLACE: &str = "  // The version of their software.\n";

pub(crate) struct Repository(TempDir);

impl Repository {
    /// Nothing at all.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A small standard, of which nothing is published.
    pub(crate) fn new() -> Self {
        let repository = Self::empty();
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["options.proto", "category.proto"] {
            let text = fs::read_to_string(package.join("../../schema/ktel/v1").join(name)).unwrap();
            repository.write(&format!("schema/ktel/v1/{name}"), &text);
        }
        let source = package.join("tests/golden/compare/telemetry.proto");
        repository.write(SOURCE, &fs::read_to_string(source).unwrap());
        repository.write("tests/conformance/report/valid/one.json", "{}\n");
        repository
    }

    /// The same, with its first version published.
    pub(crate) fn released() -> Self {
        let repository = Self::new();
        assert_eq!(repository.release(), Ok("1.0".to_owned()));
        repository
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn edit(&self, old: &str, new: &str) {
        let source = self.read(SOURCE);
        assert_eq!(source.matches(old).count(), 1, "{old}");
        self.write(SOURCE, &source.replace(old, new));
    }

    pub(crate) fn add_field(&self, field: &str) {
        self.edit(PLACE, &format!("{}\n{PLACE}", field.trim_start_matches('\n')));
    }

    pub(crate) fn generate(&self) {
        run(self.root(), Mode::Write).unwrap();
    }

    /// Whether everything may land; else why not.
    pub(crate) fn check(&self) -> Result<(), String> {
        let changes = run(self.root(), Mode::Check).map_err(|error| error.to_string())?;
        if changes.is_empty() { Ok(()) } else { Err(format!("{changes:?}")) }
    }

    /// The version that was released; else why none was.
    pub(crate) fn release(&self) -> Result<String, String> {
        let released = release::release(self.root(), Mode::Write).map_err(|error| error.to_string())?;
        Ok(released.version.to_string())
    }

    /// What payloads call their contract: by the crate, the sample, the schema and the page alike.
    pub(crate) fn stamp(&self) -> String {
        let sample: Value = serde_json::from_str(&self.read("docs/generated/samples/usage.json")).unwrap();
        let stamp = sample["schema"].as_str().unwrap().to_owned();
        let version = stamp.strip_prefix("acme.fleet.v1/").unwrap().to_owned();
        let contract = self.read("crates/ktel-types/src/generated/contract.rs");
        assert!(contract.contains(&format!("SCHEMA: &str = \"{stamp}\"")), "{contract}");
        assert!(contract.contains(sample["schema_hash"].as_str().unwrap()));
        let strict = self.read("docs/generated/schema/report.strict.json");
        assert!(strict.contains(&format!("\"https://acme.example/fleet/v1/{version}/report.strict.json\"")));
        assert!(self.read("docs/generated/fields.md").starts_with(&format!("# Fields of `{stamp}`\n")));
        version
    }

    pub(crate) fn since(&self, path: &str) -> String {
        let dictionary: Value = serde_json::from_str(&self.read("docs/generated/schema/telemetry.json")).unwrap();
        let fields = dictionary["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["path"] == path).unwrap_or_else(|| panic!("no {path}"));
        field["since"].as_str().unwrap().to_owned()
    }

    /// Every file below a folder, with its content.
    pub(crate) fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut open = vec![self.root().join(folder)];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { open.push(path) } else { found.push((path.clone(), fs::read(path).unwrap())) }
            }
        }
        found.sort();
        found
    }
}
