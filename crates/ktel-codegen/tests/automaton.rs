//! Automata of patterns that no standard has so far, beside an engine that reads the patterns themselves.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use ktel_codegen::automaton::Automaton;
use regex_lite::Regex;

/// Holds the automaton of a pattern against all texts of up to four of these characters.
fn check(pattern: &str, characters: &str) {
    let automaton = Automaton::compile(pattern).unwrap();
    let engine = Regex::new(&format!("^(?:{pattern})$")).unwrap();
    let mut texts = vec![String::new()];
    let mut from = 0;
    for _ in 0..4 {
        let to = texts.len();
        for index in from..to {
            let text = texts[index].clone();
            texts.extend(characters.chars().map(|c| format!("{text}{c}")));
        }
        from = to;
    }
    let mut matches = 0;
    for text in texts {
        let expected = engine.is_match(&text) && !text.chars().any(|c| c.is_ascii_control());
        assert_eq!(automaton.accepts(&text), expected, "{text:?} and {pattern}");
        matches += usize::from(expected);
    }
    assert!(matches > 0, "{pattern} matches nothing");
}

#[test]
fn an_automaton_accepts_what_the_pattern_matches_from_end_to_end() {
    check("a|ab|abc", "abc");
    check("(a*)*b", "ab");
    check("(a|b)*?a.b?", "abc");
    check("(ab|a)(bc|c)?", "abc");
    check("()|b{2}", "ab");
    check("(a$|b^)?b*", "ab");
    check("[[:alpha:]]+", "aZ0é");
    check("[a-cx\\-\\]\\\\]{2,3}", "abx-]\\");
}

#[test]
fn characters_outside_of_ascii_are_one_character_each() {
    check(".", "aé\n😀");
    check(".{2}", "aé\u{7f}😀");
    check("[^a]+b?", "abé\t\u{2028}");
    check("a.?[^b]", "abé😀\r");
}

#[test]
fn an_automaton_is_no_larger_than_it_has_to_be() {
    // A state for each digit that is still to come, and the one that is dead.
    let automaton = Automaton::compile("[0-9]{4}").unwrap();
    assert_eq!((automaton.states.len(), automaton.accepting), (6, 5));
    assert_eq!(automaton.classes, [(b'0', b'9', 1)]);
    let refused = Automaton::compile("[0-9]{300}").unwrap_err();
    assert_eq!(refused, "takes 302 states, more than 250: say less of the lengths of its parts");
    let refused = Automaton::compile("(a|b)*a(a|b){30}").unwrap_err();
    assert!(refused.starts_with("cannot be compiled: "), "{refused}");
}
