//! The standard as the generator sees it: messages, fields, enums, questions.
//!
//! The model stands between reading and emitting. It knows neither protobuf nor Rust; what it holds has been checked, so
//! that an emitter has nothing to refuse: a number has its bounds, an example is valid, a type that is named exists.

pub mod docs;
pub mod field;
pub mod reads;
pub mod reserved;
pub mod size;

use std::fmt;

pub use docs::Docs;
pub use field::{Allow, Field, Filling, Kind, Merge, Number, Presence, Text};
pub use reads::{Name, Part, Read, Resource};
pub use reserved::Reserved;
pub use size::Size;

/// A telemetry standard.
#[derive(Debug)]
pub struct Model {
    /// The package that the standard is known by: `kong.telemetry.v1`.
    pub package: String,
    /// The version that these sources make: `1.3`, or `1.4-dev` while it is not released.
    pub version: String,
    /// What the data is collected for, in one sentence.
    pub purpose: String,
    /// The number of days after which the receiver deletes what it was sent.
    pub retention_days: u32,
    /// Splunk's sourcetype of every event.
    pub sourcetype: String,
    /// What the `$id` of each JSON Schema starts with.
    pub id_base: String,
    /// What the standard wants to know, in the order of its sources.
    pub questions: Vec<Question>,
    /// The report first, then its sections, each before those inside it.
    pub messages: Vec<Message>,
    /// The enums, in the order in which fields first name them.
    pub enums: Vec<Enum>,
}

/// A place in the sources of the standard.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// The file, relative to the folder of the schema.
    pub file: String,
    /// The line, the first being 1.
    pub line: usize,
    /// The column, the first being 1.
    pub column: usize,
}

/// What the standard wants to know.
#[derive(Debug)]
pub struct Question {
    /// The name by which fields refer to it.
    pub id: String,
    /// The question as one would ask it.
    pub text: String,
    /// How the answer is drawn: `HISTOGRAM`.
    pub chart: String,
    /// What the answer counts: `CLUSTERS` or `INSTALLATIONS`.
    pub about: String,
    /// Where it is written.
    pub at: Location,
}

/// The report, or a section of it.
#[derive(Debug)]
pub struct Message {
    /// The name of the type: `GatewayApi`.
    pub name: String,
    /// Where it stands in the report: `gateway_api`, `kong.plugins`; empty for the report itself.
    pub path: String,
    /// The number that it has where it stands, on the wire; 0 for the report itself.
    pub number: u32,
    /// What was given up in it.
    pub reserved: Reserved,
    /// What the comment says.
    pub docs: Docs,
    /// The unit of consent, `None` for what belongs to the envelope.
    pub category: Option<String>,
    /// The event in which the section travels, `None` for what travels in all of them.
    pub event: Option<String>,
    /// Fields and sections, in the order of the sources.
    pub members: Vec<Member>,
    /// Where it is written.
    pub at: Location,
}

/// What a message is made of.
#[derive(Debug)]
pub enum Member {
    /// A field, which bears a value.
    Field(Box<Field>),
    /// A section, which bears fields.
    Section {
        /// The name as it is sent: `gateway_api`.
        name: String,
        /// The name of its message: `GatewayApi`.
        message: String,
        /// Where it is written.
        at: Location,
    },
}

/// A closed list of values.
#[derive(Debug)]
pub struct Enum {
    /// The name of the type: `Platform`.
    pub name: String,
    /// The values that can be sent, in the order of the sources.
    pub values: Vec<Value>,
    /// What was given up in it.
    pub reserved: Reserved,
    /// Where it is written.
    pub at: Location,
}

/// A value of an enum.
#[derive(Debug)]
pub struct Value {
    /// The name as it is sent: `EKS`.
    pub name: String,
    /// Its number on the wire.
    pub number: i32,
    /// Whether it is no longer to be sent: protobuf's own `deprecated = true`.
    pub is_deprecated: bool,
    /// The word for it in the line format, if it has a place there.
    pub line: Option<String>,
    /// What the comment says.
    pub docs: Docs,
    /// Where it is written.
    pub at: Location,
}

impl Model {
    /// What payloads call their contract: `kong.telemetry.v1/1.3`.
    #[must_use]
    pub fn contract(&self) -> String {
        format!("{}/{}", self.package, self.version)
    }

    /// The report.
    ///
    /// # Panics
    ///
    /// Not on a model that was read: it has its report.
    #[must_use]
    pub fn report(&self) -> &Message {
        &self.messages[0]
    }

    /// The message of this name.
    #[must_use]
    pub fn message(&self, name: &str) -> Option<&Message> {
        self.messages.iter().find(|message| message.name == name)
    }

    /// The enum of this name.
    #[must_use]
    pub fn enumeration(&self, name: &str) -> Option<&Enum> {
        self.enums.iter().find(|an_enum| an_enum.name == name)
    }

    /// The name of the enum of events, the type of the report's field `event`.
    #[must_use]
    pub fn event_type(&self) -> &str {
        let event = self.report().fields().find(|field| field.name == "event");
        match event.map(|event| &event.kind) {
            Some(Kind::Enum(name)) => name,
            _ => "Event",
        }
    }

    /// The events that sections travel in, in the order of the sources.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        self.enumeration(self.event_type()).map_or(&[], |events| &events.values)
    }

    /// The category of consent that all sections of an event belong to.
    #[must_use]
    pub fn category_of(&self, event: &str) -> Option<&str> {
        let travels = |message: &&Message| message.event.as_deref() == Some(event);
        self.messages.iter().find(travels).and_then(|message| message.category.as_deref())
    }

    /// Every field, with the message that it stands in.
    pub fn fields(&self) -> impl Iterator<Item = (&Message, &Field)> {
        self.messages.iter().flat_map(|message| message.fields().map(move |field| (message, field)))
    }

    /// The field of this path, with the message that it stands in.
    #[must_use]
    pub fn field(&self, path: &str) -> Option<(&Message, &Field)> {
        self.fields().find(|(message, field)| message.path_of(&field.name) == path)
    }

    /// Every field of which something is indexed, each after the name that it is indexed by.
    pub fn indexed(&self) -> impl Iterator<Item = (&str, &Message, &Field)> {
        self.fields().filter_map(|(message, field)| Some((field.indexed.as_deref()?, message, field)))
    }

    /// The sections of a message, each with the name that it has there.
    pub fn sections<'a>(&'a self, message: &'a Message) -> impl Iterator<Item = (&'a str, &'a Message)> {
        message.members.iter().filter_map(|member| match member {
            Member::Field(_) => None,
            Member::Section { name, message, .. } => Some((name.as_str(), self.message(message)?)),
        })
    }

    /// Whether the message has to be there: something in it has to.
    #[must_use]
    pub fn is_required(&self, message: &Message) -> bool {
        message.fields().any(|field| field.presence == Presence::Required)
            || self.sections(message).any(|(_, section)| self.is_required(section))
    }
}

impl Location {
    /// The same place, seen from above `folder`. A place that is the folder itself has the file `.`.
    #[must_use]
    pub fn seen_from_above(&self, folder: &str) -> Self {
        let file = if self.file == "." { folder.to_owned() } else { format!("{folder}/{}", self.file) };
        Self { file, ..*self }
    }
}

impl Member {
    /// The name as it is sent.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Field(field) => &field.name,
            Self::Section { name, .. } => name,
        }
    }

    /// Where it is written.
    #[must_use]
    pub fn at(&self) -> &Location {
        match self {
            Self::Field(field) => &field.at,
            Self::Section { at, .. } => at,
        }
    }
}

impl Message {
    /// Whether this is the report itself.
    #[must_use]
    pub fn is_report(&self) -> bool {
        self.path.is_empty()
    }

    /// The fields, without the sections.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.members.iter().filter_map(|member| match member {
            Member::Field(field) => Some(&**field),
            Member::Section { .. } => None,
        })
    }

    /// The same, to be changed.
    pub fn fields_mut(&mut self) -> impl Iterator<Item = &mut Field> {
        self.members.iter_mut().filter_map(|member| match member {
            Member::Field(field) => Some(&mut **field),
            Member::Section { .. } => None,
        })
    }

    /// The path of what is called so in this message: `gateway_api.gateway_count`.
    #[must_use]
    pub fn path_of(&self, name: &str) -> String {
        if self.is_report() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}
