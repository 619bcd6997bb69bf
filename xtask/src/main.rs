//! The tasks of this repository: a list, no logic of its own.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool of the terminal")]

mod api;
mod book;
mod interop;
mod schema;

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context as _, bail};
use clap::Parser;
use ktel_codegen::{
    Mode,
    lint::{Date, Findings, Format, RULES},
};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The tasks of this repository")]
enum Task {
    /// Generate everything that follows from the standard in `schema/`
    Codegen {
        /// Change nothing; fail if anything would change
        #[arg(long)]
        check: bool,
    },
    /// What in the standard breaks a rule of `docs/generated/lints.md`: all of it, each with its place and a remedy
    Lint {
        /// How to say it: text, github (annotations of a workflow) or sarif
        #[arg(long, default_value = "text")]
        format: Format,
        /// The day on which ends that are dates are checked, such as 2026-11-24; without one they are not
        #[arg(long)]
        today: Option<Date>,
    },
    /// List the public API of each published library in `docs/api`
    Api {
        /// Change nothing; fail if anything would change
        #[arg(long)]
        check: bool,
    },
    /// Build the book of `docs/` into `target/book`, with mdBook, which is installed into `target/tools` where it is not there
    Docs,
    /// Hold ktel against what it has to work with: a real API server, validators in other languages, and the like
    ///
    /// Prints a table. What cannot run here is said to be skipped, and why.
    Interop {
        /// Which of them; by default all
        names: Vec<String>,
        /// Fail if one of them cannot run here
        #[arg(long)]
        strict: bool,
    },
    /// Compare the standard with what is published of it, or release it
    #[command(subcommand)]
    Schema(schema::Task),
    /// Everything that must hold before a change lands: format, generated files, lints, documentation, tests
    Check {
        /// The day on which ends that are dates are checked, such as 2026-11-24; without one they are not
        #[arg(long)]
        today: Option<Date>,
    },
}

fn main() -> ExitCode {
    let result = match Task::parse() {
        Task::Codegen { check: false } => codegen(Mode::Write),
        Task::Codegen { check: true } => codegen(Mode::Check),
        Task::Lint { format, today } => lint(format, today),
        Task::Api { check } => api(check),
        Task::Docs => docs(),
        Task::Interop { names, strict } => root().and_then(|root| interop::run(&root, &names, strict)),
        Task::Schema(task) => schema::run(&task),
        Task::Check { today } => check(today),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn codegen(mode: Mode) -> anyhow::Result<()> {
    refuse_findings(Format::Text, None)?;
    let changes = ktel_codegen::run(&root()?, mode)?;
    for change in &changes {
        println!("{change}");
    }
    match (mode, changes.len()) {
        (_, 0) => println!("all generated files are up to date"),
        (Mode::Write, count) => println!("{count} generated files brought up to date"),
        (Mode::Check, count) => bail!("{count} generated files are not up to date: run `cargo xtask codegen`"),
    }
    Ok(())
}

fn lint(format: Format, today: Option<Date>) -> anyhow::Result<()> {
    refuse_findings(format, today)?;
    eprintln!("the standard keeps all {} rules", RULES.len());
    Ok(())
}

/// Findings go where a tool may read them, how many there are to the terminal.
fn refuse_findings(format: Format, today: Option<Date>) -> anyhow::Result<()> {
    let findings = ktel_codegen::lint(&root()?, today)?;
    print!("{}", format.write(&findings));
    if findings.is_empty() { Ok(()) } else { bail!("{}", Findings(&findings).summary()) }
}

fn api(is_check: bool) -> anyhow::Result<()> {
    let count = api::list(&root()?, is_check)?;
    println!("the public API of {count} libraries is in docs/api");
    Ok(())
}

fn docs() -> anyhow::Result<()> {
    let first = book::build(&root()?)?;
    println!("the book begins at {}", first.display());
    Ok(())
}

fn check(today: Option<Date>) -> anyhow::Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    refuse_findings(Format::Text, today)?;
    codegen(Mode::Check)?;
    cargo(&["clippy", "--workspace", "--all-targets", "--all-features", "--", "--deny", "warnings"])?;
    cargo(&["doc", "--workspace", "--all-features", "--no-deps"])?;
    cargo(&["test", "--workspace", "--all-features"])
}

fn cargo(arguments: &[&str]) -> anyhow::Result<()> {
    println!("$ cargo {}", arguments.join(" "));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(arguments).current_dir(root()?).env("RUSTDOCFLAGS", "--deny warnings");
    let status = command.status().context("cannot start cargo")?;
    if status.success() { Ok(()) } else { bail!("`cargo {}` failed", arguments.join(" ")) }
}

/// The root of the repository, above the folder of this package.
fn root() -> anyhow::Result<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(package.parent().context("xtask lies at the root")?.to_owned())
}
