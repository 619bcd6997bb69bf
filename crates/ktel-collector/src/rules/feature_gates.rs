//! The feature gates that Kong's controllers are known to have, in whichever version.

/// The names. Others are only counted: somebody may have made them up.
///
/// Source: `FEATURE_GATES.md` and `pkg/manager/config/feature_gates_keys.go` of Kong/kubernetes-ingress-controller, and
/// `ingress-controller/pkg/manager/config/feature_gates_keys.go` of Kong/kong-operator.
pub(crate) static KNOWN: &[&str] = &[
    "CombinedRoutes",
    "CombinedServices",
    "ExpressionRoutes",
    "FallbackConfiguration",
    "FillIDs",
    "Gateway",
    "GatewayAlpha",
    "Knative",
    "KongCustomEntity",
    "KongServiceFacade",
    "KongServiceV1Alpha1",
    "RewriteURIs",
    "SanitizeKonnectConfigDumps",
];
