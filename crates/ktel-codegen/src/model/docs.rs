//! What a comment in the sources says, free of the sources' syntax.

/// Paragraphs, the first of which starts with the sentence that stands for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Docs(pub Vec<String>);

impl Docs {
    /// The first sentence.
    #[must_use]
    pub fn summary(&self) -> &str {
        let first = self.0.first().map_or("", String::as_str);
        first.find(". ").map_or(first, |end| &first[..=end])
    }

    /// All that is said, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.join(" ")
    }
}
