//! Holds the simulated API server against a real one: the same clusters in both, and what `ktel preview` tells of each.
//!
//! `apiserver.py` builds the programs and runs this. Each cluster is first completed by what a real server demands; then it is
//! served by the simulator, read from there object by object, and written to the real server. The account that reads is given the
//! generated roles and nothing else; what each of them is needed for is seen by taking it away on both sides.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a proof that cannot go on has failed")]

#[path = "real/client.rs"]
mod client;
#[path = "real/completion.rs"]
mod completion;
#[path = "real/copy.rs"]
mod copy;
#[path = "real/definitions.rs"]
mod definitions;
#[path = "real/difference.rs"]
mod difference;
#[path = "real/reader.rs"]
mod reader;
#[path = "real/rights.rs"]
mod rights;
#[path = "real/served.rs"]
mod served;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use ktel_sim::{Cluster, Server};
use serde_json::Value;

use crate::{
    completion::{VERSION, complete},
    difference::differences,
    reader::Reader,
    rights::{Extent, Rights},
    served::Served,
};

/// A cluster of `tests/clusters`, and the pod in it that reports.
struct Case {
    name: &'static str,
    pod: Option<&'static str>,
}

/// The clusters that a real server can hold.
const CASES: [Case; 7] = [
    Case { name: "all-meshes", pod: None },
    Case { name: "empty", pod: None },
    Case { name: "everything", pod: Some("kong/controller-6c9f7d5b8-x2x4k") },
    Case { name: "forbidden", pod: None },
    Case { name: "kind", pod: None },
    Case { name: "plain", pod: None },
    Case { name: "two-products", pod: Some("kong/operator-7d8f9c6b4-1") },
];

/// Those that it cannot, and why.
const NOT_HELD: [(&str, &str); 1] = [(
    "old-gateway-api",
    "discovery without kinds, and lists that do not count what is left, are those of older servers",
)];

/// In which of them the rights are taken away one by one, and given for some namespaces only.
const CLOSELY: &str = "everything";

/// The namespaces.
const NAMESPACES: [&str; 2] = ["kong", "team-1"];

/// What the programs are, and where the definitions of the Gateway API lie.
struct Programs {
    server: PathBuf,
    ktel: PathBuf,
    definitions: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let [_, server, ktel, definitions] = &env::args_os().map(PathBuf::from).collect::<Vec<_>>()[..] else {
        panic!("<apiserver> <ktel> <folder of definitions>")
    };
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let programs = Programs { server: server.clone(), ktel: ktel.clone(), definitions: definitions.clone() };
    every_file_is_a_case();
    let (mut reports, mut faults) = (0, 0);
    for case in &CASES {
        let found = compare(case, &programs).await;
        for Compared { without, differences } in &found {
            let name =
                without.as_ref().map_or_else(|| case.name.to_owned(), |taken| format!("{} without {taken}", case.name));
            reports += 1;
            if !differences.is_empty() {
                faults += 1;
                println!("{name}: simulated and real differ");
                println!("    {}", differences.join("\n    "));
            }
        }
        println!("{}: {} reports of both servers compared", case.name, found.len());
    }
    for (name, why) in NOT_HELD {
        println!("{name}: not held by a real server: {why}");
    }
    println!(
        "{reports} reports of {} clusters on Kubernetes {VERSION}, simulated and real: {faults} differ",
        CASES.len()
    );
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// No file is forgotten.
fn every_file_is_a_case() {
    let folder = fs::read_dir(clusters()).unwrap();
    let mut files: Vec<String> =
        folder.map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
    let mut names: Vec<String> =
        CASES.iter().map(|case| case.name).chain(NOT_HELD.map(|(name, _)| name)).map(str::to_owned).collect();
    files.sort();
    names.sort();
    assert_eq!(names, files, "each file of tests/clusters is a case, or is said not to be one");
}

fn clusters() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("clusters")
}

/// What was found of one report.
struct Compared {
    /// What was not permitted.
    without: Option<String>,
    differences: Vec<String>,
}

async fn compare(case: &Case, programs: &Programs) -> Vec<Compared> {
    let text = fs::read_to_string(clusters().join(case.name).with_extension("yaml")).unwrap();
    let mut description: Value = serde_saphyr::from_str(&text).unwrap();
    complete(&mut description, &programs.definitions);
    let forbidden = description["forbidden"].as_array().cloned().unwrap_or_default();
    let real = Served::holding(&programs.server, &programs.definitions, &description).await;

    let own = case.pod.map_or("default", |pod| pod.split_once('/').unwrap().0);
    let pair = Pair { case, description, real: &real, ktel: &programs.ktel };
    let mut rights = Rights::new(&real.kubeconfig, "one", own, Extent::Cluster).await;
    let taken: Vec<Option<String>> = if case.name == CLOSELY {
        [None].into_iter().chain(rights.resources().into_iter().map(Some)).collect()
    } else {
        vec![None]
    };
    let mut found = Vec::new();
    for without in taken {
        let mut refused = forbidden.clone();
        refused.extend(without.iter().map(|resource| Value::from(resource.as_str())));
        let differences = pair.differences(&mut rights, "one", refused, Extent::Cluster).await;
        found.push(Compared { without, differences });
    }
    if case.name == CLOSELY {
        let extent = Extent::Namespaces(&NAMESPACES);
        let mut rights = Rights::new(&real.kubeconfig, "two", own, extent).await;
        let differences = pair.differences(&mut rights, "two", Vec::new(), extent).await;
        found.push(Compared { without: Some("rights on the whole cluster".to_owned()), differences });
    }
    found
}

/// A cluster in both servers.
struct Pair<'a> {
    case: &'a Case,
    description: Value,
    real: &'a Served,
    ktel: &'a Path,
}

impl Pair<'_> {
    /// What is not the same for somebody who has these rights, but for some resources.
    async fn differences(
        &self,
        rights: &mut Rights,
        user: &str,
        refused: Vec<Value>,
        extent: Extent<'_>,
    ) -> Vec<String> {
        rights.grant_all_but(&refused).await;
        let mut description = self.description.clone();
        description["forbidden"] = refused.into();
        let simulated = simulate(&description).await;
        let pod = self.case.pod;
        let of_simulated = Reader { kubeconfig: &simulated.kubeconfig(), context: None, pod, extent };
        let of_real = Reader { kubeconfig: &self.real.kubeconfig, context: Some(user), pod, extent };
        differences(of_simulated.preview(self.ktel).await, of_real.preview(self.ktel).await)
    }
}

async fn simulate(description: &Value) -> Server {
    Server::start(Cluster::parse(&description.to_string()).unwrap()).await.unwrap()
}
