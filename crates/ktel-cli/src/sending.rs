//! From what the command line says of receivers to sinks.

use std::{env, fs};

use ktel_splunk::{Hec, SetupError, TlsLine, Token};

use crate::{
    args::SendingArgs,
    failure::{Failure, chain},
};

/// The variable that holds the token.
const TOKEN: &str = "KTEL_HEC_TOKEN";

/// A sink of events at an address. `help` tells where more is said of its settings.
pub(crate) fn hec(args: &SendingArgs, url: &str, help: &str) -> Result<Hec, Failure> {
    let setup = |error: SetupError| Failure::new(chain(&error), help);
    let mut builder = Hec::builder(url).map_err(setup)?;
    if let Some(token) = token(args)? {
        builder = builder.token(token);
    }
    if args.acknowledged {
        builder = builder.acknowledged();
    }
    if let Some(pem) = certificate(args)? {
        builder = builder.certificate(pem);
    }
    builder.build().map_err(setup)
}

/// A sink of lines at an address.
pub(crate) fn tls_line(args: &SendingArgs, address: &str, help: &str) -> Result<TlsLine, Failure> {
    let setup = |error: SetupError| Failure::new(chain(&error), help);
    let mut builder = TlsLine::builder(address).map_err(setup)?;
    if let Some(pem) = certificate(args)? {
        builder = builder.certificate(pem);
    }
    builder.build().map_err(setup)
}

/// The certificate to show, and its private key.
fn certificate(args: &SendingArgs) -> Result<Option<Vec<u8>>, Failure> {
    let help = "name a file that can be read and holds a certificate and its private key (PEM)";
    let unreadable = |error| Failure::new(format!("the file of the certificate cannot be read: {error}"), help);
    args.certificate.as_ref().map(fs::read).transpose().map_err(unreadable)
}

/// The token, from a file or the environment. Never from an argument, which every process of the machine can see.
fn token(args: &SendingArgs) -> Result<Option<Token>, Failure> {
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
