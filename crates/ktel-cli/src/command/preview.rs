//! `ktel preview`: what would be sent, without sending it; also where telemetry is off, since somebody asks to see it.

use std::sync::Arc;

use ktel_collector::{CollectError, Collector, consent::Mode};
use ktel_outbox::Envelope;
use ktel_splunk::encode;

use super::{
    difference::Earlier,
    seen::Event,
    table::{self, Detail},
};
use crate::{
    args::{Output, PreviewArgs},
    cluster::{self, Facts, Named, Wish},
    failure::Failure,
    terminal::{NOTICE, indented, styled},
};

/// What is shown.
enum Form {
    Json,
    Hec,
    Table(Detail),
    Difference(Earlier),
}

pub(crate) async fn run(args: PreviewArgs) -> Result<(), Failure> {
    let args = PreviewArgs { cluster: args.cluster.without_blanks(), ..args };
    let form = Form::of(&args)?;
    let wish = Wish { account: args.account.as_deref(), facts: Facts::Always, ..Wish::default() };
    let mut all = cluster::collectors(&args.cluster, wish).await?;
    let is_one_of_several = all.len() > 1;
    let mut failed = None;
    // One cluster that is away does not hide the reports of the others.
    for Named { collector, context } in &mut all {
        let envelopes = match collector.preview_if_on().await {
            Ok(envelopes) => envelopes,
            Err(error) => {
                let failure = match (&args.account, &error) {
                    (Some(_), CollectError::Nothing) => Failure::new(
                        "nothing could be read of the cluster with the rights of that ServiceAccount",
                        "bind the roles of docs/generated/rbac/roles.yaml to it, and see that you may impersonate it",
                    ),
                    _ => cluster::unreadable(&error),
                };
                failed = failed.or(Some(failure.of_context(context.as_deref())));
                continue;
            }
        };
        let context = context.as_ref().filter(|_| is_one_of_several);
        show(&form, context.map(String::as_str), banner(collector).as_deref(), &envelopes);
    }
    failed.map_or(Ok(()), Err)
}

impl Form {
    fn of(args: &PreviewArgs) -> Result<Self, Failure> {
        Ok(match (&args.diff, args.output) {
            (Some(path), _) => Self::Difference(Earlier::read(path)?),
            (None, Some(Output::Json | Output::Hec)) if args.annotate => {
                let message = "what travels has no room for explanations";
                return Err(Failure::new(message, "leave --output out, or make it a table: `ktel preview --annotate`"));
            }
            (None, _) if args.annotate => Self::Table(Detail::Everything),
            (None, Some(Output::Table)) => Self::Table(Detail::Value),
            (None, Some(Output::Hec)) => Self::Hec,
            (None, Some(Output::Json) | None) => Self::Json,
        })
    }
}

/// What has to be known of a report that is not sent.
fn banner(collector: &Collector) -> Option<String> {
    let decision = collector.decision();
    let said = decision.to_string();
    match decision.setting().mode() {
        Mode::On => None,
        Mode::Local => Some(indented(0, &format!("{said}: this is what would be sent if it were on"))),
        Mode::Off => {
            Some(indented(0, &format!("{said}: nothing is sent, and this is what would be if telemetry were on")))
        }
    }
}

fn show(form: &Form, context: Option<&str>, banner: Option<&str>, envelopes: &[Arc<Envelope>]) {
    let events = || -> Vec<Event> { envelopes.iter().map(|envelope| Event::read(&envelope.event)).collect() };
    let shown = match form {
        Form::Json | Form::Hec => {
            // What is shown is what travels, byte for byte; anything else goes elsewhere.
            if let Some(banner) = banner {
                anstream::eprintln!("{}", styled(NOTICE, banner));
            }
            if let Form::Hec = form {
                print!("{}", encode(envelopes.iter().map(AsRef::as_ref)));
            } else {
                for envelope in envelopes {
                    println!("{}", envelope.event);
                }
            }
            return;
        }
        Form::Table(detail) => table::render(&events(), *detail),
        Form::Difference(earlier) => earlier.compare(&events()),
    };
    if let Some(context) = context {
        anstream::println!("{}\n", styled(NOTICE, &format!("context {context}")));
    }
    if let Some(banner) = banner {
        anstream::println!("{}\n", styled(NOTICE, banner));
    }
    anstream::print!("{shown}");
}
