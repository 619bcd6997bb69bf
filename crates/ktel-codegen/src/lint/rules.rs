//! The table of rules, in the order of its page.

use super::{
    Check::{self, Allowed, Day, Model, Reading},
    Rule, allow, date, event, example, indexed, line, name, pattern, question, reads, said, similar, structure, unit,
    wording,
};

/// All rules.
pub static RULES: &[Rule] = &[
    strict(
        "compiles",
        Reading,
        "The sources are protobuf, and name only what exists.",
        "Nothing more can be said of sources that do not compile.",
    ),
    strict("one-report", Reading, "Exactly one message is the report.", "All sections are reached from it."),
    strict(
        "report-complete",
        Model(event::report_complete),
        "The report says its purpose, retention, sourcetype, `$id` base and questions.",
        "Whoever is asked for consent is shown them, and receivers rely on them.",
    ),
    strict(
        "missing-comment",
        Model(said::comment),
        "The report, each section, field and value of an enum has a comment.",
        "The comment is the meaning; the pages, types and schemas have no other one.",
    ),
    strict(
        "missing-sensitivity",
        Model(said::sensitivity),
        "Each field says what it can tell of the one who sends it.",
        "Nobody can consent to what is not said.",
    ),
    strict(
        "missing-answers",
        Model(said::answers),
        "Each field names a question that it helps to answer.",
        "What answers nothing is not collected.",
    ),
    strict(
        "missing-source",
        Model(said::source),
        "Each field says where it is read, in an administrator's words.",
        "An administrator can check it there.",
    ),
    strict(
        "missing-example",
        Model(said::example),
        "Each field has an example.",
        "Pages and samples show it, and tests try it.",
    ),
    strict(
        "missing-owner",
        Model(said::owner),
        "Each field has a team that answers for it, its own or its section's.",
        "Somebody can be asked, and somebody tidies up.",
    ),
    strict(
        "missing-bound",
        Reading,
        "A number has `min` and `max`, a text `max_length`, a list `max_items`.",
        "Without bounds neither a mistake nor the size of an event is known.",
    ),
    strict(
        "bounds-empty",
        Reading,
        "`min` is no more than `max`, and both are values of the field's type.",
        "A field that no value fits is never sent.",
    ),
    strict(
        "example-invalid",
        Model(example::invalid),
        "An example keeps the bounds of its field: one value, or for a list one for each item.",
        "An example that is refused teaches the wrong thing, and tests send it.",
    ),
    lenient(
        "text-unfinished",
        Model(wording::unfinished),
        "No comment, source, example, question, purpose or reason says `TODO`, `TBD`, `FIXME` or `XXX`.",
        "These texts are published as they are.",
    ),
    strict(
        "name-case",
        Model(name::case),
        "Fields and sections are named in `snake_case`, values of enums in `SCREAMING_SNAKE_CASE`, questions in \
         `kebab-case`.",
        "Names go into searches, types and anchors as they are.",
    ),
    strict(
        "name-json",
        Reading,
        "No field has a `json_name` of its own.",
        "Reports bear the names of the sources, whoever reads them.",
    ),
    lenient(
        "name-unit",
        Model(unit::name_unit),
        "A number's `unit` is the last word of its name, in full, and a name that speaks of a unit has one.",
        "A number whose unit is guessed is charted wrongly.",
    ),
    lenient(
        "name-similar",
        Model(similar::similar),
        "No two members of a section are named alike: by a plural, a slip of one letter or the order of words.",
        "Sooner or later somebody searches for the wrong one.",
    ),
    lenient(
        "name-identifying",
        Model(name::identifying),
        "A text, or a number without a unit, that is named for a host, IP, URL, e-mail, user, token, path or the like \
         is an `IDENTIFIER`.",
        "Such a value can tell who sends it, whatever it was meant for.",
    ),
    strict(
        "type-unsupported",
        Reading,
        "A field is a uint32, int32, double, bool, string or an enum.",
        "JSON turns 64-bit numbers into texts, and the other types mean different things in different languages.",
    ),
    strict(
        "list-of-objects",
        Reading,
        "There are no maps and no lists of messages.",
        "In Splunk, `routes{}.kind` is a puzzle.",
    ),
    lenient(
        "list-count",
        Model(structure::list_count),
        "A list has a number beside it that is named like it, with `_count` behind. Those of the envelope need none.",
        "A list without items is not sent, so that only its count can say that there are none.",
    ),
    strict(
        "required-zero",
        Model(structure::required_zero),
        "What is not `optional` leaves out zero, false and the empty text.",
        "On the wire of protobuf, zero and nothing are the same.",
    ),
    strict(
        "missing-pattern",
        Reading,
        "A text has a `pattern`, a known `format`, or is an enum.",
        "Free text is never sent: nobody knows what is in it.",
    ),
    strict(
        "pattern-portable",
        Model(pattern::portable),
        "A pattern is ASCII, not anchored, and keeps to what ECMA-262, RE2 and Python share.",
        "Collector, receivers and viewers must come to the same verdict.",
    ),
    strict(
        "pattern-characters",
        Model(pattern::characters),
        "A pattern admits printable ASCII alone.",
        "Control characters break lines and logs, and lengths differ by language outside of ASCII.",
    ),
    strict(
        "pattern-prose",
        Model(pattern::prose),
        "A pattern that admits a space admits no long run of letters.",
        "Whatever can hold a sentence will one day hold a name or a secret.",
    ),
    strict(
        "enum-wrapped",
        Reading,
        "An enum sits in a message of its own: `message Platform { enum Value { … } }`.",
        "Enums that stand side by side may not share the name of a value.",
    ),
    strict(
        "enum-twice",
        Reading,
        "No two enums have one name.",
        "Types, schemas and pages know an enum by the name of its message alone.",
    ),
    strict(
        "enum-zero",
        Reading,
        "An enum starts with `UNSPECIFIED = 0`.",
        "Zero is what protobuf reads where nothing was said, so it is never sent.",
    ),
    strict("question-twice", Model(question::twice), "No two questions have one id.", "Fields name questions by it."),
    strict(
        "question-unknown",
        Model(question::unknown),
        "A question that a field answers is asked.",
        "Else nobody learns why the field is collected.",
    ),
    strict(
        "question-unanswered",
        Model(question::unanswered),
        "A question is answered by a field.",
        "A chart without data is no answer.",
    ),
    strict(
        "envelope",
        Model(event::envelope),
        "The report has `schema`, `schema_hash`, `report_id`, `event`, `consented` and `absent`.",
        "Collector and receivers handle them by name.",
    ),
    strict(
        "section-twice",
        Reading,
        "A message is a section in one place, and not inside of itself.",
        "Each section has one path.",
    ),
    strict(
        "section-unreached",
        Reading,
        "A message that says anything in the vocabulary is reached from the report.",
        "Its fields would be described, and never sent.",
    ),
    strict(
        "section-category",
        Model(structure::section_category),
        "A section that has fields beside sections has a category.",
        "It is either part of the envelope as a whole, or something to consent to.",
    ),
    strict(
        "event-unknown",
        Model(event::unknown),
        "The event that a section travels in is a value of the report's `event`.",
        "What travels in no event is never sent.",
    ),
    strict(
        "event-empty",
        Model(event::empty),
        "A section travels in each event.",
        "An event without a section is never sent.",
    ),
    strict(
        "event-category",
        Model(event::category),
        "All sections of an event have one category.",
        "Consent is given and withdrawn for whole events.",
    ),
    strict(
        "event-size",
        Model(event::size),
        "The largest that an event can be is what Splunk extracts: 5000 bytes and 100 fields.",
        "What is behind that cannot be searched.",
    ),
    strict(
        "read-notation",
        Reading,
        "`counts`, `lists` and `gets` name what can be read from a cluster.",
        "Requests and permissions are made of them.",
    ),
    strict(
        "read-secrets",
        Model(reads::secrets),
        "No Secret and no ConfigMap is read, counted or listed.",
        "Kubernetes cannot grant their metadata or number alone: whoever may list them may read them.",
    ),
    strict("read-daily", Reading, "What is `daily` reads something.", "Nothing else costs what once a day would save."),
    strict(
        "filled-twice",
        Reading,
        "A field that counts objects has no `lists`, `gets` or `host`.",
        "A value comes from one place.",
    ),
    strict(
        "merge",
        Reading,
        "A number that the controller tells says how it is merged; what it does not tell says nothing of it.",
        "Several control planes may tell several values.",
    ),
    strict(
        "deprecation",
        Model(said::deprecation),
        "What is deprecated says why, and what replaces it is a field.",
        "Readers are sent there.",
    ),
    strict(
        "expires-form",
        Model(date::expires_form),
        "`expires` is a version such as `1.4`, or a date such as `2027-01-31`.",
        "Else nobody can tell when it is over.",
    ),
    strict(
        "expired",
        Day(date::expired),
        "A field whose `expires` is a date is removed after it. Checked where a date is given: `--today`.",
        "Those who send it were told that it ends.",
    ),
    strict(
        "line-key",
        Model(line::key),
        "A place in the line format has a key of lower-case letters, digits and underscores.",
        "Receivers search by it.",
    ),
    strict(
        "line-word",
        Reading,
        "A word for a value in the line format is written `value=word`.",
        "Else it stands for nothing.",
    ),
    strict(
        "line-separator",
        Model(line::separator),
        "Nothing that is put into the line format can hold `;`, `=`, `,` or a line end; the pattern of a text neither \
         `;` nor `=`.",
        "A value could look like another field.",
    ),
    strict(
        "line-twice",
        Model(line::twice),
        "Fields that share a key of the line format differ by prefix or suffix.",
        "Their values could not be told apart.",
    ),
    strict(
        "index-name",
        Model(indexed::name),
        "What is indexed is named `ktel_…`, in `snake_case`, and no member of the report is named so.",
        "A name that is indexed and inside of an event has two values in every search.",
    ),
    strict("index-single", Model(indexed::single), "No list is indexed.", "What is indexed has one value."),
    strict(
        "index-twice",
        Model(indexed::twice),
        "No two fields are indexed under one name.",
        "What is indexed has one value.",
    ),
    strict(
        "allow-rule",
        Model(allow::rule),
        "`allow` names a rule that exists and may be broken.",
        "What is generated relies on the others.",
    ),
    strict(
        "allow-reason",
        Model(allow::reason),
        "`allow` says why the rule does not fit.",
        "Whoever comes later can tell whether that still holds.",
    ),
    strict(
        "allow-end",
        Model(allow::end),
        "`allow` has an end: a version such as `1.4`, or a date such as `2027-01-31`.",
        "An exception that nobody looks at again becomes the rule.",
    ),
    strict(
        "allow-over",
        Day(allow::over),
        "The end of an `allow` has not come: its version is above that of the standard. A date is checked where one \
         is given: `--today`.",
        "That was the promise.",
    ),
    strict(
        "allow-unused",
        Allowed(allow::unused),
        "An `allow` allows something that its rule finds.",
        "One that allows nothing would hide the next mistake.",
    ),
];

/// A rule that holds without exception: what is generated relies on it, or consent does.
const fn strict(id: &'static str, check: Check, what: &'static str, why: &'static str) -> Rule {
    Rule { id, what, why, may_be_allowed: false, check }
}

/// A rule that may not fit somewhere, which that field then says.
const fn lenient(id: &'static str, check: Check, what: &'static str, why: &'static str) -> Rule {
    Rule { id, what, why, may_be_allowed: true, check }
}
