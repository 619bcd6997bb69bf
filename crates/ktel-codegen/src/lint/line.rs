//! Places in the semicolon line format, none of which may let a value look like another field or another record.

use super::Fault;
use crate::model::{Field, Kind, Model, field::Line};

/// What ends a key, a value or a record, and so may stand in none of them.
const SEPARATORS: [char; 4] = [';', '=', '\r', '\n'];

pub(super) fn key(model: &Model) -> Vec<Fault> {
    let is_key =
        |key: &str| !key.is_empty() && key.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let odd = places(model).filter(|(_, line)| !is_key(&line.key));
    odd.map(|(field, _)| {
        let help = "give it as lower-case letters, digits and underscores: `line = { key: \"k8s_pods_count\" }`";
        Fault::new(&field.at, format!("a place of `{}` in the line format has no key", field.name), help)
    })
    .collect()
}

pub(super) fn separator(model: &Model) -> Vec<Fault> {
    let texts = places(model).flat_map(|(field, line)| {
        let words = line.words.iter().map(|(_, word)| word.as_str());
        [line.prefix.as_str(), line.suffix.as_str()].into_iter().chain(words).map(move |text| (&field.at, text))
    });
    let values = model.enums.iter().flat_map(|an_enum| &an_enum.values);
    let values = values.filter_map(|value| Some((&value.at, value.line.as_deref()?)));
    let ended = texts.chain(values).filter(|(_, text)| text.contains(SEPARATORS) || text.contains(','));
    let ended = ended.map(|(at, text)| {
        Fault::new(at, format!("`{text}` ends a value of the line format"), "leave out `;`, `=`, `,` and line ends")
    });
    let wide = model.fields().filter(|(_, field)| !field.lines.is_empty() && admits_separator(&field.kind));
    let wide = wide.map(|(_, field)| {
        let help = "let the pattern list the characters that it admits, none of them `;` or `=`";
        Fault::new(&field.at, format!("`{}` may hold what separates fields of the line format", field.name), help)
    });
    ended.chain(wide).collect()
}

pub(super) fn twice(model: &Model) -> Vec<Fault> {
    let all: Vec<(&Field, &Line)> = places(model).collect();
    let is_same =
        |one: &Line, other: &Line| (&one.key, &one.prefix, &one.suffix) == (&other.key, &other.prefix, &other.suffix);
    let mut faults = Vec::new();
    for (index, (field, line)) in all.iter().enumerate() {
        if let Some((other, _)) = all[..index].iter().find(|(_, other)| is_same(line, other)) {
            let message = format!("`{}` has the key `{}` of `{}` in the line format", field.name, line.key, other.name);
            let help = "give it another key, or tell the two apart by a `prefix` or a `suffix`";
            faults.push(Fault::new(&field.at, message, help));
        }
    }
    faults
}

fn places(model: &Model) -> impl Iterator<Item = (&Field, &Line)> {
    model.fields().flat_map(|(_, field)| field.lines.iter().map(move |line| (field, line)))
}

/// Whether a value may hold a separator.
fn admits_separator(kind: &Kind) -> bool {
    matches!(kind, Kind::Text(text) if super::pattern::admits_any(&text.pattern, &SEPARATORS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_that_may_end_a_value_is_known() {
        let admits = |pattern: &str| super::super::pattern::admits_any(pattern, &SEPARATORS);
        for pattern in ["[a-z;]+", "a=b", "[^a-z]+", ".*", "a.c", "[ -~]+", "[0-@]"] {
            assert!(admits(pattern), "{pattern}");
        }
        for pattern in [
            "[a-z][a-z0-9-]*",
            "[0-9A-Za-z][0-9A-Za-z.+_-]*",
            "([-+][0-9A-Za-z.+-]+)?",
            "[0-9]{1,3}\\.[0-9]{1,3}(\\.[0-9]{1,5})?",
            "[a-z0-9]{1,16}/[a-z0-9]+",
        ] {
            assert!(!admits(pattern), "{pattern}");
        }
    }
}
