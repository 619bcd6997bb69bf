//! Places in the semicolon line format, none of which may let a value look like another field or another record.

use super::{context::Context, options::LineOptions};
use crate::model::{
    Field, Kind, Location, Message,
    field::{Line, Manner},
};

/// What ends a key, a value or a record, and so may stand in none of them.
const SEPARATORS: [char; 4] = [';', '=', '\r', '\n'];

/// Reads the places of one field.
pub(super) fn lines(
    context: &mut Context<'_>,
    at: &Location,
    name: &str,
    kind: &Kind,
    said: &[LineOptions],
) -> Vec<Line> {
    for said in said {
        let is_key = said.key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
        if said.key.is_empty() || !is_key {
            let help = "give it as lower-case letters, digits and underscores: `line = { key: \"k8s_pods_count\" }`";
            context.find(at, format!("a place of `{name}` in the line format has no key"), help);
        }
        let words = said.words.iter().filter_map(|word| word_of(word));
        for text in [said.prefix.as_str(), said.suffix.as_str()].into_iter().chain(words) {
            check(context, at, text);
        }
        if let Some(word) = said.words.iter().find(|word| word_of(word).is_none()) {
            context.find(at, format!("`{word}` is no word for a value"), "write it as `value=word`");
        }
    }
    if let Kind::Text(text) = kind
        && !said.is_empty()
        && admits_separator(&text.pattern)
    {
        let help = "let the pattern list the characters that it admits, none of them `;` or `=`";
        context.find(at, format!("`{name}` may hold what separates fields of the line format"), help);
    }
    said.iter().map(line).collect()
}

/// Refuses a text that would end a value.
pub(super) fn check(context: &mut Context<'_>, at: &Location, text: &str) {
    if text.contains(SEPARATORS) || text.contains(',') {
        context.find(at, format!("`{text}` ends a value of the line format"), "leave out `;`, `=`, `,` and line ends");
    }
}

/// Refuses two fields with the same key whose values nobody could tell apart.
pub(super) fn check_keys(context: &mut Context<'_>, messages: &[Message]) {
    let mut seen: Vec<(&Line, &Field)> = Vec::new();
    for field in messages.iter().flat_map(Message::fields) {
        for line in &field.lines {
            let is_same = |(other, _): &&(&Line, &Field)| {
                (&other.key, &other.prefix, &other.suffix) == (&line.key, &line.prefix, &line.suffix)
            };
            if let Some((_, other)) = seen.iter().find(is_same) {
                let message =
                    format!("`{}` has the key `{}` of `{}` in the line format", field.name, line.key, other.name);
                context.find(
                    &field.at,
                    message,
                    "give it another key, or tell the two apart by a `prefix` or a `suffix`",
                );
            }
            seen.push((line, field));
        }
    }
}

fn line(said: &LineOptions) -> Line {
    let split = |word: &String| word.split_once('=').map(|(value, word)| (value.to_owned(), word.to_owned()));
    Line {
        key: said.key.clone(),
        prefix: said.prefix.clone(),
        suffix: said.suffix.clone(),
        manner: match said.manner.as_str() {
            "ABOVE_ZERO" => Manner::AboveZero,
            "BESIDE_OTHERS" => Manner::BesideOthers,
            "BEHIND_OTHERS" => Manner::BehindOthers,
            _ => Manner::Listed,
        },
        words: said.words.iter().filter_map(split).collect(),
    }
}

fn word_of(said: &str) -> Option<&str> {
    said.split_once('=').map(|(_, word)| word)
}

/// Whether a text that matches may hold a separator: the pattern names one, or names only what it does not admit. A range
/// of characters is taken by its ends.
fn admits_separator(pattern: &str) -> bool {
    let plain = pattern.replace("\\.", "");
    let is_range = |window: &&[u8]| window[1] == b'-' && window[0] != b'[' && window[2] != b']';
    let mut ranges = plain.as_bytes().windows(3).filter(is_range);
    plain.contains(SEPARATORS)
        || plain.contains("[^")
        || plain.split(['[', ']']).step_by(2).any(|outside| outside.contains('.'))
        || ranges.any(|window| SEPARATORS.iter().any(|c| (window[0]..=window[2]).contains(&(*c as u8))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_may_end_a_value_is_known() {
        for pattern in ["[a-z;]+", "a=b", "[^a-z]+", ".*", "a.c", "[ -~]+", "[0-@]"] {
            assert!(admits_separator(pattern), "{pattern}");
        }
        for pattern in [
            "[a-z][a-z0-9-]*",
            "[0-9A-Za-z][0-9A-Za-z.+_-]*",
            "([-+][0-9A-Za-z.+-]+)?",
            "[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,5})?",
            "[a-z0-9]{1,16}/[a-z0-9]+",
        ] {
            assert!(!admits_separator(pattern), "{pattern}");
        }
    }
}
