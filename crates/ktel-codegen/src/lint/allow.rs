//! What may be broken, with a reason and an end.

use jiff::civil::Date;

use super::{Fault, Finding, date::End};
use crate::model::{Allow, Field, Model};

/// Whether the field at which something was found says that this may be.
///
/// An exception without a reason, or one that is over, still holds: what is wrong with it is found once, not twice.
pub(super) fn is_allowed(model: &Model, finding: &Finding) -> bool {
    may_be_allowed(finding.rule)
        && all(model).any(|(field, allow)| field.at == finding.at && allow.rule == finding.rule)
}

pub(super) fn rule(model: &Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (field, Allow { rule, at, .. }) in all(model).filter(|(_, allow)| !may_be_allowed(&allow.rule)) {
        let message = match super::rule(rule) {
            Some(_) => format!("`{}` allows `{rule}`, which cannot be allowed", field.name),
            None => format!("`{}` allows `{rule}`, which is no rule", field.name),
        };
        let known: Vec<String> =
            super::RULES.iter().filter(|rule| rule.may_be_allowed).map(|rule| format!("`{}`", rule.id)).collect();
        let help = format!("mend what the rule finds; these may be allowed: {}", known.join(", "));
        faults.push(Fault::new(at, message, help));
    }
    faults
}

pub(super) fn reason(model: &Model) -> Vec<Fault> {
    let silent = all(model).filter(|(_, allow)| allow.reason.trim().is_empty());
    silent
        .map(|(field, allow)| {
            let message = format!("`{}` allows `{}` without a reason", field.name, allow.rule);
            Fault::new(&allow.at, message, "say in `reason` why the rule does not fit here")
        })
        .collect()
}

pub(super) fn end(model: &Model) -> Vec<Fault> {
    let endless = all(model).filter(|(_, allow)| End::parse(&allow.until).is_none());
    endless
        .map(|(field, Allow { rule, until, at, .. })| {
            let message = match until.as_str() {
                "" => format!("`{}` allows `{rule}` without an end", field.name),
                _ => format!("`{}` allows `{rule}` until `{until}`, which is no end", field.name),
            };
            let help = "say in `until` at which version or date this is looked at again: `1.4`, `2027-01-31`";
            Fault::new(at, message, help)
        })
        .collect()
}

pub(super) fn over(model: &Model, today: Option<Date>) -> Vec<Fault> {
    let over =
        all(model).filter(|(_, allow)| End::parse(&allow.until).is_some_and(|end| end.has_come(&model.version, today)));
    over.map(|(field, Allow { rule, until, at, .. })| {
        let help = "mend what the rule finds, or move the end if the reason still holds";
        Fault::new(at, format!("`{}` allows `{rule}` until {until}, which has come", field.name), help)
    })
    .collect()
}

pub(super) fn unused(model: &Model, allowed: &[Finding]) -> Vec<Fault> {
    let is_used = |field: &Field, allow: &Allow| {
        allowed.iter().any(|finding| finding.at == field.at && finding.rule == allow.rule)
    };
    let unused = all(model).filter(|(field, allow)| may_be_allowed(&allow.rule) && !is_used(field, allow));
    unused
        .map(|(field, allow)| {
            let message = format!("`{}` allows `{}`, which finds nothing there", field.name, allow.rule);
            Fault::new(&allow.at, message, "drop the `allow`")
        })
        .collect()
}

fn all(model: &Model) -> impl Iterator<Item = (&Field, &Allow)> {
    model.fields().flat_map(|(_, field)| field.allows.iter().map(move |allow| (field, allow)))
}

fn may_be_allowed(rule: &str) -> bool {
    super::rule(rule).is_some_and(|rule| rule.may_be_allowed)
}
