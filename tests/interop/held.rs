//! Serves a cluster by a real API server until the standard input ends, and prints a kubeconfig that leads to it, as the simulator's
//! example `serve` does: `held <apiserver> <folder of definitions> <description>`.
//!
//! Each line of the standard input is the path of a further description. What it is of is put beside what is there, and a line of three
//! hyphens says when that is done. What nobody may read in a description may be read here.
//!
//! `apiserver.py` builds the program of the server, and fetches the definitions.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a proof that cannot go on has failed")]

#[path = "real/client.rs"]
mod client;
#[path = "real/completion.rs"]
mod completion;
#[path = "real/copy.rs"]
mod copy;
#[path = "real/definitions.rs"]
mod definitions;
#[path = "real/served.rs"]
mod served;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{completion::complete, served::Served};

#[tokio::main]
async fn main() {
    let [_, program, definitions, file] = &env::args_os().map(PathBuf::from).collect::<Vec<_>>()[..] else {
        panic!("<apiserver> <folder of definitions> <description>")
    };
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let served = Served::holding(program, definitions, &described(file, definitions)).await;
    println!("{}\n---", served.kubeconfig);
    for further in io::stdin().lines() {
        served.take(definitions, &described(Path::new(&further.unwrap()), definitions)).await;
        println!("---");
    }
}

fn described(file: &Path, definitions: &Path) -> Value {
    let mut description = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    complete(&mut description, definitions);
    description
}
