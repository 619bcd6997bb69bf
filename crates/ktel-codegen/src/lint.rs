//! The rules that a standard keeps, and what breaks them.
//!
//! A rule is a row of [`RULES`] and a pure function over the [`Model`]. What is so wrong that no model can hold it is found by
//! reading; it has its row, too, so that whatever a person is told has an id, a reason and a remedy. All findings are told at once:
//! reading goes on with something harmless in place of what it cannot read.
//!
//! Every finding is an error. A warning that nobody has to heed is soon read by nobody; where a rule does not fit, the field says
//! so, with the reason and an end: `(ktel.v1.field).allow`.

mod allow;
mod date;
mod event;
mod example;
mod finding;
mod format;
mod indexed;
mod line;
mod name;
mod pattern;
mod question;
mod reads;
mod rules;
mod said;
mod similar;
mod structure;
mod unit;
mod wording;

pub use finding::{Finding, Findings};
pub use format::{Format, UnknownFormat};
pub use jiff::civil::Date;
pub use rules::RULES;

use crate::model::{Location, Model};

/// A rule, and all that a person can learn of it.
#[derive(Debug)]
pub struct Rule {
    /// What findings and `allow` call it: `name-unit`.
    pub id: &'static str,
    /// What holds where it is kept, in one sentence.
    pub what: &'static str,
    /// Why, in one sentence.
    pub why: &'static str,
    /// Whether a field may break it and say why. What is generated relies on most rules, and consent on some.
    pub may_be_allowed: bool,
    check: Check,
}

/// Where a rule is held against a standard.
#[derive(Debug)]
enum Check {
    /// While the sources are read: what breaks the rule has no place in a model.
    Reading,
    /// Over the model.
    Model(fn(&Model) -> Vec<Fault>),
    /// Over the model, on a day. Without a day, nothing that depends on one is found.
    Day(fn(&Model, Option<Date>) -> Vec<Fault>),
    /// Over the model and what was allowed in it.
    Allowed(fn(&Model, &[Finding]) -> Vec<Fault>),
}

/// What a rule finds; its row adds the id.
#[derive(Debug)]
struct Fault {
    at: Location,
    message: String,
    help: String,
}

/// Holds a model against all rules that need no more than that. Nothing depends on today's date unless it is given.
#[must_use]
pub fn lint(model: &Model, today: Option<Date>) -> Vec<Finding> {
    let found = RULES.iter().flat_map(|rule| {
        let faults = match rule.check {
            Check::Model(check) => check(model),
            Check::Day(check) => check(model, today),
            Check::Reading | Check::Allowed(_) => Vec::new(),
        };
        faults.into_iter().map(|fault| fault.of(rule))
    });
    let (allowed, mut findings): (Vec<_>, Vec<_>) = found.partition(|finding| allow::is_allowed(model, finding));
    for rule in RULES {
        if let Check::Allowed(check) = rule.check {
            findings.extend(check(model, &allowed).into_iter().map(|fault| fault.of(rule)));
        }
    }
    findings
}

/// The rule of this id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The id of a rule that reading holds. One that has no such row does not compile.
pub(crate) const fn id(id: &'static str) -> &'static str {
    let mut index = 0;
    while index < RULES.len() && !is_same(RULES[index].id.as_bytes(), id.as_bytes()) {
        index += 1;
    }
    assert!(index < RULES.len(), "no row of RULES has this id");
    assert!(matches!(RULES[index].check, Check::Reading), "this rule is held over the model");
    id
}

const fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut index = 0;
    while index < one.len() {
        if one[index] != other[index] {
            return false;
        }
        index += 1;
    }
    true
}

impl Fault {
    fn new(at: &Location, message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { at: at.clone(), message: message.into(), help: help.into() }
    }

    fn of(self, rule: &Rule) -> Finding {
        let Self { at, message, help } = self;
        Finding { at, message, help, rule: rule.id }
    }
}
