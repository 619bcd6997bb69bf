//! Patterns mean one thing everywhere, and admit no prose.

use regex_syntax::hir::{Class, Hir, HirKind};

use super::Fault;
use crate::{
    automaton::Automaton,
    model::{Kind, Model, Text},
};

/// A run of letters that may be longer than this can hold a name, or a sentence in pieces.
const LONG_RUN: u32 = 16;

/// What admits this many letters admits words, and not merely a few marks such as `v` or `alpha`.
const MANY_LETTERS: usize = 10;

pub(super) fn portable(model: &Model) -> Vec<Fault> {
    let help = "keep to what ECMA-262, RE2 and Python share: literals, classes, groups, repetitions";
    faults(model, |text| {
        let why = breach(&text.pattern)?;
        Some((why, help))
    })
}

pub(super) fn characters(model: &Model) -> Vec<Fault> {
    let help =
        "list the characters that it admits, in place of a dot or of a class that excludes some: `[0-9A-Za-z.-]`";
    faults(model, |text| {
        let hir = parse(&text.pattern)?;
        admits_char(&hir, &|c| !(' '..='~').contains(&c))
            .then(|| ("admits control characters, or some outside of ASCII".to_owned(), help))
    })
}

pub(super) fn prose(model: &Model) -> Vec<Fault> {
    let help = "make it an enum, or leave out the space, or bound its words: `[a-z]{1,8}`; prose is never sent";
    faults(model, |text| is_prose(&parse(&text.pattern)?).then(|| ("admits prose".to_owned(), help)))
}

/// Whether a text keeps its bounds. A pattern that cannot be read is another rule's, and admits everything.
pub(super) fn admits(bounds: &Text, text: &str) -> bool {
    let pattern = regex_lite::Regex::new(&format!("^(?:{})$", bounds.pattern));
    let length = u32::try_from(text.chars().count());
    pattern.map_or(true, |pattern| pattern.is_match(text)) && length.is_ok_and(|length| length <= bounds.max_length)
}

/// Whether a text that matches may have one of these characters.
pub(super) fn admits_any(pattern: &str, sought: &[char]) -> bool {
    parse(pattern).is_some_and(|hir| admits_char(&hir, &|c| sought.contains(&c)))
}

fn faults(model: &Model, check: impl Fn(&Text) -> Option<(String, &'static str)>) -> Vec<Fault> {
    let texts = model.fields().filter_map(|(_, field)| match &field.kind {
        Kind::Text(text) => Some((field, text)),
        _ => None,
    });
    texts
        .filter_map(|(field, text)| {
            let (why, help) = check(text)?;
            Some(Fault::new(&field.at, format!("the pattern of `{}` {why}", field.name), help))
        })
        .collect()
}

/// What keeps a pattern from meaning the same to ECMA-262, RE2 and Python, to stand behind "the pattern".
fn breach(pattern: &str) -> Option<String> {
    if !pattern.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Some("has characters outside of ASCII".into());
    }
    if let Some(why) = dialect(pattern) {
        return Some(why.to_owned());
    }
    if let Err(error) = regex_lite::Regex::new(pattern) {
        return Some(format!("cannot be read: {error}"));
    }
    Automaton::compile(pattern).err()
}

/// What only some languages read, or what they read otherwise than others.
fn dialect(pattern: &str) -> Option<&'static str> {
    const SYNTAX: &str = "^$\\.*+?()[]{}|/";
    let mut chars = pattern.chars().peekable();
    let (mut is_class, mut was_repetition) = (false, false);
    let mut before = None;
    while let Some(c) = chars.next() {
        let is_repetition = !is_class && matches!(c, '*' | '+' | '?' | '{');
        if is_repetition && was_repetition {
            return Some("repeats a repetition, or makes it lazy or greedy");
        }
        was_repetition = is_repetition;
        match c {
            '\\' => match chars.next() {
                Some(c) if SYNTAX.contains(c) || (is_class && c == '-') => {}
                Some(c) if c.is_ascii_alphanumeric() => {
                    return Some("names a class such as `\\d`, which is wider in some languages");
                }
                _ => return Some("escapes a character that means itself"),
            },
            '[' if is_class => return Some("has a class inside of a class"),
            '[' => {
                is_class = true;
                chars.next_if_eq(&'^');
                if chars.peek() == Some(&']') {
                    return Some("has a class that begins with `]`");
                }
            }
            ']' if is_class => is_class = false,
            '&' | '~' if is_class && before == Some(c) => return Some("has a class that is reckoned from others"),
            '-' if is_class && before == Some('-') => return Some("has a class that is reckoned from others"),
            _ if is_class => {}
            ']' | '}' => return Some("has a bracket that closes nothing"),
            '{' => {
                let inside: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if inside.is_empty() || !inside.chars().all(|c| c.is_ascii_digit() || c == ',') {
                    return Some("has a brace that says no number of times");
                }
            }
            '^' | '$' => return Some("is anchored: it stands for the whole text as it is"),
            '(' if chars.peek() == Some(&'?') => return Some("has a group with an extension"),
            _ => {}
        }
        before = Some(c);
    }
    None
}

fn parse(pattern: &str) -> Option<Hir> {
    regex_syntax::parse(pattern).ok()
}

/// Whether a text that matches may have such a character.
fn admits_char(hir: &Hir, is_sought: &dyn Fn(char) -> bool) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => false,
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().any(is_sought),
        HirKind::Class(class) => chars(class).any(is_sought),
        HirKind::Repetition(repetition) => repetition.max != Some(0) && admits_char(&repetition.sub, is_sought),
        HirKind::Capture(capture) => admits_char(&capture.sub, is_sought),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().any(|part| admits_char(part, is_sought)),
    }
}

/// Whether a text that matches may have a space, and somewhere a long run of letters.
fn is_prose(hir: &Hir) -> bool {
    match hir.kind() {
        HirKind::Alternation(parts) => parts.iter().any(is_prose),
        HirKind::Capture(capture) => is_prose(&capture.sub),
        _ => admits_char(hir, &|c| c == ' ') && has_run_of_letters(hir, 1),
    }
}

/// Whether something that admits many letters may be repeated many times, being itself inside of what may be repeated so often.
fn has_run_of_letters(hir: &Hir, times: u32) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => false,
        HirKind::Repetition(repetition) => {
            let times = repetition.max.map_or(u32::MAX, |max| max.saturating_mul(times));
            let admits = |letter: &char| admits_char(&repetition.sub, &|c| c.eq_ignore_ascii_case(letter));
            let letters = ('a'..='z').filter(admits).count();
            (times > LONG_RUN && letters >= MANY_LETTERS) || has_run_of_letters(&repetition.sub, times)
        }
        HirKind::Capture(capture) => has_run_of_letters(&capture.sub, times),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().any(|part| has_run_of_letters(part, times))
        }
    }
}

/// The first characters of each range of a class, and its last: enough to see what is asked for here, without walking through
/// all of Unicode.
fn chars(class: &Class) -> Box<dyn Iterator<Item = char> + '_> {
    const ENOUGH: usize = 256;
    match class {
        Class::Unicode(class) => {
            Box::new(class.iter().flat_map(|range| (range.start()..=range.end()).take(ENOUGH).chain([range.end()])))
        }
        Class::Bytes(class) => Box::new(class.iter().flat_map(|range| (range.start()..=range.end()).map(char::from))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_known() {
        for pattern in [
            "[ -~]+",
            ".*",
            "[a-z ]{1,64}",
            "([a-z]+ )*[a-z]+",
            "[A-Z][a-z]+ [A-Z][a-z]+",
            "[^;]+",
            "a .+",
            "([a-z ]{1,8}){1,8}",
        ] {
            assert!(is_prose(&parse(pattern).unwrap()), "{pattern}");
        }
        for pattern in [
            "[a-z0-9-]+",
            "Kubernetes v[0-9]+",
            "[0-9 ]+",
            "[a-z]{1,8} [0-9]+",
            "(alpha|beta) [0-9]{1,20}",
            "[a-f ]+",
            "([a-z]+|[0-9 ]+)",
        ] {
            assert!(!is_prose(&parse(pattern).unwrap()), "{pattern}");
        }
    }

    #[test]
    fn characters_outside_of_ascii_are_known() {
        let is_odd = |pattern: &str| admits_char(&parse(pattern).unwrap(), &|c| !(' '..='~').contains(&c));
        for pattern in [".", "[^a]", "[^ -~]?", "a|[\\x00-\\x1f]", "(ä)+"] {
            assert!(is_odd(pattern), "{pattern}");
        }
        for pattern in ["[ -~]+", "\\.", "[.]", "a{0,3}b", "(a|b)*"] {
            assert!(!is_odd(pattern), "{pattern}");
        }
    }

    #[test]
    fn what_all_languages_read_alike_is_portable() {
        for pattern in
            ["[a-z]{1,8}", "v?[0-9]+(\\.[0-9]+){0,2}", "[^a-z\\-]", "(a|b)*", "[0-9A-Za-z.-]", "\\[x\\]", "a{2}b{2,}"]
        {
            assert_eq!(breach(pattern), None, "{pattern}");
        }
    }

    /// Each is refused, or read otherwise, by JavaScript with the flag `u`, or by Python.
    #[test]
    fn what_only_some_languages_read_is_not() {
        for pattern in [
            "[[:alpha:]]{1,8}",
            "a**",
            "a{1,2}{3}",
            "[a-c]*+",
            "[]a]",
            "[a-z]{1,3}]",
            "\\_x",
            "\\-x",
            "(^a|b$)",
            "a|^",
            "^a",
            "a$",
            "\\d",
            "(?:a)",
            "a+?",
            "[a&&b]",
            "[a--b]",
            "a{",
            "a{x}",
            "x}",
            "é",
        ] {
            assert!(breach(pattern).is_some(), "{pattern}");
        }
    }
}
