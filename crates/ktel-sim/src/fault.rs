//! What goes wrong in a simulated cluster, as its YAML says.

use serde::Deserialize;

use crate::{
    answer::{Answer, Delivery},
    kind::Kind,
    refusal,
    request::Request,
};

/// Something that goes wrong with one kind of object, or one path, in some or all reports.
///
/// A report is what is asked for from one request for `/apis` to the next.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The plural name with the group, `httproutes.gateway.networking.k8s.io`, or a path: `/version`.
    on: String,
    answer: Ill,
    /// The first report in which it happens, 1 being the first of all.
    #[serde(default)]
    from: usize,
    /// The last report in which it happens.
    #[serde(default = "for_ever")]
    to: usize,
}

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ill {
    /// 403.
    Forbidden,
    /// 404, and the kind is not told of: nobody has installed it.
    NotServed,
    /// 410 on the second page and those behind it, with a fresh token.
    Expired,
    /// 429, asking to wait for a while.
    Throttled,
    /// 500.
    Error,
    /// Nothing, ever.
    Hang,
    /// Half of what there is to say.
    Truncated,
    /// What there is to say, and then blanks without end.
    Endless,
    /// Lists that do not say how many objects are left.
    Uncounted,
}

fn for_ever() -> usize {
    usize::MAX
}

impl Fault {
    /// Whether it happens in this report.
    pub(crate) fn is_in(&self, report: usize) -> bool {
        (self.from..=self.to).contains(&report)
    }

    /// Whether it is about this kind.
    pub(crate) fn is_on(&self, kind: &Kind) -> bool {
        self.on == kind.full_name()
    }

    /// Whether it is about this path.
    pub(crate) fn is_on_path(&self, path: &str) -> bool {
        self.on == path
    }

    /// Whether the kind is missing.
    pub(crate) fn hides(&self) -> bool {
        self.answer == Ill::NotServed
    }

    /// Whether lists do not say how many objects are left.
    pub(crate) fn is_uncounted(&self) -> bool {
        self.answer == Ill::Uncounted
    }

    /// What becomes of the answer to a request.
    pub(crate) fn spoil(&self, request: &Request, kind: Option<&Kind>, answer: Answer) -> Answer {
        match self.answer {
            Ill::Forbidden => match kind {
                Some(kind) => refusal::forbidden(kind, None, None),
                None => refusal::forbidden_path(&request.path),
            },
            Ill::NotServed => refusal::not_served(),
            Ill::Expired => match request.query.get("continue") {
                Some(token) if !token.ends_with(FRESH) => refusal::expired(&format!("{token}{FRESH}")),
                _ => answer,
            },
            Ill::Throttled => refusal::throttled(),
            Ill::Error => refusal::internal_error(),
            Ill::Hang => Answer { delivery: Delivery::Never, ..answer },
            Ill::Truncated => Answer { delivery: Delivery::Truncated, ..answer },
            Ill::Endless => Answer { delivery: Delivery::Endless, ..answer },
            Ill::Uncounted => answer,
        }
    }
}

/// What a token ends with that was given in place of an expired one.
pub(crate) const FRESH: &str = ".fresh";
