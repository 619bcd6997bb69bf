//! How text looks in a terminal: colours, where they are wanted, and lines that fit.

use anstyle::{AnsiColor, Style};

/// How wide a line may be, in a terminal of any width: what can be read at a glance.
pub(crate) const WIDTH: usize = 80;

pub(crate) const HEADING: Style = Style::new().bold().underline();
pub(crate) const NAME: Style = Style::new().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default();
pub(crate) const NOTICE: Style = AnsiColor::Yellow.on_default().bold();

/// A text in a style. What prints it takes the style away where nobody can see it.
pub(crate) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A text in lines that fit, the first of which begins with `first`, and each other one as far to the right as `first` is long.
pub(crate) fn wrapped(first: &str, text: &str) -> String {
    hanging(first, &" ".repeat(first.chars().count()), text)
}

/// A text in lines that fit, all of them this far to the right.
pub(crate) fn indented(columns: usize, text: &str) -> String {
    let indent = " ".repeat(columns);
    hanging(&indent, &indent, text)
}

fn hanging(first: &str, others: &str, text: &str) -> String {
    let options = textwrap::Options::new(WIDTH).initial_indent(first).subsequent_indent(others).break_words(false);
    // A name with hyphens is one word.
    textwrap::fill(text, options.word_splitter(textwrap::WordSplitter::NoHyphenation))
}
