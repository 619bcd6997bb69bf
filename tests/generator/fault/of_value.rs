//! Values of the right type that are not among those that are allowed.

use std::fmt::Display;

use ktel_types::table::Kind;

use super::{
    super::{Node, Place, Subject, draw},
    Change, Hand, kind,
    of_type::replaced,
};

fn number(place: &Place, hand: &mut Hand<'_>, number: impl Display, rule: &'static str) -> Option<Change> {
    let is_number = matches!(kind(place)?, Kind::Whole { .. } | Kind::Number { .. });
    is_number.then(|| replaced(place, hand, Node::token(number), rule))
}

/// The bounds of a number.
fn bounds(place: &Place) -> Option<(f64, f64)> {
    match kind(place)? {
        #[allow(clippy::cast_precision_loss, reason = "bounds of whole numbers have 32 bits")]
        Kind::Whole { min, max } => Some((*min as f64, *max as f64)),
        Kind::Number { min, max } => Some((*min, *max)),
        _ => None,
    }
}

fn whole_bounds(place: &Place) -> Option<(i64, i64)> {
    if let Kind::Whole { min, max } = kind(place)? { Some((*min, *max)) } else { None }
}

pub(super) fn fraction(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let (min, max) = whole_bounds(place)?;
    let whole = hand.dice.i64(min..max);
    let fraction = hand.dice.choice(["5", "25", "1", "000001", "999999"])?;
    number(place, hand, format!("{whole}.{fraction}"), "Type")
}

/// As little more than a whole number as a float can hold.
pub(super) fn hair(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let (min, max) = whole_bounds(place)?;
    #[allow(clippy::cast_precision_loss, reason = "bounds of whole numbers have 32 bits")]
    let whole = hand.dice.i64(min + 1..max) as f64;
    number(place, hand, whole.next_up(), "Type")
}

pub(super) fn below(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let below = match kind(place)? {
        Kind::Whole { min, .. } => (min - 1).to_string(),
        Kind::Number { min, .. } if hand.dice.bool() => format!("{:e}", min - 1e-9),
        _ => (bounds(place)?.0 - 1.0).to_string(),
    };
    number(place, hand, below, "Min")
}

pub(super) fn above(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let above = match kind(place)? {
        Kind::Whole { max, .. } if hand.dice.bool() => (max + 1).to_string(),
        Kind::Number { max, .. } if hand.dice.bool() => max.next_up().to_string(),
        _ => format!("{}.0", bounds(place)?.1 + 1.0),
    };
    number(place, hand, above, "Max")
}

/// What would be right if the upper bits were lost.
pub(super) fn beyond_32_bits(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let (min, max) = whole_bounds(place)?;
    let wrapped = (1_i64 << 32) + hand.dice.i64(min..=max);
    number(place, hand, wrapped, "Max")
}

pub(super) fn beyond_64_bits(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let beyond =
        ["9007199254740993", "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e30", "1e308"];
    let beyond = *hand.dice.choice(beyond.iter())?;
    number(place, hand, beyond, "Max")
}

pub(super) fn far_below(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let below = ["-1", "-9223372036854775808", "-9223372036854775809", "-4294967295", "-1e308"];
    let below = *hand.dice.choice(below.iter())?;
    number(place, hand, below, "Min")
}

fn unreadable(place: &Place, token: &str) -> Option<Change> {
    bounds(place).map(|_| Change::Unreadable(Node::token(token)))
}

pub(super) fn beyond_floats(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    unreadable(place, hand.dice.choice(["1e400", "-1e400", "1e99999"])?)
}

pub(super) fn not_a_number(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    unreadable(place, "NaN")
}

pub(super) fn infinity(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    unreadable(place, hand.dice.choice(["Infinity", "-Infinity", "inf"])?)
}

pub(super) fn zero_in_front(place: &Place, _: &mut Hand<'_>) -> Option<Change> {
    unreadable(place, "01")
}

pub(super) fn plus(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    unreadable(place, hand.dice.choice(["+1", ".5", "1.", "0x1", "1_000"])?)
}

/// Something that is the name of no value.
fn name(place: &Place, hand: &mut Hand<'_>, other: impl FnOnce(&str) -> String) -> Option<Change> {
    let Kind::Enum(values) = kind(place)? else { return None };
    let other = other(hand.dice.choice(values.iter())?);
    let is_other = !values.contains(&other.as_str());
    is_other.then(|| replaced(place, hand, Node::Text(other), "OneOf"))
}

pub(super) fn unknown_name(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let pick = hand.dice.u8(..5);
    name(place, hand, |known| match pick {
        0 => String::new(),
        1 => "1".to_owned(),
        2 => format!(" {known}"),
        3 => format!("{known}X"),
        _ => known[..known.len() - 1].to_owned(),
    })
}

pub(super) fn lower_case(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    name(place, hand, str::to_lowercase)
}

pub(super) fn name_with_line_feed(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    name(place, hand, |known| format!("{known}\n"))
}

pub(super) fn unspecified(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    name(place, hand, |_| "UNSPECIFIED".to_owned())
}

pub(super) fn no_items(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    (matches!(place.subject, Subject::List(..)) && hand.least_items > 0)
        .then(|| Change::Replace(Node::List(Vec::new()), "NotEmpty"))
}

pub(super) fn too_many_items(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let Subject::List(field, max_items) = place.subject else { return None };
    let count = max_items + hand.dice.choice([1, 2, 40])?;
    let items = (0..count).map(|_| draw::value(field, hand.texts, hand.dice)).collect();
    Some(Change::Replace(Node::List(items), "MaxItems"))
}

fn last_item(place: &Place, hand: &mut Hand<'_>, node: Node) -> Option<Change> {
    let (Node::List(items), Subject::Item(_)) = (hand.found, place.subject) else { return None };
    Some(Change::ReplaceItem(items.len() - 1, node, "Type"))
}

pub(super) fn item_null(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    last_item(place, hand, Node::token("null"))
}

pub(super) fn item_list(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    last_item(place, hand, hand.found.clone())
}
