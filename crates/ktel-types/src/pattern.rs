//! A pattern of the standard with its automaton: a text is read once, byte by byte, and nothing is compiled.

/// A regular expression that a whole text matches, with a table that the generator has made of it.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    /// What of the table each byte is looked up in: bytes that the pattern does not tell apart have the same column.
    columns: [u8; 256],
    /// The rows of all states, one behind the other: where the next state's row begins. From the first row, nothing leads out.
    table: &'static [u16],
    start: u16,
    accepting: u16,
}

impl Pattern {
    /// A pattern, not anchored; runs of bytes that are not in column 0, first and last and column; the table; where the row begins
    /// of the state that comes first, and of the first one of those in which a text may end.
    #[must_use]
    pub const fn new(
        text: &'static str,
        runs: &[(u8, u8, u8)],
        table: &'static [u16],
        start: u16,
        accepting: u16,
    ) -> Self {
        let mut columns = [0; 256];
        // In a constant, there are no iterators.
        let mut run = 0;
        while run < runs.len() {
            let (first, last, column) = runs[run];
            let mut byte = first as usize;
            while byte <= last as usize {
                columns[byte] = column;
                byte += 1;
            }
            run += 1;
        }
        Self { text, columns, table, start, accepting }
    }

    /// The pattern as the standard has it.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.text
    }

    /// Whether the whole text matches, and has no control characters.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let step = |row: u16, byte: u8| {
            let place = usize::from(row) + usize::from(self.columns[usize::from(byte)]);
            // There is no place outside of the table; if there were, nothing would be admitted.
            self.table.get(place).copied().unwrap_or_default()
        };
        text.bytes().fold(self.start, step) >= self.accepting
    }
}
