//! The Splunk app beside the standard and beside what is sent: `splunk-appinspect` sees neither.
//!
//! A search is read word by word: whatever is neither a word of Splunk's nor a name of the standard's is a mistake. Each rule
//! here was broken once on purpose before it was trusted.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use ktel_types::contract;
use serde_json::Value;

use crate::{
    readme::pages,
    support::{builder, cluster, own_pod, root, serve},
};

/// Commands that a search may be made of.
const COMMANDS: [&str; 8] = ["bin", "dedup", "search", "sort", "stats", "table", "timechart", "tstats"];

/// What else a search may say that is not the name of a field: functions, clauses, options.
const WORDS: [&str; 20] = [
    "OR",
    "as",
    "avg",
    "bins",
    "by",
    "case",
    "count",
    "dc",
    "earliest",
    "eval",
    "index",
    "isnotnull",
    "match",
    "max",
    "mvfilter",
    "sourcetype",
    "span",
    "sum",
    "values",
    "where",
];

/// A stanza of a configuration file: its name and its settings.
type Stanza = (String, BTreeMap<String, String>);

/// An app, with what the standard that it is made of says.
pub(crate) struct App {
    folder: PathBuf,
    /// What can be searched for: the paths, those of lists with `{}` behind them, and what is indexed.
    fields: BTreeSet<String>,
    indexed: BTreeSet<String>,
    macros: BTreeMap<String, BTreeMap<String, String>>,
}

impl App {
    fn load(generated: &Path, name: &str) -> Self {
        let dictionary = fs::read_to_string(generated.join("schema/telemetry.json")).unwrap();
        let dictionary: Value = serde_json::from_str(&dictionary).unwrap();
        let fields = dictionary["fields"].as_array().unwrap();
        let path = |field: &Value| {
            let list = if field["presence"] == "list" { "{}" } else { "" };
            format!("{}{list}", field["path"].as_str().unwrap())
        };
        let indexed: BTreeSet<String> =
            fields.iter().filter_map(|field| Some(field["indexed"].as_str()?.to_owned())).collect();
        let folder = generated.join("splunk").join(name);
        let macros = stanzas(&folder.join("default/macros.conf")).into_iter().collect();
        Self { folder, fields: fields.iter().map(path).chain(indexed.clone()).collect(), indexed, macros }
    }

    fn conf(&self, name: &str) -> Vec<Stanza> {
        stanzas(&self.folder.join("default").join(name))
    }

    fn readme(&self) -> String {
        fs::read_to_string(self.folder.join("README.md")).unwrap()
    }

    /// A search with the definition of each macro in its place, and of those inside of it.
    pub(crate) fn expand(&self, search: &str) -> String {
        let mut text = search.to_owned();
        for _ in 0..100 {
            let Some((before, rest)) = text.split_once('`') else { return text };
            let (call, after) = rest.split_once('`').unwrap_or_else(|| panic!("an open backtick: {search}"));
            let (name, values) = call.strip_suffix(')').and_then(|call| call.split_once('(')).unwrap_or((call, ""));
            let values: Vec<&str> = values.split(',').map(str::trim).filter(|value| !value.is_empty()).collect();
            let stanza = if values.is_empty() { name.to_owned() } else { format!("{name}({})", values.len()) };
            let entry = self.macros.get(&stanza).unwrap_or_else(|| panic!("no macro {stanza}: {search}"));
            let mut definition = entry["definition"].clone();
            for (argument, value) in arguments(entry).iter().zip(values) {
                definition = definition.replace(&format!("${argument}$"), value);
            }
            text = format!("{before}{definition}{after}");
        }
        panic!("a macro that uses itself: {search}");
    }

    /// Holds a search against the rules.
    pub(crate) fn check(&self, search: &str) {
        let text = self.expand(search);
        assert!(!text.contains('$'), "an argument that nobody gives: {text}");
        for (open, close) in [('(', ')'), ('{', '}'), ('[', ']')] {
            assert_eq!(text.matches(open).count(), text.matches(close).count(), "{open} without {close}: {text}");
        }
        // What is quoted is no name: the pieces in between are.
        let pieces: Vec<&str> = text.split('"').collect();
        assert_eq!(pieces.len() % 2, 1, "an open quote: {text}");
        let text: String = pieces.into_iter().step_by(2).collect::<Vec<_>>().join("\"\"");
        // Whatever does not begin with a search begins with a pipe.
        let text = text.trim_start_matches("| ");
        let mut made = BTreeSet::new();
        for (index, stage) in text.split('|').enumerate() {
            let words = words(stage);
            let begins = words.first().is_some_and(|word| COMMANDS.contains(word));
            assert!(begins || (index == 0 && !words.is_empty()), "no command: `{stage}` of {text}");
            let names = if begins { &words[1..] } else { &words[..] };
            for (place, word) in names.iter().enumerate() {
                if place > 0 && names[place - 1] == "as" {
                    made.insert(*word);
                }
                let is_known = WORDS.contains(word) || *word == "_time" || made.contains(word);
                assert!(is_known || self.fields.contains(*word), "what is `{word}`? {text}");
            }
        }
    }
}

/// The stanzas of a file, with no setting twice in any.
fn stanzas(path: &Path) -> Vec<Stanza> {
    let text = fs::read_to_string(path).unwrap();
    let mut stanzas: Vec<Stanza> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        assert!(!line.ends_with('\\'), "{}: it goes on in the next line: {line}", path.display());
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            assert!(stanzas.iter().all(|(other, _)| other != name), "{}: [{name}] twice", path.display());
            stanzas.push((name.to_owned(), BTreeMap::new()));
        } else {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{}: {line}", path.display()));
            let (_, settings) = stanzas.last_mut().unwrap();
            assert!(settings.insert(key.trim().to_owned(), value.trim().to_owned()).is_none(), "{line}");
        }
    }
    stanzas
}

fn arguments(entry: &BTreeMap<String, String>) -> Vec<&str> {
    let named = entry.get("args").map_or("", String::as_str);
    named.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// The names in a part of a search: neither numbers nor what is assigned to a name.
fn words(stage: &str) -> Vec<&str> {
    let ends_name = |c: char| !(c.is_alphanumeric() || "_.{}=".contains(c));
    let names = stage.split(ends_name).map(|word| word.split('=').next().unwrap());
    names.filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_')).collect()
}

/// The searches that a page shows, in code of its own language or as cells of a table.
pub(crate) fn searches(page: &str) -> Vec<String> {
    let blocks = page.split("```spl\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let cells = page.split("`` ").skip(1).filter_map(|rest| rest.split(" ``").next());
    let cells = cells.filter(|cell| cell.starts_with('`') && !cell.contains('\n'));
    blocks.chain(cells).map(|search| search.replace("\\|", "|").replace('\n', " ")).collect()
}

pub(crate) fn kong() -> App {
    App::load(&root().join("docs/generated"), "kong_telemetry")
}

fn acme() -> App {
    let expected = "crates/ktel-codegen/tests/golden/acme/expected/docs/generated";
    App::load(&root().join(expected), "acme_fleet")
}

#[test]
fn macros_use_what_exists() {
    for app in [kong(), acme()] {
        for (stanza, entry) in &app.macros {
            let arguments = arguments(entry);
            let count = stanza.split_once('(').map_or("0", |(_, rest)| rest.trim_end_matches(')'));
            assert_eq!(count, arguments.len().to_string(), "{stanza}");
            let mut definition = entry["definition"].clone();
            for argument in arguments {
                let place = format!("${argument}$");
                assert!(definition.contains(&place), "{stanza} does not use {argument}");
                // Any field will do.
                definition = definition.replace(&place, "report_id");
            }
            app.check(&definition);
        }
    }
}

#[test]
fn every_macro_is_shown_at_work() {
    let guide = fs::read_to_string(root().join("docs/guide/splunk.md")).unwrap();
    for (app, pages) in [(kong(), vec![kong().readme(), guide]), (acme(), vec![acme().readme()])] {
        for page in pages {
            let searches = searches(&page);
            for search in &searches {
                app.check(search);
            }
            for (stanza, entry) in &app.macros {
                let name = stanza.split('(').next().unwrap();
                let signature = match &arguments(entry)[..] {
                    [] => format!("`{name}`"),
                    arguments => format!("`{name}({})`", arguments.join(", ")),
                };
                assert!(page.contains(&format!("| {signature} |")), "{stanza} is not explained");
                let call = if stanza.contains('(') { format!("`{name}(") } else { format!("`{name}`") };
                assert!(searches.iter().any(|search| search.contains(&call)), "no search shows {stanza}");
            }
        }
    }
}

/// A search that any page shows, of people's or generated, can be run.
#[test]
fn every_page_searches_for_what_exists() {
    let (app, mut count) = (kong(), 0);
    for page in pages(&root().join("docs")) {
        for search in searches(&fs::read_to_string(page).unwrap()) {
            app.check(&search);
            count += 1;
        }
    }
    assert!(count > 30, "the searches were not found: {count}");
}

/// What is replaced is looked for under a name that the standard has, among names that it has.
#[test]
fn aliases_name_fields() {
    let mut count = 0;
    for app in [kong(), acme()] {
        let [(_, settings)] = &app.conf("props.conf")[..] else { panic!("more than one sourcetype") };
        for (name, value) in settings.iter().filter_map(|(key, value)| Some((key.strip_prefix("EVAL-")?, value))) {
            let names = value.strip_prefix("coalesce(").and_then(|rest| rest.strip_suffix(')')).unwrap();
            let names: Vec<&str> = names.split(", ").map(|name| name.trim_matches('\'')).collect();
            assert_eq!(names[0], name, "the new name wins");
            assert!(names.len() > 1 && names.iter().all(|name| app.fields.contains(*name)), "{value}");
            count += 1;
        }
    }
    assert!(count > 0, "the aliases were not found");
}

/// Names are extracted once, when an event is searched, and nobody's data is sent to an index that the app made up.
#[test]
fn an_event_is_read_once() {
    let app = kong();
    let [(sourcetype, settings)] = &app.conf("props.conf")[..] else { panic!("more than one sourcetype") };
    assert_eq!(sourcetype, contract::SOURCETYPE);
    assert_eq!(settings["KV_MODE"], "json");
    assert!(!settings.contains_key("INDEXED_EXTRACTIONS"));
    assert!(!app.folder.join("default/indexes.conf").exists());
}

#[test]
fn no_indexed_name_is_inside_of_an_event() {
    for app in [kong(), acme()] {
        assert!(!app.indexed.is_empty());
        let paths = app.fields.difference(&app.indexed);
        let inside: BTreeSet<&str> = paths.flat_map(|path| path.trim_end_matches("{}").split('.')).collect();
        assert!(app.indexed.iter().all(|name| !inside.contains(name.as_str())));
    }
}

/// What a report has indexed beside it, what the app knows to be indexed, and what the standard says are the same.
#[tokio::test]
async fn what_is_indexed_is_declared_and_what_is_declared_is_indexed() {
    let server = serve(cluster("everything")).await;
    let mut collector = builder(&server).own_pod(own_pod()).build().unwrap();
    let envelopes = collector.preview().await.unwrap();
    let sent: BTreeSet<String> =
        envelopes.iter().flat_map(|envelope| &envelope.fields).map(|(name, _)| name.to_string()).collect();
    let app = kong();
    let declared = app.conf("fields.conf");
    assert!(declared.iter().all(|(_, settings)| settings.iter().eq([(&"INDEXED".to_owned(), &"true".to_owned())])));
    let declared: BTreeSet<String> = declared.into_iter().map(|(name, _)| name).collect();
    assert_eq!(sent, declared);
    assert_eq!(app.indexed, declared);
}
