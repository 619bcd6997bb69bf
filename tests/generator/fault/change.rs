//! How a valid document is made wrong, and what is then to be said of it.

use super::super::{Node, Place, Subject, Wrong};

/// A change of a document.
#[derive(Debug)]
pub(in super::super) enum Change {
    /// Something else stands at the place; breaks the rule.
    Replace(Node, &'static str),
    /// Item number so-and-so is something else.
    ReplaceItem(usize, Node, &'static str),
    /// The member is not there.
    Remove,
    /// The member is there once more.
    Repeat,
    /// The message at the place has another member, which violations call by the second name.
    Add(String, &'static str, Node),
    /// Beside the member, or in its place, stands one of another name, which violations call by the second.
    Rename(String, String),
    /// The document is no JSON any more.
    Spoil(fn(&str) -> String),
    /// What stands at the place is not JSON, at least to some.
    Unreadable(Node),
}

impl Change {
    /// What is to be said of the document.
    pub(in super::super) fn wrong(&self, fault: &'static str, place: &Place) -> Wrong {
        let (parent, _) = place.parent();
        let at = |path: String, rule, seen_at: Option<&str>| {
            let pointer = seen_at.map(pointer);
            Wrong { fault, path: Some(path), rule, pointer }
        };
        match self {
            Self::Replace(_, rule) => at(place.path().to_owned(), rule, Some(place.path())),
            Self::ReplaceItem(index, _, rule) => {
                let pointer = Some(format!("{}/{index}", pointer(place.path())));
                Wrong { fault, path: Some(format!("{}[{index}]", place.path())), rule, pointer }
            }
            Self::Remove => at(place.path().to_owned(), "Present", Some(parent)),
            Self::Repeat => at(place.path().to_owned(), "Once", None),
            Self::Add(_, shown, _) => at(joined(place.path(), shown), "Known", Some(place.path())),
            Self::Rename(_, shown) => at(joined(parent, shown), "Known", Some(parent)),
            Self::Spoil(_) | Self::Unreadable(_) => Wrong { fault, path: None, rule: "NotJson", pointer: None },
        }
    }

    /// Makes the document wrong.
    pub(in super::super) fn apply(&self, document: &mut Node, place: &Place) {
        match self {
            Self::Replace(node, _) | Self::Unreadable(node) => {
                let found = document.at_mut(place.path()).expect("what a fault was made for");
                match (place.subject, found) {
                    // What cannot be read is no less so in a list.
                    (Subject::Item(_), Node::List(items)) => items[0] = node.clone(),
                    (_, found) => *found = node.clone(),
                }
            }
            Self::ReplaceItem(index, node, _) => {
                let Some(Node::List(items)) = document.at_mut(place.path()) else { return };
                items[*index] = node.clone();
            }
            Self::Add(name, _, node) => members(document, place.path()).push((name.clone(), node.clone())),
            Self::Remove => {
                let (parent, name) = place.parent();
                members(document, parent).retain(|(known, _)| known != name);
            }
            Self::Repeat => {
                let (parent, name) = place.parent();
                let members = members(document, parent);
                let again = members.iter().find(|(known, _)| known == name).cloned();
                members.extend(again);
            }
            Self::Rename(other, _) => {
                let (parent, name) = place.parent();
                let members = members(document, parent);
                let index = members.iter().position(|(known, _)| known == name).expect("what a fault was made for");
                let renamed = (other.clone(), members[index].1.clone());
                // Without a member that is required, two things were wrong.
                if place.is_required { members.push(renamed) } else { members[index] = renamed }
            }
            Self::Spoil(_) => {}
        }
    }

    /// Makes the text wrong.
    pub(in super::super) fn spoil(&self, text: String) -> String {
        if let Self::Spoil(spoil) = self { spoil(&text) } else { text }
    }
}

fn members<'a>(document: &'a mut Node, path: &str) -> &'a mut Vec<(String, Node)> {
    match document.at_mut(path) {
        Some(Node::Object(members)) => members,
        other => panic!("{path} is no message, but {other:?}"),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A path of names as a JSON pointer.
fn pointer(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("/{}", path.replace('.', "/")) }
}
