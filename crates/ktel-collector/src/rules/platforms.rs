//! What tells a distribution of Kubernetes, and the cloud that nodes run in.

use ktel_types::report::{Cloud, Platform};

/// What tells a platform.
pub(crate) struct Row {
    pub(crate) platform: Platform,
    /// The cloud that the platform is never without.
    pub(crate) cloud: Option<Cloud>,
    pub(crate) marks: &'static [Mark],
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

/// The first row that fits wins.
pub(crate) static ROWS: &[Row] = &[
    Row { platform: Platform::Openshift, cloud: None, marks: &[Mark::Group("config.openshift.io")] },
    Row {
        platform: Platform::Gke,
        cloud: Some(Cloud::Gcp),
        marks: &[
            Mark::Version("-gke."),
            Mark::Label("cloud.google.com/gke-nodepool"),
            Mark::Annotation("container.googleapis.com/instance_id"),
        ],
    },
    // The version alone says nothing of the cloud: EKS Anywhere bears it in one's own data centre.
    Row { platform: Platform::Eks, cloud: None, marks: &[Mark::Version("-eks-")] },
    Row {
        platform: Platform::Eks,
        cloud: Some(Cloud::Aws),
        marks: &[
            Mark::Label("eks.amazonaws.com/nodegroup"),
            Mark::Label("alpha.eksctl.io/cluster-name"),
            Mark::Label("alpha.eksctl.io/instance-id"),
        ],
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
    },
    Row { platform: Platform::Rke2, cloud: None, marks: &[Mark::Version("+rke2")] },
    Row {
        platform: Platform::K3s,
        cloud: None,
        marks: &[Mark::Version("+k3s"), Mark::Provider("k3s://"), Mark::AnnotationPrefix("k3s.io/")],
    },
    Row { platform: Platform::K0s, cloud: None, marks: &[Mark::Version("+k0s")] },
    Row { platform: Platform::Kind, cloud: Some(Cloud::None), marks: &[Mark::Provider("kind://")] },
    Row { platform: Platform::Minikube, cloud: Some(Cloud::None), marks: &[Mark::Label("minikube.k8s.io/name")] },
    Row { platform: Platform::Microk8s, cloud: None, marks: &[Mark::Label("microk8s.io/cluster")] },
    Row { platform: Platform::Talos, cloud: None, marks: &[Mark::System("Talos")] },
    Row {
        platform: Platform::Doks,
        cloud: Some(Cloud::Digitalocean),
        marks: &[Mark::Label("doks.digitalocean.com/node-id")],
    },
    Row { platform: Platform::Iks, cloud: Some(Cloud::Ibm), marks: &[Mark::LabelPrefix("ibm-cloud.kubernetes.io/")] },
    Row {
        platform: Platform::Oke,
        cloud: Some(Cloud::Oracle),
        marks: &[Mark::LabelPrefix("oci.oraclecloud.com/"), Mark::Provider("ocid1."), Mark::Provider("oci://")],
    },
    Row {
        platform: Platform::Ack,
        cloud: Some(Cloud::Alibaba),
        marks: &[Mark::Version("-aliyun"), Mark::LabelPrefix("alibabacloud.com/"), Mark::LabelPrefix("ack.aliyun.com")],
    },
    // Not set any more from Kubernetes 1.34 on.
    Row {
        platform: Platform::Kubeadm,
        cloud: None,
        marks: &[Mark::Annotation("kubeadm.alpha.kubernetes.io/cri-socket")],
    },
];

/// The clouds by what a node's `spec.providerID` starts with.
pub(crate) static PROVIDERS: &[(&str, Cloud)] = &[
    ("aws://", Cloud::Aws),
    ("gce://", Cloud::Gcp),
    ("azure://", Cloud::Azure),
    ("digitalocean://", Cloud::Digitalocean),
    ("ibm://", Cloud::Ibm),
    ("ocid1.", Cloud::Oracle),
    ("oci://", Cloud::Oracle),
    ("alicloud://", Cloud::Alibaba),
    ("openstack://", Cloud::Openstack),
    ("vsphere://", Cloud::Vsphere),
    ("hcloud://", Cloud::Hetzner),
    ("kind://", Cloud::None),
    ("k3s://", Cloud::None),
];
