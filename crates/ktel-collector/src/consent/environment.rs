//! What the variables of a process say.

use super::{
    setting::Setting,
    source::Source,
    words::{is_no, is_true},
};
use crate::outside;

/// The variables that Kong's products have had before ktel, each of which switches off the telemetry of one of them.
pub(crate) const SWITCHES: [&str; 4] = [
    "CONTROLLER_ANONYMOUS_REPORTS",
    "KONG_OPERATOR_ANONYMOUS_REPORTS",
    "GATEWAY_OPERATOR_ANONYMOUS_REPORTS",
    "KONG_ANONYMOUS_REPORTS",
];

/// The variables that say something about consent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// `DO_NOT_TRACK`: `1` or `true` for off; `0`, `false` and nothing say nothing. All else means off.
    pub do_not_track: Option<String>,
    /// `KTEL_TELEMETRY`: `off`, `local`, `on`, or categories separated by commas. All else means off.
    pub ktel_telemetry: Option<String>,
    /// `KTEL_REPLACES_ANONYMOUS_REPORTS`: `true` where ktel stands in for what the switches switch off; they then say nothing.
    pub replaces_anonymous_reports: Option<String>,
    /// The switches that are set, by name: `CONTROLLER_ANONYMOUS_REPORTS`, for example. What is not plainly true means off.
    pub switches: Vec<(&'static str, String)>,
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn read() -> Self {
        Self {
            do_not_track: outside::variable("DO_NOT_TRACK"),
            ktel_telemetry: outside::variable("KTEL_TELEMETRY"),
            replaces_anonymous_reports: outside::variable("KTEL_REPLACES_ANONYMOUS_REPORTS"),
            switches: SWITCHES.into_iter().filter_map(|name| Some((name, outside::variable(name)?))).collect(),
        }
    }

    /// Whether ktel stands in for what the switches switch off.
    pub(crate) fn replaces(&self) -> bool {
        self.replaces_anonymous_reports.as_deref().is_some_and(is_true)
    }

    /// What the variables say; nothing for those that are not set.
    pub(super) fn settings(&self) -> impl Iterator<Item = (Source, Setting)> {
        let is_asked = self.do_not_track.as_deref().is_some_and(is_no);
        let do_not_track = is_asked.then(|| (Source::DoNotTrack, Setting::off()));
        let telemetry = self.ktel_telemetry.as_deref().map(Setting::parse).map(Setting::confirmed);
        let telemetry = telemetry.map(|setting| (Source::KtelTelemetry, setting));
        let is_replaced = self.replaces();
        let switches = self.switches.iter().filter(move |(_, value)| !is_replaced && !is_true(value));
        let switches = switches.map(|(name, _)| (Source::Switch(name), Setting::off()));
        do_not_track.into_iter().chain(telemetry).chain(switches)
    }
}
