//! Texts that match a pattern, and texts that just do not.

use std::collections::BTreeMap;

use fastrand::Rng;
use ktel_types::table::{Kind, Message, Pattern};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    string::string_regex_parsed,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use regex::Regex;
use regex_syntax::hir::{Hir, HirKind, Repetition};

use super::place;

/// How often a text is drawn for a pool.
const DRAWS: usize = 300;
/// How many texts of a sort are kept.
const KEPT: usize = 50;
/// What no pattern is meant to let through: what separates in other formats, what is no letter in ASCII, what is no letter.
const FOREIGN: &[char] =
    &[' ', ';', '=', ',', '"', '\\', '<', '\u{e9}', '\u{661}', '\u{2028}', '\u{feff}', '\u{1f600}'];

/// The texts of all patterns of a contract.
#[derive(Debug)]
pub(super) struct Texts(BTreeMap<(&'static str, u32), Pool>);

/// The texts of one pattern.
#[derive(Debug)]
pub(super) struct Pool {
    matching: Vec<String>,
    too_long: Vec<String>,
    breaking: Vec<String>,
}

impl Texts {
    pub(super) fn new(contract: &'static Message, dice: &mut Rng) -> Self {
        let mut pools = BTreeMap::new();
        for field in place::all(contract).into_iter().filter_map(|place| place.value()) {
            if let Kind::Text { pattern, max_length } = &field.kind {
                let key = (pattern.as_str(), *max_length);
                pools.entry(key).or_insert_with(|| Pool::new(pattern.as_str(), *max_length as usize, dice));
            }
        }
        Self(pools)
    }

    pub(super) fn of(&self, pattern: &'static Pattern, max_length: u32) -> &Pool {
        &self.0[&(pattern.as_str(), max_length)]
    }
}

impl Pool {
    fn new(pattern: &str, max_length: usize, dice: &mut Rng) -> Self {
        let whole = Regex::new(&format!(r"\A(?:{pattern})\z")).expect("a pattern of the standard");
        let hir = regex_syntax::parse(pattern).expect("a pattern of the standard");
        let seed: [u8; 32] = std::array::from_fn(|_| dice.u8(..));
        let mut runner = TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
        let mut drawn: Vec<String> = (0..DRAWS)
            .map(|_| {
                let hir = counted(&hir, max_length, dice);
                let strategy = string_regex_parsed(&hir).expect("a pattern without anchors");
                strategy.new_tree(&mut runner).expect("nothing is refused").current()
            })
            .collect();
        assert!(drawn.iter().all(|text| whole.is_match(text)), "{pattern} is not what texts are made of");
        drawn.sort_by_key(|text| (length(text), text.clone()));
        drawn.dedup();
        let (mut matching, mut too_long): (Vec<_>, Vec<_>) =
            drawn.into_iter().partition(|text| length(text) <= max_length);
        let longest = matching.last().expect("a pattern that a text within the bounds matches").clone();
        too_long.truncate(KEPT);
        // Where no text that is too long matches, it is too long and does not match.
        too_long.push(longest.repeat(max_length / length(&longest).max(1) + 1));
        too_long.push("\u{1f600}".repeat(max_length + 1));
        for text in stretched(&longest, &whole, max_length + 1) {
            if length(&text) > max_length { too_long.push(text) } else { matching.push(text) }
        }
        let breaking = breaking(&matching, &whole, max_length, dice);
        Self { matching: some(&matching), too_long, breaking }
    }

    /// A text that matches, as long as it may be: often the shortest or the longest.
    pub(super) fn matching(&self, dice: &mut Rng) -> &str {
        match dice.u8(..8) {
            0 => &self.matching[0],
            1 => &self.matching[self.matching.len() - 1],
            _ => one(&self.matching, dice),
        }
    }

    /// A text that is too long, matching or not.
    pub(super) fn too_long(&self, dice: &mut Rng) -> &str {
        one(&self.too_long, dice)
    }

    /// A text that does not match, no longer than it may be, without control characters.
    pub(super) fn breaking(&self, dice: &mut Rng) -> &str {
        one(&self.breaking, dice)
    }
}

/// The number of code points.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

fn one<'a>(texts: &'a [String], dice: &mut Rng) -> &'a str {
    dice.choice(texts).map_or("", String::as_str)
}

/// The pattern with a number of its own for each repetition that has no end: what proptest takes for "any number" would
/// never make the longest text.
fn counted(hir: &Hir, max_length: usize, dice: &mut Rng) -> Hir {
    match hir.kind() {
        HirKind::Repetition(repetition) => {
            let most = u32::try_from(max_length).unwrap_or(u32::MAX);
            let (min, max) = repetition.max.map_or_else(
                || {
                    let count = repetition.min + if dice.bool() { dice.u32(..4) } else { dice.u32(..=most) };
                    (count, count)
                },
                |max| (repetition.min, max),
            );
            let sub = Box::new(counted(&repetition.sub, max_length, dice));
            Hir::repetition(Repetition { min, max: Some(max), greedy: repetition.greedy, sub })
        }
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(|part| counted(part, max_length, dice)).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(|part| counted(part, max_length, dice)).collect())
        }
        HirKind::Capture(capture) => counted(&capture.sub, max_length, dice),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => hir.clone(),
    }
}

/// Ever longer texts that match, up to a length, as far as the last letter can be repeated.
fn stretched(text: &str, whole: &Regex, most: usize) -> impl Iterator<Item = String> {
    let longer = |text: &str| text.chars().last().map(|last| format!("{text}{last}"));
    std::iter::successors(longer(text), move |text| longer(text))
        .take_while(move |text| length(text) <= most && whole.is_match(text))
}

/// Evenly chosen ones, the first and the last among them.
fn some(texts: &[String]) -> Vec<String> {
    let last = texts.len() - 1;
    let kept = texts.len().min(KEPT);
    (0..kept).map(|index| texts[if kept == 1 { 0 } else { index * last / (kept - 1) }].clone()).collect()
}

/// Texts that a single touch keeps from matching.
fn breaking(matching: &[String], whole: &Regex, max_length: usize, dice: &mut Rng) -> Vec<String> {
    let touched = (0..DRAWS).map(|_| {
        let mut text: Vec<char> = one(matching, dice).chars().collect();
        let index = dice.usize(..text.len());
        let foreign = dice.choice(FOREIGN).copied().unwrap_or(' ');
        match dice.u8(..6) {
            0 => text.insert(dice.usize(..=text.len()), foreign),
            1 => text[index] = foreign,
            2 => text.insert(index, text[index]),
            3 => drop(text.remove(index)),
            4 => {
                text[index] = if text[index].is_lowercase() {
                    text[index].to_ascii_uppercase()
                } else {
                    text[index].to_ascii_lowercase()
                }
            }
            _ => text[index] = dice.choice(['0', '9', 'z', '-', '.', '_', '/']).unwrap_or('0'),
        }
        text.into_iter().collect::<String>()
    });
    let mut broken: Vec<String> =
        touched.filter(|text| !text.is_empty() && length(text) <= max_length && !whole.is_match(text)).collect();
    broken.sort();
    broken.dedup();
    dice.shuffle(&mut broken);
    broken.truncate(KEPT);
    assert!(!broken.is_empty(), "{whole} admits everything");
    broken
}
