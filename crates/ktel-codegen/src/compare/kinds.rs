//! Every kind of change, with its class and the reason for it.

use super::{
    Class::{Addition, Break, Doc, Privacy},
    Kind,
};

/// Declares the kinds, each with a name to use in code, and the table of them all.
macro_rules! kinds {
    ($($id:ident: $class:ident, $name:literal, $why:literal;)*) => {
        $(pub(super) static $id: Kind = Kind { name: $name, class: $class, why: $why };)*

        /// Every kind of change that [`compare`](super::compare) knows.
        pub static KINDS: &[&Kind] = &[$(&$id),*];
    };
}

kinds! {
    PACKAGE: Break, "package changed", "another package is another standard, which is published beside this one";
    SOURCETYPE: Break, "sourcetype changed", "what was sent and what will be sent could not be searched together";
    ID_BASE: Break, "id base changed", "identifiers of JSON Schemas are for ever";
    RETENTION_LONGER: Privacy, "retention lengthened", "what is sent is kept for longer than it was promised";
    RETENTION_SHORTER: Doc, "retention shortened", "what was promised is kept, and more";
    PURPOSE: Privacy, "purpose changed", "consent was given for the purpose as it was";
    QUESTION_ADDED: Doc, "question added", "questions say why fields are there, and are not sent";
    QUESTION_REMOVED: Doc, "question removed", "questions say why fields are there, and are not sent";
    QUESTION: Doc, "question changed", "questions say why fields are there, and are not sent";
    MEANING: Doc, "comment changed", "prose is not sent";
    ORDER: Addition, "JSON Schema written otherwise", "its hash is another one, which only another version may have";

    SECTION_REMOVED: Break, "section removed", "its fields, or its place, were not given up in a release before";
    SECTION_GIVEN_UP: Addition, "deprecated section removed", "all its fields were deprecated, and its number and name are reserved";
    SECTION_NUMBER: Break, "number of section changed", "on the wire, the section would be another one";
    SECTION_TYPE: Break, "message of section changed", "whoever generates types would have another one";
    EVENT: Break, "section moved to another event", "whoever searches the old event would not find it";
    CATEGORY: Privacy, "section moved to a looser category", "whoever allows the new category alone now sends it";
    CATEGORY_TIGHTER: Addition, "section taken out of the envelope", "less is sent without consent than before";
    RESERVED: Break, "reservation dropped", "what was given up is never used again";

    ADDED: Addition, "field added", "readers that do not know it pass over it";
    ADDED_REQUIRED: Break, "required field added", "what was valid lacks it";
    ADDED_IDENTIFIER: Privacy, "identifier added", "reports can be joined by what they could not be joined by";
    REMOVED: Break, "field removed", "it was not deprecated in a release before";
    REMOVED_REQUIRED: Break, "required field removed", "readers of the published version insist on it";
    NOT_RESERVED: Break, "field removed without reservation", "its number and its name have to be reserved, so that nobody uses them again";
    GIVEN_UP: Addition, "deprecated field removed", "it was deprecated, and its number and name are reserved";
    RENAMED: Break, "field renamed", "a rename is a new field and a deprecation";
    MOVED: Break, "field moved", "a move is a new field and a deprecation";
    MOVED_CATEGORY: Privacy, "field moved to a looser category", "whoever allows the new category alone now sends it";
    NUMBER: Break, "number changed", "on the wire, it would be another field";
    TYPE: Break, "type changed", "readers of the published version expect the other type";
    WIDENED: Addition, "integer changed within 32 bits", "both are numbers, and bounds are compared by themselves";
    PRESENCE: Break, "presence changed", "a value that has to be there and one that may be absent are not read alike";
    UNIT: Break, "unit changed", "the same number would mean something else";
    TIGHTER: Break, "bound tightened", "what was valid no longer is";
    LOOSER: Addition, "bound loosened", "what was valid still is";
    PATTERN_TIGHTER: Break, "pattern tightened", "some text that matched no longer does";
    PATTERN_LOOSER: Addition, "pattern loosened", "every text that matched still does";
    PATTERN_SAME: Addition, "pattern written otherwise", "it matches the same texts, and the JSON Schema has changed";
    FORMAT_ADDED: Break, "format added", "validators that insist on formats refuse what was valid";
    FORMAT_DROPPED: Addition, "format dropped", "what was valid still is";
    RAISED: Privacy, "sensitivity raised", "what is sent tells more of its sender than was said";
    LOWERED: Privacy, "sensitivity lowered", "what is sent is the same, and is said to tell less of its sender";
    NARROWED: Break, "integer changed to what cannot be read", "readers of the published version cannot hold all of its values";
    DEPRECATED: Addition, "field deprecated", "it is still sent, and readers are told what comes after it";
    UNDEPRECATED: Addition, "deprecation withdrawn", "readers are told that it stays";
    DEPRECATION: Doc, "deprecation worded otherwise", "prose is not sent";
    REPLACEMENT: Addition, "replacement changed", "readers are told of another field";
    EXPIRES: Addition, "expiry changed", "readers are told when it ends";
    INDEXED: Addition, "index added", "searches that do not know it pass over it";
    IDENTIFIER_INDEXED: Privacy, "identifier indexed", "it is found, and joined by, where it was not";
    UNINDEXED: Break, "index dropped", "searches by the indexed name find nothing";
    LINE_ADDED: Addition, "place in the line added", "readers of lines that do not know it pass over it";
    IDENTIFIER_IN_LINE: Privacy, "identifier put into the line", "receivers of lines are told who it is, and were not";
    LINE_DROPPED: Break, "place in the line dropped", "readers of lines know the field by it";
    HOST_ADDED: Addition, "host may tell it", "controllers that do not know it need not tell";
    HOST_DROPPED: Break, "host may not tell it", "what controllers tell would be refused";
    MERGE: Break, "merge changed", "numbers of several control planes would not compare with those before";
    COUNTS: Break, "other objects counted", "the same field would mean something else";
    UNCOUNTED: Break, "no longer a number of objects of a kind", "the same field would mean something else";
    OFTENER: Addition, "no longer read once a day", "it costs those who send it more than it did";
    FILLING: Doc, "filled otherwise", "the value means the same, wherever it comes from";
    EXAMPLE: Doc, "example changed", "prose is not sent";
    SOURCE: Doc, "source changed", "prose is not sent";
    ANSWERS: Doc, "answers changed", "questions say why fields are there, and are not sent";
    OWNER: Doc, "owner changed", "who answers for it is not sent";

    VALUE_ADDED: Addition, "value added", "readers that do not know it take it for one that is not specified";
    VALUE_REMOVED: Break, "value removed", "it was not deprecated in a release before";
    VALUE_NOT_RESERVED: Break, "value removed without reservation", "its number and its name have to be reserved, so that nobody uses them again";
    VALUE_GIVEN_UP: Addition, "deprecated value removed", "it was deprecated, and its number and name are reserved";
    VALUE_RENAMED: Break, "value renamed", "a rename is a new value and a deprecation";
    VALUE_NUMBER: Break, "number of value changed", "on the wire, it would be another value";
    VALUE_DEPRECATED: Addition, "value deprecated", "it is still sent, and readers are told that it ends";
    VALUE_UNDEPRECATED: Addition, "deprecation of value withdrawn", "readers are told that it stays";
    WORD_ADDED: Addition, "word in the line added", "readers of lines that do not know it pass over it";
    WORD: Break, "word in the line changed", "readers of lines know the value by it";

    READ: Privacy, "new read", "the collector reads of a cluster what it did not";
    READ_DROPPED: Doc, "read dropped", "the collector reads less of a cluster";
}
