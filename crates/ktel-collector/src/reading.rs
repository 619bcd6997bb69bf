//! What a probe answers.

use ktel_types::Absence;

/// A value, or why there is none.
pub(crate) type Reading<T> = Result<T, Absence>;
