//! Walks from the report to its sections and fields, and builds the model on the way.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::{
    Error,
    context::{Context, Inherited},
    field,
    options::{ReportOptions, SectionOptions, has_option},
    sources::Sources,
    whole,
};
use crate::{
    model::{Docs, Filling, Location, Member, Message, Model, Presence, Question, Reserved},
    version::Version,
};

pub(super) fn walk(sources: &Sources) -> Result<Model, Error> {
    let mut walk = Walk { context: Context::new(sources), messages: Vec::new() };
    let model = walk.model();
    let Walk { context: Context { mut findings, enums, .. }, messages } = walk;
    match model {
        Some(model) if findings.is_empty() => {
            let model = Model { messages, enums, ..model };
            let findings = whole::sizes(&model);
            if findings.is_empty() { Ok(model) } else { Err(Error::Findings(findings)) }
        }
        _ => {
            findings.sort();
            findings.dedup();
            Err(Error::Findings(findings))
        }
    }
}

struct Walk<'a> {
    context: Context<'a>,
    messages: Vec<Message>,
}

impl Walk<'_> {
    /// Builds all of the model but its messages and enums, which are collected on the way.
    fn model(&mut self) -> Option<Model> {
        let report = self.find_report()?;
        let at = self.locate(&report);
        let said: ReportOptions = self.context.option(&report.options(), "report", &at);
        for (key, is_missing) in [
            ("purpose", said.purpose.is_empty()),
            ("retention_days", said.retention_days == 0),
            ("sourcetype", said.sourcetype.is_empty()),
            ("id_base", said.id_base.is_empty()),
            ("questions", said.questions.is_empty()),
        ] {
            if is_missing {
                let help = format!("add `option (ktel.v1.report).{key} = …;`");
                self.context.find(&at, format!("the report has no `{key}`"), help);
            }
        }
        let questions = said.questions.iter().map(|question| question.id.clone()).collect();
        self.message(&report, Inherited { questions, ..Inherited::default() });
        whole::check(&mut self.context, &self.messages);
        let questions = said.questions.into_iter();
        Some(Model {
            package: report.package_name().to_owned(),
            version: Version::after(None).unreleased(),
            purpose: said.purpose,
            retention_days: said.retention_days,
            sourcetype: said.sourcetype,
            id_base: said.id_base,
            questions: questions
                .map(|said| Question { id: said.id, text: said.text, chart: said.chart, about: said.about })
                .collect(),
            messages: Vec::new(),
            enums: Vec::new(),
        })
    }

    fn find_report(&mut self) -> Option<MessageDescriptor> {
        let is_report = |message: &MessageDescriptor| has_option(self.context.sources, &message.options(), "report");
        let reports: Vec<MessageDescriptor> = self.context.sources.messages().filter(is_report).collect();
        match &reports[..] {
            [report] => Some(report.clone()),
            [] => {
                let at = Location { file: "schema".into(), line: 1 };
                let help = "add `option (ktel.v1.report).purpose = …;` to one";
                self.context.find(&at, "no message is the report", help);
                None
            }
            [.., last] => {
                let at = self.locate(last);
                let help = "leave `option (ktel.v1.report)` on one of them";
                self.context.find(&at, "a second message is the report", help);
                None
            }
        }
    }

    /// Takes up a message, and everything inside of it.
    fn message(&mut self, descriptor: &MessageDescriptor, mut inherited: Inherited) {
        let at = self.locate(descriptor);
        let said: SectionOptions = self.context.option(&descriptor.options(), "section", &at);
        let name = descriptor.name().to_owned();
        if self.messages.iter().any(|message| message.name == name) {
            let help = "give each section a message of its own, so that each has its own path";
            self.context.find(&at, format!("`{name}` stands in the report twice"), help);
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
            name: name.clone(),
            path: inherited.path.clone(),
            number: inherited.number,
            reserved: Reserved {
                // Protobuf's ranges of fields end before their end, those of enums with it.
                numbers: descriptor
                    .reserved_ranges()
                    .map(|range| (range.start.into(), i64::from(range.end) - 1))
                    .collect(),
                names: descriptor.reserved_names().map(str::to_owned).collect(),
            },
            docs,
            category: inherited.category.clone(),
            event: inherited.event.clone(),
            members: Vec::new(),
            at: at.clone(),
        });
        let mut fields: Vec<FieldDescriptor> = descriptor.fields().collect();
        // Descriptors come in the order of their numbers; readers expect the order of the sources.
        fields.sort_by_key(|field| field.path().to_vec());
        let mut members: Vec<Member> = fields.iter().filter_map(|field| self.member(field, &inherited)).collect();
        count_lists(&mut members);
        let is_mixed = members.iter().any(|member| matches!(member, Member::Field(_)))
            && members.iter().any(|member| matches!(member, Member::Section { .. }));
        if is_mixed && inherited.category.is_none() && !inherited.path.is_empty() {
            let help = "give it a category, or move its fields into a section of their own";
            self.context.find(&at, format!("`{name}` has no category, but fields beside sections"), help);
        }
        self.messages[index].members = members;
    }

    fn member(&mut self, field: &FieldDescriptor, inherited: &Inherited) -> Option<Member> {
        let Kind::Message(section) = field.kind() else {
            return field::field(&mut self.context, field, inherited).map(|field| Member::Field(Box::new(field)));
        };
        let name = field.name().to_owned();
        if field.is_list() || field.is_map() {
            let at = self.context.sources.locate(&field.parent_file(), field.path());
            let help = "give each thing that is counted a field of its own: analysts cannot search lists of objects";
            self.context.find(&at, format!("`{name}` is a list of objects or a map"), help);
            return None;
        }
        let path = if inherited.path.is_empty() { name.clone() } else { format!("{}.{name}", inherited.path) };
        self.message(&section, Inherited { path, number: field.number(), ..inherited.clone() });
        Some(Member::Section { name, message: section.name().to_owned() })
    }

    fn locate(&self, message: &MessageDescriptor) -> Location {
        self.context.sources.locate(&message.parent_file(), message.path())
    }

    fn docs(&mut self, message: &MessageDescriptor, at: &Location) -> Docs {
        let docs = self.context.sources.docs(&message.parent_file(), message.path());
        if docs.0.is_empty() {
            let help = "say in one sentence what the section is about";
            self.context.find(at, format!("`{}` has no comment", message.name()), help);
        }
        docs
    }
}

/// A number that is named like a list beside it, with `_count` behind, is the number of its items: nothing else fills it.
fn count_lists(members: &mut [Member]) {
    let lists: Vec<(String, Filling, bool)> = members
        .iter()
        .filter_map(|member| match member {
            Member::Field(field) if matches!(field.presence, Presence::List { .. }) => {
                Some((field.name.clone(), field.filling.clone(), field.is_daily))
            }
            _ => None,
        })
        .collect();
    for member in members {
        let Member::Field(field) = member else { continue };
        let list = lists.iter().find(|(list, ..)| field.name.strip_suffix("_count") == Some(list));
        if let (Some((list, filling, is_daily)), Filling::Probe(reads)) = (list, &field.filling)
            && reads.is_empty()
        {
            field.is_daily = *is_daily;
            field.filling = Filling::Length(list.clone(), filling.reads());
        }
    }
}
