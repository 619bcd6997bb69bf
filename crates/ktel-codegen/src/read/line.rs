//! Places in the semicolon line format, as the model has them.

use super::{context::Context, options::LineOptions};
use crate::{
    lint,
    model::{
        Location,
        field::{Line, Manner},
    },
};

/// Reads the places of one field.
pub(super) fn lines(context: &mut Context<'_>, at: &Location, said: &[LineOptions]) -> Vec<Line> {
    for word in said.iter().flat_map(|said| &said.words).filter(|word| split(word).is_none()) {
        let message = format!("`{word}` is no word for a value");
        context.find(const { lint::id("line-word") }, at, message, "write it as `value=word`");
    }
    said.iter().map(line).collect()
}

fn line(said: &LineOptions) -> Line {
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
        words: said.words.iter().filter_map(|word| split(word)).collect(),
    }
}

fn split(said: &str) -> Option<(String, String)> {
    said.split_once('=').map(|(value, word)| (value.to_owned(), word.to_owned()))
}
