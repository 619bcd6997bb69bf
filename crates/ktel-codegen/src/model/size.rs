//! How large the events of a standard can be.

use super::{Field, Kind, Message, Model, Number, Presence};

/// The largest that an event can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Bytes of its JSON.
    pub bytes: usize,
    /// Fields that a receiver extracts; all items of a list are one.
    pub leaves: usize,
}

/// What Splunk extracts of an event at search time, unless an administrator says otherwise: `[kv] limit` and `maxchars` of
/// its `limits.conf`.
pub const EXTRACTED: Size = Size { bytes: 5000, leaves: 100 };

/// Digits of the longest number that is not whole, as JSON has it: `-2.2250738585072014e-308`.
const LONGEST_DOUBLE: usize = 24;

impl Model {
    /// The largest that an event can be: each field that may be missing is there with its longest value, or is named among
    /// those that are absent, whichever is longer.
    ///
    /// A field is there or is absent for one reason, which the JSON Schema cannot say: the lists of what is absent count as
    /// one list.
    #[must_use]
    pub fn largest(&self, event: &str) -> Size {
        let mut size = self.of_message(self.report(), Some(event));
        if let Some(absent) = self.messages.iter().find(|message| message.path == "absent") {
            // What is in the lists was counted with the fields that it names.
            let lists: usize = absent.fields().map(|list| list.name.len() + r#""":[],"#.len()).sum();
            size.bytes += r#""absent":{},"#.len() + lists;
            size.leaves += absent.fields().count();
        }
        size
    }

    fn of_message(&self, message: &Message, event: Option<&str>) -> Size {
        let mut size = Size { bytes: "{}".len(), leaves: 0 };
        let is_here = message.event.is_none() || message.event.as_deref() == event;
        for field in message.fields().filter(|_| is_here) {
            size.bytes += self.of_field(message, field);
            size.leaves += 1;
        }
        for (name, section) in self.sections(message).filter(|(_, section)| section.path != "absent") {
            let inside = self.of_message(section, event);
            if inside.leaves > 0 {
                size.bytes += name.len() + r#""":,"#.len() + inside.bytes;
                size.leaves += inside.leaves;
            }
        }
        size
    }

    fn of_field(&self, message: &Message, field: &Field) -> usize {
        let value = self.of_kind(&field.kind);
        let value = match field.presence {
            Presence::List { max_items } => "[]".len() + max_items as usize * (value + ",".len()),
            Presence::Required | Presence::Optional => value,
        };
        let present = field.name.len() + r#""":,"#.len() + value;
        let absent = message.path_of(&field.name).len() + r#""","#.len();
        if field.presence == Presence::Required { present } else { present.max(absent) }
    }

    fn of_kind(&self, kind: &Kind) -> usize {
        match kind {
            Kind::Boolean => "false".len(),
            Kind::Number(Number::Double { .. }) => LONGEST_DOUBLE,
            Kind::Number(Number::Unsigned { max, .. }) => max.to_string().len(),
            Kind::Number(Number::Signed { min, max }) => min.to_string().len().max(max.to_string().len()),
            // What stands for a named form has its length; quotes and backslashes take two bytes each.
            Kind::Text(text) => {
                let escaped = if text.may_need_escapes() { 2 } else { 1 };
                r#""""#.len() + text.max_length as usize * escaped
            }
            Kind::Enum(name) => {
                let values = self.enumeration(name).map_or(&[][..], |an_enum| &an_enum.values);
                r#""""#.len() + values.iter().map(|value| value.name.len()).max().unwrap_or(0)
            }
        }
    }
}
