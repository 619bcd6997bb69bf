//! A valid document, drawn at random within the bounds of the table.

use fastrand::Rng;
use ktel_types::table::{Field, Kind, Member, Message, Presence};

use super::{Node, numbers, texts::Texts};

/// How one document is drawn.
pub(super) struct Draw<'a> {
    texts: &'a Texts,
    dice: &'a mut Rng,
    /// The event that the document is; `None` for one that has the sections of all.
    event: Option<&'static str>,
    /// What has to be there.
    path: &'static str,
    /// How many in a hundred of what may be absent are there.
    fullness: u8,
    is_in_order: bool,
    /// How many items a list has that is there.
    least_items: u32,
}

impl<'a> Draw<'a> {
    pub(super) fn new(
        texts: &'a Texts,
        dice: &'a mut Rng,
        event: Option<&'static str>,
        path: &'static str,
        least_items: u32,
    ) -> Self {
        let fullness = dice.choice([0, 30, 60, 90, 100]).unwrap_or_default();
        let is_in_order = dice.u8(..4) > 0;
        Self { texts, dice, event, path, fullness, is_in_order, least_items }
    }

    pub(super) fn message(&mut self, message: &'static Message) -> Node {
        let mut members = Vec::new();
        for member in message.members {
            let is_wanted = member.is_required() || self.leads_to_path(member) || self.dice.u8(..100) < self.fullness;
            if is_wanted && self.travels(member) {
                members.push((member.name().to_owned(), self.member(member)));
            }
        }
        if !self.is_in_order {
            self.dice.shuffle(&mut members);
        }
        Node::Object(members)
    }

    fn member(&mut self, member: &'static Member) -> Node {
        match (member, self.event) {
            (Member::Section { message, .. }, _) => self.message(message),
            (Member::Field(field), Some(event)) if field.path == "event" => {
                debug_assert!(matches!(field.kind, Kind::Enum(values) if values.contains(&event)));
                Node::text(event)
            }
            (Member::Field(field), _) => self.field(field),
        }
    }

    fn field(&mut self, field: &'static Field) -> Node {
        let Presence::List { max_items } = field.presence else { return value(field, self.texts, self.dice) };
        let count = match self.dice.u8(..16) {
            0 => max_items,
            1 => self.dice.u32(1..=max_items),
            // What something is to be wrong with has an item.
            2..=6 if self.path != field.path => self.least_items,
            2..=6 => 1,
            _ => self.dice.u32(1..=max_items.min(4)),
        };
        Node::List((0..count).map(|_| value(field, self.texts, self.dice)).collect())
    }

    fn travels(&self, member: &'static Member) -> bool {
        match member {
            Member::Field(field) => self.event.is_none() || field.event.is_none() || field.event == self.event,
            Member::Section { message, .. } => message.members.iter().any(|member| self.travels(member)),
        }
    }

    fn leads_to_path(&self, member: &'static Member) -> bool {
        let rest = self.path.strip_prefix(member.path());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

/// A valid value of a field, or a valid item of one that is a list.
pub(super) fn value(field: &'static Field, texts: &Texts, dice: &mut Rng) -> Node {
    match &field.kind {
        Kind::Boolean => Node::token(dice.bool()),
        Kind::Whole { min, max } => Node::Token(numbers::whole(*min, *max, dice)),
        Kind::Number { min, max } => Node::Token(numbers::any(*min, *max, dice)),
        Kind::Text { pattern, max_length } => Node::text(texts.of(pattern, *max_length).matching(dice)),
        Kind::Enum(values) => Node::text(dice.choice(*values).copied().unwrap_or_default()),
    }
}
