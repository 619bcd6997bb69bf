//! `ktel opt-out` and `ktel opt-in`: the annotation that every ktel in a cluster obeys.

use k8s_openapi::api::core::v1::Namespace;
use ktel_collector::consent::ANNOTATION;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use crate::{
    args::{Manifest, OptArgs},
    cluster,
    failure::{Failure, chain},
};

/// Sets the annotation to a word, or takes it away.
pub(crate) async fn run(args: OptArgs, word: Option<&str>) -> Result<(), Failure> {
    let namespace = args.namespace.as_str();
    let change = word.map_or_else(|| format!("{ANNOTATION}-"), |word| format!("{ANNOTATION}={word}"));
    let context = args.context.as_ref().map_or_else(String::new, |context| format!(" --context {context}"));
    let file = args.kubeconfig.as_ref();
    let file = file.map_or_else(String::new, |file| format!(" --kubeconfig {}", file.display()));
    let command = format!("kubectl annotate{file}{context} namespace {namespace} {change} --overwrite");
    if args.output == Some(Manifest::Yaml) {
        print!("{}", manifest(namespace, word));
        return Ok(());
    }
    if args.dry_run {
        println!("nothing was changed; the same without ktel:\n\n  {command}");
        return Ok(());
    }
    let client = cluster::client(args.kubeconfig.as_deref(), args.context.as_deref()).await?;
    let patch = json!({ "metadata": { "annotations": { ANNOTATION: word } } });
    let patched =
        Api::<Namespace>::all(client).patch_metadata(namespace, &PatchParams::default(), &Patch::Merge(patch)).await;
    patched.map_err(|error| {
        let help = "run it as somebody who may, try `--in default`, or apply what `--output yaml` prints";
        Failure::new(format!("the namespace {namespace} cannot be changed: {}", reason(&error)), help)
    })?;
    match word {
        Some(_) => {
            println!("telemetry is off for the whole cluster: the namespace {namespace} says so.");
            println!("What runs obeys before it sends again; `ktel opt-in --in {namespace}` takes it back.");
        }
        None => println!(
            "the namespace {namespace} says nothing of telemetry any more; `ktel status` shows who still does."
        ),
    }
    println!("The same without ktel:\n\n  {command}");
    Ok(())
}

/// The code of an answer; what the server says besides may name people.
fn reason(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("the API server answers {} {}", status.code, status.reason),
        error => chain(error),
    }
}

/// A manifest that says it. What applies manifests takes nothing away that it has not set, so that opting in says on.
fn manifest(namespace: &str, word: Option<&str>) -> String {
    let word = word.unwrap_or("on");
    format!(
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n  annotations:\n    {ANNOTATION}: \"{word}\"\n"
    )
}
