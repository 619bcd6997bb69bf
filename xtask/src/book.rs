//! The book: the pages of `docs/SUMMARY.md`, and whatever files they link to, built by mdBook into `target/book`.
//!
//! The pages lie in the repository as they are read on a forge, where they link to each other and to files beside them. They are
//! copied with their paths, so that every link of theirs leads somewhere in the book, too.

use std::{
    env, fs,
    path::{Component, Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, bail};

/// Builds the book of the repository at `root`. Answers where it begins.
pub(crate) fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let mdbook = tool(root, "mdbook", "^0.5").context("put `mdbook` on the path, or see why it cannot be installed")?;
    let book = root.join("target/book");
    if book.exists() {
        fs::remove_dir_all(&book).context("cannot remove the last book")?;
    }
    let source = book.join("src");
    let summary = summary(root)?;
    for page in links(&summary) {
        copy(root, &page, &source)?;
        let folder = page.parent().unwrap_or(Path::new(""));
        for linked in links(&read(root, &page)?) {
            copy(root, &resolve(folder, &linked), &source)?;
        }
    }
    fs::write(source.join("SUMMARY.md"), summary)?;
    for name in ["book.toml", "book.css"] {
        fs::copy(root.join("docs").join(name), book.join(name))?;
    }
    // What draws pictures brings a script of somebody else's, which therefore lies in `target` and not in the repository. Without
    // it a picture is its source, which can be read.
    match tool(root, "mdbook-mermaid", "^0.17") {
        Ok(mermaid) => run(Command::new(mermaid).arg("install").current_dir(&book))?,
        Err(error) => println!("pictures are shown as their source: {error:#}"),
    }
    // mdBook looks for preprocessors on the path.
    let mut path = vec![root.join("target/tools/bin")];
    path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    run(Command::new(mdbook).arg("build").current_dir(&book).env("PATH", env::join_paths(path)?))?;
    // mdBook lays a copy of the first page at the root, from where the links of that page lead nowhere.
    let first = links(&fs::read_to_string(source.join("SUMMARY.md"))?).into_iter().next().context("no page")?;
    let (first, index) = (first.with_extension("html"), book.join("book/index.html"));
    fs::write(&index, format!("<meta http-equiv=\"refresh\" content=\"0; url={}\">\n", first.display()))?;
    Ok(index)
}

/// The summary as mdBook reads it: its links begin at the root of the repository, and under a page that is called README.md stand
/// the pages that it lists.
fn summary(root: &Path) -> anyhow::Result<String> {
    let mut lines = vec![];
    for line in read(root, Path::new("docs/SUMMARY.md"))?.lines() {
        let Some((title, page)) = entry(line) else {
            lines.push(line.to_owned());
            continue;
        };
        let page = resolve(Path::new("docs"), Path::new(page));
        lines.push(format!("{title}]({})", page.display()));
        if page.ends_with("README.md") {
            let folder = page.parent().unwrap_or(Path::new(""));
            let text = read(root, &page)?;
            let below = text.lines().filter_map(listed);
            lines.extend(below.map(|(title, page)| format!("  - [{title}]({})", folder.join(page).display())));
        }
    }
    Ok(lines.join("\n"))
}

/// A line of the summary: what stands before the link, and the link.
fn entry(line: &str) -> Option<(&str, &str)> {
    line.strip_suffix(')')?.rsplit_once("](")
}

/// A line of a list that is a link to a page beside: its title and its file.
fn listed(line: &str) -> Option<(&str, &str)> {
    let item = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = item.strip_prefix(". ").or_else(|| item.strip_prefix("- "))?;
    let (title, page) = entry(item.strip_prefix('[')?)?;
    let is_page = Path::new(page).extension().is_some_and(|extension| extension == "md");
    (is_page && !page.contains('/')).then_some((title, page))
}

/// The files that a page links to.
fn links(page: &str) -> Vec<PathBuf> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).map(PathBuf::from).collect()
}

/// Where a link leads, seen from the root of the repository.
fn resolve(folder: &Path, link: &Path) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(link).components() {
        match part {
            Component::ParentDir => _ = path.pop(),
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    path
}

fn read(root: &Path, file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {}", file.display()))
}

/// Copies a file or a folder with its path.
fn copy(root: &Path, file: &Path, to: &Path) -> anyhow::Result<()> {
    let (from, target) = (root.join(file), to.join(file));
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            copy(root, &file.join(entry?.file_name()), to)?;
        }
        return Ok(());
    }
    fs::create_dir_all(target.parent().unwrap_or(to))?;
    fs::copy(from, target).with_context(|| format!("cannot copy {}", file.display()))?;
    Ok(())
}

/// A program of `target/tools`, else of the path, else installed by name into `target/tools`, which takes minutes and is done once.
fn tool(root: &Path, name: &str, version: &str) -> anyhow::Result<PathBuf> {
    let tools = root.join("target/tools");
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools.join("bin")).chain(env::split_paths(&path));
    let mut files = folders.map(|folder| folder.join(name).with_extension(env::consts::EXE_EXTENSION));
    if let Some(file) = files.find(|file| file.is_file()) {
        return Ok(file);
    }
    println!("{name} is not there: it is installed into target/tools, once");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = format!("{name}@{version}");
    run(Command::new(cargo).args(["install", "--locked", &package, "--root"]).arg(&tools).current_dir(root))?;
    Ok(tools.join("bin").join(name).with_extension(env::consts::EXE_EXTENSION))
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let name = command.get_program().to_owned();
    let status = command.status().with_context(|| format!("cannot start {}", name.display()))?;
    if status.success() { Ok(()) } else { bail!("{} failed", name.display()) }
}
