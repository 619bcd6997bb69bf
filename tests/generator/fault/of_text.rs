//! Texts that are too long, do not match, or have what no text may have.

use ktel_types::table::Kind;

use super::{
    super::{
        Node, Place,
        texts::{Pool, length},
    },
    Change, Hand, kind,
    of_type::replaced,
};

const CONTROL: &[char] = &['\0', '\u{1}', '\u{8}', '\t', '\n', '\u{b}', '\r', '\u{1b}', '\u{1f}', '\u{7f}'];

/// Puts another text at the place, made of those of its pattern.
fn other(place: &Place, hand: &mut Hand<'_>, make: impl FnOnce(&Pool, &mut Hand<'_>) -> String) -> Option<Change> {
    let Kind::Text { pattern, max_length } = kind(place)? else { return None };
    let text = make(hand.texts.of(pattern, *max_length), hand);
    // A text that is too long is not looked at any further.
    let rule = if length(&text) > *max_length as usize { "MaxLength" } else { "Pattern" };
    Some(replaced(place, hand, Node::Text(text), rule))
}

pub(super) fn too_long(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| pool.too_long(hand.dice).to_owned())
}

pub(super) fn breaking(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| pool.breaking(hand.dice).to_owned())
}

/// Nothing, where the pattern wants something. All patterns do: a text that says nothing is left out.
pub(super) fn empty(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |_, _| String::new())
}

pub(super) fn line_feed_at_end(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| format!("{}\n", pool.matching(hand.dice)))
}

pub(super) fn carriage_return_at_end(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| format!("{}\r", pool.matching(hand.dice)))
}

pub(super) fn line_feed_in_front(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| format!("\n{}", pool.matching(hand.dice)))
}

/// A control character in place of a letter.
pub(super) fn control(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| {
        let mut text: Vec<char> = pool.matching(hand.dice).chars().collect();
        let index = hand.dice.usize(..text.len());
        text[index] = CONTROL[hand.dice.usize(..CONTROL.len())];
        text.into_iter().collect()
    })
}

pub(super) fn space_around(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    other(place, hand, |pool, hand| format!(" {} ", pool.matching(hand.dice)))
}

/// An escape that is half a character: to some no JSON, to others a text that does not match.
pub(super) fn lone_surrogate(place: &Place, hand: &mut Hand<'_>) -> Option<Change> {
    let is_text = matches!(kind(place)?, Kind::Text { .. } | Kind::Enum(_));
    is_text
        .then(|| Change::Unreadable(Node::token(hand.dice.choice([r#""\ud800""#, r#""a\udc00""#]).unwrap_or_default())))
}
