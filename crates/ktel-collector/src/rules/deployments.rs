//! What tells how a Deployment came to be, and what keeps it as it is.

use ktel_types::report::{Gitops, Method};

use crate::view::deployments::Object;

/// What tells an answer.
pub(crate) struct Row<T: 'static> {
    answer: T,
    marks: &'static [Mark],
    /// Where this was checked.
    #[allow(dead_code, reason = "for people")]
    source: &'static str,
}

/// Something that a Deployment bears.
enum Mark {
    /// A label, whatever its value.
    Label(&'static str),
    /// A label whose value starts with this.
    LabelOf(&'static str, &'static str),
    /// An annotation, whatever its value.
    Annotation(&'static str),
}

/// The container of Kong Ingress Controller.
///
/// Source: `charts/kong/templates/deployment.yaml` of Kong/charts.
pub(crate) const INGRESS_CONTROLLER: &str = "ingress-controller";

/// The API groups of the objects by which Kong Operator makes Deployments.
pub(crate) const OPERATOR_GROUPS: [&str; 2] = ["gateway-operator.konghq.com/", "gateway.networking.k8s.io/"];

/// How a Deployment came to be, after what owns it was looked at. The first row that fits wins.
pub(crate) static METHODS: &[Row<Method>] = &[
    Row {
        answer: Method::Operator,
        marks: &[Mark::Label("gateway-operator.konghq.com/managed-by"), Mark::Label("konghq.com/gateway-operator")],
        source: "Kong/kong-operator pkg/consts/consts.go",
    },
    Row {
        answer: Method::Olm,
        marks: &[Mark::Label("olm.owner")],
        source: "operator-framework/operator-lifecycle-manager pkg/lib/ownerutil/util.go",
    },
    // What is rendered by Helm and applied by something else has the labels of the chart, but not Helm's annotations.
    Row {
        answer: Method::Helm,
        marks: &[
            Mark::LabelOf("app.kubernetes.io/managed-by", "Helm"),
            Mark::Label("helm.sh/chart"),
            Mark::Annotation("meta.helm.sh/release-name"),
        ],
        source: "helm/helm pkg/action/validate.go, Kong/charts charts/kong/templates/_helpers.tpl",
    },
    // Kustomize leaves a mark only if it is asked to, Flux always.
    Row {
        answer: Method::Kustomize,
        marks: &[
            Mark::Annotation("config.kubernetes.io/origin"),
            Mark::Label("kustomize.toolkit.fluxcd.io/name"),
            Mark::LabelOf("app.kubernetes.io/managed-by", "kustomize"),
        ],
        source: "kubernetes-sigs/kustomize api/internal/utils, documentation of buildMetadata; Flux's documentation of \
                 Kustomization",
    },
    Row {
        answer: Method::Manifest,
        marks: &[Mark::Annotation("kubectl.kubernetes.io/last-applied-configuration")],
        source: "Kubernetes' documentation of well-known labels, annotations and taints",
    },
];

/// What keeps a Deployment as it is described in a repository. The first row that fits wins.
pub(crate) static GITOPS: &[Row<Gitops>] = &[
    // The label is what an installation of Argo CD is often set up to track by.
    Row {
        answer: Gitops::ArgoCd,
        marks: &[
            Mark::Annotation("argocd.argoproj.io/tracking-id"),
            Mark::Label("argocd.argoproj.io/instance"),
            Mark::Label("applications.argoproj.io/app-name"),
        ],
        source: "argoproj/argo-cd common/common.go, documentation of application.instanceLabelKey",
    },
    Row {
        answer: Gitops::Flux,
        marks: &[Mark::Label("kustomize.toolkit.fluxcd.io/name"), Mark::Label("helm.toolkit.fluxcd.io/name")],
        source: "fluxcd/helm-controller internal/postrender/origin_labels.go, Flux's documentation of Kustomization",
    },
];

/// The answer of the first row of which the Deployment bears a mark.
pub(crate) fn first<T: Copy>(rows: &[Row<T>], deployment: &Object) -> Option<T> {
    let is_borne = |mark: &Mark| match mark {
        Mark::Label(name) => deployment.label(name).is_some(),
        Mark::LabelOf(name, start) => deployment.label(name).is_some_and(|value| value.starts_with(start)),
        Mark::Annotation(name) => deployment.annotation(name).is_some(),
    };
    rows.iter().find(|row| row.marks.iter().any(is_borne)).map(|row| row.answer)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn deployment(labels: &[(&str, &str)], annotations: &[&str]) -> Object {
        let labels: serde_json::Map<_, _> = labels.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
        let annotations: serde_json::Map<_, _> = annotations.iter().map(|k| ((*k).to_owned(), json!(""))).collect();
        serde_json::from_value(json!({ "metadata": { "labels": labels, "annotations": annotations } })).unwrap()
    }

    #[test]
    fn marks_tell_the_method() {
        let method = |labels: &[(&str, &str)], annotations: &[&str]| first(METHODS, &deployment(labels, annotations));
        let helm = ("app.kubernetes.io/managed-by", "Helm");
        assert_eq!(method(&[helm], &[]), Some(Method::Helm));
        assert_eq!(method(&[("helm.sh/chart", "ingress-0.1.0")], &[]), Some(Method::Helm));
        assert_eq!(method(&[], &["meta.helm.sh/release-name"]), Some(Method::Helm));
        assert_eq!(method(&[helm, ("olm.owner", "kong.v1")], &[]), Some(Method::Olm), "the first row wins");
        let operator = ("gateway-operator.konghq.com/managed-by", "controlplane");
        assert_eq!(method(&[operator, helm], &[]), Some(Method::Operator));
        assert_eq!(method(&[("kustomize.toolkit.fluxcd.io/name", "apps")], &[]), Some(Method::Kustomize));
        assert_eq!(method(&[], &["config.kubernetes.io/origin"]), Some(Method::Kustomize));
        let built = ("app.kubernetes.io/managed-by", "kustomize-v5.6.0");
        assert_eq!(method(&[built], &[]), Some(Method::Kustomize));
        assert_eq!(method(&[("konghq.com/gateway-operator", "dataplane")], &[]), Some(Method::Operator));
        let applied = "kubectl.kubernetes.io/last-applied-configuration";
        assert_eq!(method(&[], &[applied]), Some(Method::Manifest));
        assert_eq!(method(&[("app.kubernetes.io/managed-by", "somebody")], &[]), None);
    }

    #[test]
    fn marks_tell_gitops() {
        let gitops = |labels: &[(&str, &str)], annotations: &[&str]| first(GITOPS, &deployment(labels, annotations));
        assert_eq!(gitops(&[], &["argocd.argoproj.io/tracking-id"]), Some(Gitops::ArgoCd));
        assert_eq!(gitops(&[("argocd.argoproj.io/instance", "kong")], &[]), Some(Gitops::ArgoCd));
        assert_eq!(gitops(&[("helm.toolkit.fluxcd.io/name", "kong")], &[]), Some(Gitops::Flux));
        assert_eq!(gitops(&[("app.kubernetes.io/instance", "kong")], &[]), None);
    }

    #[test]
    fn each_row_has_its_source() {
        assert!(METHODS.iter().all(|row| !row.source.is_empty()) && GITOPS.iter().all(|row| !row.source.is_empty()));
    }
}
