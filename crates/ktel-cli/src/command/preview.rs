//! `ktel preview`: what would be sent, without sending it.

use ktel_collector::CollectError;
use ktel_splunk::encode;

use super::table;
use crate::{
    args::{Output, PreviewArgs},
    cluster::{self, Named},
    failure::Failure,
};

pub(crate) async fn run(args: PreviewArgs) -> Result<(), Failure> {
    let decision = cluster::decide();
    if !decision.may_collect() {
        eprintln!("{decision}: nothing was read");
        return Ok(());
    }
    let mut all = cluster::collectors(&args.cluster, None).await?;
    let is_one_of_several = all.len() > 1;
    let mut failed = None;
    // One cluster that is away does not hide the reports of the others.
    for Named { collector, context } in &mut all {
        let envelopes = match collector.preview().await {
            Ok(envelopes) => {
                if !collector.decision().may_send() {
                    eprintln!("{}: nothing is sent", collector.decision());
                }
                envelopes
            }
            Err(CollectError::Off(decision)) => {
                eprintln!("{decision}: nothing else was read");
                continue;
            }
            Err(error) => {
                failed = failed.or(Some(cluster::unreadable(&error).of_context(context.as_deref())));
                continue;
            }
        };
        match args.output {
            Output::Json => envelopes.iter().for_each(|envelope| println!("{}", envelope.event)),
            Output::Hec => print!("{}", encode(envelopes.iter().map(AsRef::as_ref))),
            Output::Table => {
                if let Some(context) = context.as_ref().filter(|_| is_one_of_several) {
                    println!("context {context}\n");
                }
                print!("{}", table::render(envelopes.iter().map(|envelope| envelope.event.as_str())));
            }
        }
    }
    failed.map_or(Ok(()), Err)
}
