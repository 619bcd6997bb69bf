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
        anstream::print!("{}", render(&here, false));
        return Ok(());
    }
    let wish = Wish { facts: Facts::Never, ..Wish::default() };
    let mut all = cluster::collectors(&args, wish).await?;
    let is_one_of_several = all.len() > 1;
    for Named { collector, context } in &mut all {
        if let Some(context) = context.as_ref().filter(|_| is_one_of_several) {
            anstream::println!("{}\n", styled(NOTICE, &format!("context {context}")));
        }
        let decision = collector.consult().await;
        anstream::print!("{}", render(decision, true));
        anstream::println!("\n{}", identity(&collector.identity(), &args));
    }
    Ok(())
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
fn render(decision: &Decision, is_cluster_asked: bool) -> String {
    let style = match decision.setting().mode() {
        Mode::On => GOOD,
        Mode::Local => NOTICE,
        Mode::Off => BAD,
    };
    let mut text = format!("telemetry is {}\n\n", styled(style.bold(), &word(decision.setting())));
    let mut sources: Vec<Source> = decision.said().iter().map(|(source, _)| *source).collect();
    let mut silent = vec![Source::DoNotTrack, Source::KtelTelemetry];
    if is_cluster_asked {
        silent.extend([Place::KubeSystem, Place::Default].map(Source::Namespace));
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
            format!("{} {} {said}", styled(NOTICE, "*"), styled(NAME, &format!("{:<48}", name(source))))
        } else {
            format!("  {:<48} {said}", name(source))
        };
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
    if let Some(source) = decider {
        let _ = writeln!(text, "* decides. To change it: {}", source.remedy());
    }
    if is_cluster_asked {
        let _ = writeln!(text, "The annotation is {ANNOTATION}: every ktel in the cluster obeys.");
        text.push_str("A controller has variables of its own; its log says what they decide.\n");
    } else {
        text.push_str("The cluster was not asked: whoever says no here need not be asked for more.\n");
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
