//! Requests to either server.

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde_json::Value;

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    /// It was done.
    Done,
    /// There is one already.
    Exists,
    /// It was refused, with this reason.
    Refused(String),
}

/// A client of a context, or of the current one.
pub(crate) async fn client(kubeconfig: &str, context: Option<&str>) -> Client {
    let kubeconfig = Kubeconfig::from_yaml(kubeconfig).unwrap();
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..KubeConfigOptions::default() };
    Client::try_from(Config::from_custom_kubeconfig(kubeconfig, &options).await.unwrap()).unwrap()
}

/// Reads an object, or a list.
pub(crate) async fn find(client: &Client, path: &str) -> kube::Result<Value> {
    client.request(http::Request::get(path).body(vec![]).unwrap()).await
}

/// Sends an object; a patch is one to be merged.
pub(crate) async fn send(client: &Client, method: &str, path: &str, object: &Value) -> Answered {
    let form = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
    let request = http::Request::builder().method(method).uri(path).header("content-type", form);
    match client.request::<Value>(request.body(object.to_string().into_bytes()).unwrap()).await {
        Ok(_) => Answered::Done,
        Err(kube::Error::Api(status)) if status.reason == "AlreadyExists" => Answered::Exists,
        Err(error) => Answered::Refused(error.to_string()),
    }
}
