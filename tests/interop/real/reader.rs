//! `ktel preview`, as somebody would run it.

use std::{path::Path, process::Stdio};

use serde_json::Value;
use tokio::process::Command;

use crate::rights::Extent;

/// Somebody who looks at a cluster.
pub(crate) struct Reader<'a> {
    pub(crate) kubeconfig: &'a str,
    pub(crate) context: Option<&'a str>,
    /// The pod of the controller, as `namespace/name`.
    pub(crate) pod: Option<&'a str>,
    /// What alone is read.
    pub(crate) extent: Extent<'a>,
}

impl Reader<'_> {
    /// What is shown, one value an event.
    pub(crate) async fn preview(&self, ktel: &Path) -> Vec<Value> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, self.kubeconfig).unwrap();
        let mut command = Command::new(ktel);
        // Nobody's wishes but those of the cluster.
        command.env_clear().arg("preview").arg("--kubeconfig").arg(file.path());
        if let Some(context) = self.context {
            command.args(["--context", context]);
        }
        if let Some(pod) = self.pod {
            command.args(["--pod", pod]);
        }
        if let Extent::Namespaces(namespaces) = self.extent {
            command.arg("--namespace").arg(namespaces.join(","));
        }
        let done = command.stdin(Stdio::null()).output().await.unwrap();
        let complaint = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{complaint}");
        String::from_utf8(done.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
