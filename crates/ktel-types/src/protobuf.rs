//! The report on the wire of protobuf, and back.
//!
//! One way leads there for every message of the standard: over the JSON mapping of protobuf, which reads all that the
//! strict schema accepts. The modules below hold the messages, by package.

use std::sync::LazyLock;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, SerializeOptions};

use crate::{Invalid, Valid, contract, report::Report};

pub use crate::generated::wire::*;

/// The descriptors of all messages, as a serialized `FileDescriptorSet`.
pub const DESCRIPTORS: &[u8] = include_bytes!("generated/descriptors.binpb");

static REPORT: LazyLock<Option<MessageDescriptor>> = LazyLock::new(|| {
    let pool = DescriptorPool::decode(DESCRIPTORS).ok()?;
    pool.get_message_by_name(contract::MESSAGE)
});

/// Why a report cannot be brought to the wire or back.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The bytes are not a message of this kind.
    #[error("not a protobuf message")]
    Wire(#[from] prost::DecodeError),
    /// The report is valid, and the message cannot hold it: the descriptors are not those of the types.
    #[error("the message cannot hold the report")]
    Mapping,
    /// The message holds what the contract refuses.
    #[error("the message breaks the contract")]
    Invalid(#[from] Invalid),
}

/// Writes a report as protobuf.
pub fn encode(report: &Valid<Report>) -> Result<Vec<u8>, Error> {
    let mut json = serde_json::Deserializer::from_str(report.json());
    let message = DynamicMessage::deserialize(descriptor()?, &mut json).map_err(|_| Error::Mapping)?;
    Ok(message.encode_to_vec())
}

/// Reads a report from protobuf. Fields that this version does not know are passed over.
pub fn decode(bytes: &[u8]) -> Result<Valid<Report>, Error> {
    let message = DynamicMessage::decode(descriptor()?, bytes)?;
    let mut json = Vec::new();
    let options = SerializeOptions::new().use_proto_field_name(true);
    message
        .serialize_with_options(&mut serde_json::Serializer::new(&mut json), &options)
        .map_err(|_| Error::Mapping)?;
    Ok(Valid::parse(&String::from_utf8_lossy(&json))?)
}

fn descriptor() -> Result<MessageDescriptor, Error> {
    REPORT.clone().ok_or(Error::Mapping)
}
