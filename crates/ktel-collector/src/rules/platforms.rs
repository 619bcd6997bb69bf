//! What tells a distribution of Kubernetes, and the cloud that nodes run in.

use std::collections::BTreeMap;

use ktel_types::report::{Cloud, Platform};

/// What tells a platform.
pub(crate) struct Row {
    pub(crate) platform: Platform,
    /// The cloud that the platform is never without.
    pub(crate) cloud: Option<Cloud>,
    pub(crate) marks: &'static [Mark],
    /// Where this was checked.
    #[allow(dead_code, reason = "for people")]
    pub(crate) source: &'static str,
}

/// Something that only one platform has.
pub(crate) enum Mark {
    /// The cluster serves this API group.
    Group(&'static str),
    /// The version contains this.
    Version(&'static str),
    /// A node has this label.
    Label(&'static str),
    /// A node has a label that starts with this.
    LabelPrefix(&'static str),
    /// A node has this annotation.
    Annotation(&'static str),
    /// A node has an annotation that starts with this.
    AnnotationPrefix(&'static str),
    /// A node's `spec.providerID` starts with this.
    Provider(&'static str),
    /// The name of a node's operating system starts with this.
    System(&'static str),
}

/// The API group that only OpenShift serves.
pub(crate) const OPENSHIFT_GROUP: &str = "config.openshift.io";

/// The first row that fits wins.
pub(crate) static ROWS: &[Row] = &[
    Row {
        platform: Platform::Openshift,
        cloud: None,
        marks: &[Mark::Group(OPENSHIFT_GROUP)],
        source: "API index of OpenShift Container Platform",
    },
    Row {
        platform: Platform::Gke,
        cloud: Some(Cloud::Gcp),
        marks: &[
            Mark::Version("-gke."),
            Mark::Label("cloud.google.com/gke-nodepool"),
            Mark::Annotation("container.googleapis.com/instance_id"),
        ],
        source: "Kong/kubernetes-telemetry pkg/provider/k8scloudproviderprovider.go, nodes of GKE as recorded in public",
    },
    // The version alone says nothing of the cloud: EKS Anywhere bears it in one's own data centre.
    Row {
        platform: Platform::Eks,
        cloud: None,
        marks: &[Mark::Version("-eks-")],
        source: "istio/istio manifests/charts/ztunnel/templates/daemonset.yaml",
    },
    Row {
        platform: Platform::Eks,
        cloud: Some(Cloud::Aws),
        marks: &[
            Mark::Label("eks.amazonaws.com/nodegroup"),
            Mark::Label("alpha.eksctl.io/cluster-name"),
            Mark::Label("alpha.eksctl.io/instance-id"),
        ],
        source: "Kong/kubernetes-telemetry pkg/provider/k8scloudproviderprovider.go, nodes of EKS as recorded in public",
    },
    Row {
        platform: Platform::Aks,
        cloud: Some(Cloud::Azure),
        marks: &[
            Mark::Label("kubernetes.azure.com/cluster"),
            Mark::Label("kubernetes.azure.com/os-sku"),
            Mark::Label("kubernetes.azure.com/role"),
            Mark::Label("kubernetes.azure.com/node-image-version"),
        ],
        source: "Microsoft's documentation `Use labels in an AKS cluster`",
    },
    Row {
        platform: Platform::Rke2,
        cloud: None,
        marks: &[Mark::Version("+rke2"), Mark::Provider("rke2://")],
        source: "rancher/rke2 issues 839, 3439",
    },
    Row {
        platform: Platform::K3s,
        cloud: None,
        marks: &[Mark::Version("+k3s"), Mark::Provider("k3s://"), Mark::AnnotationPrefix("k3s.io/")],
        source: "k3s-io/k3s issue 6283",
    },
    Row {
        platform: Platform::K0s,
        cloud: None,
        marks: &[Mark::Version("+k0s")],
        source: "k0sproject/k0sproject.github.io index.html",
    },
    Row {
        platform: Platform::Kind,
        cloud: Some(Cloud::Local),
        marks: &[Mark::Provider("kind://")],
        source: "kubernetes-sigs/kind issue 1711",
    },
    Row {
        platform: Platform::Minikube,
        cloud: Some(Cloud::Local),
        marks: &[Mark::Label("minikube.k8s.io/name")],
        source: "minikube's own log, which shows how it labels nodes",
    },
    Row {
        platform: Platform::Microk8s,
        cloud: None,
        marks: &[Mark::Label("microk8s.io/cluster")],
        source: "the kubelet's arguments in MicroK8s",
    },
    Row {
        platform: Platform::Talos,
        cloud: None,
        marks: &[Mark::System("Talos")],
        source: "nodes of Talos Linux as recorded in public",
    },
    Row {
        platform: Platform::Doks,
        cloud: Some(Cloud::Digitalocean),
        marks: &[Mark::Label("doks.digitalocean.com/node-id")],
        source: "nodes of DOKS as recorded in public",
    },
    // The controllers of the next three clouds mark the nodes of clusters that somebody set up alone in them, too: that the
    // cloud is right is certain.
    Row {
        platform: Platform::Iks,
        cloud: Some(Cloud::Ibm),
        marks: &[Mark::LabelPrefix("ibm-cloud.kubernetes.io/")],
        source: "IBM's VPC block storage driver, README",
    },
    Row {
        platform: Platform::Oke,
        cloud: Some(Cloud::Oracle),
        marks: &[Mark::LabelPrefix("oci.oraclecloud.com/"), Mark::Provider("ocid1."), Mark::Provider("oci://")],
        source: "oracle/oci-cloud-controller-manager pkg/cloudprovider/providers/oci/util.go",
    },
    Row {
        platform: Platform::Ack,
        cloud: Some(Cloud::Alibaba),
        marks: &[Mark::Version("-aliyun"), Mark::LabelPrefix("alibabacloud.com/"), Mark::LabelPrefix("ack.aliyun.com")],
        source: "Alibaba's documentation `ECS node initialization configuration after ACK registration`",
    },
    // Not set any more from Kubernetes 1.34 on.
    Row {
        platform: Platform::Kubeadm,
        cloud: None,
        marks: &[Mark::Annotation("kubeadm.alpha.kubernetes.io/cri-socket")],
        source: "kubernetes/kubernetes cmd/kubeadm/app/constants/constants.go, pull request 131981",
    },
];

/// Rows of which a node bears a mark, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Borne(u32);

/// What is known of a node: its metadata, and of whole nodes the identifier of the provider and the operating system.
pub(crate) struct Node<'a> {
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) annotations: &'a BTreeMap<String, String>,
    /// `spec.providerID`; empty if only the metadata is known.
    pub(crate) provider_id: &'a str,
    /// `status.nodeInfo.osImage`; empty if only the metadata is known.
    pub(crate) os_image: &'a str,
}

impl Borne {
    /// The rows of which this node bears a mark.
    #[must_use]
    pub(crate) fn by(node: &Node<'_>) -> Self {
        let borne = ROWS.iter().enumerate().filter(|(_, row)| row.marks.iter().any(|mark| mark.is_on(node)));
        Self(borne.fold(0, |bits, (index, _)| bits | 1 << index))
    }

    /// Whether the row of this place is one of them.
    #[must_use]
    pub(crate) fn has(self, index: usize) -> bool {
        self.0 & 1 << index != 0
    }
}

impl Mark {
    fn is_on(&self, node: &Node<'_>) -> bool {
        match self {
            // These are the cluster's.
            Self::Group(_) | Self::Version(_) => false,
            Self::Label(name) => node.labels.contains_key(*name),
            Self::LabelPrefix(start) => node.labels.keys().any(|name| name.starts_with(start)),
            Self::Annotation(name) => node.annotations.contains_key(*name),
            Self::AnnotationPrefix(start) => node.annotations.keys().any(|name| name.starts_with(start)),
            Self::Provider(start) => node.provider_id.starts_with(start),
            Self::System(start) => node.os_image.starts_with(start),
        }
    }
}

/// What a provider's identifier says of the cloud.
struct Provider {
    /// What the identifier starts with.
    start: &'static str,
    /// The cloud; nothing if machines of any may bear it.
    cloud: Option<Cloud>,
}

/// Providers by what a node's `spec.providerID` starts with. The first row that fits wins.
///
/// Source: the cloud controllers of these clouds, kubernetes-sigs/kind issue 1711, rancher/rke2 issue 839, k3s-io/k3s issue
/// 6283, Hetzner's documentation `Provider ID`.
static PROVIDERS: &[Provider] = &[
    Provider { start: "aws://", cloud: Some(Cloud::Aws) },
    Provider { start: "gce://", cloud: Some(Cloud::Gcp) },
    Provider { start: "azure://", cloud: Some(Cloud::Azure) },
    Provider { start: "digitalocean://", cloud: Some(Cloud::Digitalocean) },
    Provider { start: "ibm://", cloud: Some(Cloud::Ibm) },
    Provider { start: "ocid1.", cloud: Some(Cloud::Oracle) },
    Provider { start: "oci://", cloud: Some(Cloud::Oracle) },
    Provider { start: "alicloud://", cloud: Some(Cloud::Alibaba) },
    Provider { start: "openstack://", cloud: Some(Cloud::Openstack) },
    Provider { start: "vsphere://", cloud: Some(Cloud::Vsphere) },
    Provider { start: "hcloud://", cloud: Some(Cloud::Hetzner) },
    Provider { start: "hrobot://", cloud: Some(Cloud::Hetzner) },
    Provider { start: "kind://", cloud: Some(Cloud::Local) },
    // k3d names its nodes so; elsewhere K3s and RKE2 give these identifiers where no cloud's controller does.
    Provider { start: "k3s://k3d-", cloud: Some(Cloud::Local) },
    Provider { start: "k3s://", cloud: None },
    Provider { start: "rke2://", cloud: None },
];

/// The cloud of a provider's identifier; `None` where it says nothing of it. What has no scheme says nothing, either.
#[must_use]
pub(crate) fn cloud_of(provider_id: &str) -> Option<Cloud> {
    match PROVIDERS.iter().find(|provider| provider_id.starts_with(provider.start)) {
        Some(provider) => provider.cloud,
        None => provider_id.contains("://").then_some(Cloud::Other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_platform_has_its_row_and_each_row_its_source() {
        let told: Vec<Platform> = ROWS.iter().map(|row| row.platform).collect();
        let untold = Platform::ALL.iter().filter(|platform| !told.contains(platform));
        assert_eq!(untold.copied().collect::<Vec<_>>(), [Platform::Other]);
        assert!(ROWS.iter().all(|row| !row.source.is_empty()));
        assert!(ROWS.len() <= 32, "a bit each");
    }
}
