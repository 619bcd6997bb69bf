//! Ends: versions of the standard, or dates. A date is over only on a day that somebody names.

use jiff::civil::Date;

use super::Fault;
use crate::model::Model;

/// When something ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum End {
    /// At a version of the standard.
    Version(u32, u32),
    /// On a day.
    Day(Date),
}

impl End {
    /// Reads `1.4` or `2027-01-31`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten();
        match text.split_once('.') {
            Some((major, minor)) => Some(Self::Version(number(major)?, number(minor)?)),
            None => text.parse().ok().map(Self::Day),
        }
    }

    /// Whether it has come, for a standard of this version and on this day.
    pub(super) fn has_come(self, version: &str, today: Option<Date>) -> bool {
        match self {
            Self::Version(..) => Self::parse(version.trim_end_matches("-dev")).is_some_and(|current| current >= self),
            Self::Day(day) => today.is_some_and(|today| today >= day),
        }
    }
}

pub(super) fn expires_form(model: &Model) -> Vec<Fault> {
    let fields = model.fields().filter_map(|(_, field)| Some((field, field.expires.as_ref()?)));
    fields
        .filter(|(_, expires)| End::parse(expires).is_none())
        .map(|(field, expires)| {
            let help = "write a version such as `1.4`, or a date such as `2027-01-31`";
            Fault::new(&field.at, format!("`{}` expires at `{expires}`, which is neither", field.name), help)
        })
        .collect()
}

pub(super) fn expired(model: &Model, today: Option<Date>) -> Vec<Fault> {
    let current = End::parse(model.version.trim_end_matches("-dev"));
    let has_passed = |end: End| match end {
        End::Day(day) => today.is_some_and(|today| today > day),
        End::Version(..) => current.is_some_and(|current| current > end),
    };
    let ends = model.fields().filter_map(|(_, field)| {
        let expires = field.expires.as_deref()?;
        End::parse(expires).filter(|end| has_passed(*end)).map(|_| (field, expires))
    });
    ends.map(|(field, expires)| {
        let help = "deprecate and remove it as it was promised, or tell those who send it of a later end";
        Fault::new(&field.at, format!("`{}` has expired: it ends with {expires}", field.name), help)
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_comes_with_its_version_or_day() {
        let has_come = |end: &str, version: &str, today: Option<&str>| {
            End::parse(end).unwrap().has_come(version, today.map(|day| day.parse().unwrap()))
        };
        assert!(has_come("1.4", "1.4-dev", None) && has_come("1.4", "1.10", None) && has_come("1.4", "2.0", None));
        assert!(!has_come("1.4", "1.3", None) && !has_come("1.10", "1.9-dev", None));
        assert!(has_come("2026-11-24", "1.0", Some("2026-11-24")) && has_come("2026-11-24", "1.0", Some("2027-01-01")));
        assert!(!has_come("2026-11-24", "1.0", Some("2026-11-23")) && !has_come("2026-11-24", "9.9", None));
    }

    #[test]
    fn what_is_no_end_is_known() {
        for text in ["", "1", "1.", "1.x", "v1.2", "1.2-dev", "+1.2", "soon", "2026-13-01", "2026-02-30", "1.2.3"] {
            assert_eq!(End::parse(text), None, "{text}");
        }
    }
}
