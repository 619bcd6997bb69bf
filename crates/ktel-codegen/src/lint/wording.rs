//! Texts that are published are finished.

use super::Fault;
use crate::model::{Location, Model};

/// Words that say that somebody meant to come back.
const UNFINISHED: [&str; 4] = ["todo", "tbd", "fixme", "xxx"];

pub(super) fn unfinished(model: &Model) -> Vec<Fault> {
    texts(model)
        .into_iter()
        .filter_map(|(at, of, text)| {
            let word = text.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| is_unfinished(word))?;
            let help = "say what is to be said, or leave the field out until it is known";
            Some(Fault::new(at, format!("what is said of `{of}` is unfinished: `{word}`"), help))
        })
        .collect()
}

/// All texts that a person wrote, with the place and the name of what they belong to.
fn texts(model: &Model) -> Vec<(&Location, &str, String)> {
    let report = model.report();
    let mut texts = vec![(&report.at, report.name.as_str(), model.purpose.clone())];
    for question in &model.questions {
        texts.push((&question.at, &question.id, question.text.clone()));
    }
    for message in &model.messages {
        texts.push((&message.at, &message.name, message.docs.line()));
    }
    for (_, field) in model.fields() {
        let reason = field.deprecated.iter().map(|deprecated| deprecated.reason.as_str());
        let allowed = field.allows.iter().map(|allow| allow.reason.as_str());
        let docs = field.docs.line();
        let example = field.example.to_string();
        let said = [docs.as_str(), &field.source, &field.owner, &example];
        let said: Vec<&str> = said.into_iter().chain(reason).chain(allowed).collect();
        texts.push((&field.at, &field.name, said.join(" ")));
    }
    for value in model.enums.iter().flat_map(|an_enum| &an_enum.values) {
        texts.push((&value.at, &value.name, value.docs.line()));
    }
    texts
}

fn is_unfinished(word: &str) -> bool {
    UNFINISHED.iter().any(|unfinished| word.eq_ignore_ascii_case(unfinished))
}
