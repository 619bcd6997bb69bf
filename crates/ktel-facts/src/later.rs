//! A document of a later version, read as far as this version knows it.

use ktel_types::{
    Described as _, Invalid, Rule, Valid, Violation,
    host::HostFacts,
    table::{Member, Message},
};
use serde_json::Value;

/// Reads a document that is not valid, without the fields that make it so, and tells which those were.
///
/// It is refused, for the same reason as before, where something in it cannot be of any version.
pub(crate) fn read(json: &str, invalid: Invalid) -> Result<(HostFacts, Vec<Violation>), Invalid> {
    let Invalid::Violations(violations) = &invalid else { return Err(invalid) };
    if !violations.iter().all(|violation| may_come(violation.rule)) {
        return Err(invalid);
    }
    let Ok(mut document) = serde_json::from_str::<Value>(json) else { return Err(invalid) };
    leave_out(&mut document, HostFacts::message());
    match Valid::<HostFacts>::parse(&document.to_string()) {
        Ok(facts) => Ok((facts.into_inner(), fields(violations))),
        Err(_) => Err(invalid),
    }
}

/// Whether a later version of the standard may allow what this one does not: it adds fields and values, and widens bounds. Types stay.
fn may_come(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::Known
            | Rule::Min(_)
            | Rule::Max(_)
            | Rule::MaxLength(_)
            | Rule::Pattern(_)
            | Rule::OneOf(_)
            | Rule::MaxItems(_)
    )
}

/// What is wrong, once a field: a list goes as a whole, whatever item of it is wrong.
fn fields(violations: &[Violation]) -> Vec<Violation> {
    let mut fields: Vec<Violation> = Vec::new();
    for Violation { path, rule } in violations {
        let field = path.split('[').next().unwrap_or(path);
        if fields.iter().all(|other| other.path != field) {
            fields.push(Violation { path: field.to_owned(), rule: *rule });
        }
    }
    fields
}

/// Leaves out fields that are not known, and values that are not admitted. A list is left out as a whole: a part of it would be
/// taken for all of it.
fn leave_out(document: &mut Value, message: &Message) {
    let Value::Object(entries) = document else { return };
    entries.retain(|name, value| match message.member(name) {
        None => false,
        Some(Member::Section { message, .. }) => {
            leave_out(value, message);
            true
        }
        // A host may say that there is none.
        Some(Member::Field(field)) => value.as_array().is_some_and(Vec::is_empty) || field.admits(value),
    });
}
