//! Versions of the standard: what has changed since one, and the release of the next.

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use ktel_codegen::{Mode, compare, published, release};

use crate::root;

#[derive(Subcommand)]
pub(crate) enum Task {
    /// Say what has changed since a published version, and what each change means
    Diff {
        /// The version, or the path of a folder in which one lies; the latest one if none is named
        #[arg(long, value_name = "VERSION")]
        against: Option<String>,
        /// How it is said
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Freeze the standard as the next version, and generate what follows from it
    Release {
        /// Change nothing; say what would be released, or why it would not
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    Text,
    /// Tables, one for each class of changes
    Markdown,
    /// An array of objects
    Json,
}

pub(crate) fn run(task: &Task) -> anyhow::Result<()> {
    match task {
        Task::Diff { against, format } => diff(against.as_deref(), *format),
        Task::Release { dry_run: true } => freeze(Mode::Check),
        Task::Release { dry_run: false } => freeze(Mode::Write),
    }
}

fn diff(against: Option<&str>, format: Format) -> anyhow::Result<()> {
    let Some((version, changes)) = published::diff(&root()?, against)? else {
        bail!("no version is published: name a folder in which one lies with `--against`");
    };
    let shown = match format {
        Format::Text => compare::Format::Text,
        Format::Markdown => compare::Format::Markdown,
        Format::Json => compare::Format::Json,
    };
    print!("{}", compare::show(&changes, shown));
    // What tools read is the list alone.
    if matches!(format, Format::Text) {
        println!("{} changes since {version}", changes.len());
    }
    Ok(())
}

fn freeze(mode: Mode) -> anyhow::Result<()> {
    let release = release::release(&root()?, mode)?;
    for change in &release.files {
        println!("{}", change.path.display());
    }
    println!("\n{}", release.page);
    match mode {
        Mode::Write => println!("{} is released: look at the files, and commit them", release.version),
        Mode::Check => println!("{} would be released", release.version),
    }
    Ok(())
}
