//! The version of a standard inside of its major version. It is computed, never typed.

use std::{fmt, str::FromStr};

/// A version that is published, or that the next release will be: `1.3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    major: u32,
    minor: u32,
}

impl Version {
    /// The version that a release makes of a standard that has changed since `latest`.
    ///
    /// What comes before 1.0 is a draft, and followed by 1.0, whatever its number.
    #[must_use]
    pub fn after(latest: Option<Self>) -> Self {
        match latest {
            Some(Self { major: 1.., minor }) => Self { major: 1, minor: minor.saturating_add(1) },
            Some(Self { major: 0, .. }) | None => Self { major: 1, minor: 0 },
        }
    }

    /// Whether it came before the first version that promises anything.
    #[must_use]
    pub fn is_draft(self) -> bool {
        self.major == 0
    }

    /// What is said of sources that will be this version once they are released.
    #[must_use]
    pub fn unreleased(self) -> String {
        format!("{self}-dev")
    }
}

/// A text that is not a version.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version such as `1.3`")]
pub struct Error(String);

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let parts = text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        // Whatever is not written as it is displayed, such as `1.03`, would be a second name for a folder.
        let version = parts.map(|(major, minor)| Self { major, minor });
        version
            .filter(|version| version.major <= 1 && version.to_string() == text)
            .ok_or_else(|| Error(text.to_owned()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(latest: Option<&str>, expected: &str) {
        let latest = latest.map(|text| text.parse().unwrap());
        assert_eq!(Version::after(latest).to_string(), expected);
    }

    #[test]
    fn a_version_follows_from_the_one_before() {
        check(None, "1.0");
        check(Some("0.9"), "1.0");
        check(Some("1.0"), "1.1");
        check(Some("1.9"), "1.10");
    }

    #[test]
    fn what_is_not_written_like_a_version_is_none() {
        for text in ["", "1", "1.", ".1", "v1.0", "1.0-dev", "1.03", "1.0.0", "2.0", "1.+1", "-1.0"] {
            assert_eq!(text.parse::<Version>(), Err(Error(text.to_owned())));
        }
    }

    #[test]
    fn the_tenth_version_comes_after_the_ninth() {
        assert!("1.9".parse::<Version>().unwrap() < "1.10".parse().unwrap());
    }
}
