//! Generated files, and what follows from a change of the standard.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use ktel_codegen::{Change, Mode, emit, run};

use crate::support::root;

#[test]
fn generated_files_are_up_to_date() {
    assert_eq!(run(&root(), Mode::Check).unwrap(), [], "run `cargo xtask codegen`");
}

/// Every file is generated for one reason, and lies where nothing else does.
#[test]
fn every_generator_says_what_it_is_for() {
    let names: Vec<&str> = emit::GENERATORS.iter().map(|generator| generator.name).collect();
    assert!(names.iter().all(|name| name.len() > 5), "{names:?}");
}

#[test]
fn what_is_stale_missing_or_orphaned_is_found_and_mended() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    copy(&crate::support::root().join("schema"), &root.join("schema"));
    run(root, Mode::Write).unwrap();
    assert_eq!(run(root, Mode::Check).unwrap(), []);

    let stale = "crates/ktel-types/src/generated/report.rs";
    let missing = "docs/generated/fields.md";
    let orphaned = "docs/generated/schema/report.sloppy.json";
    fs::write(root.join(stale), "edited by hand").unwrap();
    fs::remove_file(root.join(missing)).unwrap();
    fs::write(root.join(orphaned), "{}").unwrap();
    let expected = [format!("stale: {stale}"), format!("missing: {missing}"), format!("orphaned: {orphaned}")];
    let found: Vec<String> = run(root, Mode::Check).unwrap().iter().map(Change::to_string).collect();
    assert_eq!(found, expected);
    assert_eq!(fs::read_to_string(root.join(stale)).unwrap(), "edited by hand", "a check changes nothing");

    run(root, Mode::Write).unwrap();
    assert_eq!(run(root, Mode::Check).unwrap(), []);
    assert!(!root.join(orphaned).exists());
}

/// A copy of what a maintainer of the standard touches, built beside the original.
struct Copy(PathBuf);

impl Copy {
    fn new(name: &str) -> Self {
        let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&to);
        for part in ["schema", ".cargo", "crates/ktel-types", "crates/ktel-outbox", "crates/ktel-collector"] {
            copy(&root().join(part), &to.join(part));
        }
        fs::copy(root().join("Cargo.lock"), to.join("Cargo.lock")).unwrap();
        let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        let members = r#"members = ["crates/*", "tests", "xtask"]"#;
        assert!(manifest.contains(members));
        // A version of their own keeps what is built of the copies apart from what is built of the originals.
        let version = r#"version = "0.1.0""#;
        assert!(manifest.contains(version));
        let manifest = manifest
            .replace(members, r#"members = ["crates/*"]"#)
            .replace(version, &format!(r#"version = "0.1.0-{name}""#));
        fs::write(to.join("Cargo.toml"), manifest).unwrap();
        Self(to)
    }

    /// Adds a field to the section `cluster`, and generates what follows from it.
    fn add_field(&self, field: &str) {
        let path = self.0.join("schema/kong/telemetry/v1/cluster.proto");
        let section = fs::read_to_string(&path).unwrap();
        let place = "  Architecture architecture = 5;\n";
        assert!(section.contains(place));
        fs::write(&path, section.replace(place, &format!("{place}\n{field}\n"))).unwrap();
        assert_ne!(run(&self.0, Mode::Write).unwrap(), []);
    }

    fn cargo_check(&self, package: &str) -> Output {
        // What the tests themselves were built with is not built again.
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        let mut command = Command::new(env::var_os("CARGO").unwrap());
        command.args(["check", "--offline", "--package", package, "--target-dir"]);
        command.arg(target).current_dir(&self.0).output().unwrap()
    }
}

const RECIPE: &str = include_str!("../../docs/recipes/add-a-field.md");

#[test]
fn a_counted_field_needs_no_rust_and_any_other_field_is_missed_by_name() {
    // The fields are those of the recipe, and so is what the compiler says.
    let fields: Vec<&str> = RECIPE.split("```proto\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [counted, probed] = fields[..] else { panic!("{fields:#?}") };
    let message = "not all trait items implemented, missing: `has_virtual_nodes`";
    assert!(RECIPE.contains(message));

    let copy = Copy::new("add-a-field");
    copy.add_field(counted);
    let output = copy.cargo_check("ktel-collector");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        fs::read_to_string(copy.0.join("docs/generated/fields.md")).unwrap().contains("cluster.network_policy_count")
    );
    let roles = fs::read_to_string(copy.0.join("docs/generated/rbac/roles.yaml")).unwrap();
    assert!(roles.contains("networkpolicies # cluster.network_policy_count"));

    copy.add_field(probed);
    let output = copy.cargo_check("ktel-collector");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(said.contains(message), "{said}");
}

/// The generator knows the vocabulary alone: what it makes of another vendor's standard compiles, too.
#[test]
fn another_vendors_types_compile() {
    let copy_of_types = Copy::new("another-vendor");
    let expected = root().join("crates/ktel-codegen/tests/golden/acme/expected/crates/ktel-types/src/generated");
    let generated = copy_of_types.0.join("crates/ktel-types/src/generated");
    fs::remove_dir_all(&generated).unwrap();
    copy(&expected, &generated);
    let output = copy_of_types.cargo_check("ktel-types");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
