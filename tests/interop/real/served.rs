//! The real API server, as a process.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A server that runs until this is dropped.
pub(crate) struct Served {
    /// Leads there.
    pub(crate) kubeconfig: String,
    process: Child,
}

impl Served {
    /// Starts a server that claims to be of this version, and waits until it is ready.
    pub(crate) fn start(program: &Path, version: &str) -> Self {
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
