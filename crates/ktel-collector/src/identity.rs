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
//! 8, 9, a, b). A salt, from [`SALT_ANNOTATION`] or [`SALT_VARIABLE`], is one more line at the end: with it all identifiers are
//! others, and nobody can tell whose they were before.

use ktel_types::report::IdSource;
use sha2::{Digest, Sha256};

use crate::{generated::snapshot::Snapshot, host::SelfRef, outside, view};

/// The annotation on the namespace `kube-system` with a salt for the identifiers of everything in the cluster: any text. It is
/// read together with the UID, so that no identifier is ever made from the one without the other.
pub const SALT_ANNOTATION: &str = "ktel.konghq.com/id-salt";

/// The variable with a salt for the identifiers that a process reports, where nobody may annotate `kube-system`: of that process,
/// else of the controller's pod.
pub const SALT_VARIABLE: &str = "KTEL_ID_SALT";

/// Who reports, and about which cluster, as far as is known by now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The identifier of the cluster: `identity.cluster_id` of its reports.
    pub cluster: String,
    /// The identifier of the installation: `identity.installation_id` of its reports.
    pub installation: String,
    /// The identifier of the process: `identity.instance_id` of its reports.
    pub instance: String,
    /// What the identifiers of cluster and installation are made from.
    pub source: IdSource,
    /// Whether there is a salt.
    pub is_salted: bool,
}

/// What a process knows of its own identity. What it has once learnt it keeps, even if it cannot be read again.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    id: String,
    /// What stands for the cluster's UID where that may not be read.
    stand_in: Origin,
    cluster: Option<Origin>,
    /// The home of the installation, if that is another cluster.
    home: Option<Home>,
    workload: Option<String>,
    /// The salt of the process.
    salt: Option<String>,
    /// The salt of the controller's pod, which may be another process than this one.
    salt_of_pod: Option<String>,
}

/// What the namespace `kube-system` of a cluster tells.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    uid: String,
    salt: Option<String>,
}

/// What is known of a home that is another cluster.
#[derive(Debug, Clone)]
struct Home {
    /// None if it may not be read.
    origin: Option<Origin>,
}

impl Instance {
    /// A new process, with the salt of its environment.
    pub(crate) fn new(salt: Option<String>) -> Self {
        Self {
            id: random_uuid(),
            stand_in: Origin { uid: random_uuid(), salt: None },
            cluster: None,
            home: None,
            workload: None,
            salt: salt.filter(|salt| !salt.is_empty()),
            salt_of_pod: None,
        }
    }

    /// Keeps what a snapshot tells.
    pub(crate) fn learn(&mut self, snapshot: &Snapshot) {
        self.learn_cluster(snapshot.namespaces_kube_system_metadata.as_ref().ok());
        self.learn_pod(snapshot.pods_own.as_ref().ok());
    }

    /// Keeps what the namespace `kube-system` of the cluster tells.
    pub(crate) fn learn_cluster(&mut self, namespace: Option<&view::namespaces::Metadata>) {
        let Some(origin) = namespace.and_then(Origin::of) else { return };
        if origin.is_salted_anew(self.cluster.as_ref()) {
            self.id = random_uuid();
        }
        self.cluster = Some(origin);
    }

    /// Keeps which cluster the installation is at home in: what the namespace `kube-system` there tells, if it can be read.
    pub(crate) fn learn_home(&mut self, namespace: Option<&view::namespaces::Metadata>) {
        let Some(origin) = namespace.and_then(Origin::of) else {
            self.home.get_or_insert(Home { origin: None });
            return;
        };
        if origin.is_salted_anew(self.home.as_ref().and_then(|home| home.origin.as_ref())) {
            self.id = random_uuid();
        }
        self.home = Some(Home { origin: Some(origin) });
    }

    /// Keeps what makes the controller's pod, and the salt that is set there.
    pub(crate) fn learn_pod(&mut self, pod: Option<&view::pods::Object>) {
        let Some(pod) = pod else { return };
        if let Some(workload) = pod.workload() {
            self.workload = Some(workload.to_owned());
        }
        let salt = pod.containers().iter().find_map(|container| container.variable(SALT_VARIABLE));
        self.salt_of_pod = salt.filter(|salt| !salt.is_empty()).map(str::to_owned);
    }

    /// Whether it is known which cluster the installation is at home in.
    pub(crate) fn knows_home(&self) -> bool {
        self.home.is_some()
    }

    /// Whether it is known what makes the pod.
    pub(crate) fn knows_workload(&self) -> bool {
        self.workload.is_some()
    }

    /// The identifier of the process, which is another one as soon as there is another salt.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Who reports, as far as is known by now.
    pub(crate) fn identify(&self, product: &str, own: Option<&SelfRef>) -> Identity {
        let (cluster, source) = match &self.cluster {
            Some(cluster) => (cluster, IdSource::KubeSystemUid),
            None => (&self.stand_in, IdSource::Random),
        };
        let (home, source) = match &self.home {
            None => (cluster, source),
            Some(Home { origin: Some(home) }) => (home, source),
            // Nobody else would know this installation again.
            Some(Home { origin: None }) => (&self.stand_in, IdSource::Random),
        };
        let workload = own.map_or_else(String::new, |own| {
            let name = self.workload.as_deref().unwrap_or_else(|| own.guessed_workload());
            format!("{}/{name}", own.namespace)
        });
        let own_salt = self.salt.as_deref().or(self.salt_of_pod.as_deref());
        let salted = |origin: &Origin, lines: &[&str]| {
            let salts = origin.salt.as_deref().into_iter().chain(own_salt);
            hashed(&lines.iter().copied().chain(salts).collect::<Vec<_>>())
        };
        Identity {
            cluster: salted(cluster, &["ktel.v1/cluster", &cluster.uid]),
            installation: salted(home, &["ktel.v1/installation", &home.uid, product, &workload]),
            instance: self.id.clone(),
            source,
            is_salted: own_salt.is_some() || cluster.salt.is_some() || home.salt.is_some(),
        }
    }
}

impl Origin {
    /// What a namespace tells; `None` if it tells nothing.
    fn of(namespace: &view::namespaces::Metadata) -> Option<Self> {
        let uid = namespace.uid();
        let salt = namespace.salt().filter(|salt| !salt.is_empty()).map(str::to_owned);
        (!uid.is_empty()).then(|| Self { uid: uid.to_owned(), salt })
    }

    /// Whether the salt is another one than before. The process is then another one, too: nothing is to join what it reports with
    /// what it has reported.
    fn is_salted_anew(&self, before: Option<&Self>) -> bool {
        before.is_some_and(|before| before.salt != self.salt)
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

    const UID: &str = "5466dd56-03a7-4c09-b4b2-171b103901d0";

    /// The namespace `kube-system` of this UID, with this salt.
    fn kube_system(uid: &str, salt: &str) -> view::namespaces::Metadata {
        let annotations = serde_json::json!({ SALT_ANNOTATION: salt });
        serde_json::from_value(serde_json::json!({ "metadata": { "uid": uid, "annotations": annotations } })).unwrap()
    }

    fn instance() -> Instance {
        let mut instance = Instance::new(None);
        instance.learn_cluster(Some(&kube_system(UID, "")));
        instance
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

    /// Nothing is left of what identified a cluster before:
    ///
    /// ```text
    /// printf 'ktel.v1/cluster\n5466dd56-03a7-4c09-b4b2-171b103901d0\nbreeze' | sha256sum
    /// ```
    #[test]
    fn another_salt_makes_everybody_somebody_else() {
        let own = SelfRef::new("kong", "op-0");
        let mut instance = instance();
        let identify = |instance: &Instance| instance.identify("kong-operator", Some(&own));
        let mut seen = vec![identify(&instance)];
        for salt in ["breeze", "gale", "gale"] {
            instance.learn_cluster(Some(&kube_system(UID, salt)));
            seen.push(identify(&instance));
        }
        instance.learn_cluster(None);
        assert_eq!(identify(&instance), seen[3], "what cannot be read is as it was");
        assert_eq!(seen[2], seen[3], "the same salt changes nothing");
        assert_eq!(seen[1].cluster, "8583eb56-0451-87fb-95e8-bcd4ac1df324");
        for (name, of) in [
            ("cluster", (|identity: &Identity| identity.cluster.clone()) as fn(&Identity) -> String),
            ("installation", |identity| identity.installation.clone()),
            ("instance", |identity| identity.instance.clone()),
        ] {
            let different: std::collections::BTreeSet<String> = seen.iter().map(of).collect();
            assert_eq!(different.len(), 3, "{name}");
        }
        assert_eq!(seen.iter().map(|identity| identity.is_salted).collect::<Vec<_>>(), [false, true, true, true]);

        let mut by_variable = Instance::new(Some("breeze".to_owned()));
        by_variable.learn_cluster(Some(&kube_system(UID, "")));
        assert_eq!(identify(&by_variable).installation, seen[1].installation, "wherever the salt comes from");
        by_variable.learn_cluster(Some(&kube_system(UID, "gale")));
        assert!(seen.iter().all(|seen| seen.installation != identify(&by_variable).installation), "both count");
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
        let read =
            |uid: &str| Snapshot { namespaces_kube_system_metadata: Ok(kube_system(uid, "")), ..Snapshot::default() };
        let mut instance = Instance::new(None);
        let random = instance.identify("ktel", None);
        assert_eq!(random.source, IdSource::Random);
        assert_eq!(random, instance.identify("ktel", None), "random, but the same for the life of the process");
        instance.learn(&read(UID));
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
