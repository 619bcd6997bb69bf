//! The places of a contract at which something can be wrong.

use ktel_types::table::{Field, Member, Message, Presence};

/// A place of a contract.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// What stands there.
    pub subject: Subject,
    /// Whether it may not be missing.
    pub is_required: bool,
}

/// What stands at a place.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// The document, or a section of it.
    Message(&'static Message),
    /// One value.
    Value(&'static Field),
    /// Several values.
    List(&'static Field, u32),
    /// One of several values.
    Item(&'static Field),
}

impl Place {
    /// Where it stands in the document, without the number of an item.
    #[must_use]
    pub fn path(&self) -> &'static str {
        match self.subject {
            Subject::Message(message) => message.path,
            Subject::Value(field) | Subject::List(field, _) | Subject::Item(field) => field.path,
        }
    }

    /// The field of which it is the only value, or one of them.
    pub(super) fn value(&self) -> Option<&'static Field> {
        match self.subject {
            Subject::Value(field) | Subject::Item(field) => Some(field),
            Subject::Message(_) | Subject::List(..) => None,
        }
    }

    /// Whether it is a member of a message: neither the document itself nor an item.
    pub(super) fn is_member(&self) -> bool {
        !self.path().is_empty() && !matches!(self.subject, Subject::Item(_))
    }

    /// The path of the message it stands in, and its name there.
    pub(super) fn parent(&self) -> (&'static str, &'static str) {
        self.path().rsplit_once('.').unwrap_or(("", self.path()))
    }

    /// An event in which it travels; none for what travels with all of them.
    pub(super) fn event(&self) -> Option<&'static str> {
        match self.subject {
            Subject::Message(message) if message.path.is_empty() => None,
            Subject::Message(message) => events(message).first().copied(),
            Subject::Value(field) | Subject::List(field, _) | Subject::Item(field) => field.event,
        }
    }
}

/// All places of a contract, itself first.
pub(super) fn all(contract: &'static Message) -> Vec<Place> {
    let mut places = vec![Place { subject: Subject::Message(contract), is_required: true }];
    below(contract, &mut places);
    places
}

fn below(message: &'static Message, places: &mut Vec<Place>) {
    for member in message.members {
        let is_required = member.is_required();
        let mut push = |subject| places.push(Place { subject, is_required });
        match member {
            Member::Section { message, .. } => {
                push(Subject::Message(message));
                below(message, places);
            }
            Member::Field(field) => match field.presence {
                Presence::List { max_items } => {
                    push(Subject::List(field, max_items));
                    push(Subject::Item(field));
                }
                Presence::Required | Presence::Optional => push(Subject::Value(field)),
            },
        }
    }
}

/// The events in which something of a message travels.
pub(super) fn events(message: &'static Message) -> Vec<&'static str> {
    let mut events = Vec::new();
    for member in message.members {
        let found = match member {
            Member::Field(field) => field.event.into_iter().collect(),
            Member::Section { message, .. } => self::events(message),
        };
        for event in found {
            if !events.contains(&event) {
                events.push(event);
            }
        }
    }
    events
}
