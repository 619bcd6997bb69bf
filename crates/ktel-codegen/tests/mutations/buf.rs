//! What `buf breaking` says of the same edits, by its rules for the wire and for JSON.
//!
//! `KTEL_BUF` names the program, else it is looked for on the path; where it is not, the test says so and nothing else. Where
//! its verdict is not ours, `buf.tsv` has the reason. The program is on npm: `npm install @bufbuild/buf`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use ktel_codegen::compare::Class;

use crate::{MUTATIONS, sources::schema};

fn buf() -> Option<PathBuf> {
    if let Some(named) = env::var_os("KTEL_BUF") {
        return Some(named.into());
    }
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).map(|folder| folder.join("buf")).find(|path| path.is_file())
}

/// The rules that `buf` sees broken.
fn broken(buf: &Path, after: &Path, before: &Path) -> BTreeSet<String> {
    let mut command = Command::new(buf);
    command.arg("breaking").arg(after).arg("--against").arg(before);
    command.arg("--config").arg(schema().join("buf.yaml"));
    let output = command.args(["--error-format", "json"]).output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() || output.status.code() == Some(100), "{said}{why}");
    let lines = said.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.map(|line| line["type"].as_str().unwrap().to_owned()).collect()
}

/// The verdicts that differ, each with the reason: `kind`, what we say, what `buf` says, why.
fn reasons() -> BTreeMap<String, (String, String)> {
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mutations/buf.tsv")).unwrap();
    let rows = table.lines().skip(1).map(|row| {
        let [kind, ours, theirs, why] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        assert!(why.len() > 10, "{kind} has no reason");
        (kind.to_owned(), (ours.to_owned(), theirs.to_owned()))
    });
    rows.collect()
}

#[test]
fn buf_agrees_or_it_is_said_why_not() {
    let Some(buf) = buf() else {
        eprintln!("SKIPPED: buf is not there; set KTEL_BUF to it to compare its verdicts with ours");
        return;
    };
    let (mut seen, mut found) = (BTreeSet::new(), BTreeMap::new());
    for (mutation, ..) in MUTATIONS.iter().filter(|(mutation, ..)| seen.insert(mutation.kind.name)) {
        let [before, after] = [&mutation.before, &mutation.after].map(|sources| {
            let folder = tempfile::tempdir().unwrap();
            sources.write(folder.path());
            fs::create_dir_all(folder.path().join("ktel/v1")).unwrap();
            for name in ["options.proto", "category.proto"] {
                fs::copy(schema().join("ktel/v1").join(name), folder.path().join("ktel/v1").join(name)).unwrap();
            }
            folder
        });
        let theirs: Vec<String> = broken(&buf, after.path(), before.path()).into_iter().collect();
        let is_break = mutation.kind.class == Some(Class::Break);
        if is_break == theirs.is_empty() {
            let ours = mutation.kind.class.map_or("nothing", Class::name);
            let theirs = if theirs.is_empty() { "nothing".to_owned() } else { theirs.join(" ") };
            found.insert(mutation.kind.name.to_owned(), (ours.to_owned(), theirs));
        }
    }
    let laxer: Vec<_> = found.iter().filter(|(_, (_, theirs))| theirs != "nothing").collect();
    assert!(laxer.is_empty(), "what buf refuses, we refuse: {laxer:?}");
    eprintln!("buf was asked of {} kinds of edits, and differs in {}", seen.len(), found.len());
    assert_eq!(found, reasons());
}

#[test]
fn buf_has_nothing_to_say_of_our_sources() {
    let Some(buf) = buf() else {
        eprintln!("SKIPPED: buf is not there; set KTEL_BUF to it to lint the sources");
        return;
    };
    let output = Command::new(buf).arg("lint").arg(schema()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
