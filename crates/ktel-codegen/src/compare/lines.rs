//! Places in the line format, by which readers of lines know a field.

use super::{
    Changes,
    kinds::{IDENTIFIER_IN_LINE, LINE_ADDED, LINE_DROPPED},
};
use crate::model::{
    Field,
    field::{Line, Manner},
};

pub(super) fn compare(changes: &mut Changes, path: &str, was: &Field, is: &Field) {
    let (before, now) = (said(was), said(is));
    for place in before.iter().filter(|place| !now.contains(place)) {
        changes.push(&LINE_DROPPED, path, (place, ""), Some(&is.at));
    }
    for place in now.iter().filter(|place| !before.contains(place)) {
        let kind = if is.is_identifier() { &IDENTIFIER_IN_LINE } else { &LINE_ADDED };
        changes.push(kind, path, ("", place), Some(&is.at));
    }
}

fn said(field: &Field) -> Vec<String> {
    field.lines.iter().map(place).collect()
}

fn place(line: &Line) -> String {
    let Line { key, prefix, suffix, manner, words } = line;
    let words: String = words.iter().map(|(value, word)| format!(", {value} as {word}")).collect();
    let manner = match manner {
        Manner::Listed => "",
        Manner::AboveZero => ", above zero",
        Manner::BesideOthers => ", beside others",
        Manner::BehindOthers => ", behind others",
    };
    format!("{key}={prefix}…{suffix}{manner}{words}")
}
