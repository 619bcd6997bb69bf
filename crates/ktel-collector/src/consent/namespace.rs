//! What a cluster says: an annotation that every ktel in it obeys, and the switches of the controller that is reported on.

use super::{
    place::Place,
    setting::Setting,
    source::Source,
    words::{is_no, is_true},
};

/// The annotation: `off`, `local`, `on`, or categories separated by commas. All else means off.
pub const ANNOTATION: &str = "ktel.konghq.com/telemetry";

/// What was read of one namespace, or of the controller's pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    source: Source,
    /// What it says; `None` for nothing.
    setting: Option<Setting>,
}

impl Heard {
    /// The namespace bears this annotation, or none.
    #[must_use]
    pub fn annotation(place: Place, text: Option<&str>) -> Self {
        Self { source: Source::Namespace(place), setting: text.map(Setting::parse) }
    }

    /// The namespace cannot be read.
    #[must_use]
    pub fn unreadable(place: Place) -> Self {
        Self { source: Source::UnreadableNamespace(place), setting: Some(Setting::off()) }
    }

    /// The pod of the controller cannot be read.
    #[must_use]
    pub fn unreadable_pod() -> Self {
        Self { source: Source::UnreadablePod, setting: Some(Setting::off()) }
    }

    /// A switch of this name is set in the controller's pod, to this value. What is not plainly true means off.
    #[must_use]
    pub fn switch(name: &'static str, value: &str) -> Self {
        Self { source: Source::ControllerSwitch(name), setting: (!is_true(value)).then(Setting::off) }
    }

    /// The variable `KTEL_TELEMETRY` is set in the controller's pod, to this text. It may stand elsewhere, and is then empty: off.
    #[must_use]
    pub fn telemetry_of_controller(text: &str) -> Self {
        Self { source: Source::ControllerVariable("KTEL_TELEMETRY"), setting: Some(Setting::parse(text)) }
    }

    /// The variable `DO_NOT_TRACK` is set in the controller's pod, to this value. It may stand elsewhere, and is then empty: off.
    #[must_use]
    pub fn do_not_track_of_controller(value: &str) -> Self {
        let is_no = value.is_empty() || is_no(value);
        Self { source: Source::ControllerVariable("DO_NOT_TRACK"), setting: is_no.then(Setting::off) }
    }

    /// Whether it is one of the switches that Kong's products have had before ktel, or that nobody could ask for them.
    pub(crate) fn is_of_switches(&self) -> bool {
        matches!(self.source, Source::ControllerSwitch(_) | Source::UnreadablePod)
    }

    pub(super) fn source(&self) -> Source {
        self.source
    }

    /// Whether it says something, and has been read.
    pub(crate) fn is_word(&self) -> bool {
        self.setting.is_some() && !self.source.is_unreadable()
    }

    /// Whether the same could not be read this time.
    pub(crate) fn is_unread_in(&self, heard: &[Self]) -> bool {
        let unreadable = match self.source {
            Source::Namespace(place) => Source::UnreadableNamespace(place),
            _ => Source::UnreadablePod,
        };
        heard.iter().any(|heard| heard.source == unreadable)
    }

    /// What it says; `None` for nothing. `is_confirmed` is whether an administrator has spoken elsewhere.
    pub(super) fn setting(&self, is_confirmed: bool) -> Option<Setting> {
        self.setting.clone().filter(|_| !(self.source.is_unreadable() && is_confirmed))
    }
}
