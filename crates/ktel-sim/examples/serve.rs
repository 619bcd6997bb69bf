//! Serves a cluster until the standard input ends, and prints a kubeconfig that leads to it.
//!
//! ```text
//! cargo run -p ktel-sim --example serve -- tests/clusters/kind.yaml
//! cargo run -p ktel-sim --example serve -- tests/recorded/eks-3000pods
//! ```

#![allow(clippy::print_stdout, reason = "a tool of the terminal")]

use std::{env, error::Error, fs, io, path::PathBuf};

use ktel_sim::{Cluster, Recording, Server};

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(env::args().nth(1).ok_or("name a YAML file, or a folder of recorded answers")?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let server = if path.is_dir() {
        runtime.block_on(Server::start(Recording::load(&path, "collector")?))?
    } else {
        runtime.block_on(Server::start(Cluster::parse(&fs::read_to_string(path)?)?))?
    };
    println!("{}---", server.kubeconfig());
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}
