//! Whether anything is read and sent, and of which categories.
//!
//! Several sources have a say; the strictest one wins. The decision is a pure function of what they say, so that it can be
//! explained: each source, what it says, and which one decided. The host always has a say, there is no default.
//!
//! An annotation in the cluster itself will be one more source: it is handed to [`decide`] next to the others.

use std::fmt;

use ktel_types::report::Category;

use crate::outside;

/// What a source says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    mode: Mode,
    categories: Vec<Category>,
}

/// What is done with reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Nothing is read, nothing is sent.
    Off,
    /// Reports are made for whoever looks at them here; nothing is sent.
    Local,
    /// Reports are sent.
    On,
}

/// Who says something about consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// The controller that embeds the collector, or the person at the command line.
    Host,
    /// The variable `DO_NOT_TRACK`.
    DoNotTrack,
    /// The variable `KTEL_TELEMETRY`.
    KtelTelemetry,
}

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    setting: Setting,
    said: Vec<(Source, Setting)>,
}

/// The variables that say something about consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `DO_NOT_TRACK`: `1` or `true` for off; `0`, `false` and nothing say nothing. All else means off.
    pub do_not_track: Option<String>,
    /// `KTEL_TELEMETRY`: `off`, `local`, `on`, or categories separated by commas. All else means off.
    pub ktel_telemetry: Option<String>,
}

impl Setting {
    /// Nothing.
    #[must_use]
    pub fn off() -> Self {
        Self { mode: Mode::Off, categories: Vec::new() }
    }

    /// Everything is collected, nothing is sent.
    #[must_use]
    pub fn local() -> Self {
        Self { mode: Mode::Local, categories: Category::ALL.to_vec() }
    }

    /// Everything.
    #[must_use]
    pub fn on() -> Self {
        Self { mode: Mode::On, categories: Category::ALL.to_vec() }
    }

    /// No more than these categories. Without any, nothing.
    #[must_use]
    pub fn only(self, categories: &[Category]) -> Self {
        self.and(&Self { mode: Mode::On, categories: categories.to_vec() })
    }

    /// What is done with reports.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The categories that may be read, in the order of the standard.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The stricter of both in every respect.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let both = |category: &&Category| self.categories.contains(category) && other.categories.contains(category);
        let categories: Vec<Category> = Category::ALL.iter().filter(both).copied().collect();
        match self.mode.min(other.mode) {
            Mode::Off => Self::off(),
            _ if categories.is_empty() => Self::off(),
            mode => Self { mode, categories },
        }
    }

    /// What a text says. What cannot be read means off.
    fn parse(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "on" => Self::on(),
            "local" => Self::local(),
            list => {
                let named = |name: &str| Category::ALL.iter().find(|known| known.as_str().eq_ignore_ascii_case(name));
                let categories: Option<Vec<Category>> =
                    list.split(',').map(|name| named(name.trim()).copied()).collect();
                categories.map_or_else(Self::off, |categories| Self::on().only(&categories))
            }
        }
    }
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn read() -> Self {
        Self { do_not_track: outside::variable("DO_NOT_TRACK"), ktel_telemetry: outside::variable("KTEL_TELEMETRY") }
    }

    /// What the variables say; nothing for those that are not set.
    fn settings(&self) -> impl Iterator<Item = (Source, Setting)> {
        let do_not_track = self.do_not_track.as_deref().map(str::trim);
        let is_asked =
            do_not_track.is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false"));
        let do_not_track = is_asked.then(|| (Source::DoNotTrack, Setting::off()));
        let telemetry = self.ktel_telemetry.as_deref().map(|text| (Source::KtelTelemetry, Setting::parse(text)));
        do_not_track.into_iter().chain(telemetry)
    }
}

/// Decides: the strictest source wins, category by category.
#[must_use]
pub fn decide(host: &Setting, environment: &Environment) -> Decision {
    let said: Vec<(Source, Setting)> =
        std::iter::once((Source::Host, host.clone())).chain(environment.settings()).collect();
    let setting = said.iter().fold(Setting::on(), |strictest, (_, setting)| strictest.and(setting));
    Decision { setting, said }
}

impl Decision {
    /// What holds.
    #[must_use]
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Each source that has something to say, with what it says.
    #[must_use]
    pub fn said(&self) -> &[(Source, Setting)] {
        &self.said
    }

    /// Whether anything may be read.
    #[must_use]
    pub fn may_collect(&self) -> bool {
        self.setting.mode != Mode::Off
    }

    /// Whether anything may be sent.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.setting.mode == Mode::On
    }

    /// The first source that alone would have led to what is done with reports; `None` if it took several of them.
    #[must_use]
    pub fn decided_by(&self) -> Option<Source> {
        let decisive = self.said.iter().find(|(_, setting)| setting.mode == self.setting.mode);
        decisive.map(|(source, _)| *source)
    }
}

impl fmt::Display for Decision {
    /// One sentence for a log or a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "telemetry is {}", self.setting)?;
        match self.decided_by() {
            _ if self.setting.mode == Mode::On => Ok(()),
            Some(source) => write!(f, ", decided by {source}"),
            None => f.write_str(", since no category is allowed by all"),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Off => return f.write_str("off"),
            Mode::Local => "local",
            Mode::On => "on",
        };
        let categories: Vec<&str> = self.categories.iter().map(|category| category.as_str()).collect();
        write!(f, "{mode} for {}", categories.join(", "))
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "the host",
            Self::DoNotTrack => "the variable DO_NOT_TRACK (unset it, or set it to 0)",
            Self::KtelTelemetry => {
                "the variable KTEL_TELEMETRY (off, local, on, or categories such as environment,usage)"
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYTHING: &str = "on for ENVIRONMENT, USAGE, PERFORMANCE";

    fn check(host: &Setting, do_not_track: Option<&str>, telemetry: Option<&str>, said: &str) {
        let environment =
            Environment { do_not_track: do_not_track.map(str::to_owned), ktel_telemetry: telemetry.map(str::to_owned) };
        assert_eq!(decide(host, &environment).setting().to_string(), said, "{do_not_track:?} {telemetry:?}");
    }

    #[test]
    fn the_strictest_wins() {
        for value in ["1", "true", "TRUE", "yes", "on", "anything"] {
            check(&Setting::on(), Some(value), Some("on"), "off");
        }
        for value in ["", "0", "false", " False "] {
            check(&Setting::on(), Some(value), None, EVERYTHING);
        }
        for value in ["off", "OFF", "", "no", "onn", "usage;environment", "usage,,environment", "usage,secrets"] {
            check(&Setting::on(), None, Some(value), "off");
        }
        check(&Setting::on(), None, None, EVERYTHING);
        check(&Setting::on(), None, Some(" ON "), EVERYTHING);
        check(&Setting::on(), None, Some("local"), "local for ENVIRONMENT, USAGE, PERFORMANCE");
        check(&Setting::local(), None, Some("on"), "local for ENVIRONMENT, USAGE, PERFORMANCE");
        check(&Setting::local(), None, Some("usage"), "local for USAGE");
        check(&Setting::on(), None, Some("Usage, environment"), "on for ENVIRONMENT, USAGE");
        check(&Setting::on().only(&[Category::Usage]), None, Some("usage,performance"), "on for USAGE");
        check(&Setting::on().only(&[Category::Usage]), None, Some("performance"), "off");
        check(&Setting::on().only(&[]), None, None, "off");
        check(&Setting::off(), None, Some("on"), "off");
    }

    #[test]
    fn a_decision_says_who_made_it() {
        let environment = Environment { do_not_track: Some("1".into()), ktel_telemetry: Some("off".into()) };
        let decision = decide(&Setting::on(), &environment);
        assert_eq!(decision.decided_by(), Some(Source::DoNotTrack));
        assert!(decision.to_string().starts_with("telemetry is off, decided by the variable DO_NOT_TRACK"));
        assert_eq!(decision.said().len(), 3);
        let nobody = decide(
            &Setting::on().only(&[Category::Usage]),
            &Environment { ktel_telemetry: Some("environment".into()), ..Environment::default() },
        );
        assert!(!nobody.may_collect() && nobody.decided_by().is_none());
        assert_eq!(nobody.to_string(), "telemetry is off, since no category is allowed by all");
    }
}
