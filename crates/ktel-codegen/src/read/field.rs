//! From a field's declaration to the model's field.
//!
//! What cannot be read is noted, and has something harmless in its place: rules that look at the model then find what else is wrong.

use prost_reflect::{Cardinality, FieldDescriptor};

use super::{
    context::{Context, Inherited},
    line,
    options::{AllowOptions, FieldOptions},
    sources::FIELD,
    value::{self, ValueReader},
};
use crate::{
    lint,
    model::{Allow, Field, Filling, Kind, Location, Merge, Presence, Read, Resource, field::Deprecation},
};

pub(super) fn field(context: &mut Context<'_>, field: &FieldDescriptor, inherited: &Inherited) -> Field {
    let at = context.sources.locate(&field.parent_file(), field.path());
    let said: FieldOptions = context.option(&field.options(), "field", &at);
    let mut values = ValueReader { context, field, said: &said, at: &at };
    let presence = presence(&mut values);
    let (kind, examples) = if let Some(kind) = values.kind() {
        let examples = said.example.iter().map(|text| value::example(&kind, text)).collect();
        (kind, examples)
    } else {
        let (kind, stand_in) = value::stand_in(field);
        (kind, said.example.iter().take(1).map(|_| stand_in.clone()).collect())
    };
    let mut reader = Reader { context, field, said: &said, at: &at };
    if field.json_name() != camel_case(field.name()) {
        let message = format!("`{}` has a `json_name`", field.name());
        let help = "drop it: reports bear the names of the sources";
        reader.context.find(const { lint::id("name-json") }, &at, message, help);
    }
    let filling = reader.filling();
    let merge = reader.merge(&kind, &filling);
    if said.daily && said.lists.is_empty() && said.gets.is_empty() {
        let message = format!("`{}` is daily, but nothing is read for it", field.name());
        context.find(const { lint::id("read-daily") }, &at, message, "drop `daily`, or add `lists`");
    }
    let allow = |(index, said): (usize, AllowOptions)| {
        let sources = context.sources;
        let at = sources.locate_said(&field.parent_file(), field.path(), (FIELD, "field"), "allow", index);
        Allow { rule: said.rule, reason: said.reason, until: said.until, at }
    };
    let allows = said.allow.into_iter().enumerate().map(allow).collect();
    Field {
        name: field.name().to_owned(),
        number: field.number(),
        since: None,
        docs: context.sources.docs(&field.parent_file(), field.path()),
        kind,
        presence,
        filling,
        is_daily: said.daily,
        merge,
        example: example(presence, examples),
        lines: line::lines(context, &at, &said.line),
        owner: if said.owner.is_empty() { inherited.owner.clone() } else { said.owner },
        allows,
        at,
        deprecated: said.deprecated.map(|said| Deprecation {
            reason: said.reason,
            replacement: Some(said.replacement).filter(|path| !path.is_empty()),
        }),
        unit: Some(said.unit).filter(|unit| !unit.is_empty()),
        expires: Some(said.expires).filter(|expires| !expires.is_empty()),
        indexed: Some(said.indexed).filter(|name| !name.is_empty()),
        sensitivity: said.sensitivity,
        answers: said.answers,
        source: said.source,
    }
}

fn presence(values: &mut ValueReader<'_, '_>) -> Presence {
    if values.field.cardinality() == Cardinality::Repeated {
        let max_items = values.said.max_items;
        values.bound(max_items.is_some(), "max_items", "add `(ktel.v1.field).max_items = …`");
        // As many as there are examples, so that these are not too many.
        let examples = u32::try_from(values.said.example.len()).unwrap_or(u32::MAX);
        return Presence::List { max_items: max_items.unwrap_or(examples) };
    }
    if values.field.supports_presence() { Presence::Optional } else { Presence::Required }
}

/// What stands in the model for these examples: a list's in an array, and those that are too many, too.
fn example(presence: Presence, mut examples: Vec<serde_json::Value>) -> serde_json::Value {
    match (presence, examples.len()) {
        (Presence::Required | Presence::Optional, 0 | 1) => examples.pop().unwrap_or_default(),
        _ => examples.into(),
    }
}

struct Reader<'a, 'c> {
    context: &'a mut Context<'c>,
    field: &'a FieldDescriptor,
    said: &'a FieldOptions,
    at: &'a Location,
}

impl Reader<'_, '_> {
    fn filling(&mut self) -> Filling {
        let mut reads = Vec::new();
        let notations = self.said.lists.iter().map(|text| (text, Read::list(text)));
        for (text, read) in notations.chain(self.said.gets.iter().map(|text| (text, Read::get(text)))) {
            match read {
                Ok(read) => reads.push(read),
                Err(why) => {
                    let message = format!("`{text}` cannot be read from a cluster");
                    self.context.find(const { lint::id("read-notation") }, self.at, message, why);
                }
            }
        }
        match (self.said.counts.as_str(), self.said.host, reads.is_empty()) {
            ("", false, _) => Filling::Probe(reads),
            ("", true, true) => Filling::Host,
            ("", true, false) => Filling::HostElseProbe(reads),
            (counts, false, true) => match Resource::parse(counts) {
                Ok(resource) => Filling::Counts(resource),
                Err(why) => {
                    let message = format!("`{counts}` cannot be counted");
                    self.context.find(const { lint::id("read-notation") }, self.at, message, why);
                    Filling::Probe(reads)
                }
            },
            _ => {
                let help = "a field that counts objects needs nothing else: drop `lists`, `gets` and `host`";
                let message = format!("`{}` is filled in two ways", self.field.name());
                self.context.find(const { lint::id("filled-twice") }, self.at, message, help);
                Filling::Probe(reads)
            }
        }
    }

    /// How the values of several control planes are made one. Of numbers that has to be said; of all else the first that is told
    /// counts, or the largest.
    fn merge(&mut self, kind: &Kind, filling: &Filling) -> Merge {
        let is_asked = filling.asks_host();
        let is_needed = is_asked && matches!(kind, Kind::Number(_));
        let name = self.field.name();
        let (message, help) = match self.said.merge.as_str() {
            "SUM" if is_needed => return Merge::Sum,
            "MAX" if is_asked => return Merge::Max,
            "" if !is_needed => return Merge::First,
            // Which of two fillings is meant is not known, and not whether the controller is asked.
            _ if !self.said.counts.is_empty() && self.said.host => return Merge::First,
            "" => (
                format!("`{name}` has no merge"),
                "add `(ktel.v1.field).merge = SUM` for what adds up over replicas, else MAX",
            ),
            _ => (
                format!("`{name}` says how to merge what cannot be merged so"),
                "drop `merge`: only what the controller tells is merged, and only numbers add up",
            ),
        };
        self.context.find(const { lint::id("merge") }, self.at, message, help);
        Merge::First
    }
}

/// What ProtoJSON calls a field that says nothing of it.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(word.len().min(1));
        name + &initial.to_ascii_uppercase() + rest
    })
}
