//! What the controllers of a stranger run beside: a simulated cluster and a receiver.
//!
//! Reads a cluster from the file that is named, and says where both are in a line of JSON. Answers each line of its input with
//! what was received until then, and ends with its input.

use std::{env, fs, io};

use ktel_receiver::Receiver;
use ktel_sim::{Cluster, Server};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let yaml = fs::read_to_string(env::args().nth(1).ok_or("name a YAML file")?)?;
    let server = runtime.block_on(Server::start(Cluster::parse(&yaml)?))?;
    let receiver = runtime.block_on(Receiver::start(None))?;
    println!("{}", json!({ "kubeconfig": server.kubeconfig(), "receiver": receiver.url() }));
    for line in io::stdin().lines() {
        line?;
        let events = receiver.events().into_iter();
        let events = events.map(|event| json!({ "report": event.report, "violations": event.violations }));
        println!("{}", events.collect::<Value>());
    }
    Ok(())
}
