//! The automata of patterns beside an engine that reads the patterns themselves.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ktel_codegen::automaton::Automaton;
use ktel_types::{
    fields,
    table::{Kind, Pattern},
};
use proptest::{prelude::*, strategy::ValueTree as _};
use regex_lite::Regex;

/// A pattern of the standard as validation has it, and as the engine does.
struct Twice {
    pattern: &'static Pattern,
    engine: Regex,
}

impl Twice {
    /// Each pattern of the standard.
    fn all() -> Vec<Self> {
        let patterns = fields::ALL.iter().filter_map(|field| match &field.kind {
            Kind::Text { pattern, .. } => Some((pattern.as_str(), *pattern)),
            _ => None,
        });
        let patterns: BTreeMap<&str, &Pattern> = patterns.collect();
        assert!(patterns.len() > 10);
        let twice = |(text, pattern)| Self { pattern, engine: Regex::new(&format!("^(?:{text})$")).unwrap() };
        patterns.into_iter().map(twice).collect()
    }

    /// Whether a text matches, on which both agree.
    fn matches(&self, text: &str) -> bool {
        let expected = self.engine.is_match(text) && !text.chars().any(|c| c.is_ascii_control());
        assert_eq!(self.pattern.matches(text), expected, "{text:?} and {}", self.pattern.as_str());
        expected
    }
}

/// An automaton that can be asked for texts.
struct States {
    automaton: Automaton,
    /// A character of each class of bytes that there is, and some that are of none.
    characters: Vec<char>,
}

impl States {
    fn of(pattern: &str) -> Self {
        let automaton = Automaton::compile(pattern).unwrap();
        let ends = automaton.classes.iter().flat_map(|(first, last, _)| [*first, *last]);
        let named: BTreeSet<char> = ends.filter(u8::is_ascii).map(char::from).collect();
        Self { automaton, characters: named.into_iter().chain(['~', '\n', 'é', '😀']).collect() }
    }

    fn step(&self, state: usize, c: char) -> usize {
        let class = |byte: u8| self.automaton.classes.iter().find(|(first, last, _)| (*first..=*last).contains(&byte));
        let step =
            |state: usize, byte| self.automaton.states[state][class(byte).map_or(0, |(.., class)| (*class).into())];
        c.encode_utf8(&mut [0; 4]).bytes().fold(state, step)
    }

    /// A shortest text that leads to each state.
    fn ways(&self) -> BTreeMap<usize, String> {
        self.ways_from(self.automaton.start)
    }

    /// A shortest text with which a state ends well, if it can.
    fn end(&self, state: usize) -> Option<String> {
        let ends = self.ways_from(state).into_iter().filter(|(state, _)| *state >= self.automaton.accepting);
        ends.map(|(_, text)| text).min_by_key(String::len)
    }

    fn ways_from(&self, start: usize) -> BTreeMap<usize, String> {
        let mut ways = BTreeMap::from([(start, String::new())]);
        let mut next = VecDeque::from([start]);
        while let Some(state) = next.pop_front() {
            for c in &self.characters {
                let to = self.step(state, *c);
                if !ways.contains_key(&to) {
                    ways.insert(to, format!("{}{c}", ways[&state]));
                    next.push_back(to);
                }
            }
        }
        ways
    }

    /// Texts of which at least one tells any two states apart: with it, one of them ends well, and the other one does not.
    fn differences(&self) -> BTreeSet<String> {
        let count = self.automaton.states.len();
        let mut found: BTreeMap<(usize, usize), String> = BTreeMap::new();
        let ends_well = |state| state >= self.automaton.accepting;
        loop {
            let mut more = BTreeMap::new();
            for pair in (0..count).flat_map(|one| (0..one).map(move |other| (other, one))) {
                let text = if ends_well(pair.0) == ends_well(pair.1) {
                    self.characters.iter().find_map(|c| {
                        let (one, other) = (self.step(pair.0, *c), self.step(pair.1, *c));
                        found.get(&(one.min(other), one.max(other))).map(|text| format!("{c}{text}"))
                    })
                } else {
                    Some(String::new())
                };
                if let Some(text) = text.filter(|_| !found.contains_key(&pair)) {
                    more.insert(pair, text);
                }
            }
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        assert_eq!(found.len(), count * (count - 1) / 2, "two states are the same");
        found.into_values().collect()
    }
}

/// Goes to each state, takes each step from there, and looks which state that leads to: two automata that agree on all of this are
/// the same, unless one of them has more states than the other.
#[test]
fn each_step_of_an_automaton_leads_where_the_pattern_says() {
    for twice in Twice::all() {
        let states = States::of(twice.pattern.as_str());
        let ways = states.ways();
        assert_eq!(ways.len(), states.automaton.states.len(), "a state that nothing leads to");
        let differences = states.differences();
        let mut matches = 0;
        for way in ways.values() {
            for difference in &differences {
                matches += usize::from(twice.matches(&format!("{way}{difference}")));
                for c in &states.characters {
                    matches += usize::from(twice.matches(&format!("{way}{c}{difference}")));
                }
            }
        }
        assert!(matches > 0, "{} matches nothing", twice.pattern.as_str());
    }
}

/// Whatever bytes have one column: none is in the wrong one.
#[test]
fn each_character_is_told_from_the_others_wherever_it_stands() {
    let others = ['\u{80}', 'é', 'ſ', 'K', '０', '\u{2028}', '\u{fffd}', '😀', char::MAX];
    for twice in Twice::all() {
        let states = States::of(twice.pattern.as_str());
        for (state, way) in states.ways() {
            // Behind the character, the text goes on as it does behind those that may stand here.
            let nexts: BTreeSet<usize> = states.characters.iter().map(|c| states.step(state, *c)).collect();
            let ends: Vec<String> = nexts.into_iter().filter_map(|next| states.end(next)).collect();
            for c in (0..128).map(char::from).chain(others) {
                for end in &ends {
                    twice.matches(&format!("{way}{c}{end}"));
                }
            }
        }
    }
}

/// All texts of up to four characters, of those that matter most.
#[test]
fn short_texts_are_judged_alike() {
    let characters = ['0', '9', 'a', 'z', 'v', 'A', '.', '-', '_', '/', '\n'];
    let mut texts = vec![String::new()];
    let mut last = 0..1;
    for _ in 0..4 {
        for index in last.clone() {
            texts.extend(characters.map(|c| format!("{}{c}", texts[index])));
        }
        last = last.end..texts.len();
    }
    let patterns = Twice::all();
    for text in &texts {
        for twice in &patterns {
            twice.matches(text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Texts that match, and the same with something in them replaced, added or left out.
    #[test]
    fn long_texts_are_judged_alike(seed in any::<[u8; 32]>(), place in any::<prop::sample::Index>(), c in any::<char>()) {
        for twice in Twice::all() {
            let rng = prop::test_runner::TestRng::from_seed(prop::test_runner::RngAlgorithm::ChaCha, &seed);
            let mut runner = prop::test_runner::TestRunner::new_with_rng(ProptestConfig::default(), rng);
            let matching = prop::string::string_regex(twice.pattern.as_str()).unwrap();
            let text = matching.new_tree(&mut runner).unwrap().current();
            prop_assert!(twice.matches(&text));
            let characters: Vec<char> = text.chars().collect();
            let place = place.index(characters.len() + 1);
            let end = characters.len().min(place + 1);
            for ascii in ['.', '-', '0', 'f', 'G', ' ', '\t', c] {
                let with = |from: &[char]| -> String {
                    characters[..place].iter().chain(&[ascii]).chain(from).collect()
                };
                twice.matches(&with(&characters[place..]));
                twice.matches(&with(&characters[end..]));
            }
            twice.matches(&characters[..place].iter().chain(&characters[end..]).collect::<String>());
        }
    }
}
