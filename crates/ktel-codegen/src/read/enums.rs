//! From an enum's declaration to the model's enum.

use prost_reflect::EnumDescriptor;
use prost_types::EnumValueOptions;

use super::{context::Context, line, options::ValueOptions};
use crate::model::{Enum, Location, Reserved, Value};

/// Takes up an enum that a field names, and says how the model calls it.
pub(super) fn take_up(context: &mut Context<'_>, descriptor: &EnumDescriptor, at: &Location) -> Option<String> {
    let Some(wrapper) = descriptor.parent_message().filter(|_| descriptor.name() == "Value") else {
        let help = "declare it as `message Platform { enum Value { … } }`: enums that stand side by side may not share \
                    the name of a value";
        context.find(at, format!("the enum `{}` does not sit in a message", descriptor.name()), help);
        return None;
    };
    let name = wrapper.name().to_owned();
    if context.enums.iter().any(|known| known.name == name) {
        return Some(name);
    }
    if descriptor.get_value(0).is_none_or(|zero| zero.name() != "UNSPECIFIED") {
        let help = "add `UNSPECIFIED = 0;`, which is never sent";
        context.find(at, format!("the enum `{name}` does not start with UNSPECIFIED"), help);
    }
    let mut values: Vec<_> = descriptor.values().filter(|value| value.number() != 0).collect();
    // Descriptors come in the order of their numbers; readers expect the order of the sources.
    values.sort_by_key(|value| value.path().to_vec());
    let file = descriptor.parent_file();
    let mut taken = Vec::new();
    for value in &values {
        let at = context.sources.locate(&file, value.path());
        let said: ValueOptions = context.option(&value.options(), "value", &at);
        let line = Some(said.line).filter(|word| !word.is_empty());
        if let Some(word) = &line {
            line::check(context, &at, word);
        }
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
    let values = taken;
    let reserved = Reserved {
        numbers: descriptor
            .reserved_ranges()
            .map(|range| (i64::from(*range.start()), i64::from(*range.end())))
            .collect(),
        names: descriptor.reserved_names().map(str::to_owned).collect(),
    };
    let at = context.sources.locate(&file, descriptor.path());
    context.enums.push(Enum { name: name.clone(), values, reserved, at });
    Some(name)
}

/// Whether an enum that was taken up has this value.
pub(super) fn admits(context: &Context<'_>, name: &str, text: &str) -> bool {
    let known = context.enums.iter().find(|known| known.name == name);
    known.is_some_and(|known| known.values.iter().any(|value| value.name == text))
}
