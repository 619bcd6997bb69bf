//! What was given up, and is never used again.

/// Numbers and names that a message or an enum had once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reserved {
    /// Ranges of numbers, both ends in them.
    pub numbers: Vec<(i64, i64)>,
    /// Names.
    pub names: Vec<String>,
}

impl Reserved {
    /// Whether nobody can use both of them again.
    #[must_use]
    pub fn keeps(&self, number: i64, name: &str) -> bool {
        self.keeps_number(number) && self.names.iter().any(|reserved| reserved == name)
    }

    /// Whether every number of this range is reserved.
    ///
    /// Protobuf refuses ranges that overlap; those that touch are one.
    #[must_use]
    pub fn keeps_range(&self, (first, last): (i64, i64)) -> bool {
        let mut next = first;
        let mut ranges = self.numbers.clone();
        ranges.sort_unstable();
        for (start, end) in ranges {
            if start <= next && next <= end {
                next = end.saturating_add(1);
            }
        }
        next > last
    }

    fn keeps_number(&self, number: i64) -> bool {
        self.numbers.iter().any(|(first, last)| (*first..=*last).contains(&number))
    }
}
