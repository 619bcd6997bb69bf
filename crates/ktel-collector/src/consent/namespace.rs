//! What a cluster says: an annotation that every ktel in it obeys.

use std::fmt;

use super::{setting::Setting, source::Source};

/// The annotation: `off`, `local`, `on`, or categories separated by commas. All else means off.
pub const ANNOTATION: &str = "ktel.konghq.com/telemetry";

/// A namespace that may bear the annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// `kube-system`.
    KubeSystem,
    /// `default`: some platforms let nobody change `kube-system`.
    Default,
    /// The namespace that the collector runs in.
    Own,
}

/// What was read of one namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    place: Place,
    word: Word,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// Nothing: there is no annotation, or no such namespace.
    Nothing,
    Text(String),
    Unreadable,
}

impl Heard {
    /// The namespace bears this annotation, or none.
    #[must_use]
    pub fn annotation(place: Place, text: Option<&str>) -> Self {
        Self { place, word: text.map_or(Word::Nothing, |text| Word::Text(text.to_owned())) }
    }

    /// The namespace cannot be read.
    #[must_use]
    pub fn unreadable(place: Place) -> Self {
        Self { place, word: Word::Unreadable }
    }

    pub(super) fn source(&self) -> Source {
        match self.word {
            Word::Unreadable => Source::UnreadableNamespace(self.place),
            Word::Nothing | Word::Text(_) => Source::Namespace(self.place),
        }
    }

    /// What it says; `None` for nothing. `is_confirmed` is whether an administrator has spoken elsewhere.
    pub(super) fn setting(&self, is_confirmed: bool) -> Option<Setting> {
        match &self.word {
            Word::Nothing => None,
            Word::Text(text) => Some(Setting::parse(text)),
            Word::Unreadable => (!is_confirmed).then(Setting::off),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KubeSystem => "the namespace kube-system",
            Self::Default => "the namespace default",
            Self::Own => "the namespace of the controller",
        })
    }
}
