//! Where a text lies: in a file, on the standard input, or behind an address.

use std::{
    fs::File,
    io::{self, Read as _},
    path::PathBuf,
    time::Duration,
};

use reqwest::Client;

/// Where a text lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The standard input, which can be read once.
    Stdin,
    /// A file.
    File(PathBuf),
    /// An address that answers to `GET`.
    Url(String),
}

/// Why a text cannot be read. Says nothing of the address, which may hold a secret.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file, or the standard input, cannot be read.
    #[error("cannot be read")]
    Io(#[from] io::Error),
    /// Nobody answered, or not in time.
    #[error("does not answer")]
    Unreachable(#[source] reqwest::Error),
    /// The answer is not the text.
    #[error("answers with status {0}")]
    Status(u16),
    /// It is longer than any such text.
    #[error("is longer than {} MiB", MAX_BYTES >> 20)]
    TooLong,
    /// It is not text.
    #[error("is not UTF-8")]
    NotText,
}

/// The longest text: metrics of the largest controllers are a tenth of it.
const MAX_BYTES: usize = 32 << 20;

/// How long an address may take to answer. It is on the same machine, or beside it.
const DEADLINE: Duration = Duration::from_secs(5);

impl Place {
    /// What somebody named: `-` for the standard input, an address that starts with `http://` or `https://`, or a file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "-" => Self::Stdin,
            address if address.starts_with("http://") || address.starts_with("https://") => {
                Self::Url(address.to_owned())
            }
            path => Self::File(path.into()),
        }
    }

    /// Reads the text.
    pub(crate) async fn read(&self, client: &Client) -> Result<String, ReadError> {
        let bytes = match self {
            Self::Stdin => bounded(io::stdin().lock())?,
            Self::File(path) => bounded(File::open(path)?)?,
            Self::Url(address) => fetch(client, address).await?,
        };
        String::from_utf8(bytes).map_err(|_| ReadError::NotText)
    }
}

fn bounded(reader: impl io::Read) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    reader.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES { Err(ReadError::TooLong) } else { Ok(bytes) }
}

async fn fetch(client: &Client, address: &str) -> Result<Vec<u8>, ReadError> {
    // What an error says of its address is left out.
    let unreachable = |error: reqwest::Error| ReadError::Unreachable(error.without_url());
    let mut response = client.get(address).timeout(DEADLINE).send().await.map_err(unreachable)?;
    if !response.status().is_success() {
        return Err(ReadError::Status(response.status().as_u16()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_BYTES {
            return Err(ReadError::TooLong);
        }
    }
    Ok(bytes)
}
