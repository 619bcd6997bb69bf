//! Who says something about consent, and how they are made to say something else.

use std::fmt;

use super::place::Place;

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
    /// A variable of this name that Kong's products have had before ktel.
    Switch(&'static str),
    /// Such a variable, or the argument `--anonymous-reports`, of the controller's pod.
    ControllerSwitch(&'static str),
    /// The variable `DO_NOT_TRACK` or `KTEL_TELEMETRY` of the controller's pod.
    ControllerVariable(&'static str),
    /// The annotation on a namespace.
    Namespace(Place),
    /// A namespace that cannot be read, so that nobody knows what it says.
    UnreadableNamespace(Place),
    /// The controller's pod, which cannot be read.
    UnreadablePod,
}

impl Source {
    /// How the source is made to say something else.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Host => "it is set in the configuration of the controller",
            Self::DoNotTrack => "unset it, or set it to 0",
            Self::KtelTelemetry => "off, local, on, or categories such as environment,usage",
            Self::Switch(_) | Self::ControllerSwitch(_) => "set it to true, or unset it",
            Self::ControllerVariable(_) => "set it to another value, or unset it",
            Self::Namespace(Place::KubeSystem) => "`ktel opt-in` takes it back",
            Self::Namespace(Place::Default) => "`ktel opt-in --in default` takes it back",
            Self::Namespace(Place::Own) => "kubectl annotate namespace NAME ktel.konghq.com/telemetry-",
            Self::UnreadableNamespace(_) => "bind the role ktel-consent, or set KTEL_TELEMETRY=on",
            Self::UnreadablePod => "bind the role ktel-self, or set KTEL_TELEMETRY=on",
        }
    }

    pub(super) fn is_unreadable(self) -> bool {
        matches!(self, Self::UnreadableNamespace(_) | Self::UnreadablePod)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host => f.write_str("the host"),
            Self::DoNotTrack => f.write_str("the variable DO_NOT_TRACK"),
            Self::KtelTelemetry => f.write_str("the variable KTEL_TELEMETRY"),
            Self::Switch(name) => write!(f, "the variable {name}"),
            Self::ControllerSwitch(name) | Self::ControllerVariable(name) => {
                write!(f, "{name} of the controller's pod")
            }
            Self::Namespace(place) => write!(f, "the annotation on {place}"),
            Self::UnreadableNamespace(place) => write!(f, "{place}, which cannot be read"),
            Self::UnreadablePod => f.write_str("the controller's pod, which cannot be read"),
        }
    }
}
