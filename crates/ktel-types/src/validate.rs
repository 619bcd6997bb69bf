//! Holds a document against the table of fields, in one pass and without building it.
//!
//! The document is walked as it is parsed: nothing is kept of it but the places where it breaks a rule.

use std::fmt;

use serde::{
    Serialize,
    de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    Described as _,
    host::HostFacts,
    table::{Field, Kind, Member, Message, Presence},
    violation::{Rule, Violation},
};

/// All places where a JSON text breaks the contract of a message, in the order of the text.
///
/// # Errors
///
/// If the text is not JSON, or has something behind its value.
pub fn check(message: &'static Message, json: &str) -> Result<Vec<Violation>, NotJson> {
    let mut violations = Vec::new();
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let node = Node { shape: Shape::Message(message), path: Path::Root, violations: &mut violations };
    node.deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| NotJson(error.to_string()))?;
    if std::ptr::eq(message, HostFacts::message()) {
        // A host may say that there is none; a report leaves the list out.
        violations.retain(|violation| violation.rule != Rule::NotEmpty);
    }
    Ok(violations)
}

/// A text that is not JSON. The reason tells line and column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not JSON: {0}")]
pub struct NotJson(pub(crate) String);

impl Field {
    /// Whether a value keeps the bounds of the field.
    #[must_use]
    pub fn admits(&'static self, value: &impl Serialize) -> bool {
        let mut violations = Vec::new();
        let node = Node { shape: Shape::of(self), path: Path::Root, violations: &mut violations };
        let is_read = serde_json::to_value(value).and_then(|value| node.deserialize(&value)).is_ok();
        is_read && violations.is_empty()
    }
}

/// What is expected at a place of the document.
#[derive(Clone, Copy)]
enum Shape {
    Message(&'static Message),
    List(&'static Field, u32),
    Value(&'static Kind),
}

impl Shape {
    fn of_member(member: &'static Member) -> Self {
        match member {
            Member::Field(field) => Self::of(field),
            Member::Section { message, .. } => Self::Message(message),
        }
    }

    fn of(field: &'static Field) -> Self {
        match field.presence {
            Presence::List { max_items } => Self::List(field, max_items),
            Presence::Required | Presence::Optional => Self::Value(&field.kind),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Message(_) => "an object",
            Self::List(..) => "a list",
            Self::Value(Kind::Boolean) => "true or false",
            Self::Value(Kind::Whole { .. }) => "a whole number",
            Self::Value(Kind::Number { .. }) => "a number",
            Self::Value(Kind::Text { .. }) => "a text",
            Self::Value(Kind::Enum(_)) => "the name of a value, as a text",
        }
    }
}

/// A place in the document; made into text only if something is wrong there.
#[derive(Clone, Copy)]
enum Path<'a> {
    Root,
    Name(&'a Path<'a>, &'a str),
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Name(Self::Root, name) => f.write_str(name),
            Self::Name(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A place in the document with what is expected there.
struct Node<'a> {
    shape: Shape,
    path: Path<'a>,
    violations: &'a mut Vec<Violation>,
}

impl Node<'_> {
    #[inline]
    fn require(&mut self, is_kept: bool, rule: Rule) {
        if !is_kept {
            self.violate(rule);
        }
    }

    /// What rarely happens stays out of the way of what mostly does.
    #[cold]
    fn violate(&mut self, rule: Rule) {
        self.violations.push(Violation { path: self.path.to_string(), rule });
    }

    #[cold]
    fn mismatch(&mut self) {
        self.violate(Rule::Type(self.shape.name()));
    }

    fn number(&mut self, number: f64) {
        match self.shape {
            Shape::Value(Kind::Number { min, max }) => {
                self.require(number >= *min, Rule::Min(*min));
                self.require(number <= *max, Rule::Max(*max));
            }
            // All bounds have 32 bits, so that a float holds them exactly.
            #[allow(clippy::cast_precision_loss, reason = "see above")]
            Shape::Value(Kind::Whole { min, max }) if number.fract() == 0.0 => {
                self.require(number >= *min as f64, Rule::Min(*min as f64));
                self.require(number <= *max as f64, Rule::Max(*max as f64));
            }
            _ => self.mismatch(),
        }
    }

    fn text(&mut self, text: &str) {
        match self.shape {
            Shape::Value(Kind::Text { pattern, max_length }) => {
                // A text that is too long is not looked at any further. None has more characters than bytes.
                let fits = |length: usize| u32::try_from(length).is_ok_and(|length| length <= *max_length);
                if fits(text.len()) || fits(text.chars().count()) {
                    self.require(pattern.matches(text), Rule::Pattern(pattern.as_str()));
                } else {
                    self.violate(Rule::MaxLength(*max_length));
                }
            }
            Shape::Value(Kind::Enum(values)) => self.require(values.contains(&text), Rule::OneOf(values)),
            _ => self.mismatch(),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shape.name())
    }

    fn visit_unit<E: Error>(mut self) -> Result<(), E> {
        self.mismatch();
        Ok(())
    }

    fn visit_bool<E: Error>(mut self, _: bool) -> Result<(), E> {
        if !matches!(self.shape, Shape::Value(Kind::Boolean)) {
            self.mismatch();
        }
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a number that loses digits is beyond all bounds before and after")]
    fn visit_u64<E: Error>(mut self, number: u64) -> Result<(), E> {
        self.number(number as f64);
        Ok(())
    }

    #[allow(clippy::cast_precision_loss, reason = "a number that loses digits is beyond all bounds before and after")]
    fn visit_i64<E: Error>(mut self, number: i64) -> Result<(), E> {
        self.number(number as f64);
        Ok(())
    }

    fn visit_f64<E: Error>(mut self, number: f64) -> Result<(), E> {
        self.number(number);
        Ok(())
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<(), E> {
        self.text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        let Shape::List(field, max_items) = self.shape else {
            self.mismatch();
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut count = 0;
        loop {
            let path = Path::Item(&self.path, count);
            let item = Node { shape: Shape::Value(&field.kind), path, violations: self.violations };
            if items.next_element_seed(item)?.is_none() {
                break;
            }
            count += 1;
        }
        self.require(count > 0, Rule::NotEmpty);
        self.require(u32::try_from(count).is_ok_and(|count| count <= max_items), Rule::MaxItems(max_items));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut entries: A) -> Result<(), A::Error> {
        let Shape::Message(message) = self.shape else {
            self.mismatch();
            while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut seen = Seen::default();
        let mut expected = 0;
        while let Some(key) = entries.next_key_seed(KeySeed { message, expected })? {
            match key {
                Key::Member(index) => {
                    let (name, member) = message.at(index);
                    let path = Path::Name(&self.path, name);
                    if seen.insert(index) {
                        self.violations.push(Violation { path: path.to_string(), rule: Rule::Once });
                    }
                    let shape = Shape::of_member(member);
                    entries.next_value_seed(Node { shape, path, violations: self.violations })?;
                    expected = index + 1;
                }
                Key::Unknown(name) => {
                    let path = Path::Name(&self.path, &name).to_string();
                    self.violations.push(Violation { path, rule: Rule::Known });
                    entries.next_value::<IgnoredAny>()?;
                }
            }
        }
        for (index, member) in message.members.iter().enumerate() {
            if member.is_required() && !seen.contains(index) {
                let path = Path::Name(&self.path, member.name()).to_string();
                self.violations.push(Violation { path, rule: Rule::Present });
            }
        }
        Ok(())
    }
}

/// The members of a message that were there, a bit each.
#[derive(Default)]
struct Seen(u128);

impl Seen {
    /// Notes a member, and tells whether it was there before.
    fn insert(&mut self, index: usize) -> bool {
        let was_there = self.contains(index);
        self.0 |= 1 << index;
        was_there
    }

    fn contains(&self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }
}

/// A name in an object of the document.
pub(crate) enum Key {
    Member(usize),
    Unknown(String),
}

pub(crate) struct KeySeed {
    pub(crate) message: &'static Message,
    /// The member that comes next if the document keeps the order of the standard and leaves nothing out: from it on is searched.
    pub(crate) expected: usize,
}

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        let index = self.message.position(name, self.expected);
        Ok(index.map_or_else(|| Key::Unknown(presentable(name)), Key::Member))
    }
}

/// A name that the contract does not know, if it looks like the name of a field: anything else may be a value that somebody
/// used as a name.
fn presentable(name: &str) -> String {
    let is_name = name.len() <= 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if is_name && !name.is_empty() { name.to_owned() } else { "…".to_owned() }
}
