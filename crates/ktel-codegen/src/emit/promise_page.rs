//! Emits the page for whoever runs a cluster: how to switch it off, what is never sent, how to see it before.

use super::{DOCS, Error, File, markdown::head, tally::Tally};
use crate::{model::Model, standard::Standard};

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let text = head("What we promise") + OFF + &what_is_sent(model) + NEVER + BEFORE + &afterwards(model);
    Ok(vec![File::new(DOCS, "promise.md", text)])
}

const OFF: &str = "\
## Switch it off

```sh
kubectl annotate namespace kube-system ktel.konghq.com/telemetry=off
```

Every product that reports from the cluster obeys, from its next report on, without a restart; what was waiting to be sent is
thrown away. For one process, `DO_NOT_TRACK=1` in its environment does the same. Nothing is sent unless somebody has named a
receiver. [Who can say no, and who wins](../guide/security.md).

";

fn what_is_sent(model: &Model) -> String {
    let Tally { fields, identifiers, free_texts, technical, usage, .. } = Tally::of(model);
    format!(
        "## What is sent\n\n\
         **{fields} fields, {identifiers} identifiers, {free_texts} free texts.** {technical} are technical, such as a version; {usage} say how\n\
         the product is used, as a number or a choice from a list. [Each field](fields.md) says what it means and which\n\
         [question](questions/README.md) it answers; nothing else can be sent. The identifiers are hashes or random, and\n\
         `ktel rotate-id` makes new ones.\n\n"
    )
}

const NEVER: &str = "\
**Never:** the names of your objects, namespaces, hosts or people; addresses, labels, annotations, paths, log lines; anything of a
Secret or a ConfigMap, which it has no right to read ([what it may read](permissions.md)).

";

const BEFORE: &str = "\
## See it before it is sent

`ktel preview` shows the very bytes that would leave, and sends nothing; with `--annotate`, it says of each field why it is asked for.
[Samples](samples.md) are here to read.

";

fn afterwards(model: &Model) -> String {
    let owners: Vec<String> = owners(model).iter().map(|owner| format!("`{owner}`")).collect();
    let team = if owners.len() == 1 { "team" } else { "teams" };
    format!(
        "## Afterwards\n\n\
         Reports are kept for **{} days**, then deleted; [sooner if you ask](erasure.md). They are for one purpose:\n\
         *{}*\n\n\
         Questions? Ask the {team} {}, through whoever you have the product from.\n",
        model.retention_days,
        model.purpose,
        owners.join(" or ")
    )
}

/// The teams that answer for fields.
fn owners(model: &Model) -> Vec<&str> {
    let mut owners: Vec<&str> = model.fields().map(|(_, field)| field.owner.as_str()).collect();
    owners.sort_unstable();
    owners.dedup();
    owners
}
