//! From what is said of a value to its type and its bounds.

use prost_reflect::{FieldDescriptor, Kind as Proto};
use serde_json::Value;

use super::{context::Context, enums, options::FieldOptions};
use crate::{
    lint,
    model::{Kind, Location, Number, Text},
};

/// The named forms, each with the pattern that it stands for.
const FORMATS: [(&str, &str); 2] = [
    ("uuid", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("date-time", "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"),
];

/// Reads types, and notes what is wrong with them.
pub(super) struct ValueReader<'a, 'c> {
    pub(super) context: &'a mut Context<'c>,
    pub(super) field: &'a FieldDescriptor,
    pub(super) said: &'a FieldOptions,
    pub(super) at: &'a Location,
}

impl ValueReader<'_, '_> {
    /// The type with its bounds; `None` if it cannot be told. Where a bound is missing, it is one that the examples keep.
    pub(super) fn kind(&mut self) -> Option<Kind> {
        match self.field.kind() {
            Proto::Bool => Some(Kind::Boolean),
            Proto::Uint32 => {
                self.bounds(|min, max| Some(Number::Unsigned { min: unsigned(min)?, max: unsigned(max)? }))
            }
            Proto::Int32 => self.bounds(|min, max| Some(Number::Signed { min: signed(min)?, max: signed(max)? })),
            Proto::Double => {
                self.bounds(|min, max| (min.is_finite() && max.is_finite()).then_some(Number::Double { min, max }))
            }
            Proto::String => self.text(),
            Proto::Enum(descriptor) => Some(Kind::Enum(enums::take_up(self.context, &descriptor))),
            other => {
                let help = "use uint32, int32, double, bool, string or an enum: 64-bit numbers become texts in JSON, so \
                            choose a coarser unit";
                let message = format!("`{}` is of the type {other:?}", self.field.name());
                self.context.find(const { lint::id("type-unsupported") }, self.at, message, help);
                None
            }
        }
    }

    fn bounds(&mut self, number: impl Fn(f64, f64) -> Option<Number>) -> Option<Kind> {
        self.bound(self.said.min.is_some(), "min", "add `(ktel.v1.field).min = 0`");
        let help = "add `(ktel.v1.field).max = …`, above which the value must be a mistake";
        self.bound(self.said.max.is_some(), "max", help);
        let (min, max) = self.edges();
        let number = number(min, max).filter(|_| min <= max);
        if number.is_none() && self.said.min.is_some() && self.said.max.is_some() {
            let help = "let `min` be no more than `max`, and both be values of the field's type";
            let message = format!("`{}` has bounds that no value keeps", self.field.name());
            self.context.find(const { lint::id("bounds-empty") }, self.at, message, help);
        }
        number.map(Kind::Number)
    }

    /// The bounds of a number; where one is missing, such as its examples keep.
    fn edges(&self) -> (f64, f64) {
        let examples = || self.said.example.iter().filter_map(|text| text.parse::<f64>().ok());
        let (smallest, largest) = (examples().reduce(f64::min), examples().reduce(f64::max));
        match (self.said.min, self.said.max) {
            (Some(min), Some(max)) => (min, max),
            (Some(min), None) => (min, largest.map_or(min, |largest| largest.max(min))),
            (None, Some(max)) => (smallest.map_or(max, |smallest| smallest.min(max)), max),
            (None, None) => (smallest.unwrap_or(1.0), largest.unwrap_or(1.0)),
        }
    }

    fn text(&mut self) -> Option<Kind> {
        self.bound(self.said.max_length.is_some(), "max_length", "add `(ktel.v1.field).max_length = …`");
        let named = FORMATS.into_iter().find(|(name, _)| *name == self.said.format);
        let (pattern, format) = match (self.said.pattern.as_str(), self.said.format.as_str(), named) {
            (pattern, "", _) if !pattern.is_empty() => (pattern.to_owned(), None),
            ("", _, Some((name, pattern))) => (pattern.to_owned(), Some(name.to_owned())),
            (_, format, _) => {
                let name = self.field.name();
                let message = match format {
                    "" => format!("`{name}` is free text, which is never sent"),
                    _ => format!("`{name}` has the format `{format}` and a pattern, or one that nobody knows"),
                };
                let help =
                    "add `(ktel.v1.field).pattern = …` or make it an enum; the formats are `uuid` and `date-time`";
                self.context.find(const { lint::id("missing-pattern") }, self.at, message, help);
                return None;
            }
        };
        let longest = self.said.example.iter().map(|text| text.chars().count()).max();
        let longest = u32::try_from(longest.unwrap_or(1)).unwrap_or(u32::MAX);
        Some(Kind::Text(Text { pattern, format, max_length: self.said.max_length.unwrap_or(longest) }))
    }

    /// Notes that a bound is missing.
    pub(super) fn bound(&mut self, is_there: bool, what: &str, help: &str) {
        if !is_there {
            let message = format!("`{}` has no {what}", self.field.name());
            self.context.find(const { lint::id("missing-bound") }, self.at, message, help);
        }
    }
}

/// A type in place of one that cannot be told, and a value of it. They break no rule themselves: nothing is found that only follows
/// from what was found already.
pub(super) fn stand_in(field: &FieldDescriptor) -> (Kind, Value) {
    match field.kind() {
        Proto::Bool | Proto::Enum(_) | Proto::Message(_) => (Kind::Boolean, true.into()),
        Proto::String | Proto::Bytes => {
            (Kind::Text(Text { pattern: "[a-z]".into(), format: None, max_length: 1 }), "a".into())
        }
        _ => (Kind::Number(Number::Unsigned { min: 1, max: 1 }), 1.into()),
    }
}

/// Reads an example as a value of its field. What is none stays a text, which no such field admits.
pub(super) fn example(kind: &Kind, text: &str) -> Value {
    let value = match kind {
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Number(Number::Unsigned { .. }) => text.parse::<u32>().ok().map(Value::from),
        Kind::Number(Number::Signed { .. }) => text.parse::<i32>().ok().map(Value::from),
        Kind::Number(Number::Double { .. }) => text.parse::<f64>().ok().map(Value::from),
        Kind::Text(_) | Kind::Enum(_) => None,
    };
    value.unwrap_or_else(|| text.into())
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
