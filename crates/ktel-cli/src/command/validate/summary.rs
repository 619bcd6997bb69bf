//! What is said of all documents together.

use std::{collections::BTreeMap, fmt};

use super::verdict::Kind;

/// How many unknown names are counted apart, those that come first as texts: whoever writes the documents may make up as many as
/// they like, and which of them are kept does not depend on how the documents were dealt out.
const MOST_UNKNOWN: usize = 1000;

/// How many kinds are shown.
const SHOWN_KINDS: usize = 20;

/// How wide a terminal is.
const COLUMNS: usize = 80;

/// How many documents there were, how many of them are not valid, and why.
#[derive(Default)]
pub(crate) struct Summary {
    pub(crate) documents: u64,
    pub(crate) invalid: u64,
    rules: BTreeMap<String, u64>,
    unknown: BTreeMap<String, u64>,
    /// How many unknown names are not counted apart.
    others: u64,
}

impl Summary {
    pub(crate) fn count(&mut self, kind: Kind) {
        match kind {
            Kind::Rule(rule) => *self.rules.entry(rule).or_default() += 1,
            Kind::Unknown(name) => self.count_unknown(name, 1),
        }
    }

    /// Adds what is said of the documents that follow.
    pub(crate) fn append(&mut self, later: Self) {
        self.documents += later.documents;
        self.invalid += later.invalid;
        self.others += later.others;
        for (rule, count) in later.rules {
            *self.rules.entry(rule).or_default() += count;
        }
        for (name, count) in later.unknown {
            self.count_unknown(name, count);
        }
    }

    fn count_unknown(&mut self, name: String, count: u64) {
        *self.unknown.entry(name).or_default() += count;
        if self.unknown.len() > MOST_UNKNOWN {
            self.others += self.unknown.pop_last().map_or(0, |(_, count)| count);
        }
    }
}

/// For a terminal: how many documents there were, then each kind of violation, the most frequent ones first.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documents, invalid, .. } = self;
        writeln!(f, "{documents} documents: {} valid, {invalid} not", documents - invalid)?;
        let mut kinds: Vec<(&String, &u64)> = self.rules.iter().chain(&self.unknown).collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (kind, count) in kinds.iter().take(SHOWN_KINDS) {
            writeln!(f, "{}", cut(&format!("{count:>9}  {kind}")))?;
        }
        let more = kinds.iter().skip(SHOWN_KINDS).map(|(_, count)| *count).sum::<u64>() + self.others;
        if more > 0 { writeln!(f, "{more:>9}  of other kinds") } else { Ok(()) }
    }
}

/// As much of a line as a terminal shows.
fn cut(line: &str) -> String {
    match line.char_indices().nth(COLUMNS) {
        None => line.to_owned(),
        Some(_) => line.chars().take(COLUMNS - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(kinds: impl IntoIterator<Item = usize>) -> Summary {
        let mut summary = Summary::default();
        for kind in kinds {
            summary.documents += 1;
            summary.invalid += 1;
            summary.count(Kind::Unknown(format!("kind {kind:05}")));
        }
        summary
    }

    /// What is counted is bounded, and the same however the documents are dealt out and in whatever order they are added up.
    #[test]
    fn kinds_are_counted_alike_however_they_are_dealt_out() {
        let kinds = || (0..7000).map(|number| number * 7919 % 3000);
        let whole = summary(kinds());
        assert_eq!(whole.unknown.len(), MOST_UNKNOWN);
        for parts in [2, 13, 700] {
            let mut sum = Summary::default();
            for part in 0..parts {
                sum.append(summary(kinds().skip(part).step_by(parts)));
            }
            assert_eq!(sum.to_string(), whole.to_string());
            assert_eq!(sum.unknown, whole.unknown);
        }
        let told: u64 = whole.unknown.values().sum();
        assert_eq!(told + whole.others, 7000);
    }

    #[test]
    fn the_most_frequent_kinds_come_first_in_lines_that_a_terminal_holds() {
        let mut summary = summary([1, 2, 2, 2, 3, 3]);
        summary.count(Kind::Rule("x".repeat(200)));
        let shown = summary.to_string();
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[..3], ["6 documents: 0 valid, 6 not", "        3  kind 00002", "        2  kind 00003"]);
        assert!(lines[3].ends_with("xxx…") && lines.iter().all(|line| line.chars().count() <= COLUMNS), "{shown}");
        assert!(self::summary(0..30).to_string().ends_with("\n       10  of other kinds\n"));
    }
}
