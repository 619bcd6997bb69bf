//! Values of every type but the right one.

use ktel_types::table::Kind;

use super::{
    super::{Node, Place, Subject},
    Change, Hand, kind,
};

/// What JSON knows of a type.
#[derive(PartialEq)]
enum Type {
    Boolean,
    Number,
    Text,
    Object,
    List,
}

fn of(place: &Place) -> Type {
    match (place.subject, kind(place)) {
        (Subject::Message(_), _) => Type::Object,
        (Subject::List(..), _) => Type::List,
        (_, Some(Kind::Boolean)) => Type::Boolean,
        (_, Some(Kind::Whole { .. } | Kind::Number { .. })) => Type::Number,
        (_, Some(Kind::Text { .. } | Kind::Enum(_)) | None) => Type::Text,
    }
}

/// Puts something that is of another type at the place.
pub(super) fn replaced(place: &Place, hand: &mut Hand<'_>, node: Node, rule: &'static str) -> Change {
    let Node::List(items) = hand.found else { return Change::Replace(node, rule) };
    match place.subject {
        Subject::Item(_) => Change::ReplaceItem(hand.dice.usize(..items.len()), node, rule),
        _ => Change::Replace(node, rule),
    }
}

fn unless(is: &Type, place: &Place, hand: &mut Hand<'_>, node: Node) -> Option<Change> {
    (of(place) != *is).then(|| replaced(place, hand, node, "Type"))
}

#[allow(clippy::unnecessary_wraps, reason = "a row of the table of faults")]
pub(super) fn null(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    Some(replaced(place, hand, Node::token("null"), "Type"))
}

pub(super) fn boolean(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let node = Node::token(hand.dice.bool());
    unless(&Type::Boolean, place, hand, node)
}

pub(super) fn number(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let node = Node::token(hand.dice.choice(["0", "1", "-1", "3", "0.5", "1e3"])?);
    unless(&Type::Number, place, hand, node)
}

pub(super) fn text(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let node = Node::text(hand.dice.choice(["", "0", "true", "null", "{}", "[]", "NaN", "seven"])?);
    unless(&Type::Text, place, hand, node)
}

pub(super) fn object(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let empty = Node::Object(Vec::new());
    let node = if hand.dice.bool() { empty } else { Node::Object(vec![("value".to_owned(), hand.found.clone())]) };
    unless(&Type::Object, place, hand, node)
}

pub(super) fn list(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    unless(&Type::List, place, hand, Node::List(Vec::new()))
}

/// A number or a boolean in quotes.
pub(super) fn value_as_text(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let Node::Token(token) = hand.found else { return None };
    let node = Node::text(token);
    unless(&Type::Text, place, hand, node)
}

pub(super) fn value_in_list(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let is_alone = matches!(place.subject, Subject::Value(_) | Subject::Message(_));
    is_alone.then(|| Change::Replace(Node::List(vec![hand.found.clone()]), "Type"))
}

pub(super) fn item_without_list(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let (Node::List(items), Subject::List(..)) = (hand.found, place.subject) else { return None };
    Some(Change::Replace(items.first()?.clone(), "Type"))
}
