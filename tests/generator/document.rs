//! A JSON document that can be wrong in ways in which a parsed one cannot.

use std::fmt::{Display, Write as _};

use fastrand::Rng;

/// A value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Names and values; a name may be there twice.
    Object(Vec<(String, Node)>),
    /// Items.
    List(Vec<Node>),
    /// A text.
    Text(String),
    /// What stands in the document as it is: a number, `true`, `null`, or what no JSON has.
    Token(String),
}

impl Node {
    /// A number, `true` or `null`.
    pub(super) fn token(token: impl Display) -> Self {
        Self::Token(token.to_string())
    }

    /// A text.
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// What stands at a path of names: `cluster.node_count`.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        let mut node = self;
        for name in path.split('.').filter(|name| !name.is_empty()) {
            let Self::Object(members) = node else { return None };
            node = members.iter().find(|(known, _)| known == name).map(|(_, value)| value)?;
        }
        Some(node)
    }

    /// What stands at a path of names, to be changed.
    pub(super) fn at_mut(&mut self, path: &str) -> Option<&mut Self> {
        let mut node = self;
        for name in path.split('.').filter(|name| !name.is_empty()) {
            let Self::Object(members) = node else { return None };
            node = members.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)?;
        }
        Some(node)
    }

    /// The document as text: as serializers write it, or, one time in four, with all the liberties that JSON gives.
    pub(super) fn write(&self, dice: &mut Rng) -> String {
        let mut writer = Writer { text: String::new(), is_odd: dice.u8(..4) == 0, dice };
        writer.node(self);
        writer.text
    }
}

struct Writer<'a> {
    text: String,
    is_odd: bool,
    dice: &'a mut Rng,
}

impl Writer<'_> {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Object(members) => self.all(['{', '}'], members, |writer, (name, value)| {
                writer.quoted(name);
                writer.space();
                writer.text.push(':');
                writer.space();
                writer.node(value);
            }),
            Node::List(items) => self.all(['[', ']'], items, Self::node),
            Node::Text(text) => self.quoted(text),
            Node::Token(token) => self.text.push_str(token),
        }
    }

    fn all<T>(&mut self, [open, close]: [char; 2], items: &[T], mut write: impl FnMut(&mut Self, &T)) {
        self.text.push(open);
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push(',');
            }
            self.space();
            write(self, item);
            self.space();
        }
        self.text.push(close);
    }

    fn space(&mut self) {
        if self.is_odd && self.dice.u8(..8) == 0 {
            let space = self.dice.choice([" ", "\n", "\t", "\r\n", "   "]).unwrap_or_default();
            self.text.push_str(space);
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        for c in text.chars() {
            match c {
                '"' | '\\' => self.text.extend(['\\', c]),
                '/' if self.is_odd => self.text.push_str("\\/"),
                c if c.is_ascii_control() || (self.is_odd && self.dice.u8(..10) == 0) => self.escaped(c),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn escaped(&mut self, c: char) {
        for unit in c.encode_utf16(&mut [0; 2]) {
            let _ =
                if self.dice.bool() { write!(self.text, "\\u{unit:04x}") } else { write!(self.text, "\\u{unit:04X}") };
        }
    }
}
