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

/// Reads a page of acknowledgements. What stands before the first heading, or in a block of code, is none.
#[must_use]
pub fn parse(page: &str) -> Vec<Acknowledgement> {
    let mut found: Vec<Acknowledgement> = Vec::new();
    let (mut is_code, mut is_over) = (false, false);
    for line in page.lines() {
        is_code ^= line.starts_with("```");
        // Another heading ends what is said of the change before it.
        is_over = !is_code && line.starts_with('#') || (is_over && !line.starts_with("## `"));
        let key = line.strip_prefix("## `").and_then(|rest| rest.trim_end().strip_suffix('`'));
        match (key, found.last_mut()) {
            (Some(key), _) if !is_code => {
                is_over = false;
                found.push(Acknowledgement { key: key.to_owned(), text: String::new() });
            }
            (_, Some(last)) if !is_over => last.text += &format!("{line}\n"),
            (_, Some(_) | None) => {}
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
