//! Whether every text that one pattern matches is matched by another one. Decided, not guessed.

use std::collections::BTreeSet;

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton, StartKind, dense},
    util::{primitives::StateID, start},
};

/// The largest automaton that is made of a pattern, in bytes. Those of bounded patterns are far smaller.
const LARGEST: usize = 1 << 24;

/// Whether `wide` matches every text that `narrow` does. Both stand for the whole text.
///
/// Of patterns of which no automaton can be made, nothing is known, and the answer is no.
pub(super) fn covers(wide: &str, narrow: &str) -> bool {
    wide == narrow || decide(wide, narrow).unwrap_or(false)
}

/// Walks through both automata at once, and looks for a text that only the narrow one accepts.
fn decide(wide: &str, narrow: &str) -> Option<bool> {
    let (wide, narrow) = (automaton(wide)?, automaton(narrow)?);
    let first = (start(&narrow)?, start(&wide)?);
    let (mut seen, mut open) = (BTreeSet::from([first]), vec![first]);
    while let Some((in_narrow, in_wide)) = open.pop() {
        if accepts(&narrow, in_narrow) && !accepts(&wide, in_wide) {
            return Some(false);
        }
        // No text has control characters: the JSON Schema refuses them by itself.
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_control()) {
            let next = (narrow.next_state(in_narrow, byte), wide.next_state(in_wide, byte));
            if narrow.is_quit_state(next.0) || wide.is_quit_state(next.1) {
                return None;
            }
            if !narrow.is_dead_state(next.0) && seen.insert(next) {
                open.push(next);
            }
        }
    }
    Some(true)
}

fn automaton(pattern: &str) -> Option<dense::DFA<Vec<u32>>> {
    let config = dense::Config::new()
        // Of alternatives, the first would hide a longer one that comes later.
        .match_kind(MatchKind::All)
        .start_kind(StartKind::Anchored)
        .dfa_size_limit(Some(LARGEST))
        .determinize_size_limit(Some(LARGEST));
    dense::Builder::new().configure(config).build(pattern).ok()
}

fn start(automaton: &dense::DFA<Vec<u32>>) -> Option<StateID> {
    automaton.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()
}

/// Whether the text ends here as one that matches: the automaton says so a step later.
fn accepts(automaton: &dense::DFA<Vec<u32>>, state: StateID) -> bool {
    automaton.is_match_state(automaton.next_eoi_state(state))
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wider_pattern_covers_a_narrower_one() {
        for (wide, narrow) in [
            ("[a-z]+", "[a-f]+"),
            ("[a-z]{1,9}", "[a-z]{2,8}"),
            ("ab|a", "a|ab"),
            ("a|ab", "ab"),
            ("a|b|c", "b"),
            ("[0-9]+(\\.[0-9]+)?", "[0-9]{1,3}"),
            ("[a-z.]*", "[a-z]+(\\.[a-z]+)*"),
            (".*", "[^a-z]+"),
            ("(a*)*", "a*"),
        ] {
            assert!(covers(wide, narrow), "{wide} covers {narrow}");
        }
    }

    #[test]
    fn a_narrower_pattern_does_not() {
        for (wide, narrow) in [
            ("[a-f]+", "[a-z]+"),
            ("[a-z]{2,8}", "[a-z]{1,8}"),
            ("a", "a|ab"),
            ("a+", "a*"),
            ("[0-9]{1,3}", "[0-9]+(\\.[0-9]+)?"),
            ("[a-z]", "[^a]"),
            ("[ab", "a"),
        ] {
            assert!(!covers(wide, narrow), "{wide} covers {narrow}");
        }
    }
}
