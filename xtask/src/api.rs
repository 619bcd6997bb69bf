//! The public API of what is published, as text that a review sees change: `docs/api/<package>.txt`.
//!
//! rustdoc tells it as JSON. Its format changes with the compiler, and is written only by compilers that may try what is not
//! stable yet, which a stable one is when it is told so: hence one version of Rust, beside one of the crate that reads the format.

use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail, ensure};

/// The libraries that are published.
const LIBRARIES: [&str; 7] =
    ["ktel-collector", "ktel-facts", "ktel-outbox", "ktel-receiver", "ktel-sim", "ktel-splunk", "ktel-types"];

/// The Rust whose JSON is read. It goes with the version of `public-api` in `Cargo.toml`.
const RUST: &str = "1.95";

/// Writes the listings below `root`, or checks them. Answers how many there are.
pub(crate) fn list(root: &Path, is_check: bool) -> anyhow::Result<usize> {
    let version = Command::new("rustc").arg("--version").output().context("cannot start rustc")?;
    let version = String::from_utf8(version.stdout)?;
    let is_readable = version.strip_prefix("rustc ").is_some_and(|version| version.starts_with(&format!("{RUST}.")));
    ensure!(is_readable, "the API is listed with Rust {RUST}: run `cargo +{RUST}.0 xtask api`");
    let mut changed = vec![];
    for package in LIBRARIES {
        let listing = root.join("docs/api").join(package).with_extension("txt");
        let (before, now) = (fs::read_to_string(&listing).unwrap_or_default(), api(root, package)?);
        if before == now {
            continue;
        }
        show(package, &before, &now);
        if !is_check {
            fs::create_dir_all(root.join("docs/api"))?;
            fs::write(&listing, now).with_context(|| format!("cannot write {}", listing.display()))?;
        }
        changed.push(package);
    }
    if is_check && !changed.is_empty() {
        bail!("the public API of {} is not as it was reviewed: run `cargo xtask api`", changed.join(", "));
    }
    Ok(LIBRARIES.len())
}

/// What a package lets others use, an item a line, with all features. Of what is derived only that it is, and nothing of what
/// everything has.
fn api(root: &Path, package: &str) -> anyhow::Result<String> {
    let place = root.join("target/api");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut rustdoc = Command::new(cargo);
    rustdoc.args(["rustdoc", "--quiet", "--locked", "--lib", "--all-features", "--package", package]);
    rustdoc.args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    let rustdoc = rustdoc.current_dir(root).env("CARGO_TARGET_DIR", &place).env("RUSTC_BOOTSTRAP", "1");
    ensure!(rustdoc.status().context("cannot start cargo")?.success(), "{package} cannot be documented");
    let json: PathBuf = place.join("doc").join(package.replace('-', "_")).with_extension("json");
    let items = |is_derived_left_out: bool| -> anyhow::Result<Vec<String>> {
        let api = public_api::Builder::from_rustdoc_json(&json)
            .omit_blanket_impls(true)
            .omit_auto_trait_impls(true)
            .omit_auto_derived_impls(is_derived_left_out)
            .build()
            .with_context(|| format!("cannot read what rustdoc says of {package}"))?;
        Ok(api.items().map(|item| format!("{item}\n")).collect())
    };
    let written: BTreeSet<String> = items(true)?.into_iter().collect();
    Ok(items(false)?.into_iter().filter(|item| item.starts_with("impl") || written.contains(item)).collect())
}

/// The lines that are gone and those that are new.
fn show(package: &str, before: &str, now: &str) {
    println!("{package}:");
    for (sign, one, other) in [('-', before, now), ('+', now, before)] {
        for line in one.lines().filter(|line| !other.lines().any(|known| known == *line)) {
            println!("{sign} {line}");
        }
    }
}
