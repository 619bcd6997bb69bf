//! Walks from the report to its sections and fields, and builds the model on the way.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::{
    Error,
    context::{Context, Inherited},
    field,
    options::{QuestionOptions, ReportOptions, SectionOptions, has_option},
    sources::{MESSAGE, Sources},
};
use crate::{
    lint::{self, Finding},
    model::{Filling, Location, Member, Message, Model, Presence, Question, Reserved},
    version::Version,
};

/// What was read: a model, unless no message is the report, and what is wrong with the sources. Where something is wrong, the model
/// has something harmless in its place, and is good for finding out what else is.
pub(super) struct Survey {
    pub(super) model: Option<Model>,
    pub(super) findings: Vec<Finding>,
}

/// Reads everything.
///
/// # Errors
///
/// If the vocabulary is not the one that this generator knows.
pub(super) fn survey(sources: &Sources) -> Result<Survey, Error> {
    let mut walk = Walk { context: Context::new(sources), messages: Vec::new() };
    let model = walk.model();
    let Walk { context: Context { findings, enums, unreadable, .. }, messages } = walk;
    if let Some(unreadable) = unreadable {
        return Err(Error::Vocabulary(unreadable));
    }
    Ok(Survey { model: model.map(|model| Model { messages, enums, ..model }), findings })
}

/// The package of types that come with protobuf, each with a form of its own in JSON.
const WELL_KNOWN: &str = "google.protobuf";

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
        self.message(&report, Inherited::default());
        self.find_unreached();
        let question = |(index, said): (usize, QuestionOptions)| {
            let sources = self.context.sources;
            let (file, path) = (report.parent_file(), report.path());
            let at = sources.locate_said(&file, path, (MESSAGE, "report"), "questions", index);
            Question { id: said.id, text: said.text, chart: said.chart, about: said.about, at }
        };
        Some(Model {
            package: report.package_name().to_owned(),
            version: Version::after(None).unreleased(),
            purpose: said.purpose,
            retention_days: said.retention_days,
            sourcetype: said.sourcetype,
            id_base: said.id_base,
            questions: said.questions.into_iter().enumerate().map(question).collect(),
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
                let at = Location { file: ".".into(), line: 1, column: 1 };
                let help = "add `option (ktel.v1.report).purpose = …;` to one";
                self.context.find(const { lint::id("one-report") }, &at, "no message is the report", help);
                None
            }
            [.., last] => {
                let at = self.locate(last);
                let help = "leave `option (ktel.v1.report)` on one of them";
                self.context.find(const { lint::id("one-report") }, &at, "a second message is the report", help);
                None
            }
        }
    }

    /// Notes what is described and belongs to no report, which would be forgotten in silence.
    fn find_unreached(&mut self) {
        let sources = self.context.sources;
        let is_described = |message: &MessageDescriptor| {
            has_option(sources, &message.options(), "section")
                || message.fields().any(|field| has_option(sources, &field.options(), "field"))
        };
        for message in sources.messages().filter(is_described) {
            if !self.messages.iter().any(|known| known.name == message.name()) {
                let help =
                    "let the report or a section of it have it as a field, with a name and a number: `Mesh mesh = 25;`";
                let text = format!("`{}` is no section of the report", message.name());
                let at = self.locate(&message);
                self.context.find(const { lint::id("section-unreached") }, &at, text, help);
            }
        }
    }

    /// Takes up a message, and everything inside of it, unless that was done before.
    fn message(&mut self, descriptor: &MessageDescriptor, mut inherited: Inherited) -> bool {
        let at = self.locate(descriptor);
        let said: SectionOptions = self.context.option(&descriptor.options(), "section", &at);
        let name = descriptor.name().to_owned();
        if self.messages.iter().any(|message| message.name == name) {
            return false;
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
        let docs = self.context.sources.docs(&descriptor.parent_file(), descriptor.path());
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
            at,
        });
        let mut fields: Vec<FieldDescriptor> = descriptor.fields().collect();
        // Descriptors come in the order of their numbers; readers expect the order of the sources.
        fields.sort_by_key(|field| field.path().to_vec());
        let mut members: Vec<Member> = fields.iter().filter_map(|field| self.member(field, &inherited)).collect();
        count_lists(&mut members);
        self.messages[index].members = members;
        true
    }

    fn member(&mut self, field: &FieldDescriptor, inherited: &Inherited) -> Option<Member> {
        // What is `optional` stands in one that the compiler makes.
        if field.containing_oneof().is_some_and(|oneof| !oneof.is_synthetic()) {
            let at = self.context.sources.locate(&field.parent_file(), field.path());
            let help = "take it out of the oneof: a report tells each thing for itself, and JSON Schema would let both be there";
            let message = format!("`{}` stands in a oneof", field.name());
            self.context.find(const { lint::id("type-unsupported") }, &at, message, help);
        }
        let Kind::Message(section) = field.kind() else {
            return Some(Member::Field(Box::new(field::field(&mut self.context, field, inherited))));
        };
        let name = field.name().to_owned();
        let at = self.context.sources.locate(&field.parent_file(), field.path());
        if field.is_list() || field.is_map() {
            let help = "give each thing that is counted a field of its own: analysts cannot search lists of objects";
            let message = format!("`{name}` is a list of objects or a map");
            self.context.find(const { lint::id("list-of-objects") }, &at, message, help);
        }
        if field.is_map() {
            return None;
        }
        if section.package_name() == WELL_KNOWN {
            let help =
                "a time is a string with `(ktel.v1.field).format = \"date-time\"`, a duration a number of seconds";
            let message = format!("`{name}` is of the type {}", section.full_name());
            self.context.find(const { lint::id("type-unsupported") }, &at, message, help);
            return None;
        }
        let path = if inherited.path.is_empty() { name.clone() } else { format!("{}.{name}", inherited.path) };
        let message = section.name().to_owned();
        if !self.message(&section, Inherited { path, number: field.number(), ..inherited.clone() }) {
            let help = "give each section a message of its own, so that each has its own path";
            let text = format!("`{message}` stands in the report twice");
            self.context.find(const { lint::id("section-twice") }, &at, text, help);
            return None;
        }
        Some(Member::Section { name, message, at })
    }

    fn locate(&self, message: &MessageDescriptor) -> Location {
        self.context.sources.locate(&message.parent_file(), message.path())
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
