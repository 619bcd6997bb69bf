//! From an enum's declaration to the model's enum.

use prost_reflect::EnumDescriptor;
use prost_types::EnumValueOptions;

use super::{context::Context, options::ValueOptions};
use crate::{
    lint,
    model::{Enum, Reserved, Value},
};

/// Takes up an enum that a field names, and says how the model calls it.
pub(super) fn take_up(context: &mut Context<'_>, descriptor: &EnumDescriptor) -> String {
    let file = descriptor.parent_file();
    let at = context.sources.locate(&file, descriptor.path());
    let wrapper = descriptor.parent_message().filter(|_| descriptor.name() == "Value");
    let name = wrapper.as_ref().map_or(descriptor.name(), |wrapper| wrapper.name()).to_owned();
    if let Some(known) = context.enums.iter().find(|known| known.name == name) {
        if known.at != at {
            let help = "name its message otherwise: types, schemas and pages know an enum by that name alone";
            let message = format!("`{name}` is the name of two enums");
            context.find(const { lint::id("enum-twice") }, &at, message, help);
        }
        return name;
    }
    if wrapper.is_none() {
        let help = "declare it as `message Platform { enum Value { … } }`: enums that stand side by side may not share \
                    the name of a value";
        let message = format!("the enum `{name}` does not sit in a message");
        context.find(const { lint::id("enum-wrapped") }, &at, message, help);
    }
    if wrapper.is_some() && descriptor.get_value(0).is_none_or(|zero| zero.name() != "UNSPECIFIED") {
        let help = "add `UNSPECIFIED = 0;`, which is never sent";
        let message = format!("the enum `{name}` does not start with UNSPECIFIED");
        context.find(const { lint::id("enum-zero") }, &at, message, help);
    }
    let mut values: Vec<_> = descriptor.values().filter(|value| value.number() != 0).collect();
    // Descriptors come in the order of their numbers; readers expect the order of the sources.
    values.sort_by_key(|value| value.path().to_vec());
    let mut taken = Vec::new();
    for value in &values {
        let at = context.sources.locate(&file, value.path());
        let said: ValueOptions = context.option(&value.options(), "value", &at);
        let line = Some(said.line).filter(|word| !word.is_empty());
        taken.push(Value {
            name: value.name().to_owned(),
            number: value.number(),
            is_deprecated: value
                .enum_value_descriptor_proto()
                .options
                .as_ref()
                .is_some_and(EnumValueOptions::deprecated),
            docs: context.sources.docs(&file, value.path()),
            line,
            at,
        });
    }
    let reserved = Reserved {
        numbers: descriptor
            .reserved_ranges()
            .map(|range| (i64::from(*range.start()), i64::from(*range.end())))
            .collect(),
        names: descriptor.reserved_names().map(str::to_owned).collect(),
    };
    context.enums.push(Enum { name: name.clone(), values: taken, reserved, at });
    name
}
