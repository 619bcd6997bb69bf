//! `ktel agent`: the collector's loop as a process, for controllers that are not in Rust.

mod lease;
mod pages;
mod process;
mod server;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use ktel_collector::{
    Collector, Leadership, Schedule, Sinks,
    consent::{Mode, Setting},
};
use ktel_splunk::{Hec, Spool, TlsLine};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
    task::{JoinError, JoinHandle, LocalSet, spawn_local},
    time::timeout,
};

use crate::{
    args::AgentArgs,
    cluster,
    facts::Repeated,
    failure::{Failure, chain},
    sending,
};
use lease::Candidate;
use pages::Pages;

/// Where more is said of the settings.
const HELP: &str = "see `ktel agent --help`";

/// How long the last report may take. What is left of five seconds is for giving up the lease.
const LAST_REPORT: Duration = Duration::from_secs(4);

pub(crate) async fn run(args: AgentArgs) -> Result<(), Failure> {
    // All of it is one thread's work.
    LocalSet::new().run_until(work(args)).await
}

async fn work(args: AgentArgs) -> Result<(), Failure> {
    let mut stop = Stop::new()?;
    let Destination { events, lines, journal, consent } = Destination::of(&args)?;
    if args.cluster.contexts.len() > 1 {
        let help = "run one for each cluster, and name it with --context";
        return Err(Failure::new("an agent reports on one cluster", help));
    }
    let name = args.lease.as_deref().map(lease::parse).transpose()?;
    let facts = Repeated::named(&args.cluster)?;
    let context = args.cluster.contexts.first().map(String::as_str);
    let client = cluster::client(args.cluster.kubeconfig.as_deref(), context).await?;

    let candidate = name.map(|name| Candidate::new(client.clone(), name, args.pod_name.as_deref()));
    let (candidate, leadership) = candidate.unzip();
    let mut builder = cluster::builder(&args.cluster, client, consent)?
        .schedule(Schedule { grace: Duration::from_secs(args.grace), period: Duration::from_secs(args.period) })
        .leadership(leadership.clone().map_or(Leadership::Always, Leadership::Watch))
        .host_facts_from(move || facts.clone().ask());
    if let Some(directory) = &args.sending.spool {
        builder = builder.store(Spool::new(directory));
    }
    if let Some(file) = &journal {
        builder = cluster::journal(builder, file);
    }
    let collector = builder.build().map_err(|error| cluster::unusable(&error))?;
    let listener = match args.listens_at() {
        Some(Ok(address)) => Some(server::bind(address).await?),
        Some(Err(_)) => {
            let help = "give --listen as ADDRESS:PORT, such as 0.0.0.0:9090";
            return Err(Failure::new("the address to listen at cannot be read", help));
        }
        None => None,
    };

    let metrics = collector.metrics();
    let pulse = candidate.as_ref().map(Candidate::pulse);
    let mut work = Work::start(collector, Sinks::chosen(events, lines), candidate);
    if let Some(listener) = listener {
        if let Ok(address) = listener.local_addr() {
            tracing::info!("/healthz and /metrics are served at {address}");
        }
        let pages = Pages { metrics, leadership, pulse, reports: work.reports.abort_handle() };
        spawn_local(server::serve(listener, pages));
    }
    tokio::select! {
        name = stop.wait() => tracing::info!("stops, as {name} asks"),
        failure = work.ended() => return Err(failure),
    }
    work.stop().await;
    Ok(())
}

/// What runs until the process is stopped.
struct Work {
    reports: JoinHandle<()>,
    stop_reports: oneshot::Sender<()>,
    election: Option<(JoinHandle<()>, oneshot::Sender<()>)>,
}

impl Work {
    fn start(collector: Collector, sinks: Sinks<Hec, TlsLine>, candidate: Option<Candidate>) -> Self {
        let (stop_reports, stopped) = oneshot::channel();
        let reports = spawn_local(collector.run(sinks, asked(stopped)));
        let election = candidate.map(|candidate| {
            let (stop, stopped) = oneshot::channel();
            (spawn_local(candidate.stand(asked(stopped))), stop)
        });
        Self { reports, stop_reports, election }
    }

    /// Something has ended by itself, which is a fault of ours.
    async fn ended(&mut self) -> Failure {
        let election = async {
            match &mut self.election {
                Some((election, _)) => election.await,
                None => std::future::pending().await,
            }
        };
        let (what, how): (&str, Result<(), JoinError>) = tokio::select! {
            how = &mut self.reports => ("the loop of reports", how),
            how = election => ("the election", how),
        };
        let why = how.err().map_or_else(String::new, |error| format!(": {error}"));
        Failure::new(format!("{what} has ended{why}"), "report this as a fault of ktel")
    }

    /// Makes the last report, and then gives up the lease: whoever reports is the one who holds it.
    async fn stop(self) {
        let Self { mut reports, stop_reports, election } = self;
        let _ = stop_reports.send(());
        if timeout(LAST_REPORT, &mut reports).await.is_err() {
            tracing::warn!("not all was sent before the stop");
            reports.abort();
        }
        if let Some((election, stop)) = election {
            let _ = stop.send(());
            let _ = election.await;
        }
    }
}

/// Is ready when it is asked for, or nobody is left who could.
async fn asked(stopped: oneshot::Receiver<()>) {
    let _ = stopped.await;
}

/// Where reports go, and what whoever has started the agent says of telemetry by that.
struct Destination {
    events: Option<Hec>,
    lines: Option<TlsLine>,
    journal: Option<PathBuf>,
    consent: Setting,
}

impl Destination {
    fn of(args: &AgentArgs) -> Result<Self, Failure> {
        let sending = &args.sending;
        let events = sending.hec_url.as_deref().map(|url| sending::hec(sending, url, HELP)).transpose()?;
        let lines = sending.line_to.as_deref().map(|address| sending::tls_line(sending, address, HELP)).transpose()?;
        let is_addressed = events.is_some() || lines.is_some();
        let mode = cluster::decide().setting().mode();
        let journal = match (&sending.journal, mode) {
            // Whoever says that reports are for people to read, and not where, finds them where the process writes.
            (None, Mode::Local) => Some(Path::new("-").to_owned()),
            (journal, _) => journal.clone(),
        };
        if !is_addressed && journal.is_none() && mode == Mode::On {
            return Err(Failure::new(
                "there is no address to send to",
                "give --hec-url (KTEL_HEC_URL); or --journal (KTEL_JOURNAL), or KTEL_TELEMETRY=local, to have reports written \
                 down and not sent",
            ));
        }
        if !is_addressed && mode != Mode::Off {
            tracing::info!("there is no address to send to: reports are written down, and not sent");
        }
        // Whoever gives no address says local by that, unless it is said already.
        let consent = if is_addressed || mode == Mode::Local { Setting::on() } else { Setting::local() };
        Ok(Self { events, lines, journal, consent })
    }
}

/// Being asked to stop, by a person or by the kubelet.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn new() -> Result<Self, Failure> {
        let listen = |kind| {
            signal(kind).map_err(|error| {
                Failure::new(format!("signals cannot be heard: {}", chain(&error)), "report this as a fault of ktel")
            })
        };
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
