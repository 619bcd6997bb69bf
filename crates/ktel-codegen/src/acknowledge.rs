//! What is said in public of changes that collect more, or something more sensitive: `schema/privacy-changes.md`.
//!
//! ```text
//! ## `identifier added: cluster.machine_id → IDENTIFIER`
//!
//! Why it is needed, whom it concerns, what was done to make it less.
//! ```

use crate::compare::{Change, Class};

/// A heading that names a change by its key, with what is said below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// The [key](Change::key) of the change.
    pub key: String,
    /// What is said of it.
    pub text: String,
}

/// Reads a page of acknowledgements. What stands below another heading is none, nor is a heading in
/// a block of code.
#[must_use]
pub fn parse(page: &str) -> Vec<Acknowledgement> {
    let mut found: Vec<Acknowledgement> = Vec::new();
    let (mut is_code, mut is_below_key) = (false, false);
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        if !is_code && line.starts_with('#') {
            // Any other heading ends what is said of the change before it.
            let key = line.strip_prefix("## `").and_then(|rest| rest.trim_end().strip_suffix('`'));
            is_below_key = key.is_some();
            found.extend(key.map(|key| Acknowledgement { key: key.to_owned(), text: String::new() }));
        } else if let Some(last) = found.last_mut().filter(|_| is_below_key) {
            last.text += &format!("{line}\n");
        }
    }
    for acknowledgement in &mut found {
        acknowledgement.text = acknowledgement.text.trim().to_owned();
    }
    found
}

/// What is said of a change, if it needs to be acknowledged and is.
#[must_use]
pub fn find<'a>(acknowledgements: &'a [Acknowledgement], change: &Change) -> Option<&'a Acknowledgement> {
    let key = change.key();
    let is_it = |said: &&Acknowledgement| said.key == key && !said.text.is_empty();
    acknowledgements.iter().find(is_it).filter(|_| change.kind.class == Class::Privacy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_with_a_key_and_words_below_is_an_acknowledgement() {
        let page = "# Page\n\n```text\n## `an example: a → b`\n\nNo.\n```\n\n## `new read: USAGE → v1/pods`\n\nWhy.\n\nMore.\n\n## Notes\n\nOn something else.\n\n## `x: y`\n\n# End\n";
        let expected = [("new read: USAGE → v1/pods", "Why.\n\nMore."), ("x: y", "")];
        let expected = expected.map(|(key, text)| Acknowledgement { key: key.into(), text: text.into() });
        assert_eq!(parse(page), expected);
    }
}
