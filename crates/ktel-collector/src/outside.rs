//! Everything that is not a function of its arguments: the wall clock, random bits, the environment.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The time since the beginning of 1970 in UTC.
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Random bytes.
///
/// A system without random bits gives zeros: identifiers then clash, which is better than a controller that stops.
pub(crate) fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    if getrandom::fill(&mut bytes).is_err() {
        tracing::debug!("the system has no random bits");
    }
    bytes
}

/// A random number from 0 up to, but not including, 1.
pub(crate) fn random_fraction() -> f64 {
    fraction_of(&random_bytes())
}

/// The first bytes as a number from 0 up to, but not including, 1.
pub(crate) fn fraction_of(bytes: &[u8]) -> f64 {
    bytes.iter().take(4).rev().fold(0.0, |fraction, byte| (fraction + f64::from(*byte)) / 256.0)
}

/// A variable of the environment; `None` if it is not set. What is not Unicode counts as set, to something unreadable.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
}
