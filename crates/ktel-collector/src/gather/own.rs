//! The objects that belong to the installation itself: its pod, what makes that pod, and the Service that it publishes.

use bytes::Bytes;
use ktel_types::Absence;
use kube::core::{Request, params::GetParams};
use serde::de::DeserializeOwned;

use super::{
    Task,
    exchange::{self, Exchange, Failure},
};
use crate::{
    generated::reads,
    read::{Read, Subject},
    reading::Reading,
    rules::deployments::INGRESS_CONTROLLER,
    view,
};

/// What was read of the installation itself.
pub(super) struct Own {
    pod: Reading<Bytes>,
    /// Namespace and name of the Deployment.
    deployment: Reading<(String, String)>,
    published: Reading<Bytes>,
    /// Namespace of the gateway's pods, and the labels that select them; nothing if no Service is named, or it selects none.
    gateway_pods: Reading<Option<(String, String)>>,
    /// Whether the gateway may be made of DataPlanes: no Service is named, and it is not Kong Ingress Controller that reports.
    may_have_data_planes: bool,
}

/// Where a controller of Kong's says which Service it publishes.
const PUBLISH_ARGUMENT: &str = "--publish-service";
const PUBLISH_VARIABLE: &str = "CONTROLLER_PUBLISH_SERVICE";

impl Own {
    /// Reads the pod that reports, then the Service that is named by the host or by that pod.
    pub(super) async fn read(exchange: &Exchange<'_>, task: Task<'_>) -> Self {
        let pod = match task.own {
            Some(own) => get(exchange, task, &reads::PODS_OWN, &own.namespace, &own.pod).await,
            None => Err(Absence::NotApplicable),
        };
        let decoded: Reading<view::pods::Object> = decode(&pod);
        let service = task.own.and_then(|own| own.publish_service.clone());
        let service = service.or_else(|| decoded.as_ref().ok().and_then(publish_service));
        let (namespace, name) = service.as_deref().and_then(|name| name.split_once('/')).unwrap_or_default();
        let is_ingress_controller = decoded
            .as_ref()
            .is_ok_and(|pod| pod.containers().iter().any(|container| container.name == INGRESS_CONTROLLER));
        let published = match name {
            "" => Err(Absence::Unknown),
            name => get(exchange, task, &reads::SERVICES_PUBLISHED, namespace, name).await,
        };
        let gateway_pods = match decode::<view::services::Object>(&published) {
            Ok(service) => Ok(service.pods().map(|selector| (namespace.to_owned(), selector))),
            Err(_) if name.is_empty() => Ok(None),
            Err(absence) => Err(absence),
        };
        let deployment = task.own.ok_or(Absence::NotApplicable).and_then(|own| {
            let name = match &decoded {
                Ok(pod) => pod.deployment().ok_or(Absence::NotApplicable)?,
                Err(_) => own.guessed_workload(),
            };
            Ok((own.namespace.clone(), name.to_owned()))
        });
        Self {
            pod,
            deployment,
            published,
            gateway_pods,
            may_have_data_planes: name.is_empty() && !is_ingress_controller,
        }
    }

    /// The pod that reports.
    pub(super) fn pod<T: DeserializeOwned>(&self) -> Reading<T> {
        decode(&self.pod)
    }

    /// The Service that the installation publishes.
    pub(super) fn published<T: DeserializeOwned>(&self) -> Reading<T> {
        decode(&self.published)
    }

    /// Namespace and name of the Deployment that makes the pod; not applicable if something else does.
    pub(super) fn deployment(&self) -> Reading<(&str, &str)> {
        self.deployment
            .as_ref()
            .map(|(namespace, name)| (namespace.as_str(), name.as_str()))
            .map_err(|absence| *absence)
    }

    /// Whether the gateway may be made of DataPlanes.
    pub(super) fn may_have_data_planes(&self) -> bool {
        self.may_have_data_planes
    }

    /// Namespace and labels of the pods behind the Service that is published; nothing if none is named, or it selects none.
    pub(super) fn gateway_pods(&self) -> Reading<Option<&(String, String)>> {
        self.gateway_pods.as_ref().map(Option::as_ref).map_err(|absence| *absence)
    }
}

fn publish_service(pod: &view::pods::Object) -> Option<String> {
    let named = pod.containers().iter().find_map(|container| container.setting(PUBLISH_ARGUMENT, PUBLISH_VARIABLE));
    named.map(str::to_owned)
}

async fn get(exchange: &Exchange<'_>, task: Task<'_>, read: &Read, namespace: &str, name: &str) -> Reading<Bytes> {
    let Subject::Object(resource, ..) = &read.subject else { return Err(Absence::Unknown) };
    if !read.is_needed_for(task.consented) {
        return Err(Absence::Unknown);
    }
    // Both are kinds of the core group, of which there is one version.
    let path = resource.path("v1", Some(namespace));
    let request = Request::new(path).get(name, &GetParams::default()).map_err(|_| Failure::NotThere);
    let answer = match request {
        Ok(request) => exchange.fetch(request).await,
        Err(failure) => Err(failure),
    };
    answer.map(|answer| answer.body).map_err(|failure| match failure {
        Failure::Status(404) => Failure::NotThere.log(read),
        failure => failure.log(read),
    })
}

fn decode<T: DeserializeOwned>(answer: &Reading<Bytes>) -> Reading<T> {
    exchange::decode(answer.as_ref().map_err(|absence| *absence)?).map_err(|failure| failure.absence())
}
