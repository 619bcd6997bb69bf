//! `ktel status`: whether anything is read and sent, who says what, and how that is changed.

use std::fmt::Write as _;

use ktel_collector::consent::{ANNOTATION, Decision, Place, Setting, Source};
use ktel_types::report::Category;

use crate::{
    args::ClusterArgs,
    cluster::{self, Named},
    failure::Failure,
};

pub(crate) async fn run(args: ClusterArgs) -> Result<(), Failure> {
    let here = cluster::decide();
    if !here.may_collect() {
        // Who says no here is not asked what the cluster says.
        print!("{}", render(&here, false));
        return Ok(());
    }
    let mut all = cluster::collectors(&args, None).await?;
    let is_one_of_several = all.len() > 1;
    for Named { collector, context } in &mut all {
        if let Some(context) = context.as_ref().filter(|_| is_one_of_several) {
            println!("context {context}\n");
        }
        let decision = collector.consult().await;
        print!("{}", render(decision, true));
    }
    Ok(())
}

/// Everybody who can say something, what they say, and how the one who decided is made to say something else.
fn render(decision: &Decision, is_cluster_asked: bool) -> String {
    let mut text = format!("telemetry is {}\n\n", word(decision.setting()));
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
        let said = said.map_or_else(|| silence.to_owned(), |(_, setting)| word(setting));
        let mark = if decider == Some(source) { "* " } else { "  " };
        let _ = writeln!(text, "{mark}{:<48} {said}", name(source));
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
