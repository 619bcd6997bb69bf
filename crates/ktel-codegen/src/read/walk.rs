//! Walks from the report to its sections and fields, and builds the model on the way.

use std::collections::{BTreeMap, BTreeSet};

use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};

use super::{
    Error, Finding, field,
    options::{ReportOptions, SectionOptions, has_option, option},
    sources::Sources,
};
use crate::{
    model::{Docs, Enum, Location, Member, Message, Model, Question, Value},
    version,
};

/// What generated code and receivers handle by name in every report.
const ENVELOPE: [&str; 6] = ["schema", "schema_hash", "report_id", "event", "consented", "absent"];

pub(super) fn walk(sources: &Sources) -> Result<Model, Error> {
    let mut walk = Walk { sources, findings: Vec::new(), messages: Vec::new(), enums: Vec::new() };
    let model = walk.model();
    let Walk { mut findings, messages, enums, .. } = walk;
    match model {
        Some(model) if findings.is_empty() => Ok(Model { messages, enums, ..model }),
        _ => {
            findings.sort();
            findings.dedup();
            Err(Error::Findings(findings))
        }
    }
}

/// What is known on the way from the report to a field.
#[derive(Clone, Default)]
pub(super) struct Inherited {
    pub(super) path: String,
    category: Option<String>,
    event: Option<String>,
    pub(super) owner: String,
    pub(super) questions: BTreeSet<String>,
}

pub(super) struct Walk<'a> {
    pub(super) sources: &'a Sources,
    findings: Vec<Finding>,
    messages: Vec<Message>,
    enums: Vec<Enum>,
}

impl Walk<'_> {
    pub(super) fn find(&mut self, at: &Location, message: impl Into<String>, help: impl Into<String>) {
        self.findings.push(Finding { at: at.clone(), message: message.into(), help: help.into() });
    }

    /// Builds all of the model but its messages and enums, which are collected on the way.
    fn model(&mut self) -> Option<Model> {
        let report = self.find_report()?;
        let at = self.locate(&report);
        let said: ReportOptions = self.option(&report.options(), "report", &at);
        for (key, is_missing) in [
            ("purpose", said.purpose.is_empty()),
            ("retention_days", said.retention_days == 0),
            ("sourcetype", said.sourcetype.is_empty()),
            ("id_base", said.id_base.is_empty()),
            ("questions", said.questions.is_empty()),
        ] {
            if is_missing {
                self.find(
                    &at,
                    format!("the report has no `{key}`"),
                    format!("add `option (ktel.v1.report).{key} = …;`"),
                );
            }
        }
        let questions = said.questions.iter().map(|question| question.id.clone()).collect();
        self.message(&report, Inherited { questions, ..Inherited::default() });
        self.check_envelope(&at);
        self.check_events(&at);
        Some(Model {
            package: report.package_name().to_owned(),
            version: version::of_unreleased(),
            purpose: said.purpose,
            retention_days: said.retention_days,
            sourcetype: said.sourcetype,
            id_base: said.id_base,
            questions: said
                .questions
                .into_iter()
                .map(|said| Question { id: said.id, text: said.text, chart: said.chart, about: said.about })
                .collect(),
            messages: Vec::new(),
            enums: Vec::new(),
        })
    }

    fn find_report(&mut self) -> Option<MessageDescriptor> {
        let is_report = |message: &MessageDescriptor| has_option(self.sources, &message.options(), "report");
        let reports: Vec<MessageDescriptor> = self.sources.messages().filter(is_report).collect();
        match &reports[..] {
            [report] => Some(report.clone()),
            [] => {
                let at = Location { file: "schema".into(), line: 1 };
                self.find(&at, "no message is the report", "add `option (ktel.v1.report).purpose = …;` to one");
                None
            }
            [.., last] => {
                let at = self.locate(last);
                self.find(&at, "a second message is the report", "leave `option (ktel.v1.report)` on one of them");
                None
            }
        }
    }

    fn message(&mut self, descriptor: &MessageDescriptor, mut inherited: Inherited) {
        let at = self.locate(descriptor);
        let said: SectionOptions = self.option(&descriptor.options(), "section", &at);
        let name = descriptor.name().to_owned();
        if self.messages.iter().any(|message| message.name == name) {
            let help = "give each section a message of its own, so that each has its own path";
            self.find(&at, format!("`{name}` stands in the report twice"), help);
            return;
        }
        if !said.category.is_empty() {
            inherited.event = Some(said.category.clone());
            inherited.category = Some(said.category);
        }
        if !said.event.is_empty() {
            inherited.event = Some(said.event);
        }
        if !said.owner.is_empty() {
            inherited.owner = said.owner;
        }
        let docs = self.docs(descriptor, &at);
        let index = self.messages.len();
        self.messages.push(Message {
            name,
            path: inherited.path.clone(),
            docs,
            category: inherited.category.clone(),
            event: inherited.event.clone(),
            members: Vec::new(),
            at,
        });
        let mut fields: Vec<FieldDescriptor> = descriptor.fields().collect();
        // Descriptors come in the order of their numbers; readers expect the order of the sources.
        fields.sort_by_key(|field| field.path().to_vec());
        for field in fields {
            if let Some(member) = self.member(&field, &inherited) {
                self.messages[index].members.push(member);
            }
        }
        let members = &self.messages[index].members;
        let has_fields = members.iter().any(|member| matches!(member, Member::Field(_)));
        let has_sections = members.iter().any(|member| matches!(member, Member::Section { .. }));
        if inherited.category.is_none() && !inherited.path.is_empty() && has_fields && has_sections {
            let at = self.messages[index].at.clone();
            let help = "give it a category, or move its fields into a section of their own";
            self.find(&at, format!("`{}` has no category, but fields beside sections", descriptor.name()), help);
        }
    }

    fn member(&mut self, field: &FieldDescriptor, inherited: &Inherited) -> Option<Member> {
        let Kind::Message(section) = field.kind() else {
            return field::field(self, field, inherited).map(|field| Member::Field(Box::new(field)));
        };
        let at = self.sources.locate(&field.parent_file(), field.path());
        if field.is_list() || field.is_map() {
            let help = "give each thing that is counted a field of its own: analysts cannot search lists of objects";
            self.find(&at, format!("`{}` is a list of objects or a map", field.name()), help);
            return None;
        }
        let name = field.name().to_owned();
        let path = if inherited.path.is_empty() { name.clone() } else { format!("{}.{name}", inherited.path) };
        self.message(&section, Inherited { path, ..inherited.clone() });
        Some(Member::Section { name, message: section.name().to_owned() })
    }

    /// Takes up an enum that a field names, and says how the model calls it.
    pub(super) fn enumeration(&mut self, descriptor: &EnumDescriptor, at: &Location) -> Option<String> {
        let Some(wrapper) = descriptor.parent_message().filter(|_| descriptor.name() == "Value") else {
            let help = "declare it as `message Platform { enum Value { … } }`: enums that stand side by side may not \
                        share the name of a value";
            self.find(at, format!("the enum `{}` does not sit in a message", descriptor.name()), help);
            return None;
        };
        let name = wrapper.name().to_owned();
        if self.enums.iter().any(|known| known.name == name) {
            return Some(name);
        }
        if descriptor.get_value(0).is_none_or(|zero| zero.name() != "UNSPECIFIED") {
            let help = "add `UNSPECIFIED = 0;`, which is never sent";
            self.find(at, format!("the enum `{name}` does not start with UNSPECIFIED"), help);
        }
        let mut values: Vec<_> = descriptor.values().filter(|value| value.number() != 0).collect();
        values.sort_by_key(|value| value.path().to_vec());
        let values = values
            .iter()
            .map(|value| Value {
                name: value.name().to_owned(),
                docs: self.sources.docs(&value.parent_enum().parent_file(), value.path()),
            })
            .collect();
        self.enums.push(Enum { name: name.clone(), values });
        Some(name)
    }

    /// Whether an enum that was taken up has this value.
    pub(super) fn enum_admits(&self, name: &str, text: &str) -> bool {
        let known = self.enums.iter().find(|known| known.name == name);
        known.is_some_and(|known| known.values.iter().any(|value| value.name == text))
    }

    fn check_envelope(&mut self, at: &Location) {
        let Some(report) = self.messages.first() else { return };
        let names: BTreeSet<&str> = report.members.iter().map(Member::name).collect();
        let missing: Vec<_> = ENVELOPE.into_iter().filter(|name| !names.contains(name)).collect();
        for name in missing {
            let help = "see the envelope in schema/README.md: collector and receivers handle it by name";
            self.find(at, format!("the report has no `{name}`"), help);
        }
    }

    /// Every section travels in an event that exists, every event has sections, all of one category: consent is given and
    /// withdrawn for whole events.
    fn check_events(&mut self, at: &Location) {
        let event = self.messages.first().and_then(|report| report.fields().find(|field| field.name == "event"));
        let Some(crate::model::Kind::Enum(name)) = event.map(|event| &event.kind) else { return };
        let Some(events) = self.enums.iter().find(|known| known.name == *name) else { return };
        let events: Vec<String> = events.values.iter().map(|value| value.name.clone()).collect();
        let mut categories: BTreeMap<String, String> = BTreeMap::new();
        let mut odd = Vec::new();
        for section in &self.messages {
            let (Some(event), Some(category)) = (&section.event, &section.category) else { continue };
            if !events.contains(event) {
                let help = format!("add `{event}` to the values of the report's `event`");
                odd.push((
                    section.at.clone(),
                    format!("`{}` travels in `{event}`, which is no event", section.name),
                    help,
                ));
            }
            let first = categories.entry(event.clone()).or_insert_with(|| category.clone());
            if first != category {
                let help = "give it an event of its own: consent is given and withdrawn for whole events".to_owned();
                let message = format!("`{}` is {category}, and its event `{event}` is {first}", section.name);
                odd.push((section.at.clone(), message, help));
            }
        }
        for event in events.iter().filter(|event| !categories.contains_key(*event)) {
            odd.push((
                at.clone(),
                format!("no section travels in the event `{event}`"),
                "drop it from the values of `event`".into(),
            ));
        }
        for (at, message, help) in odd {
            self.find(&at, message, help);
        }
    }

    /// Reads an option of the vocabulary; what cannot be read is a finding, and then counts as not said.
    pub(super) fn option<T>(&mut self, options: &prost_reflect::DynamicMessage, name: &str, at: &Location) -> T
    where
        T: Default + serde::de::DeserializeOwned,
    {
        option(self.sources, options, name).unwrap_or_else(|error| {
            let help = "use the vocabulary that belongs to this generator";
            self.find(at, format!("`(ktel.v1.{name})` cannot be read: {error}"), help);
            T::default()
        })
    }

    fn locate(&self, message: &MessageDescriptor) -> Location {
        self.sources.locate(&message.parent_file(), message.path())
    }

    fn docs(&mut self, message: &MessageDescriptor, at: &Location) -> Docs {
        let docs = self.sources.docs(&message.parent_file(), message.path());
        if docs.0.is_empty() {
            self.find(
                at,
                format!("`{}` has no comment", message.name()),
                "say in one sentence what the section is about",
            );
        }
        docs
    }
}
