//! A standard with all that is known of it: the model, the sources that it was read from, and what was published of it.

use prost_types::FileDescriptorSet;

use crate::{acknowledge::Acknowledgement, model::Model, version::Version};

/// A standard as it was read.
#[derive(Debug)]
pub struct Standard {
    /// What all emitters but one see.
    pub model: Model,
    /// The compiled sources, for the emitter of protobuf wire types alone.
    pub descriptors: FileDescriptorSet,
    /// The compiled sources with all that they say, as they are published.
    pub compiled: Vec<u8>,
    /// The published versions, the oldest first. Reading leaves them out: see [`published`](crate::published).
    pub published: Vec<Published>,
    /// What is said of changes that collect more, since the latest published version. Reading leaves it out, too.
    pub acknowledgements: Vec<Acknowledgement>,
}

/// A version that was published.
#[derive(Debug)]
pub struct Published {
    /// Its number.
    pub version: Version,
    /// The standard as it was.
    pub model: Model,
    /// The hash of its strict JSON Schema.
    pub hash: String,
    /// What was said of its changes.
    pub page: String,
    /// What was acknowledged for it and for those before.
    pub acknowledgements: Vec<Acknowledgement>,
}
