//! What the tests of the binary have in common: a place, what serves in the background, and how it is run.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use ktel_receiver::Receiver;
use ktel_sim::{Cluster, Server};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// A place for files, and what serves in the background while the binary runs.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) runtime: Runtime,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), runtime: Runtime::new().unwrap() }
    }

    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    pub(crate) fn cluster(&self, yaml: &str) -> Server {
        self.runtime.block_on(Server::start(Cluster::parse(yaml).unwrap())).unwrap()
    }

    pub(crate) fn kubeconfig(&self, server: &Server) -> PathBuf {
        self.file("kubeconfig.yaml", &server.kubeconfig())
    }

    pub(crate) fn receiver(&self, token: Option<&str>) -> Receiver {
        self.runtime.block_on(Receiver::start(token)).unwrap()
    }
}

/// The binary, in an environment that says nothing.
pub(crate) fn ktel(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ktel"));
    command.args(arguments);
    for name in [
        "DO_NOT_TRACK",
        "KTEL_TELEMETRY",
        "KTEL_HEC_URL",
        "KTEL_HEC_TOKEN",
        "KTEL_CA_FILE",
        "KTEL_HTTPS_PROXY",
        "KTEL_FACTS",
        "KTEL_GRACE",
        "KTEL_ID_SALT",
        "KTEL_INDEX",
        "KTEL_JOURNAL",
        "KTEL_LEASE",
        "KTEL_LISTEN",
        "KTEL_METRICS_URL",
        "KTEL_NAMESPACES",
        "KTEL_PERIOD",
        "KTEL_POD",
        "KTEL_PRODUCT",
        "KTEL_PRODUCT_VERSION",
        "KTEL_SPOOL",
        "KTEL_TOKEN_FILE",
        "KUBECONFIG",
        "POD_NAME",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    // Nobody's home: no kubeconfig is found there.
    command.env("HOME", "/nonexistent");
    command
}

pub(crate) fn with_stdin(mut command: Command, input: &[u8]) -> Output {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A refusal: this exit code, a message and a remedy, and no trace of a panic.
pub(crate) fn check_refusal(output: &Output, code: i32, message: &str, help: &str) {
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.starts_with("error: ") && said.contains(message), "{said}");
    assert!(said.contains("\n help: ") && said.contains(help), "{said}");
    assert!(!said.contains("panicked") && !said.contains("RUST_BACKTRACE"), "{said}");
}

pub(crate) fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}
