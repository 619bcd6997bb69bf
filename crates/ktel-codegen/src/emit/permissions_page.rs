//! Emits the page of permissions: each rule of each role, with the fields that need it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    DOCS, Error, File,
    cluster_role::{self, Role},
    markdown::{anchor, anchor_name, head},
};
use crate::{model::Model, standard::Standard};

const INTRODUCTION: &str = "\
A collector reads with `get` and `list`, and has no other verb. There is a role for each category of consent: bind those that you
allow. A field whose rule is missing is absent, as `forbidden`, and everything else goes on. Nobody may read Secrets or
ConfigMaps, since Kubernetes cannot permit to count them without permitting to read them; a rule of the standard refuses it.

[`roles.yaml`](rbac/roles.yaml) is for a collector that may read the cluster,
[`roles.namespaced.yaml`](rbac/roles.namespaced.yaml) for one that may read a list of namespaces:

```sh
kubectl apply -f roles.yaml
kubectl create clusterrolebinding ktel-environment --clusterrole ktel-environment --serviceaccount NAMESPACE:NAME
```

`ktel preview --as NAMESPACE/NAME` shows what an account would tell. `/version` and `/apis` need no rule: every client that is known
may read them.

<a id=\"role-ktel-consent\"></a>

## `ktel-consent`

Asked before anything else is read, for any category: whether the cluster says no, by an annotation on a namespace. It fills no
field. Without it, nothing is read and nothing is sent, unless an administrator says `KTEL_TELEMETRY=on`.

- **get `namespaces`**: `kube-system`, `default`, and that of the controller
";

#[allow(clippy::unnecessary_wraps, reason = "all emitters have one signature")]
pub(super) fn emit(standard: &Standard) -> Result<Vec<File>, Error> {
    let model = &standard.model;
    let (roles, named) = cluster_role::roles(model);
    let mut text = head("Permissions") + INTRODUCTION;
    for role in &roles {
        text += &format!(
            "\n{}## `{}`, a {}\n\n{}\n\n",
            anchor("role", &format!("{}-{}", role.name, role.kind())),
            role.name,
            role.kind(),
            role.about
        );
        for (rule, resources) in &role.rules {
            for (resource, fields) in resources {
                let group = if rule.group.is_empty() { String::new() } else { format!(".{}", rule.group) };
                let objects = rule.objects.iter().map(|name| format!(", `{name}` alone")).collect::<String>();
                text +=
                    &format!("- **{} `{resource}{group}`**{objects}\n{}", rule.verb, by_section(model, fields, "  "));
            }
        }
    }
    text += &without_the_cluster(model, &roles, &named);
    Ok(vec![File::new(DOCS, "permissions.md", text)])
}

/// The fields for which the roles of a list of namespaces do not suffice.
fn without_the_cluster(model: &Model, roles: &[Role], named: &[Role]) -> String {
    let (all, within) = (needs(roles), needs(named));
    let mut missing: BTreeSet<String> = all.difference(&within).map(|(_, _, field)| (*field).clone()).collect();
    // Which cluster it is, is told by a namespace that the role `ktel-consent` of the file permits to read.
    missing.retain(|path| model.field(path).is_some_and(|(message, _)| message.category.is_some()));
    WITHOUT.to_owned() + &by_section(model, &missing, "")
}

const WITHOUT: &str = "
## Without the cluster

What stands outside of namespaces, such as nodes and classes, is not read by a collector that may read namespaces alone. These
fields need that, and are then absent, or tell less:

";

/// What roles permit: group and resource, each with a field that needs it.
fn needs(roles: &[Role]) -> BTreeSet<(&String, &String, &String)> {
    let mut needs = BTreeSet::new();
    for (rule, resources) in roles.iter().flat_map(|role| &role.rules) {
        for (resource, fields) in resources {
            needs.extend(fields.iter().map(|field| (&rule.group, resource, field)));
        }
    }
    needs
}

/// Links to fields in the order of the standard, an item a section.
fn by_section(model: &Model, fields: &BTreeSet<String>, margin: &str) -> String {
    let mut sections: BTreeMap<usize, (&str, Vec<String>)> = BTreeMap::new();
    for (index, message) in model.messages.iter().enumerate() {
        for field in message.fields() {
            let path = message.path_of(&field.name);
            if fields.contains(&path) {
                let link = format!("[`{}`](fields.md#{})", field.name, anchor_name("field", &path));
                sections.entry(index).or_insert((&message.path, Vec::new())).1.push(link);
            }
        }
    }
    sections.values().map(|(section, links)| format!("{margin}- `{section}`: {}\n", links.join(", "))).collect()
}
