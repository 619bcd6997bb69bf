//! An annotation of a namespace that is set or taken away: by ktel, by `kubectl`, or by whoever applies manifests.

use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api,
    api::{Patch, PatchParams},
};
use serde_json::json;

use crate::{
    args::{ChangeArgs, Manifest},
    cluster,
    failure::{Failure, chain},
};

/// A change of an annotation.
pub(crate) struct Change<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) annotation: &'a str,
    /// What it says from now on; nothing to take it away.
    pub(crate) word: Option<&'a str>,
    /// What it says in a manifest. What applies manifests takes nothing away that it has not set.
    pub(crate) declared: &'a str,
    /// What to do where the namespace cannot be changed.
    pub(crate) otherwise: &'a str,
}

impl Change<'_> {
    /// Makes the change, or shows how it would be made; says whether it was made.
    pub(crate) async fn run(&self, args: &ChangeArgs) -> Result<bool, Failure> {
        if args.output == Some(Manifest::Yaml) {
            print!("{}", self.manifest());
            return Ok(false);
        }
        if args.dry_run {
            println!("nothing was changed; the same without ktel:\n\n  {}", self.command(args));
            return Ok(false);
        }
        let Self { namespace, annotation, word, .. } = self;
        let client = cluster::client(args.kubeconfig.as_deref(), args.context.as_deref()).await?;
        let patch = json!({ "metadata": { "annotations": { *annotation: word } } });
        let namespaces = Api::<Namespace>::all(client);
        let patched = namespaces.patch_metadata(namespace, &PatchParams::default(), &Patch::Merge(patch)).await;
        patched.map(|_| true).map_err(|error| {
            Failure::new(format!("the namespace {namespace} cannot be changed: {}", reason(&error)), self.otherwise)
        })
    }

    /// The same for a shell.
    pub(crate) fn command(&self, args: &ChangeArgs) -> String {
        let Self { namespace, annotation, word, .. } = self;
        let change = word.map_or_else(|| format!("{annotation}-"), |word| format!("{annotation}={word}"));
        let context = args.context.as_ref().map_or_else(String::new, |context| format!(" --context {context}"));
        let file = args.kubeconfig.as_ref();
        let file = file.map_or_else(String::new, |file| format!(" --kubeconfig {}", file.display()));
        format!("kubectl annotate{file}{context} namespace {namespace} {change} --overwrite")
    }

    fn manifest(&self) -> String {
        let Self { namespace, annotation, declared, .. } = self;
        // Whoever applies two manifests of one namespace under one name takes back with the second what the first has said.
        let manager = annotation.rsplit('/').next().unwrap_or(annotation);
        format!(
            "# kubectl apply --server-side --field-manager ktel-{manager} -f FILE\n\
             # Where a manifest of this namespace is applied already, add the annotation there instead.\n\
             apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {namespace}\n  annotations:\n    {annotation}: \"{declared}\"\n"
        )
    }
}

/// The code of an answer; what the server says besides may name people.
fn reason(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) => format!("the API server answers {} {}", status.code, status.reason),
        error => chain(error),
    }
}
