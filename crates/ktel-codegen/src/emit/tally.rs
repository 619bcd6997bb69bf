//! How many fields a standard has, of which kinds: the numbers that pages show.

use crate::model::{Kind, Model};

/// How many fields there are.
pub(super) struct Tally {
    pub(super) fields: usize,
    pub(super) technical: usize,
    pub(super) usage: usize,
    pub(super) identifiers: usize,
    /// Texts that nothing bounds but their length. The rules of a standard refuse them; they are counted all the same.
    pub(super) free_texts: usize,
    pub(super) retention_days: u32,
}

impl Tally {
    pub(super) fn of(model: &Model) -> Self {
        let sensitive = |name: &str| model.fields().filter(|(_, field)| field.sensitivity == name).count();
        let is_free = |kind: &Kind| matches!(kind, Kind::Text(text) if text.pattern.is_empty());
        Self {
            fields: model.fields().count(),
            technical: sensitive("TECHNICAL"),
            usage: sensitive("USAGE"),
            identifiers: sensitive("IDENTIFIER"),
            free_texts: model.fields().filter(|(_, field)| is_free(&field.kind)).count(),
            retention_days: model.retention_days,
        }
    }

    /// All of it in a line.
    pub(super) fn sentence(&self) -> String {
        let Self { fields, technical, usage, identifiers, free_texts, retention_days } = self;
        format!(
            "{fields} fields: {technical} technical, {usage} of usage, {identifiers} identifiers, {free_texts} free texts. \
             Kept for {retention_days} days."
        )
    }
}
