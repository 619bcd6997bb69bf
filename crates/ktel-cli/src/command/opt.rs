//! `ktel opt-out` and `ktel opt-in`: the annotation that every ktel in a cluster obeys.

use ktel_collector::consent::ANNOTATION;

use super::annotation::Change;
use crate::{args::OptArgs, failure::Failure};

/// Sets the annotation to a word, or takes it away.
pub(crate) async fn run(args: OptArgs, word: Option<&str>) -> Result<(), Failure> {
    let namespace = args.namespace.as_str();
    let change = Change {
        namespace,
        annotation: ANNOTATION,
        word,
        declared: word.unwrap_or("on"),
        otherwise: "run it as somebody who may, try `--in default`, or apply what `--output yaml` prints",
    };
    if !change.run(&args.change).await? {
        return Ok(());
    }
    match word {
        Some(_) => {
            println!("telemetry is off for the whole cluster: the namespace {namespace} says so.");
            println!("What runs obeys before it sends again; `ktel opt-in --in {namespace}` takes it back.");
        }
        None => println!(
            "the namespace {namespace} says nothing of telemetry any more; `ktel status` shows who still does."
        ),
    }
    println!("The same without ktel:\n\n  {}", change.command(&args.change));
    Ok(())
}
