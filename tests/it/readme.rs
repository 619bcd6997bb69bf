//! What the README and the other pages claim.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ktel_collector::HostFacts;
use ktel_sim::{Cluster, DEMO};
use ktel_types::{Valid, report::Report};
use serde_json::Value;

use crate::support::{builder, events, own_pod, root, serve};

/// The report in the README is the one that the demo makes, but for what is different each time.
#[tokio::test]
async fn the_report_is_real() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let block = readme.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let shown = Valid::<Report>::parse(block).unwrap();
    let mut shown: Value = serde_json::from_str(shown.json()).unwrap();
    let server = serve(Cluster::parse(DEMO).unwrap()).await;
    let mut demo = builder(&server).own_pod(own_pod()).host_facts(HostFacts::default).build().unwrap();
    let mut made = events(&mut demo).await.remove(0);
    for report in [&mut shown, &mut made] {
        for pointer in
            ["/report_id", "/collected_at", "/collection_seconds", "/uptime_seconds", "/identity/instance_id"]
        {
            *report.pointer_mut(pointer).unwrap() = Value::Null;
        }
    }
    assert_eq!(shown, made, "copy the report of `cargo run -p ktel-cli -- demo` into the README");
}

/// The pages that people write and that are generated.
pub(crate) fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_hidden =
            path.file_name().is_some_and(|name| name == "target" || name.to_string_lossy().starts_with('.'));
        if path.is_dir() && !is_hidden {
            pages.extend(self::pages(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    pages
}

/// Whether a page has an element of this name, or a heading that forges make such a name of.
fn has_anchor(page: &Path, anchor: &str) -> bool {
    let text = fs::read_to_string(page).unwrap();
    let name = |heading: &str| {
        let kept = heading.to_lowercase().replace(' ', "-");
        kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect::<String>()
    };
    let mut headings =
        text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    text.contains(&format!("id=\"{anchor}\"")) || headings.any(|heading| name(heading) == anchor)
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for page in pages(&root()) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            if target.starts_with("http") {
                continue;
            }
            // What is generated of another standard lies apart, without the guides that its pages link to.
            let is_golden = page.components().any(|part| part.as_os_str() == "golden");
            let file = match target.rsplit_once("../guide/") {
                Some((_, guide)) if is_golden => root().join("docs/guide").join(guide),
                _ if target.is_empty() => page.clone(),
                _ => page.parent().unwrap().join(target),
            };
            assert!(file.exists(), "{}: {link}", page.display());
            assert!(anchor.is_empty() || has_anchor(&file, anchor), "{}: {link}", page.display());
            count += 1;
        }
    }
    assert!(count > 20, "the links were not found");
}

/// The tests that a page names as its proof: `file::test` of this package, or of a crate whose name stands before it.
#[test]
fn the_tests_that_the_security_page_names_exist() {
    let page = fs::read_to_string(root().join("docs/guide/security.md")).unwrap();
    let sources = |folder: &str| -> Vec<PathBuf> { rust_files(&root().join(folder)) };
    let mut count = 0;
    for (before, name) in page.split('`').collect::<Vec<_>>().chunks(2).filter_map(|pair| pair.first().zip(pair.get(1)))
    {
        let Some((module, test)) = name.rsplit_once("::").filter(|_| !name.contains([' ', '='])) else { continue };
        let word = before.split_whitespace().next_back().unwrap_or_default();
        let folder = if word.starts_with("ktel-") { format!("crates/{word}") } else { "tests/it".to_owned() };
        let file = module.split("::").next().unwrap();
        let is_there = |path: &PathBuf| {
            let is_of_module =
                path.components().any(|part| Path::new(part.as_os_str()).file_stem() == Some(file.as_ref()));
            is_of_module && fs::read_to_string(path).unwrap().contains(&format!("fn {test}("))
        };
        assert!(name == &"file::test" || sources(&folder).iter().any(is_there), "{folder}: {name}");
        count += 1;
    }
    assert!(count > 30, "the tests were not found: {count}");
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}
