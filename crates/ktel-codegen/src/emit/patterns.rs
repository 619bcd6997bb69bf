//! Emits an automaton for each pattern, as static data: validation compiles nothing, and brings no engine along.

use super::{Error, File, TYPES, rust};
use crate::{
    automaton::Automaton,
    model::{Field, Kind, Model},
    standard::Standard,
};

const GENERATOR: &str = "automata of patterns";

pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let mut text =
        rust::header("The patterns of the standard, each with its automaton, named for the first field that has it.");
    text += "use crate::table::Pattern;\n";
    for (path, pattern) in patterns(&standard.model) {
        let refusal = |why| Error { generator: GENERATOR, why: format!("the pattern of `{path}` {why}") };
        text += &pattern_row(&path, pattern, &Automaton::compile(pattern).map_err(refusal)?);
    }
    Ok(vec![File::new(TYPES, "patterns.rs", text)])
}

/// The name of the static of a pattern.
pub(super) fn name(model: &Model, pattern: &str) -> String {
    let path = patterns(model).into_iter().find(|(_, other)| *other == pattern).map(|(path, _)| path);
    rust::screaming(&path.unwrap_or_default())
}

/// Each pattern once, with the path of the first field that has it.
fn patterns(model: &Model) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    for (message, field) in model.fields() {
        if let Some(pattern) = pattern(field)
            && found.iter().all(|(_, other)| *other != pattern)
        {
            found.push((message.path_of(&field.name), pattern));
        }
    }
    found
}

fn pattern(field: &Field) -> Option<&str> {
    match &field.kind {
        Kind::Text(text) => Some(&text.pattern),
        Kind::Boolean | Kind::Number(_) | Kind::Enum(_) => None,
    }
}

/// A pattern with its table: a row a state, a column a class of bytes. A state is named by the place where its row begins.
fn pattern_row(path: &str, pattern: &str, automaton: &Automaton) -> String {
    let width = automaton.states.first().map_or(1, Vec::len);
    let classes: Vec<String> = automaton
        .classes
        .iter()
        .map(|(first, last, class)| format!("({}, {}, {class})", byte(*first), byte(*last)))
        .collect();
    let mut text = format!("\n/// The pattern of `{path}`.\n");
    text += &format!("pub(super) static {}: Pattern = Pattern::new(\n", rust::screaming(path));
    text += &format!("    {},\n    &[{}],\n    &[\n", rust::string(pattern), classes.join(", "));
    for state in &automaton.states {
        let places: Vec<String> = state.iter().map(|place| (place * width).to_string()).collect();
        text += &format!("        {},\n", places.join(", "));
    }
    text + &format!("    ],\n    {},\n    {},\n);\n", automaton.start * width, automaton.accepting * width)
}

/// A byte as a literal.
fn byte(byte: u8) -> String {
    match byte {
        b'\'' | b'\\' => format!("b'\\{}'", char::from(byte)),
        b' '..=b'~' => format!("b'{}'", char::from(byte)),
        _ => format!("{byte:#04x}"),
    }
}
