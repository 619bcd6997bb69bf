//! A field's declaration in parts.

use crate::sources::Site;

/// A field's declaration, its options without the key that they share.
pub(super) struct Block {
    pub(super) comment: String,
    pub(super) head: String,
    pub(super) options: Vec<String>,
}

const KEY: &str = "    (ktel.v1.field).";

impl Block {
    pub(super) fn of(site: &Site) -> Self {
        let (comment, rest): (Vec<&str>, Vec<&str>) =
            site.text.lines().partition(|line| line.trim_start().starts_with("//"));
        let options = rest[1..rest.len() - 1].iter();
        Self {
            comment: comment.join("\n"),
            head: rest[0].to_owned(),
            options: options.map(|line| line.strip_prefix(KEY).unwrap().trim_end_matches(',').to_owned()).collect(),
        }
    }

    pub(super) fn text(&self) -> String {
        let options: Vec<String> = self.options.iter().map(|option| format!("{KEY}{option}")).collect();
        format!("{}\n{}\n{}\n  ];\n", self.comment, self.head, options.join(",\n"))
    }

    /// What the first option of this key says.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.options.iter().find_map(|option| option.strip_prefix(key)?.strip_prefix(" = "))
    }

    /// Nothing, if an option of this key is there.
    pub(super) fn lacks(&self, key: &str) -> Option<()> {
        self.get(key).is_none().then_some(())
    }

    /// Lets the first option of this key say something else.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Option<()> {
        let option = self.options.iter_mut().find(|option| option.starts_with(&format!("{key} = ")))?;
        *option = format!("{key} = {value}");
        Some(())
    }

    /// Adds an option. It may be the last step of an edit, which is why it answers like those that may not be possible.
    #[allow(clippy::unnecessary_wraps, reason = "edits are chains of steps")]
    pub(super) fn add(&mut self, key: &str, value: &str) -> Option<()> {
        self.options.push(format!("{key} = {value}"));
        Some(())
    }

    /// Drops all options of this key.
    pub(super) fn cut(&mut self, key: &str) -> Option<()> {
        let count = self.options.len();
        self.options.retain(|option| !option.starts_with(&format!("{key} = ")));
        (self.options.len() < count).then_some(())
    }

    /// The number of the field.
    pub(super) fn number(&self) -> u32 {
        self.head.trim_end_matches(" [").rsplit(' ').next().unwrap().parse().unwrap()
    }

    /// Writes the declaration's head otherwise.
    pub(super) fn rewrite(&mut self, old: &str, new: &str) -> Option<()> {
        let head = self.head.replacen(old, new, 1);
        (head != self.head).then(|| self.head = head)
    }
}
