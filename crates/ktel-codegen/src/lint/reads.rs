//! What may be read of a cluster.

use super::Fault;
use crate::model::Model;

/// Kinds of the core group that hold what is nobody's business.
const SECRET: [&str; 2] = ["secrets", "configmaps"];

pub(super) fn secrets(model: &Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (_, field) in model.fields() {
        for read in field.filling.reads() {
            let Some(resource) = read.resource() else { continue };
            if resource.group.is_empty() && SECRET.contains(&resource.plural.as_str()) {
                let message = format!("`{}` needs to read {}", field.name, resource.plural);
                let help = "learn it from something else: Kubernetes permits to read them whole or not at all";
                faults.push(Fault::new(&field.at, message, help));
            }
        }
    }
    faults
}
