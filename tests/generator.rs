//! Documents made of the table of fields: valid ones, and ones with a single fault that has a name and a place.
//!
//! What is made follows from a seed and a number. Nothing here asks a validator: what matches a pattern is told by a third
//! engine of regular expressions, and everything else by the bounds in the table.

#![allow(clippy::expect_used, clippy::panic, reason = "a table of which nothing can be made is a failure of the tests")]

mod document;
mod draw;
mod fault;
mod numbers;
mod place;
mod texts;

use fastrand::Rng;
use ktel_types::{Described as _, host::HostFacts, report::Report, table::Message};

pub use document::Node;
pub use fault::{FAULTS, Fault};
pub use place::{Place, Subject};

use draw::Draw;
use fault::Hand;
use texts::Texts;

/// Makes documents of one contract.
#[derive(Debug)]
pub struct Generator {
    contract: &'static Message,
    texts: Texts,
    events: Vec<&'static str>,
    faulty: Vec<(Place, &'static Fault)>,
    least_items: u32,
    seed: u64,
}

/// A document that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The JSON, or what is none.
    pub text: String,
    /// What is wrong with it; nothing if it is valid.
    pub wrong: Option<Wrong>,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The name of the fault.
    pub fault: &'static str,
    /// The place as a violation names it; `None` if the text is not even JSON.
    pub path: Option<String>,
    /// The rule that is broken, by the name of its variant.
    pub rule: &'static str,
    /// Where JSON Schema notices it, as a JSON pointer; `None` if it cannot, or if the text is not even JSON.
    pub pointer: Option<String>,
}

impl Wrong {
    /// Whether JSON Schema can notice it. What has been parsed no longer shows that a name was there twice.
    #[must_use]
    pub fn is_seen_by_schemas(&self) -> bool {
        self.rule != "Once"
    }
}

impl Generator {
    /// Makes reports. The same seed makes the same ones.
    #[must_use]
    pub fn of_reports(seed: u64) -> Self {
        Self::new(Report::message(), 1, seed)
    }

    /// Makes what a controller tells. The same seed makes the same.
    #[must_use]
    pub fn of_host_facts(seed: u64) -> Self {
        // A host may say that there is none; a report leaves the list out.
        Self::new(HostFacts::message(), 0, seed)
    }

    fn new(contract: &'static Message, least_items: u32, seed: u64) -> Self {
        let texts = Texts::new(contract, &mut Rng::with_seed(seed));
        let mut generator =
            Self { contract, texts, events: place::events(contract), faulty: Vec::new(), least_items, seed };
        for place in place::all(contract) {
            let mut dice = generator.dice(0);
            let document = generator.draw(&mut dice, Some(&place)).message(contract);
            let found = document.at(place.path()).expect("what was drawn for the place");
            let mut hand = generator.hand(&mut dice, found);
            let possible = FAULTS.iter().filter(|fault| (fault.make)(&place, &mut hand).is_some());
            let possible: Vec<_> = possible.map(|fault| (place, fault)).collect();
            generator.faulty.extend(possible);
        }
        generator
    }

    /// Every place with every fault that it can have.
    #[must_use]
    pub fn faulty(&self) -> &[(Place, &'static Fault)] {
        &self.faulty
    }

    /// The valid document of this number.
    #[must_use]
    pub fn valid(&self, number: u64) -> Made {
        let mut dice = self.dice(number);
        let document = self.draw(&mut dice, None).message(self.contract);
        Made { text: document.write(&mut dice), wrong: None }
    }

    /// A document of this number that has a fault at a place, and no other.
    ///
    /// # Panics
    ///
    /// If that place cannot have that fault.
    #[must_use]
    pub fn with_fault(&self, place: &Place, fault: &Fault, number: u64) -> Made {
        let (mut document, change, mut dice) =
            self.change(place, fault, number).expect("a fault that the place can have");
        let wrong = change.wrong(fault.name, place);
        change.apply(&mut document, place);
        let text = document.write(&mut dice);
        Made { text: change.spoil(text), wrong: Some(wrong) }
    }

    fn change(&self, place: &Place, fault: &Fault, number: u64) -> Option<(Node, fault::Change, Rng)> {
        let mut dice = self.dice(number);
        let document = self.draw(&mut dice, Some(place)).message(self.contract);
        let mut hand = self.hand(&mut dice, document.at(place.path())?);
        let change = (fault.make)(place, &mut hand)?;
        Some((document, change, dice))
    }

    fn draw<'a>(&'a self, dice: &'a mut Rng, place: Option<&Place>) -> Draw<'a> {
        let event = place.and_then(Place::event).or_else(|| dice.choice(&self.events).copied());
        // Receivers that join the events of a report keep all sections in one document.
        let event = event.filter(|_| dice.u8(..10) > 0);
        Draw::new(&self.texts, dice, event, place.map_or("", Place::path), self.least_items)
    }

    fn hand<'a>(&'a self, dice: &'a mut Rng, found: &'a Node) -> Hand<'a> {
        Hand { texts: &self.texts, dice, found, least_items: self.least_items }
    }

    fn dice(&self, number: u64) -> Rng {
        // Numbers beside each other would else give dice that begin alike.
        Rng::with_seed(self.seed ^ number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}
