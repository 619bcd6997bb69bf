//! What is published: each package has what people and registries look for, and the pages that show it say what it says.

use std::{env, fs, path::Path, process::Command};

use ktel_types::contract;
use serde_json::Value;

use crate::support::root;

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The packages of the workspace that are published.
fn published() -> Vec<Value> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap());
    let cargo = cargo.args(["metadata", "--offline", "--no-deps", "--format-version", "1"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&cargo.output().unwrap().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().filter(|package| package["publish"].is_null()).cloned().collect()
}

#[test]
fn packages_say_what_they_are() {
    let licence = read("LICENSE");
    let packages = published();
    assert_eq!(packages.len(), 8);
    for package in packages {
        let name = package["name"].as_str().unwrap();
        for said in ["description", "license", "readme", "rust_version"] {
            assert!(package[said].is_string(), "{name} does not tell its {said}");
        }
        for (said, most) in [("keywords", 5), ("categories", 5)] {
            assert!((1..=most).contains(&package[said].as_array().unwrap().len()), "{said} of {name}");
        }
        assert_eq!(package["metadata"]["docs"]["rs"]["all-features"], true, "{name}");
        let folder = Path::new("crates").join(name);
        assert_eq!(read(folder.join("LICENSE")), licence, "{name}");
        let readme = read(folder.join("README.md"));
        let rust = package["rust_version"].as_str().unwrap();
        assert!(readme.starts_with(&format!("# {name}\n")), "{name}");
        assert!(readme.ends_with(&format!("Rust {rust} or later. Apache-2.0.\n")), "{name}");
        // A registry shows the page without the repository around it.
        assert!(!readme.contains("](.."), "a link out of {name}");
        if name != "ktel-cli" {
            assert!(read(folder.join("src/lib.rs")).contains("include_str!(\"../README.md\")"), "{name}");
            assert!(root().join("docs/api").join(name).with_extension("txt").exists(), "run `cargo xtask api`");
        }
    }
}

#[test]
fn the_changelog_tells_which_standard_a_version_has() {
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap().0;
    let row = format!("| {version} | `{}` |", contract::SCHEMA);
    assert!(read("CHANGELOG.md").contains(&row), "it has no row {row}");
}

/// The two lines of the guide are those of the version that is published, and the crates that the README's code uses.
#[test]
fn two_lines_are_enough() {
    let guide = read("docs/guide/controller.md");
    let lines = guide.split("```toml\n[dependencies]\n").nth(1).unwrap().split("```").next().unwrap();
    let version = env!("CARGO_PKG_VERSION").rsplit_once('.').unwrap().0;
    assert_eq!(lines, format!("ktel-collector = \"{version}\"\nktel-splunk = \"{version}\"\n"));
    let readme = read("README.md");
    let code = readme.split("```rust,no_run\n").nth(1).unwrap().split("```").next().unwrap();
    let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
    let mut ours: Vec<&str> = words.filter(|word| word.starts_with("ktel_")).collect();
    ours.sort_unstable();
    ours.dedup();
    assert_eq!(ours, ["ktel_collector", "ktel_splunk"]);
}
