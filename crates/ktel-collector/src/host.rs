//! Who embeds the collector, and whether it is the one that reports.

use tokio::sync::watch;

/// The pod that the collector runs in, as the downward API tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SelfRef {
    /// The namespace of the pod.
    pub namespace: String,
    /// The name of the pod.
    pub pod: String,
    /// The Service behind which the gateway stands, as `namespace/name`.
    pub publish_service: Option<String>,
}

/// Which of several replicas reports.
#[derive(Debug, Clone)]
pub enum Leadership {
    /// There is only this one.
    Always,
    /// The one for which this is true.
    Watch(watch::Receiver<bool>),
}

impl SelfRef {
    /// The pod of this name in this namespace.
    #[must_use]
    pub fn new(namespace: impl Into<String>, pod: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), pod: pod.into(), publish_service: None }
    }

    /// Names the Service behind which the gateway stands, as `namespace/name`.
    #[must_use]
    pub fn publish_service(mut self, name: impl Into<String>) -> Self {
        self.publish_service = Some(name.into());
        self
    }

    /// The name of what makes the pod, guessed from the pod's own: for when the pod may not be read.
    ///
    /// Kubernetes appends to the name of a Deployment a hash and five letters, to that of a StatefulSet a number.
    #[must_use]
    pub(crate) fn guessed_workload(&self) -> &str {
        // The letters that Kubernetes makes names of: no vowels, and nothing that looks like another one.
        let is_random = |part: &str| part.bytes().all(|byte| b"bcdfghjklmnpqrstvwxz2456789".contains(&byte));
        let Some((rest, last)) = self.pod.rsplit_once('-') else { return &self.pod };
        if !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) {
            return rest;
        }
        if last.len() != 5 || !is_random(last) {
            return &self.pod;
        }
        match rest.rsplit_once('-') {
            Some((name, hash)) if (6..=10).contains(&hash.len()) && is_random(hash) => name,
            _ => rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SelfRef;

    #[test]
    fn the_name_of_a_pod_tells_what_makes_it() {
        for (pod, workload) in [
            ("kong-operator-6c9f7d5b8-x2x4k", "kong-operator"),
            ("kong-operator-b8d4f-x2x4k", "kong-operator-b8d4f"),
            ("kong-0", "kong"),
            ("kong-agent-x2x4k", "kong-agent"),
            ("kong", "kong"),
            ("kong-operator", "kong-operator"),
            ("kong-", "kong-"),
            ("7", "7"),
        ] {
            assert_eq!(SelfRef::new("kong", pod).guessed_workload(), workload, "{pod}");
        }
    }
}
