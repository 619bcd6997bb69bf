//! `ktel validate`: holds documents against the contract.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
    process::ExitCode,
};

use ktel_types::{Described as _, Violation, check, report::Report};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::documents::{Document, Documents};
use crate::{args::ValidateArgs, failure::Failure};

#[derive(Default)]
struct Summary {
    documents: usize,
    invalid: usize,
}

pub(crate) fn run(args: &ValidateArgs) -> Result<ExitCode, Failure> {
    let mut summary = Summary::default();
    for path in &args.files {
        if path == Path::new("-") {
            validate("-", io::stdin().lock(), &mut summary)?;
        } else {
            let name = path.display().to_string();
            let file = File::open(path).map_err(|error| unreadable(&name, &error))?;
            validate(&name, BufReader::new(file), &mut summary)?;
        }
    }
    let Summary { documents, invalid } = summary;
    eprintln!("{documents} documents: {} valid, {invalid} not", documents - invalid);
    Ok(if invalid == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn validate(name: &str, input: impl BufRead, summary: &mut Summary) -> Result<(), Failure> {
    for document in Documents::new(input) {
        let (line, found) = match document.map_err(|error| unreadable(name, &error))? {
            Document::Text { line, text } => (line, violations(&text)),
            Document::TooLong { line, limit } => (line, vec![format!("longer than {limit} bytes")]),
        };
        summary.documents += 1;
        summary.invalid += usize::from(!found.is_empty());
        for violation in found {
            println!("{name}:{line}: {violation}");
        }
    }
    Ok(())
}

/// What is wrong with a document. An envelope is as good as its event.
fn violations(text: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(borrow)]
        event: &'a RawValue,
    }
    let Ok(text) = str::from_utf8(text) else { return vec!["not JSON: not UTF-8".to_owned()] };
    let event = serde_json::from_str::<Envelope<'_>>(text).map(|envelope| envelope.event.get());
    let report = event.ok().filter(|event| event.starts_with('{')).unwrap_or(text);
    match check(Report::message(), report) {
        Ok(violations) => violations.iter().map(Violation::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}

fn unreadable(name: &str, error: &io::Error) -> Failure {
    Failure::unreadable(
        format!("{name} cannot be read: {error}"),
        "name a file of JSON documents, or `-` for the standard input",
    )
}
