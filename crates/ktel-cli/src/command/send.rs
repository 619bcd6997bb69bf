//! `ktel send`: one report, once.

use std::{env, fs, time::Duration};

use ktel_collector::SendError;
use ktel_splunk::{Hec, SetupError, Token};

use crate::{
    args::SendArgs,
    cluster,
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
    let mut collector = cluster::collector(&args.cluster).await?;
    match collector.send_once(&mut sink, Duration::from_secs(args.patience)).await {
        Ok(sent) => println!("sent: the receiver has all {} events", sent.events),
        Err(SendError::Collect(error)) => return Err(cluster::unreadable(&error)),
        Err(error @ SendError::NotDelivered { .. }) => {
            return Err(match sink.diagnosis() {
                Some(diagnosis) => Failure::new(format!("{error}: {}", diagnosis.problem), diagnosis.remedy),
                None => Failure::new(error.to_string(), "try again, with more --patience"),
            });
        }
    }
    Ok(())
}

fn sink(args: &SendArgs) -> Result<Hec, Failure> {
    let setup = |error: SetupError| Failure::new(chain(&error), "see `ktel send --help`");
    let mut builder = Hec::builder(&args.hec_url).map_err(setup)?;
    if let Some(token) = token(args)? {
        builder = builder.token(token);
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
