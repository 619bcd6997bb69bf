//! What the values of switches mean.

/// Whether a value is plainly true, as Go and Kong Gateway read it.
pub(super) fn is_true(value: &str) -> bool {
    matches!(value.trim().to_ascii_lowercase().as_str(), "1" | "t" | "true" | "on" | "yes")
}

/// Whether `DO_NOT_TRACK` of this value is a no: unless it is plainly none.
pub(super) fn is_no(value: &str) -> bool {
    !matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false")
}
