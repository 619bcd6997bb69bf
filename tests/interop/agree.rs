//! Makes reports with verdicts for validators in any language, and asks those in Rust.
//!
//! `agree.py` runs this, and asks the others. Into the folder that is named first go files of rows, a row a report: what it is,
//! its text, what is expected of each kind of judge. On the way out go the counts of the judges here, as JSON. The documents of
//! `tests/conformance` are rows, too.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a proof that cannot go on has failed")]

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufWriter, Write as _},
    path::Path,
    thread,
};

use jsonschema::Validator;
use ktel_tests::generator::{Generator, Made};
use ktel_types::{Described as _, Valid, check, contract, protobuf, report::Report};
use serde_json::{Value, json};

/// A report, and what is expected of those who judge it.
struct Row {
    name: String,
    text: String,
    is_valid: bool,
    /// Whether JSON Schema has nothing against it.
    is_sound: bool,
    /// The place that a violation names.
    path: Option<String>,
    /// The places of which JSON Schema names one.
    pointers: Vec<String>,
}

/// What a judge said.
#[derive(Default)]
struct Count {
    accepted: u64,
    refused: u64,
    disagreements: Vec<String>,
}

type Counts = BTreeMap<&'static str, Count>;

impl Count {
    /// Notes what a judge says of a row: that nothing is wrong, or what it says of which place.
    fn note(&mut self, row: &Row, is_expected: bool, accepts: bool, names_place: bool) {
        *if accepts { &mut self.accepted } else { &mut self.refused } += 1;
        if accepts != is_expected {
            self.disagreements.push(format!("{} {}", if accepts { "accepts" } else { "refuses" }, row.name));
        } else if !accepts && !names_place {
            self.disagreements.push(format!("names another place in {}", row.name));
        }
    }
}

fn main() {
    let [_, folder, reports, seed] = &env::args().collect::<Vec<_>>()[..] else { panic!("<folder> <reports> <seed>") };
    let (reports, seed): (u64, u64) = (reports.parse().unwrap(), seed.parse().unwrap());
    let generator = Generator::of_reports(seed);
    let threads = thread::available_parallelism().unwrap().get() as u64;
    let counts: Vec<Counts> = thread::scope(|scope| {
        let spawned: Vec<_> = (0..threads)
            .map(|thread| {
                let file = Path::new(folder).join(format!("rows-{thread}.ndjson"));
                let golden = if thread == 0 { cases() } else { Vec::new() };
                // Of two numbers beside each other one is valid, and takes longer.
                let numbers = (0..reports).filter(move |number| number / 2 % threads == thread);
                let made = numbers.map(|number| made(&generator, number));
                scope.spawn(move || judge(&file, golden.into_iter().chain(made)))
            })
            .collect();
        spawned.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all = Counts::new();
    for (name, count) in counts.into_iter().flatten() {
        let sum = all.entry(name).or_default();
        sum.accepted += count.accepted;
        sum.refused += count.refused;
        sum.disagreements.extend(count.disagreements);
    }
    for (name, Count { accepted, refused, disagreements }) in all {
        println!(
            "{}",
            json!({"judge": name, "accepted": accepted, "refused": refused, "disagreements": disagreements})
        );
    }
}

/// Every other report is valid; the others go through all faults at all places, again and again.
fn made(generator: &Generator, number: u64) -> Row {
    if number.is_multiple_of(2) {
        return row(format!("report {number}, valid"), generator.valid(number));
    }
    let faulty = generator.faulty();
    let (place, fault) = &faulty[usize::try_from(number / 2).unwrap() % faulty.len()];
    let name = format!("report {number}, {} at `{}`", fault.name, place.path());
    row(name, generator.with_fault(place, fault, number))
}

fn row(name: String, Made { text, wrong }: Made) -> Row {
    let is_valid = wrong.is_none();
    let is_sound = wrong.as_ref().is_none_or(|wrong| !wrong.is_seen_by_schemas());
    let (path, pointer) = wrong.map(|wrong| (wrong.path, wrong.pointer)).unwrap_or_default();
    Row { name, text, is_valid, is_sound, path, pointers: pointer.into_iter().collect() }
}

/// The documents with verdicts.
fn cases() -> Vec<Row> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/report");
    let table = fs::read_to_string(folder.join("cases.tsv")).unwrap();
    let rows = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    rows.map(|row| {
        let [verdict, name, path, _why] = row.split('\t').collect::<Vec<_>>()[..] else { panic!("{row}") };
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let is_valid = verdict == "valid";
        let is_sound = is_valid || (verdict == "text" && serde_json::from_str::<Value>(&text).is_ok());
        let path = (verdict == "invalid" || is_sound).then(|| path.to_owned());
        // Of what is missing or unknown, JSON Schema names the object around it.
        let pointer = path.iter().filter(|_| !is_sound).map(|path| pointer(path));
        let pointers = pointer.flat_map(|pointer| [around(&pointer).to_owned(), pointer]).collect();
        Row { name: name.to_owned(), text, is_valid, is_sound, path, pointers }
    })
    .collect()
}

/// The place of a violation as a JSON pointer.
fn pointer(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("/{}", path.replace(['.', '['], "/").replace(']', "")) }
}

fn around(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(around, _)| around)
}

fn schema(text: &str) -> Validator {
    jsonschema::draft202012::new(&serde_json::from_str(text).unwrap()).unwrap()
}

fn derived() -> Validator {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report>().to_value();
    jsonschema::draft202012::new(&schema).unwrap()
}

/// Asks all judges of Rust, and writes the rows for the others.
fn judge(file: &Path, rows: impl Iterator<Item = Row>) -> Counts {
    let schemas = [
        ("jsonschema (Rust), published schema", schema(contract::STRICT)),
        ("jsonschema (Rust), schema of schemars", derived()),
    ];
    let tolerant = schema(contract::TOLERANT);
    let mut file = BufWriter::new(fs::File::create(file).unwrap());
    let mut counts = Counts::new();
    for row in rows {
        let Row { name, text, is_valid, is_sound, path, pointers } = &row;
        let written = json!({"name": name, "text": text, "valid": is_valid, "sound": is_sound, "pointers": pointers});
        writeln!(file, "{written}").unwrap();

        let said = check(Report::message(), text);
        let names_path = match (&said, path) {
            (Ok(said), Some(path)) => said.iter().any(|violation| violation.path == *path),
            (said, path) => said.is_err() && path.is_none(),
        };
        let accepts = said.is_ok_and(|said| said.is_empty());
        counts.entry("ktel_types::check").or_default().note(&row, *is_valid, accepts, names_path);

        let document = serde_json::from_str::<Value>(text).ok();
        for (name, schema) in &schemas {
            let accepts = document.as_ref().is_some_and(|document| schema.is_valid(document));
            let names_pointer = accepts || document.as_ref().is_none_or(|document| names(schema, document, pointers));
            counts.entry(name).or_default().note(&row, *is_sound, accepts, names_pointer);
        }
        if let (true, Some(document)) = (*is_valid, &document) {
            let accepts = tolerant.is_valid(document);
            counts.entry("jsonschema (Rust), tolerant schema").or_default().note(&row, true, accepts, true);
            let is_same = comes_back(text);
            counts.entry("Rust, to protobuf and back").or_default().note(&row, true, is_same, true);
        }
    }
    counts
}

fn names(schema: &Validator, document: &Value, pointers: &[String]) -> bool {
    let mut places = schema.iter_errors(document).map(|error| error.instance_path().to_string());
    pointers.is_empty() || places.any(|place| pointers.contains(&place))
}

fn comes_back(text: &str) -> bool {
    let Ok(report) = Valid::<Report>::parse(text) else { return false };
    protobuf::encode(&report).and_then(|bytes| protobuf::decode(&bytes)).is_ok_and(|again| *again == *report)
}
