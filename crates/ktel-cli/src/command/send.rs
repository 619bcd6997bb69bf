//! `ktel send`: one report, once.

use std::{env, fs, time::Duration};

use ktel_collector::SendError;
use ktel_splunk::{Hec, SetupError, Token};

use crate::{
    args::SendArgs,
    cluster::{self, Named},
    failure::{Failure, chain},
};

/// The variable that holds the token.
const TOKEN: &str = "KTEL_HEC_TOKEN";

pub(crate) async fn run(args: SendArgs) -> Result<(), Failure> {
    let decision = cluster::decide();
    if !decision.may_send() {
        eprintln!("{decision}: nothing was read, nothing was sent");
        return Ok(());
    }
    let mut sink = sink(&args)?;
    let mut events = 0;
    let mut failed = None;
    // One cluster that is away does not hold up the reports of the others.
    for Named { collector, context } in &mut cluster::collectors(&args.cluster).await? {
        match collector.send_once(&mut sink, Duration::from_secs(args.patience)).await {
            Ok(sent) => events += sent.events,
            Err(error) => failed = failed.or(Some(failure(error, &sink).of(context.as_deref()))),
        }
    }
    match failed {
        None => println!("sent: the receiver has all {events} events"),
        Some(failure) => {
            if events > 0 {
                println!("sent: the receiver has {events} events of other clusters");
            }
            return Err(failure);
        }
    }
    Ok(())
}

fn failure(error: SendError, sink: &Hec) -> Failure {
    match (error, sink.diagnosis()) {
        (SendError::Collect(error), _) => cluster::unreadable(&error),
        (error, Some(diagnosis)) => Failure::new(format!("{error}: {}", diagnosis.problem), diagnosis.remedy),
        (error, None) => Failure::new(error.to_string(), "try again, with more --patience"),
    }
}

fn sink(args: &SendArgs) -> Result<Hec, Failure> {
    let setup = |error: SetupError| Failure::new(chain(&error), "see `ktel send --help`");
    let mut builder = Hec::builder(&args.hec_url).map_err(setup)?;
    if let Some(token) = token(args)? {
        builder = builder.token(token);
    }
    if args.acknowledged {
        builder = builder.acknowledged();
    }
    if let Some(path) = &args.certificate {
        let help = "name a file that can be read and holds a certificate and its private key (PEM)";
        let unreadable = |error| Failure::new(format!("the file of the certificate cannot be read: {error}"), help);
        builder = builder.certificate(fs::read(path).map_err(unreadable)?);
    }
    builder.build().map_err(setup)
}

/// The token, from a file or the environment. Never from an argument, which every process of the machine can see.
fn token(args: &SendArgs) -> Result<Option<Token>, Failure> {
    let text = match &args.token_file {
        Some(path) => {
            let help = "name a file that can be read and holds nothing but the token";
            let unreadable = |error| Failure::new(format!("the token file cannot be read: {error}"), help);
            Some(fs::read_to_string(path).map_err(unreadable)?)
        }
        None => env::var(TOKEN).ok(),
    };
    Ok(text.filter(|text| !text.trim().is_empty()).map(Token::new))
}
