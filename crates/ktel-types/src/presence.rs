//! Which fields a document has, told without building it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};

use crate::{
    table::{Field, Member, Message},
    validate::{Key, KeySeed, NotJson},
};

/// Notes each field that a JSON text has of a message, in the order of the text and whatever its value.
///
/// # Errors
///
/// If the text is not JSON, or if a section is no object.
pub fn each_present(
    message: &'static Message,
    json: &str,
    mut note: impl FnMut(&'static Field),
) -> Result<(), NotJson> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    Section { message, note: &mut note }
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| NotJson(error.to_string()))
}

struct Section<'a, F> {
    message: &'static Message,
    note: &'a mut F,
}

impl<'de, F: FnMut(&'static Field)> DeserializeSeed<'de> for Section<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(&'static Field)> Visitor<'de> for Section<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Self { message, note } = self;
        let mut expected = 0;
        while let Some(key) = entries.next_key_seed(KeySeed { message, expected })? {
            let Key::Member(index) = key else {
                entries.next_value::<IgnoredAny>()?;
                continue;
            };
            expected = index + 1;
            match message.at(index).1 {
                Member::Field(field) => {
                    note(field);
                    entries.next_value::<IgnoredAny>()?;
                }
                Member::Section { message, .. } => entries.next_value_seed(Section { message, note: &mut *note })?,
            }
        }
        Ok(())
    }
}
