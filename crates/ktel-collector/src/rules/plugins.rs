//! The plugins that come with Kong Gateway.

/// A plugin that comes with Kong Gateway, of whichever edition, or came with it once.
struct Row {
    name: &'static str,
    /// The first version that it came with, as far as that is known: otherwise it counts for every version.
    since: Version,
    /// Where this was checked.
    #[allow(dead_code, reason = "for people")]
    source: &'static str,
}

/// The first two numbers of a version.
type Version = (u32, u32);

/// Kong Gateway's lists of plugins by priority, a file for each version from 3.4 on.
const PRIORITIES: &str = "Kong/developer.konghq.com app/_data/plugins/priorities";

/// The same lists of the versions before, from 2.6 on, and examples by version.
const TOOLKIT: &str = "Kong/docs-plugin-toolkit data/priorities, examples";

/// The modules and dependencies that each early version of the open-source edition was built of.
const ROCKSPEC: &str = "Kong/kong kong-*.rockspec";

/// What is said to a data plane that is too old for a plugin.
const KONNECT: &str = "Kong/developer.konghq.com app/_data/version_errors_konnect.yml";

/// In the order of their names.
static ROWS: &[Row] = &[
    Row { name: "ace", since: (3, 12), source: PRIORITIES },
    Row { name: "acl", since: (0, 0), source: ROCKSPEC },
    Row { name: "acme", since: (2, 0), source: TOOLKIT },
    Row { name: "ai-a2a-proxy", since: (3, 14), source: PRIORITIES },
    Row { name: "ai-aws-guardrails", since: (3, 11), source: PRIORITIES },
    Row { name: "ai-azure-content-safety", since: (3, 7), source: PRIORITIES },
    Row { name: "ai-custom-guardrail", since: (3, 14), source: PRIORITIES },
    Row { name: "ai-gcp-model-armor", since: (3, 12), source: PRIORITIES },
    Row { name: "ai-lakera-guard", since: (3, 13), source: PRIORITIES },
    Row { name: "ai-llm-as-judge", since: (3, 12), source: PRIORITIES },
    Row { name: "ai-mcp-oauth2", since: (3, 12), source: PRIORITIES },
    Row { name: "ai-mcp-proxy", since: (3, 12), source: PRIORITIES },
    Row { name: "ai-prompt-compressor", since: (3, 11), source: PRIORITIES },
    Row { name: "ai-prompt-decorator", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-prompt-guard", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-prompt-template", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-proxy", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-proxy-advanced", since: (3, 8), source: PRIORITIES },
    Row { name: "ai-rag-injector", since: (3, 10), source: PRIORITIES },
    Row { name: "ai-rate-limiting-advanced", since: (3, 7), source: PRIORITIES },
    Row { name: "ai-request-transformer", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-response-transformer", since: (3, 6), source: TOOLKIT },
    Row { name: "ai-sanitizer", since: (3, 10), source: PRIORITIES },
    Row { name: "ai-semantic-cache", since: (3, 8), source: PRIORITIES },
    Row { name: "ai-semantic-prompt-guard", since: (3, 8), source: PRIORITIES },
    Row { name: "ai-semantic-response-guard", since: (3, 12), source: PRIORITIES },
    Row { name: "app-dynamics", since: (3, 1), source: TOOLKIT },
    Row { name: "application-registration", since: (0, 0), source: TOOLKIT },
    Row { name: "aws-lambda", since: (0, 0), source: ROCKSPEC },
    Row { name: "azure-functions", since: (0, 14), source: ROCKSPEC },
    Row { name: "basic-auth", since: (0, 0), source: ROCKSPEC },
    Row { name: "bot-detection", since: (0, 0), source: ROCKSPEC },
    Row { name: "canary", since: (0, 0), source: TOOLKIT },
    Row { name: "confluent", since: (3, 8), source: PRIORITIES },
    Row { name: "confluent-consume", since: (3, 10), source: PRIORITIES },
    Row { name: "correlation-id", since: (0, 0), source: ROCKSPEC },
    Row { name: "cors", since: (0, 0), source: ROCKSPEC },
    Row { name: "datadog", since: (0, 0), source: ROCKSPEC },
    Row { name: "datakit", since: (3, 11), source: PRIORITIES },
    Row { name: "degraphql", since: (0, 0), source: TOOLKIT },
    Row { name: "exit-transformer", since: (1, 3), source: TOOLKIT },
    Row { name: "file-log", since: (0, 0), source: ROCKSPEC },
    Row { name: "forward-proxy", since: (0, 0), source: TOOLKIT },
    Row { name: "galileo", since: (0, 0), source: ROCKSPEC },
    Row { name: "governance", since: (3, 16), source: PRIORITIES },
    Row { name: "graphql-proxy-cache-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "graphql-rate-limiting-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "grpc-gateway", since: (2, 1), source: TOOLKIT },
    Row { name: "grpc-web", since: (2, 1), source: TOOLKIT },
    Row { name: "header-cert-auth", since: (3, 8), source: PRIORITIES },
    Row { name: "hmac-auth", since: (0, 0), source: ROCKSPEC },
    Row { name: "http-log", since: (0, 0), source: ROCKSPEC },
    Row { name: "injection-protection", since: (3, 9), source: PRIORITIES },
    Row { name: "ip-restriction", since: (0, 0), source: ROCKSPEC },
    Row { name: "jq", since: (2, 6), source: KONNECT },
    Row { name: "json-threat-protection", since: (3, 8), source: PRIORITIES },
    Row { name: "jwe-decrypt", since: (3, 1), source: TOOLKIT },
    Row { name: "jwt", since: (0, 0), source: ROCKSPEC },
    Row { name: "jwt-signer", since: (0, 0), source: TOOLKIT },
    Row { name: "kafka-consume", since: (3, 10), source: PRIORITIES },
    Row { name: "kafka-log", since: (1, 3), source: TOOLKIT },
    Row { name: "kafka-upstream", since: (0, 0), source: TOOLKIT },
    Row { name: "key-auth", since: (0, 0), source: ROCKSPEC },
    Row { name: "key-auth-enc", since: (0, 0), source: TOOLKIT },
    Row { name: "konnect-application-auth", since: (3, 0), source: TOOLKIT },
    Row { name: "kubernetes-sidecar-injector", since: (0, 0), source: ROCKSPEC },
    Row { name: "ldap-auth", since: (0, 0), source: ROCKSPEC },
    Row { name: "ldap-auth-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "loggly", since: (0, 0), source: ROCKSPEC },
    Row { name: "mashape-analytics", since: (0, 0), source: ROCKSPEC },
    Row { name: "metering-and-billing", since: (3, 14), source: PRIORITIES },
    Row { name: "mocking", since: (0, 0), source: TOOLKIT },
    Row { name: "mtls-auth", since: (0, 0), source: TOOLKIT },
    Row { name: "oas-validation", since: (3, 1), source: TOOLKIT },
    Row { name: "oauth2", since: (0, 0), source: ROCKSPEC },
    Row { name: "oauth2-introspection", since: (0, 0), source: TOOLKIT },
    Row { name: "opa", since: (0, 0), source: TOOLKIT },
    Row { name: "openid-connect", since: (0, 0), source: TOOLKIT },
    Row { name: "opentelemetry", since: (3, 0), source: TOOLKIT },
    Row { name: "post-function", since: (0, 14), source: ROCKSPEC },
    Row { name: "pre-function", since: (0, 14), source: ROCKSPEC },
    Row { name: "prometheus", since: (0, 14), source: ROCKSPEC },
    Row { name: "proxy-cache", since: (1, 2), source: ROCKSPEC },
    Row { name: "proxy-cache-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "rate-limiting", since: (0, 0), source: ROCKSPEC },
    Row { name: "rate-limiting-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "redirect", since: (3, 9), source: PRIORITIES },
    Row { name: "request-callout", since: (3, 10), source: PRIORITIES },
    Row { name: "request-size-limiting", since: (0, 0), source: ROCKSPEC },
    Row { name: "request-termination", since: (0, 10), source: ROCKSPEC },
    Row { name: "request-transformer", since: (0, 0), source: ROCKSPEC },
    Row { name: "request-transformer-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "request-validator", since: (0, 0), source: TOOLKIT },
    Row { name: "response-ratelimiting", since: (0, 0), source: ROCKSPEC },
    Row { name: "response-transformer", since: (0, 0), source: ROCKSPEC },
    Row { name: "response-transformer-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "route-by-header", since: (0, 0), source: TOOLKIT },
    Row { name: "route-transformer-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "runscope", since: (0, 0), source: ROCKSPEC },
    Row { name: "saml", since: (3, 1), source: TOOLKIT },
    Row { name: "service-protection", since: (3, 9), source: PRIORITIES },
    Row { name: "session", since: (1, 2), source: ROCKSPEC },
    Row { name: "solace-consume", since: (3, 12), source: PRIORITIES },
    Row { name: "solace-log", since: (3, 12), source: PRIORITIES },
    Row { name: "solace-upstream", since: (3, 11), source: PRIORITIES },
    Row { name: "ssl", since: (0, 0), source: ROCKSPEC },
    Row { name: "standard-webhooks", since: (3, 8), source: PRIORITIES },
    Row { name: "statsd", since: (0, 0), source: ROCKSPEC },
    Row { name: "statsd-advanced", since: (0, 0), source: TOOLKIT },
    Row { name: "syslog", since: (0, 0), source: ROCKSPEC },
    Row { name: "tcp-log", since: (0, 0), source: ROCKSPEC },
    Row { name: "tls-handshake-modifier", since: (3, 0), source: TOOLKIT },
    Row { name: "tls-metadata-headers", since: (3, 0), source: TOOLKIT },
    Row { name: "udp-log", since: (0, 0), source: ROCKSPEC },
    Row { name: "upstream-oauth", since: (3, 8), source: PRIORITIES },
    Row { name: "upstream-timeout", since: (0, 0), source: TOOLKIT },
    Row { name: "vault-auth", since: (0, 0), source: TOOLKIT },
    Row { name: "websocket-size-limit", since: (3, 0), source: TOOLKIT },
    Row { name: "websocket-validator", since: (3, 0), source: TOOLKIT },
    Row { name: "xml-threat-protection", since: (3, 1), source: TOOLKIT },
    Row { name: "zipkin", since: (0, 14), source: ROCKSPEC },
];

/// Whether a plugin comes with this version of Kong Gateway, in whichever edition; with any version if none is known.
#[must_use]
pub(crate) fn is_bundled(name: &str, gateway: Option<Version>) -> bool {
    let row = ROWS.binary_search_by_key(&name, |row| row.name).ok().and_then(|place| ROWS.get(place));
    row.is_some_and(|row| gateway.is_none_or(|version| row.since <= version))
}

/// The first two numbers of a version: `3.9.1.2` as 3 and 9.
#[must_use]
pub(crate) fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map_while(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_are_in_order_and_have_their_sources() {
        assert!(ROWS.is_sorted_by_key(|row| row.name) && ROWS.len() > 100);
        assert!(ROWS.iter().all(|row| !row.source.is_empty()));
    }

    #[test]
    fn a_plugin_is_bundled_from_its_version_on() {
        assert!(is_bundled("rate-limiting", None) && is_bundled("rate-limiting", Some((2, 0))));
        assert!(is_bundled("redirect", None) && is_bundled("redirect", Some((3, 9))));
        assert!(!is_bundled("redirect", Some((3, 8))), "somebody else's of that name");
        assert!(!is_bundled("acme-corp-auth", None));
    }

    #[test]
    fn versions_have_two_numbers_that_count() {
        assert_eq!(version("3.9.1.2"), Some((3, 9)));
        assert_eq!(version("3.12"), Some((3, 12)));
        assert_eq!(version("3"), None);
        assert_eq!(version("nightly"), None);
    }
}
