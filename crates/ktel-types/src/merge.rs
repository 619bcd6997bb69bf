//! How facts that several control planes tell are made one. What one of them does not tell, the other one does.

use std::ops::Add;

/// What adds up. A sum that leaves the bounds of its type stays at their end.
pub(crate) fn sum<T: Total>(fact: &mut Option<T>, other: Option<T>) {
    both(fact, other, Total::total);
}

/// What is as large as the largest.
pub(crate) fn max<T: PartialOrd>(fact: &mut Option<T>, other: Option<T>) {
    both(fact, other, |one, other| if other > one { other } else { one });
}

/// What is the same for all: the first that was told counts.
pub(crate) fn first<T>(fact: &mut Option<T>, other: Option<T>) {
    both(fact, other, |one, _| one);
}

/// Names: all that any of them has, in the order in which they were told.
pub(crate) fn union<T: PartialEq>(fact: &mut Option<Vec<T>>, other: Option<Vec<T>>) {
    both(fact, other, |mut one, other| {
        for item in other {
            if !one.contains(&item) {
                one.push(item);
            }
        }
        one
    });
}

/// A number that can be added to another one.
pub(crate) trait Total {
    /// The sum.
    fn total(self, other: Self) -> Self;
}

impl Total for u32 {
    fn total(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl Total for i32 {
    fn total(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl Total for f64 {
    fn total(self, other: Self) -> Self {
        self.add(other)
    }
}

fn both<T>(fact: &mut Option<T>, other: Option<T>, join: impl FnOnce(T, T) -> T) {
    *fact = match (fact.take(), other) {
        (Some(one), Some(other)) => Some(join(one, other)),
        (one, other) => one.or(other),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_does_not_tell_the_other_does() {
        let merged = |join: fn(&mut Option<u32>, Option<u32>), one, other| {
            let mut fact = one;
            join(&mut fact, other);
            fact
        };
        for join in [sum::<u32>, max::<u32>, first::<u32>] {
            assert_eq!(merged(join, None, Some(7)), Some(7));
            assert_eq!(merged(join, Some(7), None), Some(7));
            assert_eq!(merged(join, None, None), None);
        }
        assert_eq!(merged(sum, Some(2), Some(3)), Some(5));
        assert_eq!(merged(sum, Some(u32::MAX), Some(3)), Some(u32::MAX));
        assert_eq!(merged(max, Some(2), Some(3)), Some(3));
        assert_eq!(merged(first, Some(2), Some(3)), Some(2));
    }

    #[test]
    fn names_are_told_once() {
        let mut fact = Some(vec!["a", "b"]);
        union(&mut fact, Some(vec!["b", "c"]));
        assert_eq!(fact, Some(vec!["a", "b", "c"]));
    }
}
