//! The compiled sources, with the places and comments of what they declare.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use prost::Message as _;
use prost_reflect::{DescriptorPool, FileDescriptor, MessageDescriptor};
use prost_types::FileDescriptorSet;

use super::Error;
use crate::{
    lint::{self, Finding},
    model::{Docs, Location},
};

/// The options of a message, in the paths that places have.
pub(super) const MESSAGE: i32 = 7;

/// The options of a field, in the paths that places have.
pub(super) const FIELD: i32 = 8;

/// The folder of the schema in which released versions lie. They are compared with, not compiled.
const PUBLISHED: &str = "published";

pub(super) struct Sources {
    pool: DescriptorPool,
    places: HashMap<(String, Vec<i32>), Place>,
}

struct Place {
    line: usize,
    column: usize,
    docs: Docs,
}

impl Sources {
    pub(super) fn compile(folder: &Path, vocabulary: &Path) -> Result<Self, Error> {
        let mut files = Vec::new();
        proto_files(folder, folder, &mut files)?;
        files.sort();
        let pool = compile(&[folder, vocabulary], &files).map_err(|error| Error::Findings(vec![finding(&error)]))?;
        Ok(Self::new(pool))
    }

    /// Takes up sources that were compiled before, with the vocabulary that they were compiled with.
    pub(super) fn decode(compiled: &[u8]) -> Result<Self, Error> {
        let pool = DescriptorPool::decode(compiled).map_err(|error| Error::Compiled(error.to_string()))?;
        Ok(Self::new(pool))
    }

    fn new(pool: DescriptorPool) -> Self {
        let places = pool.files().flat_map(|file| places_of(&file)).collect();
        Self { pool, places }
    }

    /// All messages of all files.
    pub(super) fn messages(&self) -> impl Iterator<Item = MessageDescriptor> {
        self.pool.all_messages()
    }

    pub(super) fn pool(&self) -> &DescriptorPool {
        &self.pool
    }

    /// Where a thing is declared.
    pub(super) fn locate(&self, file: &FileDescriptor, path: &[i32]) -> Location {
        let (line, column) = self.place(file, path).map_or((1, 1), |place| (place.line, place.column));
        Location { file: file.name().to_owned(), line, column }
    }

    /// Where the `index`th value of a repeated key of an option is said: `questions` of `(ktel.v1.report)`. Where no single place
    /// says it, the place of the declaration.
    pub(super) fn locate_said(
        &self,
        file: &FileDescriptor,
        declaration: &[i32],
        (options, name): (i32, &str),
        key: &str,
        index: usize,
    ) -> Location {
        let extension = self.pool.get_extension_by_name(&format!("ktel.v1.{name}"));
        let number = |number: u32| i32::try_from(number).unwrap_or(0);
        let said = extension.and_then(|extension| {
            let vocabulary = extension.kind();
            let key = vocabulary.as_message()?.get_field_by_name(key)?;
            let index = i32::try_from(index).ok()?;
            let path = [declaration, &[options, number(extension.number()), number(key.number()), index]].concat();
            self.place(file, &path).map(|_| self.locate(file, &path))
        });
        said.unwrap_or_else(|| self.locate(file, declaration))
    }

    /// What the comment before a declaration says.
    pub(super) fn docs(&self, file: &FileDescriptor, path: &[i32]) -> Docs {
        self.place(file, path).map_or_else(Docs::default, |place| place.docs.clone())
    }

    /// The compiled sources with all that they say: options of the vocabulary, comments, places.
    pub(super) fn encode(&self) -> Vec<u8> {
        self.pool.encode_to_vec()
    }

    pub(super) fn into_descriptors(self) -> FileDescriptorSet {
        FileDescriptorSet { file: self.pool.file_descriptor_protos().cloned().collect() }
    }

    fn place(&self, file: &FileDescriptor, path: &[i32]) -> Option<&Place> {
        self.places.get(&(file.name().to_owned(), path.to_vec()))
    }
}

fn compile(includes: &[&Path], files: &[PathBuf]) -> Result<DescriptorPool, protox::Error> {
    let mut compiler = protox::Compiler::new(includes)?;
    compiler.include_imports(true).include_source_info(true);
    compiler.open_files(files)?;
    Ok(compiler.descriptor_pool())
}

/// What the compiler says. It gives its place in front of its text, and no other way.
fn finding(error: &protox::Error) -> Finding {
    let text = format!("{error:?}");
    let file = error.file().unwrap_or(".").to_owned();
    let placed = text.strip_prefix(&format!("{file}:")).and_then(|rest| {
        let mut parts = rest.splitn(3, ':');
        let (line, column, message) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        Some((line, column, message.trim().to_owned()))
    });
    let (line, column, message) = placed.unwrap_or((1, 1, text));
    Finding {
        at: Location { file, line, column },
        message,
        help: "mend the protobuf; a key of the vocabulary stands in schema/ktel/v1/options.proto".to_owned(),
        rule: const { lint::id("compiles") },
    }
}

fn proto_files(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let io = |source| Error::Io { path: folder.display().to_string(), source };
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_dir() && path != root.join(PUBLISHED) {
            proto_files(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

fn places_of(file: &FileDescriptor) -> Vec<((String, Vec<i32>), Place)> {
    let Some(info) = &file.file_descriptor_proto().source_code_info else { return Vec::new() };
    info.location
        .iter()
        .map(|location| {
            let number = |index: usize| location.span.get(index).map_or(1, |at| usize::try_from(*at).unwrap_or(0) + 1);
            let docs = paragraphs(location.leading_comments());
            let place = Place { line: number(0), column: number(1), docs };
            ((file.name().to_owned(), location.path.clone()), place)
        })
        .collect()
}

/// Joins the lines of each paragraph; an empty line stands between two of them.
fn paragraphs(comment: &str) -> Docs {
    let lines: Vec<&str> = comment.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    Docs(paragraphs.map(|lines| lines.join(" ")).collect())
}

/// The descriptors, reduced to what describes messages on the wire: no custom options, no places, no vocabulary.
///
/// What is left needs nothing but itself, and changes only if the wire does.
#[must_use]
pub(crate) fn bare(descriptors: &FileDescriptorSet) -> FileDescriptorSet {
    // Custom options are extensions, which prost keeps only as unknown fields, that is, not at all.
    let mut bare = FileDescriptorSet::decode(descriptors.encode_to_vec().as_slice()).unwrap_or_default();
    let is_vocabulary = |name: &str| name == "ktel/v1/options.proto" || name.starts_with("google/protobuf/");
    bare.file.retain(|file| !is_vocabulary(file.name()));
    for file in &mut bare.file {
        file.source_code_info = None;
        file.dependency.retain(|name| !is_vocabulary(name));
        let enums = file.message_type.iter_mut().flat_map(|message| &mut message.enum_type);
        // What is left of the options of a value, once the vocabulary's are gone, is nothing, but not none.
        enums.flat_map(|an_enum| &mut an_enum.value).for_each(|value| value.options = None);
    }
    bare
}
