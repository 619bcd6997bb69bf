//! The real API server, as a process.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use ktel_sim::{Cluster, Server};
use serde_json::{Value, json};

use crate::copy::Copy;

/// A server that runs until this is dropped.
pub(crate) struct Served {
    /// Leads there.
    pub(crate) kubeconfig: String,
    process: Child,
}

impl Served {
    /// Starts a server, and puts the cluster into it that a completed description is of.
    pub(crate) async fn holding(program: &Path, definitions: &Path, description: &Value) -> Self {
        let served = Self::start(program, description["version"].as_str().unwrap());
        served.take(definitions, description).await;
        served
    }

    /// Puts what a completed description is of into it, besides what is there.
    pub(crate) async fn take(&self, definitions: &Path, description: &Value) {
        // What nobody may read has to be read once, to be written.
        let mut open = description.clone();
        open["forbidden"] = json!([]);
        let simulated = Server::start(Cluster::parse(&open.to_string()).unwrap()).await.unwrap();
        Copy::new(&simulated.kubeconfig(), &self.kubeconfig, definitions).await.everything(&open).await;
    }

    /// Starts a server that claims to be of this version, and waits until it is ready.
    fn start(program: &Path, version: &str) -> Self {
        let mut command = Command::new(program);
        command.args(["--version", version]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
        let kubeconfig: Vec<String> = lines.take_while(|line| line != "---").collect();
        assert!(!kubeconfig.is_empty(), "{} --version {version} did not start", program.display());
        Self { kubeconfig: kubeconfig.join("\n"), process }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
