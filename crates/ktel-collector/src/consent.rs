//! Whether anything is read and sent, and of which categories.
//!
//! Several sources have a say; the strictest one wins. The decision is a pure function of what they say, so that it can be
//! explained: each source, what it says, and which one decided. The host always has a say, there is no default. So does the
//! cluster: an annotation on a namespace is obeyed by every ktel in it.

mod environment;
mod namespace;
mod place;
mod setting;
mod source;
mod words;

use std::fmt;

pub use environment::Environment;
pub(crate) use environment::SWITCHES;
pub use namespace::{ANNOTATION, Heard};
pub use place::Place;
pub use setting::{Mode, Setting};
pub use source::Source;

/// What was decided, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    setting: Setting,
    said: Vec<(Source, Setting)>,
    unread: Vec<Source>,
    is_certain: bool,
}

/// Decides: the strictest source wins, category by category.
///
/// What of the cluster cannot be read means off, unless an administrator has said on, or categories, where ktel runs.
#[must_use]
pub fn decide(host: &Setting, environment: &Environment, cluster: &[Heard]) -> Decision {
    let own: Vec<(Source, Setting)> =
        std::iter::once((Source::Host, host.clone())).chain(environment.settings()).collect();
    let is_confirmed = own.iter().any(|(_, setting)| setting.is_confirmed());
    let words = cluster.iter().filter_map(|heard| Some((heard.source(), heard.setting(is_confirmed)?)));
    let said: Vec<(Source, Setting)> = own.into_iter().chain(words).collect();
    let unread = cluster.iter().map(Heard::source).filter(|source| source.is_unreadable()).collect();
    let strictest = |said: &mut dyn Iterator<Item = &(Source, Setting)>| {
        said.fold(Setting::on(), |strictest, (_, setting)| strictest.and(setting))
    };
    let setting = strictest(&mut said.iter());
    // What only an unreadable namespace forbids may be allowed again when it can be read.
    let known = strictest(&mut said.iter().filter(|(source, _)| !source.is_unreadable()));
    Decision { is_certain: known.mode() == setting.mode(), setting, said, unread }
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

    /// What could not be read, whether that decides or not.
    #[must_use]
    pub fn unread(&self) -> &[Source] {
        &self.unread
    }

    /// Whether anything may be read.
    #[must_use]
    pub fn may_collect(&self) -> bool {
        self.setting.mode() != Mode::Off
    }

    /// Whether anything may be sent.
    #[must_use]
    pub fn may_send(&self) -> bool {
        self.setting.mode() == Mode::On
    }

    /// Whether somebody said so. Otherwise it is off since the cluster could not be asked: nothing is sent, but what waits is
    /// not dropped.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }

    /// The first source that alone would have led to what is done with reports; `None` if it took several of them.
    #[must_use]
    pub fn decided_by(&self) -> Option<Source> {
        let decisive = self.said.iter().find(|(_, setting)| setting.mode() == self.setting.mode());
        decisive.map(|(source, _)| *source)
    }
}

impl fmt::Display for Decision {
    /// One sentence for a log or a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "telemetry is {}", self.setting)?;
        match self.decided_by() {
            _ if self.may_send() => Ok(()),
            Some(source) => write!(f, ", decided by {source} ({})", source.remedy()),
            None => f.write_str(", since no category is allowed by all"),
        }
    }
}

#[cfg(test)]
mod tests;
