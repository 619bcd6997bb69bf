//! CiliumEnvoyConfigs and CiliumClusterwideEnvoyConfigs, of which it counts alone that they are there.

use serde::de::IgnoredAny;

/// Those that a query selects.
pub(crate) type Selected = crate::selection::Selected<IgnoredAny>;
