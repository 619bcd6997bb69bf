//! Identifiers: stable for who reports, and of no meaning to anybody else.
//!
//! An identifier is a UUIDv8 (RFC 9562) of the SHA-256 of a few lines of text, so that an administrator can compute it with
//! the tools at hand:
//!
//! ```text
//! printf 'ktel.v1/cluster\n%s' "$UID_OF_KUBE_SYSTEM" | sha256sum
//! ```
//!
//! The first 32 digits are the identifier, but for the version (the 13th digit is 8) and the variant (the 17th is one of
//! 8, 9, a, b).

use ktel_types::report::IdSource;
use sha2::{Digest, Sha256};

use crate::{generated::snapshot::Snapshot, host::SelfRef, outside, reading::Reading, view};

/// Who reports, and about which cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) cluster: String,
    pub(crate) installation: String,
    pub(crate) instance: String,
    pub(crate) source: IdSource,
}

/// What a process knows of its own identity. What it has once learnt it keeps, even if it cannot be read again.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    id: String,
    /// What stands for the cluster's UID where that may not be read.
    stand_in: String,
    cluster_uid: Option<String>,
    /// The home of the installation, if that is another cluster.
    home: Option<Home>,
    workload: Option<String>,
}

/// What is known of a home that is another cluster.
#[derive(Debug, Clone)]
struct Home {
    /// The UID of the cluster; none if it may not be read.
    uid: Option<String>,
}

impl Instance {
    /// A new process.
    pub(crate) fn new() -> Self {
        Self { id: random_uuid(), stand_in: random_uuid(), cluster_uid: None, home: None, workload: None }
    }

    /// Keeps what a snapshot tells.
    pub(crate) fn learn(&mut self, snapshot: &Snapshot) {
        if let Ok(namespace) = &snapshot.namespaces_kube_system_metadata
            && !namespace.uid().is_empty()
        {
            self.cluster_uid = Some(namespace.uid().to_owned());
        }
        if let Ok(pod) = &snapshot.pods_own
            && let Some(workload) = pod.workload()
        {
            self.workload = Some(workload.to_owned());
        }
    }

    /// Keeps which cluster the installation is at home in, and what makes its pod there.
    pub(crate) fn learn_home(
        &mut self,
        namespace: &Reading<view::namespaces::Metadata>,
        pod: &Reading<view::pods::Object>,
    ) {
        let uid = namespace.as_ref().ok().map(|namespace| namespace.uid().to_owned());
        self.home = Some(Home { uid: uid.filter(|uid| !uid.is_empty()) });
        if let Some(workload) = pod.as_ref().ok().and_then(view::pods::Object::workload) {
            self.workload = Some(workload.to_owned());
        }
    }

    /// Whether it is known which cluster the installation is at home in.
    pub(crate) fn knows_home(&self) -> bool {
        self.home.is_some()
    }

    /// Who reports, as far as is known by now.
    pub(crate) fn identify(&self, product: &str, own: Option<&SelfRef>) -> Identity {
        let (uid, source) = match &self.cluster_uid {
            Some(uid) => (uid, IdSource::KubeSystemUid),
            None => (&self.stand_in, IdSource::Random),
        };
        let (home, source) = match &self.home {
            None => (uid, source),
            Some(Home { uid: Some(home) }) => (home, source),
            // Nobody else would know this installation again.
            Some(Home { uid: None }) => (&self.stand_in, IdSource::Random),
        };
        let workload = own.map_or_else(String::new, |own| {
            let name = self.workload.as_deref().unwrap_or_else(|| own.guessed_workload());
            format!("{}/{name}", own.namespace)
        });
        Identity {
            cluster: hashed(&["ktel.v1/cluster", uid]),
            installation: hashed(&["ktel.v1/installation", home, product, &workload]),
            instance: self.id.clone(),
            source,
        }
    }
}

/// The identifier of a report: its time, in milliseconds since the beginning of 1970, and random bits.
pub(crate) fn report_id(milliseconds: u64) -> String {
    let [random @ .., _, _, _, _, _, _] = outside::random_bytes();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid().to_string()
}

/// A part of the whole that is the same for the same text: from 0 up to, but not including, 1.
pub(crate) fn fraction(text: &str) -> f64 {
    let digest = Sha256::digest(text);
    outside::fraction_of(&digest)
}

fn hashed(lines: &[&str]) -> String {
    let digest = Sha256::digest(lines.join("\n"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid().to_string()
}

fn random_uuid() -> String {
    uuid::Builder::from_random_bytes(outside::random_bytes()).into_uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance() -> Instance {
        let uid = Some("5466dd56-03a7-4c09-b4b2-171b103901d0".to_owned());
        Instance { cluster_uid: uid, ..Instance::new() }
    }

    /// The identifiers of a cluster are the same for ever. These were computed with `sha256sum`, as the documentation says:
    ///
    /// ```text
    /// printf 'ktel.v1/cluster\n5466dd56-03a7-4c09-b4b2-171b103901d0' | sha256sum
    /// printf 'ktel.v1/installation\n5466dd56-03a7-4c09-b4b2-171b103901d0\nkong-operator\nkong/op' | sha256sum
    /// ```
    #[test]
    fn identifiers_can_be_computed_by_hand() {
        let identity = instance().identify("kong-operator", Some(&SelfRef::new("kong", "op-0")));
        assert_eq!(identity.cluster, "c4ee3f23-c3a3-8ec9-9760-952b3a7bb603");
        assert_eq!(identity.installation, "edf56b74-b763-8576-a028-457e445ef10d");
        assert_eq!(identity.source, IdSource::KubeSystemUid);
    }

    #[test]
    fn replicas_and_restarts_are_one_installation_and_two_controllers_are_two() {
        let of = |product: &str, namespace: &str, pod: &str| {
            instance().identify(product, Some(&SelfRef::new(namespace, pod))).installation
        };
        let first = of("kong-operator", "kong", "operator-6c9f7d5b8-x2x4k");
        assert_eq!(first, of("kong-operator", "kong", "operator-7d8f9c6b4-zz9pl"));
        assert_ne!(first, of("kong-operator", "kong", "other-6c9f7d5b8-x2x4k"));
        assert_ne!(first, of("kong-operator", "edge", "operator-6c9f7d5b8-x2x4k"));
        assert_ne!(first, of("kong-gateway", "kong", "operator-6c9f7d5b8-x2x4k"));
    }

    #[test]
    fn what_was_learnt_is_kept() {
        let read = |uid: &str| {
            let namespace = serde_json::json!({ "metadata": { "uid": uid } });
            let namespaces_kube_system_metadata = Ok(serde_json::from_value(namespace).unwrap());
            Snapshot { namespaces_kube_system_metadata, ..Snapshot::default() }
        };
        let mut instance = Instance::new();
        let random = instance.identify("ktel", None);
        assert_eq!(random.source, IdSource::Random);
        assert_eq!(random, instance.identify("ktel", None), "random, but the same for the life of the process");
        instance.learn(&read("5466dd56-03a7-4c09-b4b2-171b103901d0"));
        let known = instance.identify("ktel", None);
        assert_eq!(known.source, IdSource::KubeSystemUid);
        instance.learn(&Snapshot::default());
        instance.learn(&read(""));
        assert_eq!(instance.identify("ktel", None), known);
    }

    #[test]
    fn fractions_are_spread_over_the_whole() {
        let mut buckets = [0; 10];
        for number in 0..1000 {
            let fraction = fraction(&number.to_string());
            assert!((0.0..1.0).contains(&fraction));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to 9")]
            let bucket = (fraction * 10.0) as usize;
            buckets[bucket] += 1;
        }
        assert!(buckets.iter().all(|count| (60..140).contains(count)), "{buckets:?}");
    }
}
