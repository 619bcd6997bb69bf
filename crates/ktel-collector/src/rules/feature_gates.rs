//! The feature gates that Kong's controllers are known to have, in whichever version.

/// The names. Others are only counted: somebody may have made them up.
///
/// Source: to be completed.
pub(crate) static KNOWN: &[&str] = &[
    "CombinedRoutes",
    "CombinedServices",
    "CombinedServicesFromDifferentHTTPRoutes",
    "ExpressionRoutes",
    "FallbackConfiguration",
    "FillIDs",
    "Gateway",
    "GatewayAlpha",
    "Knative",
    "KongCustomEntity",
    "KongServiceFacade",
    "RewriteURIs",
    "SanitizeKonnectConfigDumps",
];
