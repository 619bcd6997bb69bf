//! `ktel`: see what would be reported of a cluster, send it, validate it.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool of the terminal")]
#![allow(clippy::format_push_string, reason = "texts are built once, and read like what they say")]

mod args;
mod cluster;
mod command;
mod facts;
mod failure;
mod sending;
mod terminal;

use std::process::ExitCode;

use args::{Args, Command};
use failure::Failure;

fn main() -> ExitCode {
    let args = Args::read();
    args.color.write_global();
    show_log(args.verbose, matches!(args.command, Command::Agent(_)));
    // The process has one kind of cryptography, whoever needs it first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(args.command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("{failure}");
            failure.code()
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        #[cfg(feature = "demo")]
        Command::Demo => in_background(command::demo::run()),
        Command::Preview(args) => in_background(command::preview::run(args)),
        Command::Send(args) => in_background(command::send::run(args)),
        Command::Agent(args) => in_background(command::agent::run(args.without_blanks())),
        Command::Status(args) => in_background(command::status::run(args.without_blanks())),
        Command::OptOut(args) => in_background(command::opt::run(args, Some("off"))),
        Command::OptIn(args) => in_background(command::opt::run(args, None)),
        Command::RotateId(args) => in_background(command::rotate::run(args)),
        Command::Validate(args) => command::validate::run(&args),
        Command::Explain(args) => command::explain::run(&args),
        Command::Schema(args) => command::schema::run(&args),
    }
}

/// Runs what waits for the network.
fn in_background(work: impl Future<Output = Result<(), Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::new(format!("cannot start: {error}"), "free some memory or handles"))?;
    let done = runtime.block_on(work).map(|()| ExitCode::SUCCESS);
    // A disk that does not answer holds up nobody.
    runtime.shutdown_background();
    done
}

/// Shows the log on the standard error: nothing, of what runs for long what a person should know, or with `-v` all of ours.
/// `RUST_LOG` asks for more.
fn show_log(is_verbose: bool, is_for_long: bool) {
    use tracing_subscriber::EnvFilter;
    let default = match (is_verbose, is_for_long) {
        (true, _) => "ktel=debug,ktel_collector=debug,ktel_splunk=debug",
        (false, true) => "ktel=info,ktel_collector=info,ktel_splunk=info",
        (false, false) => "off",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
