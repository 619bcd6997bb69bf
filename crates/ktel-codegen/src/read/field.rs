//! From a field's declaration to the model's field: its type with its bounds, and all that the vocabulary asks for.

use prost_reflect::{Cardinality, FieldDescriptor};

use super::{
    context::{Context, Inherited},
    enums, example, line,
    options::FieldOptions,
};
use crate::model::{Field, Filling, Kind, Location, Merge, Number, Presence, Read, Resource, Text, field::Deprecation};

/// The named forms, each with the pattern that it stands for.
const FORMATS: [(&str, &str); 2] = [
    ("uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("date-time", "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
];

pub(super) fn field(context: &mut Context<'_>, field: &FieldDescriptor, inherited: &Inherited) -> Option<Field> {
    let at = context.sources.locate(&field.parent_file(), field.path());
    let said: FieldOptions = context.option(&field.options(), "field", &at);
    let docs = context.sources.docs(&field.parent_file(), field.path());
    let owner = if said.owner.is_empty() { inherited.owner.clone() } else { said.owner.clone() };
    let mut reader = Reader { context, field, said: &said, at: &at };
    let has_comment = !docs.0.is_empty();
    reader.require(has_comment, "comment", "say in one sentence before it what the value means");
    reader.require(
        !said.sensitivity.is_empty(),
        "sensitivity",
        "add `(ktel.v1.field).sensitivity = TECHNICAL`, USAGE or IDENTIFIER",
    );
    reader.require(!said.source.is_empty(), "source", "add `(ktel.v1.field).source = \"where the value is read\"`");
    reader.require(!said.answers.is_empty(), "answers", "add `(ktel.v1.field).answers = \"id of a question\"`");
    reader.require(!owner.is_empty(), "owner", "add `option (ktel.v1.section).owner = \"team\"` to its message");
    if field.json_name() != camel_case(field.name()) {
        reader.find(format!("`{}` has a `json_name`", field.name()), "drop it: reports bear the names of the sources");
    }
    for unknown in said.answers.iter().filter(|id| !inherited.questions.contains(*id)) {
        reader.find(
            format!("`{}` answers `{unknown}`, which nobody asks", field.name()),
            "name a question of the report",
        );
    }
    let presence = reader.presence();
    let kind = reader.kind();
    let filling = reader.filling();
    let (kind, presence, filling) = (kind?, presence?, filling?);
    let merge = reader.merge(&kind, &filling)?;
    if said.daily && said.lists.is_empty() && said.gets.is_empty() {
        reader.find(format!("`{}` is daily, but nothing is read for it", field.name()), "drop `daily`, or add `lists`");
    }
    let example = reader.example(&kind, presence)?;
    if presence == Presence::Required && example::admits_zero(&kind) {
        let help = "make it `optional`, or let its bounds begin above zero: on the wire, zero and nothing are the same";
        reader.find(format!("`{}` is required and may be zero", field.name()), help);
    }
    let lines = line::lines(context, &at, field.name(), &kind, &said.line);
    Some(Field {
        name: field.name().to_owned(),
        number: field.number(),
        since: None,
        docs,
        kind,
        presence,
        filling,
        is_daily: said.daily,
        merge,
        example,
        lines,
        owner,
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
    })
}

struct Reader<'a, 'c> {
    context: &'a mut Context<'c>,
    field: &'a FieldDescriptor,
    said: &'a FieldOptions,
    at: &'a Location,
}

impl Reader<'_, '_> {
    fn find(&mut self, message: impl Into<String>, help: impl Into<String>) {
        self.context.find(self.at, message, help);
    }

    fn require(&mut self, is_there: bool, what: &str, help: &str) {
        if !is_there {
            self.find(format!("`{}` has no {what}", self.field.name()), help);
        }
    }

    fn presence(&mut self) -> Option<Presence> {
        if self.field.cardinality() == Cardinality::Repeated {
            self.require(self.said.max_items.is_some(), "max_items", "add `(ktel.v1.field).max_items = …`");
            return self.said.max_items.map(|max_items| Presence::List { max_items });
        }
        Some(if self.field.supports_presence() { Presence::Optional } else { Presence::Required })
    }

    fn kind(&mut self) -> Option<Kind> {
        use prost_reflect::Kind as Proto;
        match self.field.kind() {
            Proto::Bool => Some(Kind::Boolean),
            Proto::Uint32 => {
                self.bounds(|min, max| Some(Number::Unsigned { min: unsigned(min)?, max: unsigned(max)? }))
            }
            Proto::Int32 => self.bounds(|min, max| Some(Number::Signed { min: signed(min)?, max: signed(max)? })),
            Proto::Double => self.bounds(|min, max| Some(Number::Double { min, max })),
            Proto::String => self.text(),
            Proto::Enum(descriptor) => enums::take_up(self.context, &descriptor, self.at).map(Kind::Enum),
            other => {
                let help = "use uint32, int32, double, bool, string or an enum: 64-bit numbers become texts in JSON, so \
                            choose a coarser unit";
                self.find(format!("`{}` is of the type {other:?}", self.field.name()), help);
                None
            }
        }
    }

    fn bounds(&mut self, number: impl Fn(f64, f64) -> Option<Number>) -> Option<Kind> {
        self.require(self.said.min.is_some(), "min", "add `(ktel.v1.field).min = 0`");
        self.require(
            self.said.max.is_some(),
            "max",
            "add `(ktel.v1.field).max = …`, above which the value must be a mistake",
        );
        let (min, max) = (self.said.min?, self.said.max?);
        let number = number(min, max).filter(|_| min <= max);
        if number.is_none() {
            let help = "let `min` be no more than `max`, and both be values of the field's type";
            self.find(format!("`{}` has bounds that no value keeps", self.field.name()), help);
        }
        number.map(Kind::Number)
    }

    fn text(&mut self) -> Option<Kind> {
        self.require(self.said.max_length.is_some(), "max_length", "add `(ktel.v1.field).max_length = …`");
        let named = FORMATS.into_iter().find(|(name, _)| *name == self.said.format);
        let (pattern, format) = match (self.said.pattern.as_str(), self.said.format.as_str(), named) {
            (pattern, "", _) if !pattern.is_empty() => (pattern.to_owned(), None),
            ("", _, Some((name, pattern))) => (pattern.to_owned(), Some(name.to_owned())),
            (_, format, _) => {
                let (name, help) = (self.field.name(), "add `(ktel.v1.field).pattern = …` or make it an enum");
                self.find(
                    match format {
                        "" => format!("`{name}` is free text, which is never sent"),
                        _ => format!("`{name}` has the format `{format}` and a pattern, or one that nobody knows"),
                    },
                    format!("{help}; the formats are `uuid` and `date-time`"),
                );
                return None;
            }
        };
        if let Err(why) = example::check_pattern(&pattern) {
            self.find(
                format!("the pattern of `{}` {why}", self.field.name()),
                "keep to what ECMA-262, RE2 and Python share",
            );
            return None;
        }
        Some(Kind::Text(Text { pattern, format, max_length: self.said.max_length? }))
    }

    fn filling(&mut self) -> Option<Filling> {
        let mut reads = Vec::new();
        let notations = self.said.lists.iter().map(|text| (text, Read::list(text)));
        let notations: Vec<_> = notations.chain(self.said.gets.iter().map(|text| (text, Read::get(text)))).collect();
        for (text, read) in notations {
            match read {
                Ok(read) => reads.push(read),
                Err(why) => self.find(format!("`{text}` cannot be read from a cluster"), why),
            }
        }
        match (self.said.counts.as_str(), self.said.host, reads.is_empty()) {
            ("", false, _) => Some(Filling::Probe(reads)),
            ("", true, true) => Some(Filling::Host),
            ("", true, false) => Some(Filling::HostElseProbe(reads)),
            (counts, false, true) => match Resource::parse(counts) {
                Ok(resource) => Some(Filling::Counts(resource)),
                Err(why) => {
                    self.find(format!("`{counts}` cannot be counted"), why);
                    None
                }
            },
            _ => {
                let help = "a field that counts objects needs nothing else: drop `lists`, `gets` and `host`";
                self.find(format!("`{}` is filled in two ways", self.field.name()), help);
                None
            }
        }
    }

    /// How the values of several control planes are made one. Of numbers that has to be said; of all else the first that is told
    /// counts, or the largest.
    fn merge(&mut self, kind: &Kind, filling: &Filling) -> Option<Merge> {
        let is_needed = filling.asks_host() && matches!(kind, Kind::Number(_));
        match self.said.merge.as_str() {
            "SUM" if is_needed => Some(Merge::Sum),
            "MAX" if filling.asks_host() => Some(Merge::Max),
            "" if !is_needed => Some(Merge::First),
            "" => {
                self.require(
                    false,
                    "merge",
                    "add `(ktel.v1.field).merge = SUM` for what adds up over replicas, else MAX",
                );
                None
            }
            _ => {
                let help = "drop `merge`: only what the controller tells is merged, and only numbers add up";
                self.find(format!("`{}` says how to merge what cannot be merged so", self.field.name()), help);
                None
            }
        }
    }

    fn example(&mut self, kind: &Kind, presence: Presence) -> Option<serde_json::Value> {
        self.require(!self.said.example.is_empty(), "example", "add `(ktel.v1.field).example = \"a valid value\"`");
        let mut examples = Vec::new();
        for text in &self.said.example {
            let value = match kind {
                Kind::Enum(name) => enums::admits(self.context, name, text).then(|| text.as_str().into()),
                _ => example::parse(kind, text),
            };
            match value {
                Some(value) => examples.push(value),
                None => self.find(
                    format!("the example `{text}` breaks the bounds of `{}`", self.field.name()),
                    "choose a value that the field admits",
                ),
            }
        }
        match presence {
            Presence::List { .. } => Some(serde_json::Value::Array(examples)),
            Presence::Required | Presence::Optional => examples.into_iter().next(),
        }
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

/// A bound of a field that holds whole numbers from zero on; `None` if it is not one.
fn unsigned(bound: f64) -> Option<u32> {
    let is_value = bound.fract() == 0.0 && (f64::from(u32::MIN)..=f64::from(u32::MAX)).contains(&bound);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a value of the type")]
    is_value.then_some(bound as u32)
}

/// A bound of a field that holds whole numbers; `None` if it is not one.
fn signed(bound: f64) -> Option<i32> {
    let is_value = bound.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&bound);
    #[allow(clippy::cast_possible_truncation, reason = "it is a value of the type")]
    is_value.then_some(bound as i32)
}
