//! Makes a table of a pattern: a deterministic automaton that reads a text byte by byte.
//!
//! The engine that compiles the pattern stays here. What ships is the table.

use std::collections::BTreeMap;

use regex_automata::{
    Anchored, MatchKind,
    dfa::{Automaton as _, StartKind, dense},
    nfa::thompson,
    util::{primitives::StateID, start, syntax},
};

/// An automaton that accepts the texts that a pattern matches from end to end, and that have no control characters.
#[derive(Debug, PartialEq, Eq)]
pub struct Automaton {
    /// Runs of bytes, first and last, that are of another class than 0; a class is what an automaton cannot tell apart.
    pub classes: Vec<(u8, u8, u8)>,
    /// The states, each with the place of the next one for every class of byte. The first one is dead: nothing leads out of it.
    pub states: Vec<Vec<usize>>,
    /// The place of the state that it begins in.
    pub start: usize,
    /// The place from which on states accept the text that has led there.
    pub accepting: usize,
}

/// The most states: a place in the table is a number of 16 bits.
const MOST_STATES: usize = 250;

impl Automaton {
    /// Compiles a pattern that is not anchored.
    ///
    /// # Errors
    ///
    /// What is wrong with it, to stand behind "the pattern".
    pub fn compile(pattern: &str) -> Result<Self, String> {
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(StartKind::Anchored)
            .minimize(true)
            .accelerate(false)
            .dfa_size_limit(Some(1024 * 1024))
            .determinize_size_limit(Some(1024 * 1024));
        let engine = dense::Builder::new()
            .configure(config)
            .syntax(syntax::Config::new())
            .thompson(thompson::Config::new().shrink(false))
            .build(&format!("^(?:{pattern})$"))
            .map_err(|error| format!("cannot be compiled: {error}"))?;
        let start = engine.start_state(&start::Config::new().anchored(Anchored::Yes));
        let start = start.map_err(|error| format!("cannot be compiled: {error}"))?;
        let rows = walk(&engine, start);
        if rows.len() > MOST_STATES {
            return Err(format!(
                "takes {} states, more than {MOST_STATES}: say less of the lengths of its parts",
                rows.len()
            ));
        }
        Ok(Self::new(&rows))
    }

    /// Gives each state its place, those that accept last, and each byte its class.
    fn new(rows: &[Row]) -> Self {
        let order = |accepts: bool| (1..rows.len()).filter(move |row| rows[*row].accepts == accepts);
        let places: Vec<usize> = [0].into_iter().chain(order(false)).chain(order(true)).collect();
        let place = |row: usize| places.iter().position(|other| *other == row).unwrap_or_default();
        let mut columns: Vec<Vec<usize>> = vec![vec![0; rows.len()]];
        let mut classes: Vec<(u8, u8, u8)> = Vec::new();
        for byte in 0..=u8::MAX {
            let column: Vec<usize> = places.iter().map(|row| place(rows[*row].next[usize::from(byte)])).collect();
            let known = columns.iter().position(|other| *other == column);
            let class = known.unwrap_or_else(|| {
                columns.push(column);
                columns.len() - 1
            });
            let Ok(class) = u8::try_from(class) else { continue };
            match classes.last_mut() {
                Some((_, last, same)) if *same == class && *last + 1 == byte => *last = byte,
                _ if class > 0 => classes.push((byte, byte, class)),
                _ => {}
            }
        }
        let states = (0..places.len()).map(|place| columns.iter().map(|column| column[place]).collect()).collect();
        Self { classes, states, start: place(1), accepting: 1 + order(false).count() }
    }

    /// Whether a text is accepted.
    #[must_use]
    pub fn accepts(&self, text: &str) -> bool {
        let class = |byte: u8| self.classes.iter().find(|(first, last, _)| (*first..=*last).contains(&byte));
        let step = |state: usize, byte| self.states[state][class(byte).map_or(0, |(.., class)| usize::from(*class))];
        text.bytes().fold(self.start, step) >= self.accepting
    }
}

/// A state, as the engine has it: where each byte leads, and whether the text may end here.
struct Row {
    next: Vec<usize>,
    accepts: bool,
}

/// All states that a text can lead to: first the one that is dead, then the one that the automaton begins in.
fn walk(engine: &dense::DFA<Vec<u32>>, start: StateID) -> Vec<Row> {
    let mut rows = vec![Row { next: vec![0; 256], accepts: false }];
    let mut numbers = BTreeMap::from([(start, 1)]);
    let mut found = vec![start];
    while let Some(state) = found.get(rows.len() - 1).copied() {
        let mut next = vec![0; 256];
        // A control character leads nowhere, whatever the pattern says of it.
        for byte in (0..=u8::MAX).filter(|byte| !byte.is_ascii_control()) {
            let to = engine.next_state(state, byte);
            if !leads_anywhere(engine, to) {
                continue;
            }
            next[usize::from(byte)] = *numbers.entry(to).or_insert_with(|| {
                found.push(to);
                found.len()
            });
        }
        rows.push(Row { next, accepts: engine.is_match_state(engine.next_eoi_state(state)) });
    }
    rows
}

fn leads_anywhere(engine: &dense::DFA<Vec<u32>>, state: StateID) -> bool {
    !engine.is_dead_state(state) && !engine.is_quit_state(state)
}
