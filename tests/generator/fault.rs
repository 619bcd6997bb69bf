//! What can be wrong with a document, one thing at a time: a table of names, each with how it is done.

mod change;
mod of_member;
mod of_text;
mod of_type;
mod of_value;

use fastrand::Rng;
use ktel_types::table::Kind;

use super::{Node, Place, Subject, texts::Texts};

pub(super) use change::Change;

/// A way to be wrong.
#[derive(Debug)]
pub struct Fault {
    /// What is wrong.
    pub name: &'static str,
    /// How a place is made wrong in this way; `None` where that cannot be.
    pub(super) make: fn(&Place, &mut Hand<'_>) -> Option<Change>,
}

/// What a fault is made with.
pub(super) struct Hand<'a> {
    pub(super) texts: &'a Texts,
    pub(super) dice: &'a mut Rng,
    /// What stands at the place.
    pub(super) found: &'a Node,
    /// How many items a list has that is there.
    pub(super) least_items: u32,
}

macro_rules! faults {
    ($($name:literal => $make:path),+ $(,)?) => { &[$(Fault { name: $name, make: $make }),+] };
}

/// Every way to be wrong.
pub static FAULTS: &[Fault] = faults![
    "missing" => of_member::missing,
    "there twice" => of_member::twice,
    "name in camel case" => of_member::camel_case,
    "name in capitals" => of_member::capitals,
    "name with a space" => of_member::spaced,
    "unknown name" => of_member::unknown,
    "name of another section's field" => of_member::displaced,
    "null" => of_type::null,
    "a boolean" => of_type::boolean,
    "a number" => of_type::number,
    "a text" => of_type::text,
    "an object" => of_type::object,
    "a list" => of_type::list,
    "its value as a text" => of_type::value_as_text,
    "its value in a list" => of_type::value_in_list,
    "its only item without a list" => of_type::item_without_list,
    "a fraction" => of_value::fraction,
    "a hair more than whole" => of_value::hair,
    "just below the smallest" => of_value::below,
    "just above the largest" => of_value::above,
    "beyond 32 bits" => of_value::beyond_32_bits,
    "beyond 64 bits" => of_value::beyond_64_bits,
    "far below zero" => of_value::far_below,
    "beyond any float" => of_value::beyond_floats,
    "not a number" => of_value::not_a_number,
    "infinity" => of_value::infinity,
    "number with a zero in front" => of_value::zero_in_front,
    "number with a plus" => of_value::plus,
    "unknown value" => of_value::unknown_name,
    "value in lower case" => of_value::lower_case,
    "value with a line feed" => of_value::name_with_line_feed,
    "the zero of protobuf" => of_value::unspecified,
    "no items" => of_value::no_items,
    "too many items" => of_value::too_many_items,
    "an item null" => of_value::item_null,
    "an item a list" => of_value::item_list,
    "too long" => of_text::too_long,
    "against the pattern" => of_text::breaking,
    "empty text" => of_text::empty,
    "line feed at the end" => of_text::line_feed_at_end,
    "carriage return at the end" => of_text::carriage_return_at_end,
    "line feed in front" => of_text::line_feed_in_front,
    "control character" => of_text::control,
    "space around" => of_text::space_around,
    "half of a pair of UTF-16" => of_text::lone_surrogate,
    "byte order mark" => of_member::byte_order_mark,
    "something behind the end" => of_member::behind_end,
    "torn" => of_member::torn,
    "comma behind the last" => of_member::trailing_comma,
    "nested without end" => of_member::nested,
];

impl Hand<'_> {
    /// Some whole number.
    fn integer(&mut self) -> i64 {
        self.dice.i64(1..100_000)
    }
}

fn kind(place: &Place) -> Option<&'static Kind> {
    place.value().map(|field| &field.kind)
}

/// The message at a place.
fn is_message(place: &Place) -> bool {
    matches!(place.subject, Subject::Message(_))
}
