//! `ktel rotate-id`: a salt that makes all identifiers others than they were.

use ktel_collector::{SALT_ANNOTATION, SALT_VARIABLE};

use super::annotation::Change;
use crate::{
    args::{ChangeArgs, RotateArgs},
    cluster,
    failure::Failure,
};

/// Sets the annotation with the salt.
pub(crate) async fn run(args: RotateArgs) -> Result<(), Failure> {
    let salt = args.salt.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !salt.chars().all(is_plain) || salt.len() > 128 {
        let message = "a salt is at most 128 letters, digits, hyphens, underscores and dots";
        return Err(Failure::new(message, "give another one with --salt, or none, and it is random"));
    }
    let otherwise = format!(
        "run it as somebody who may, apply what `--output yaml` prints, or set the variable {SALT_VARIABLE} of each controller"
    );
    let change = Change {
        namespace: "kube-system",
        annotation: SALT_ANNOTATION,
        word: Some(&salt),
        declared: &salt,
        otherwise: &otherwise,
    };
    let before = if is_dry(&args.change) { None } else { cluster::cluster_id(&args.change).await };
    if !change.run(&args.change).await? {
        return Ok(());
    }
    if let Some(before) = before {
        println!("the identifier of the cluster was {before}: note it, if it is to be deleted.");
    }
    println!("all that reports in the cluster has other identifiers from its next report on.");
    println!(
        "What was sent before stays with the receiver under the old ones: `docs/guide/erasure.md` tells how it is deleted."
    );
    println!("The same without ktel:\n\n  {}", change.command(&args.change));
    Ok(())
}

/// Whether nothing is changed.
fn is_dry(args: &ChangeArgs) -> bool {
    args.dry_run || args.output.is_some()
}
