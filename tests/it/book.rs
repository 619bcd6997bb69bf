//! The book: its pages, what they name, and where their links lead. Each rule here was broken once on purpose before it was
//! trusted.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use ktel_collector::consent::ANNOTATION;
use ktel_outbox::Envelope;
use ktel_types::{Valid, contract, fields, report::Report, table::Sensitivity};
use serde_json::Value;

use crate::{readme::pages, support::root};

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The pages of the book, relative to `docs`, in its order: those of the summary, and those that a page called README.md lists.
fn chapters() -> Vec<PathBuf> {
    let link = |line: &str| Some(line.strip_suffix(')')?.rsplit_once("](")?.1.to_owned());
    let mut chapters = Vec::new();
    for page in read("docs/SUMMARY.md").lines().filter_map(link).map(PathBuf::from) {
        let text = read(Path::new("docs").join(&page));
        chapters.push(page.clone());
        if page.ends_with("README.md") {
            let item = |line: &&str| line.starts_with("- [") || line.starts_with(|c: char| c.is_ascii_digit());
            let is_page = |link: &PathBuf| link.extension().is_some_and(|extension| extension == "md");
            let beside = text.lines().filter(item).filter_map(link).map(PathBuf::from).filter(is_page);
            let beside = beside.filter(|link| link.components().count() == 1);
            chapters.extend(beside.map(|link| page.parent().unwrap().join(link)));
        }
    }
    chapters
}

#[test]
fn every_page_is_in_the_book_once() {
    let docs = root().join("docs");
    let listed: Vec<PathBuf> = chapters().into_iter().filter(|page| !page.starts_with("..")).collect();
    let there = pages(&docs).into_iter().map(|page| page.strip_prefix(&docs).unwrap().to_owned());
    let there: BTreeSet<PathBuf> = there.filter(|page| page != Path::new("SUMMARY.md")).collect();
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), there, "name it in docs/SUMMARY.md");
    assert_eq!(listed.len(), there.len(), "a page is there twice");
}

/// Whether a word in code is meant to be the path of a field or of a section: it begins with a section of the report, and is
/// neither a file nor the name of the standard.
fn is_path(word: &str, sections: &BTreeSet<&str>) -> bool {
    let mut names = word.split('.');
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    };
    let is_file =
        ["rs", "md", "proto", "json", "conf", "yaml", "toml"].iter().any(|end| word.ends_with(&format!(".{end}")));
    let begins = names.clone().next().is_some_and(|name| sections.contains(name));
    begins && names.clone().count() > 1 && names.all(is_name) && !is_file && !word.starts_with("kong.telemetry.")
}

#[test]
fn pages_that_people_write_name_fields_that_exist() {
    let sections: BTreeSet<&str> = fields::ALL.iter().filter_map(|field| Some(field.path.split_once('.')?.0)).collect();
    let exists = |path: &str| {
        let below = format!("{path}.");
        fields::ALL.iter().any(|field| field.path == path || field.path.starts_with(&below))
    };
    let mut count = 0;
    for page in pages(&root()) {
        let place = page.strip_prefix(root()).unwrap();
        // A decision also names what was not chosen.
        if ["docs/generated", "docs/decisions", "crates"].iter().any(|folder| place.starts_with(folder)) {
            continue;
        }
        // Code in a paragraph; blocks of code are tested elsewhere, each in its own way.
        let text = fs::read_to_string(&page).unwrap();
        let prose: String = text.split("```").step_by(2).collect();
        for word in prose.split('`').skip(1).step_by(2).map(|word| word.trim_end_matches("{}")) {
            if is_path(word, &sections) {
                assert!(exists(word), "{}: no field is called `{word}`", place.display());
                count += 1;
            }
        }
    }
    assert!(count > 10, "the fields were not found: {count}");
}

#[test]
fn the_promise_is_short_and_counts_what_there_is() {
    let page = read("docs/generated/promise.md");
    assert!(page.lines().count() < 50, "it is one screen");
    let (off, sent) = (page.find("```sh").unwrap(), page.find("What is sent").unwrap());
    assert!(off < sent, "the switch comes first");
    assert!(page.contains(&format!("kubectl annotate namespace kube-system {ANNOTATION}=off")));
    let identifiers = fields::ALL.iter().filter(|field| field.sensitivity == Sensitivity::Identifier).count();
    assert!(page.contains(&format!("**{} fields, {identifiers} identifiers, 0 free texts.**", fields::ALL.len())));
    assert!(page.contains(&format!("**{} days**", contract::RETENTION_DAYS)));
    assert!(page.contains(contract::PURPOSE));
}

#[test]
fn samples_keep_the_contract() {
    let folder = root().join("docs/generated/samples");
    let mut sections = BTreeSet::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let report = Valid::<Report>::parse(&text).unwrap_or_else(|invalid| panic!("{}: {invalid}", path.display()));
        let value: Value = serde_json::from_str(report.json()).unwrap();
        sections.extend(value.as_object().unwrap().keys().cloned());
    }
    let members = fields::ALL.iter().map(|field| field.path.split('.').next().unwrap().to_owned());
    assert_eq!(sections, members.collect(), "all that can be sent is in one of them");
}

/// What the guide shows of a program is in the program, which is compiled.
#[test]
fn the_code_of_the_guide_is_that_of_the_example() {
    let program: String =
        read("docs/examples/controller.rs").lines().map(|line| line.trim().to_owned() + "\n").collect();
    let guide = read("docs/guide/controller.md");
    let blocks: Vec<&str> =
        guide.split("```rust,ignore\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let block: String = block.lines().map(|line| line.trim().to_owned() + "\n").collect();
        assert!(program.contains(&block), "not in the example: {block}");
    }
}

/// What the guide shows around an event is what the sink puts there.
#[test]
fn the_envelope_of_the_guide_is_that_of_the_sink() {
    let guide = read("docs/guide/envelope.md");
    let block = guide.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let shown: Value = serde_json::from_str(block).unwrap();
    let dictionary: Value = serde_json::from_str(contract::DICTIONARY).unwrap();
    let fields = dictionary["fields"].as_array().unwrap();
    let indexed = fields.iter().filter_map(|field| field["indexed"].as_str().map(str::to_owned));
    let value = |name: &String| shown["fields"][name].as_str().unwrap().to_owned();
    let envelope = Envelope {
        time: Duration::from_millis(1_795_512_600_123),
        source: "kong-ingress-controller".to_owned(),
        sourcetype: contract::SOURCETYPE.to_owned(),
        index: Some("telemetry".to_owned()),
        event: shown["event"].to_string(),
        fields: indexed.map(|name| (name.clone().into(), value(&name))).collect(),
    };
    assert_eq!(shown, serde_json::from_str::<Value>(&ktel_splunk::encode([&envelope])).unwrap());
}

/// Builds the book, where mdBook is installed, follows each link of each page, and looks for each field by its question.
#[test]
fn the_book_is_built_and_its_links_lead_somewhere() {
    // A test installs nothing.
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> =
        std::iter::once(root().join("target/tools/bin")).chain(env::split_paths(&path)).collect();
    for tool in ["mdbook", "mdbook-mermaid"] {
        if !folders.iter().any(|folder| folder.join(tool).is_file()) {
            eprintln!("SKIPPED: {tool} is not installed (`cargo xtask docs` does it); the book is not built");
            return;
        }
    }
    let mut xtask = Command::new(env::var_os("CARGO").unwrap());
    let output = xtask.args(["run", "--quiet", "--offline", "--package", "xtask", "--", "docs"]);
    let output = output.current_dir(root()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("WARN"), "{said}");

    let book = root().join("target/book/book");
    let mut htmls = BTreeMap::new();
    for file in files(&book).into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "html")) {
        htmls.insert(file.clone(), fs::read_to_string(file).unwrap());
    }
    let mut count = 0;
    // What is printed is all pages in one, with the links of each.
    for (page, text) in htmls.iter().filter(|(page, _)| !page.ends_with("print.html") && !page.ends_with("toc.html")) {
        for link in text.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let (target, anchor) = link.split_once('#').unwrap_or((link, ""));
            if link.contains("://") || target.ends_with("toc.html") {
                continue;
            }
            let file = if target.is_empty() { page.clone() } else { resolve(&page.parent().unwrap().join(target)) };
            assert!(file.exists(), "{}: {link}", page.display());
            let is_there = |html: &String| html.contains(&format!("id=\"{anchor}\""));
            assert!(anchor.is_empty() || htmls.get(&file).is_some_and(is_there), "{}: {link}", page.display());
            count += 1;
        }
        let sources = text.split(" src=\"").skip(1).filter_map(|rest| rest.split('"').next());
        for source in sources.chain(text.split("url(").skip(1).filter_map(|rest| rest.split(')').next())) {
            assert!(!source.contains("://"), "{} fetches {source}", page.display());
        }
    }
    assert!(count > 1000, "the links were not found: {count}");
    a_search_for_a_question_finds_its_fields(&book);
}

/// A result of a search is a heading with what stands below it: that of a field has the words of its questions there.
fn a_search_for_a_question_finds_its_fields(book: &Path) {
    let is_index = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().starts_with("searchindex");
    let script = fs::read_to_string(files(book).into_iter().find(is_index).unwrap()).unwrap();
    let json = script.split_once("JSON.parse('").unwrap().1.trim_end_matches("'));");
    let json = json.replace("\\'", "'").replace("\\\\", "\\");
    let search: Value = serde_json::from_str(&json).unwrap();
    let results = search["index"]["documentStore"]["docs"].as_object().unwrap();
    // Quotes and dashes are those of print there.
    let words = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    for field in fields::ALL {
        let of_field = results.values().filter(|result| result["title"] == field.path);
        let body: String = of_field.filter_map(|result| result["body"].as_str()).map(words).collect();
        for question in fields::QUESTIONS.iter().filter(|question| field.answers.contains(&question.id)) {
            assert!(body.contains(&words(question.text)), "{} is not found by: {}", field.path, question.text);
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn resolve(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for part in path.components() {
        if part.as_os_str() == ".." { _ = resolved.pop() } else { resolved.push(part) }
    }
    resolved
}
