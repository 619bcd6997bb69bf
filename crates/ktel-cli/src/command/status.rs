//! `ktel status`: whether anything is read and sent, who says what, and how that is changed.

use std::fmt::Write as _;

use ktel_collector::{
    Identity,
    consent::{ANNOTATION, Decision, Mode, Place, Setting, Source},
};
use ktel_types::report::{Category, IdSource};

use crate::{
    args::ClusterArgs,
    cluster::{self, Facts, Named, Wish},
    failure::Failure,
    terminal::{BAD, GOOD, NAME, NOTICE, QUIET, indented, styled},
};

pub(crate) async fn run(args: ClusterArgs) -> Result<(), Failure> {
    let here = cluster::decide();
    if !here.may_collect() {
        // Who says no here is not asked what the cluster says.
        anstream::print!("{}", render(&here, None));
        return Ok(());
    }
    let wish = Wish { facts: Facts::Never, ..Wish::default() };
    let mut all = cluster::collectors(&args, wish).await?;
    let is_one_of_several = all.len() > 1;
    let mut failed = None;
    for (place, Named { collector, context }) in all.iter_mut().enumerate() {
        if let Some(context) = context.as_ref().filter(|_| is_one_of_several) {
            let gap = if place == 0 { "" } else { "\n" };
            anstream::println!("{gap}{}\n", styled(NOTICE, &format!("context {context}")));
        }
        let decision = collector.consult().await.clone();
        // A person asks who reports, whatever is decided: that is what a receiver is asked to delete.
        match collector.identify().await {
            Ok(identity) => {
                anstream::print!("{}", render(&decision, Some(&args)));
                anstream::println!("\n{}", self::identity(&identity, &args));
            }
            Err(error) => failed = failed.or(Some(cluster::unreadable(&error).of_context(context.as_deref()))),
        }
    }
    failed.map_or(Ok(()), Err)
}

/// Under which identifiers is reported: what a receiver is asked to delete.
fn identity(identity: &Identity, args: &ClusterArgs) -> String {
    if identity.source == IdSource::Random {
        let random = "The identifiers are random, others in each process: the namespace kube-system cannot be read.";
        return indented(0, random);
    }
    let salted = if identity.is_salted { "with a salt" } else { "without a salt" };
    let mut text = format!("Identifiers, {salted} (`ktel rotate-id` gives others):\n\n");
    let _ = writeln!(text, "  cluster       {}", identity.cluster);
    let _ = writeln!(text, "  installation  {}", identity.installation);
    text.push('\n');
    let whose = match &args.pod {
        Some(pod) => format!("The installation is {} with the pod {pod}.", args.product),
        None => "The installation is this command's own; --product and --pod name a controller's.".to_owned(),
    };
    text + &indented(0, &whose)
}

/// Everybody who can say something, what they say, and how the one who decided is made to say something else.
fn render(decision: &Decision, asked: Option<&ClusterArgs>) -> String {
    let style = match decision.setting().mode() {
        Mode::On => GOOD,
        Mode::Local => NOTICE,
        Mode::Off => BAD,
    };
    let mut text = format!("telemetry is {}\n\n", styled(style.bold(), &word(decision.setting())));
    let mut sources: Vec<Source> = decision.said().iter().map(|(source, _)| *source).collect();
    let mut silent = vec![Source::DoNotTrack, Source::KtelTelemetry];
    if let Some(args) = asked {
        silent.extend([Place::KubeSystem, Place::Default].map(Source::Namespace));
        let namespace = args.pod.as_deref().and_then(|pod| pod.split_once('/')).map(|(namespace, _)| namespace);
        if namespace.is_some_and(|namespace| !["kube-system", "default"].contains(&namespace)) {
            silent.push(Source::Namespace(Place::Own));
        }
    }
    silent.retain(|source| {
        let unreadable =
            if let Source::Namespace(place) = source { Source::UnreadableNamespace(*place) } else { *source };
        !sources.contains(source) && !decision.unread().contains(&unreadable)
    });
    sources.extend(silent);
    sources.extend(decision.unread());
    sources.sort_unstable();
    sources.dedup();
    let decider = decision.decided_by().filter(|_| !decision.may_send());
    for source in sources {
        let said = decision.said().iter().find(|(of, _)| *of == source);
        let silence = if decision.unread().contains(&source) { "nobody knows what" } else { "nothing" };
        let said = said.map_or_else(|| styled(QUIET, silence), |(_, setting)| word(setting));
        let line = if decider == Some(source) {
            format!("{} {} {said}", styled(NOTICE, "*"), styled(NAME, &format!("{:<50}", name(source))))
        } else {
            format!("  {:<50} {said}", name(source))
        };
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
    if let Some(source) = decider {
        let _ = writeln!(text, "* decides. To change it: {}", source.remedy());
    }
    if asked.is_some() {
        let _ = writeln!(text, "The annotation is {ANNOTATION}: every ktel in the cluster obeys.");
        text.push_str("A controller has variables of its own: name it with --pod to have them read.\n");
    } else {
        text.push_str("The cluster was not asked: whoever says no here need not be asked for more.\n");
        text.push_str("Without that no, identifiers are shown, too.\n");
    }
    text
}

/// What somebody says, in few words.
fn word(setting: &Setting) -> String {
    let all: Vec<&str> = Category::ALL.iter().map(|category| category.as_str()).collect();
    setting.to_string().replace(&all.join(", "), "everything")
}

/// Who that is to whoever sits at a terminal.
fn name(source: Source) -> String {
    if source == Source::Host { "this command".to_owned() } else { source.to_string() }
}
