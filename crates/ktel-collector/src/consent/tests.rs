//! Every combination of what the sources may say, and the sentence for each decision.

use ktel_types::report::Category;

use super::*;

const EVERYTHING: &str = "on for ENVIRONMENT, USAGE, PERFORMANCE";
const PLACES: [Place; 3] = [Place::KubeSystem, Place::Default, Place::Own];

fn check(host: &Setting, do_not_track: Option<&str>, telemetry: Option<&str>, said: &str) {
    let environment = Environment {
        do_not_track: do_not_track.map(str::to_owned),
        ktel_telemetry: telemetry.map(str::to_owned),
        ..Environment::default()
    };
    assert_eq!(decide(host, &environment, &[]).setting().to_string(), said, "{do_not_track:?} {telemetry:?}");
    // The annotation of a namespace is read as the variable is.
    for place in PLACES {
        let environment = Environment { ktel_telemetry: None, ..environment.clone() };
        let decision = decide(host, &environment, &[Heard::annotation(place, telemetry)]);
        assert_eq!(decision.setting().to_string(), said, "{do_not_track:?} {telemetry:?}");
    }
}

#[test]
fn the_strictest_wins() {
    for value in ["1", "true", "TRUE", "yes", "on", "anything"] {
        check(&Setting::on(), Some(value), Some("on"), "off");
    }
    for value in ["", "0", "false", " False "] {
        check(&Setting::on(), Some(value), None, EVERYTHING);
    }
    for value in ["off", "OFF", "", "no", "onn", "true", "usage;environment", "usage,,environment", "usage,secrets"] {
        check(&Setting::on(), None, Some(value), "off");
    }
    check(&Setting::on(), None, None, EVERYTHING);
    check(&Setting::on(), None, Some(" ON "), EVERYTHING);
    check(&Setting::on(), None, Some("local"), "local for ENVIRONMENT, USAGE, PERFORMANCE");
    check(&Setting::local(), None, Some("on"), "local for ENVIRONMENT, USAGE, PERFORMANCE");
    check(&Setting::local(), None, Some("usage"), "local for USAGE");
    check(&Setting::on(), None, Some("Usage, environment"), "on for ENVIRONMENT, USAGE");
    check(&Setting::on().only(&[Category::Usage]), None, Some("usage,performance"), "on for USAGE");
    check(&Setting::on().only(&[Category::Usage]), None, Some("performance"), "off");
    check(&Setting::on().only(&[]), None, None, "off");
    check(&Setting::off(), None, Some("on"), "off");
}

#[test]
fn a_switch_of_the_product_is_a_no_unless_it_is_plainly_true() {
    let with = |value: &str, replaces: Option<&str>| {
        let environment = Environment {
            switches: vec![("CONTROLLER_ANONYMOUS_REPORTS", value.to_owned())],
            replaces_anonymous_reports: replaces.map(str::to_owned),
            ..Environment::default()
        };
        decide(&Setting::on(), &environment, &[]).may_send()
    };
    for (value, is_yes) in [("true", true), ("True", true), ("1", true), ("t", true), ("on", true), ("yes", true)]
        .into_iter()
        .chain(["false", "0", "off", "no", "", "perhaps"].map(|value| (value, false)))
    {
        assert_eq!(with(value, None), is_yes, "{value}");
        // Where ktel stands in for what is switched off, the switch says nothing.
        assert!(with(value, Some("true")));
        assert_eq!(with(value, Some("false")), is_yes);
    }
}

/// What each source may say: the host, two variables, a switch, and three namespaces.
fn combinations() -> Vec<(Setting, Environment, Vec<Heard>)> {
    let usage = || Setting::on().only(&[Category::Usage]);
    let hosts = [Setting::off(), Setting::local(), Setting::on(), usage(), Setting::on().confirmed()];
    let texts = [None, Some("off"), Some("local"), Some("on"), Some("environment"), Some("nonsense")];
    let mut all = Vec::new();
    for host in hosts {
        for do_not_track in [None, Some("0"), Some("1")] {
            for telemetry in texts {
                for switch in [None, Some("true"), Some("false")] {
                    let environment = Environment {
                        do_not_track: do_not_track.map(str::to_owned),
                        ktel_telemetry: telemetry.map(str::to_owned),
                        switches: switch
                            .map(|value| ("KONG_ANONYMOUS_REPORTS", value.to_owned()))
                            .into_iter()
                            .collect(),
                        ..Environment::default()
                    };
                    for words in 0..7_usize.pow(3) {
                        let heard = PLACES.into_iter().enumerate().map(|(number, place)| {
                            match texts.get(words / 7_usize.pow(u32::try_from(number).unwrap_or(0)) % 7) {
                                Some(text) => Heard::annotation(place, *text),
                                None => Heard::unreadable(place),
                            }
                        });
                        all.push((host.clone(), environment.clone(), heard.collect()));
                    }
                }
            }
        }
    }
    all
}

/// Over all combinations: nobody's no is passed over, nobody's yes widens what another one allows, and the sentence names
/// who decided and what to do about it.
#[test]
fn every_combination_of_sources_is_decided_by_the_strictest() {
    let all = combinations();
    assert_eq!(all.len(), 5 * 3 * 6 * 3 * 343);
    for (host, environment, heard) in all {
        let decision = decide(&host, &environment, &heard);
        let setting = decision.setting();
        for (source, said) in decision.said() {
            assert!(setting.mode() <= said.mode(), "{source} is passed over");
            assert!(setting.categories().iter().all(|category| said.categories().contains(category)), "{source}");
        }
        assert_eq!(setting.mode() == Mode::Off, setting.categories().is_empty());
        let is_unreadable = heard.iter().any(|heard| matches!(heard.source(), Source::UnreadableNamespace(_)));
        let is_confirmed = ["on", "local", "environment"]
            .contains(&environment.ktel_telemetry.as_deref().unwrap_or(""))
            || host == Setting::on().confirmed();
        if is_unreadable && !is_confirmed {
            assert_eq!(setting.mode(), Mode::Off);
        }
        let without: Vec<Heard> = heard.iter().filter(|heard| !heard.source().is_unreadable()).cloned().collect();
        let known = decide(&host, &environment, &without);
        assert_eq!(decision.is_certain(), known.setting().mode() == setting.mode());
        if is_confirmed {
            assert_eq!(known.setting(), setting, "who has confirmed it need not be confirmed by the cluster");
        }
        let sentence = decision.to_string();
        assert!(sentence.starts_with(&format!("telemetry is {setting}")), "{sentence}");
        match decision.decided_by() {
            Some(source) if !decision.may_send() => {
                assert!(sentence.contains(&source.to_string()) && sentence.contains(source.remedy()), "{sentence}");
            }
            None => assert_eq!(sentence, "telemetry is off, since no category is allowed by all"),
            Some(_) => {}
        }
    }
}

#[test]
fn each_source_is_explained() {
    let on = Setting::on();
    let environment = |name: &str| Environment {
        do_not_track: (name == "DO_NOT_TRACK").then(|| "1".to_owned()),
        ktel_telemetry: (name == "KTEL_TELEMETRY").then(|| "off".to_owned()),
        switches: (name == "KONG_ANONYMOUS_REPORTS")
            .then(|| ("KONG_ANONYMOUS_REPORTS", "off".to_owned()))
            .into_iter()
            .collect(),
        ..Environment::default()
    };
    let nothing = Environment::default();
    for (decision, sentence) in [
        (decide(&Setting::off(), &nothing, &[]), "the host (it is set in the configuration of the controller)"),
        (decide(&on, &environment("DO_NOT_TRACK"), &[]), "the variable DO_NOT_TRACK (unset it, or set it to 0)"),
        (
            decide(&on, &environment("KTEL_TELEMETRY"), &[]),
            "the variable KTEL_TELEMETRY (off, local, on, or categories such as environment,usage)",
        ),
        (
            decide(&on, &environment("KONG_ANONYMOUS_REPORTS"), &[]),
            "the variable KONG_ANONYMOUS_REPORTS (set it to true, or unset it)",
        ),
        (
            decide(&on, &nothing, &[Heard::annotation(Place::Default, Some("off"))]),
            "the annotation on the namespace default (`ktel opt-in --in default` takes it back)",
        ),
        (
            decide(&on, &nothing, &[Heard::unreadable(Place::KubeSystem)]),
            "the namespace kube-system, which cannot be read (bind the role ktel-consent, or set KTEL_TELEMETRY=on)",
        ),
    ] {
        assert_eq!(decision.to_string(), format!("telemetry is off, decided by {sentence}"));
    }
}
