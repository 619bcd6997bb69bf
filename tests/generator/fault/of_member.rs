//! Members that are missing, there twice, or called otherwise; and documents that are none.

use ktel_types::table::Member;

use super::{
    super::{Node, Place, Subject},
    Change, Hand, is_message,
};

/// Names that no contract has, and how violations call them: a name that is none may be a value, and is not shown.
const UNKNOWN: &[(&str, &str)] = &[
    ("colour", "colour"),
    ("__proto__", "__proto__"),
    ("constructor", "constructor"),
    ("toString", "toString"),
    ("", "…"),
    ("$ref", "…"),
    ("cluster.node_count", "…"),
    ("na\u{ef}ve", "…"),
    ("line\nfeed", "…"),
    ("a_name_of_41_letters_which_is_one_too_many", "…"),
];

pub(super) fn missing(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    (place.is_member() && place.is_required).then_some(Change::Remove)
}

pub(super) fn twice(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    place.is_member().then_some(Change::Repeat)
}

pub(super) fn camel_case(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    let (_, name) = place.parent();
    let mut words = name.split('_');
    let mut camel = words.next()?.to_owned();
    for word in words {
        camel.push_str(&word[..1].to_uppercase());
        camel.push_str(&word[1..]);
    }
    (place.is_member() && camel != name).then(|| Change::Rename(camel.clone(), camel))
}

pub(super) fn capitals(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    let capitals = place.parent().1.to_uppercase();
    place.is_member().then(|| Change::Rename(capitals.clone(), capitals))
}

pub(super) fn spaced(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    place.is_member().then(|| Change::Rename(format!("{} ", place.parent().1), "…".to_owned()))
}

pub(super) fn unknown(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let (name, shown) = *hand.dice.choice(UNKNOWN)?;
    let value = match hand.dice.u8(..5) {
        0 => Node::token("null"),
        1 => Node::token(hand.integer()),
        2 => Node::text("colour"),
        3 => Node::List(vec![Node::Object(vec![(String::new(), Node::token("1e308"))])]),
        _ => hand.found.clone(),
    };
    is_message(place).then(|| Change::Add(name.to_owned(), shown, value))
}

/// A field that the report has, but elsewhere.
pub(super) fn displaced(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let Subject::Message(message) = place.subject else { return None };
    let elsewhere = ["report_id", "cluster_id", "pod_count", "version", "p50_seconds"];
    let foreign: Vec<_> = elsewhere
        .into_iter()
        .filter(|name| message.members.iter().all(|member| Member::name(member) != *name))
        .collect();
    let name = *hand.dice.choice(&foreign)?;
    Some(Change::Add(name.to_owned(), name, Node::token(1)))
}

pub(super) fn byte_order_mark(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    spoiled(place, |text| format!("\u{feff}{text}"))
}

pub(super) fn behind_end(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    spoiled(place, |text| format!("{text} {{}}"))
}

pub(super) fn torn(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    spoiled(place, |text| text[..text.len() - 1].to_owned())
}

pub(super) fn trailing_comma(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    spoiled(place, |text| format!("{},}}", &text[..text.len() - 1]))
}

fn spoiled(place: &Place, spoil: fn(&str) -> String) -> Option<Change> {
    place.path().is_empty().then_some(Change::Spoil(spoil))
}

/// Deep enough to be wrong by its place alone, and not so deep that parsers refuse it.
pub(super) fn nested(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let depth = hand.dice.usize(50..90);
    let value = (0..depth).fold(Node::List(Vec::new()), |node, _| Node::List(vec![node]));
    is_message(place).then(|| Change::Add("nested".to_owned(), "nested", value))
}
