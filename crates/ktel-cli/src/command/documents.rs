//! Cuts a stream into JSON documents, a line each, or several lines as pretty-printers write them.
//!
//! No more than one document is held, and no more of it than the limit.

use std::io::{self, BufRead};

/// The longest document. An event of the standard has a few kilobytes; what is longer is no report.
const LIMIT: usize = 1024 * 1024;

/// A document, or what stands in its place.
pub(crate) enum Document {
    /// A document that begins on this line, the first being 1.
    Text { line: usize, text: Vec<u8> },
    /// Something that is too long to be one.
    TooLong { line: usize, limit: usize },
}

pub(crate) struct Documents<R> {
    input: R,
    /// The number of the line that was read last.
    line: usize,
    /// A line that was read and belongs to the next document.
    ahead: Option<Vec<u8>>,
}

impl<R: BufRead> Documents<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: 0, ahead: None }
    }

    /// The next line without its end; `None` at the end of the input. Of a line that is too long, only the first bytes.
    fn read_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        if let Some(line) = self.ahead.take() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let mut is_end = true;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() {
                break;
            }
            is_end = false;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            // One byte beyond the limit is kept, by which the line is known to be too long.
            let room = (LIMIT + 1).saturating_sub(line.len());
            line.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if is_end {
            return Ok(None);
        }
        self.line += 1;
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(Some(line))
    }

    fn read(&mut self) -> io::Result<Option<Document>> {
        let mut text = loop {
            match self.read_line()? {
                None => return Ok(None),
                Some(line) if line.trim_ascii().is_empty() => {}
                Some(line) => break line,
            }
        };
        let line = self.line;
        // A pretty-printer leaves the first brace alone on its line, and the last one unindented.
        if text.trim_ascii() == b"{" {
            while text.len() <= LIMIT {
                let Some(more) = self.read_line()? else { break };
                if more.first() == Some(&b'{') {
                    // The document has no end, and here the next one begins.
                    self.ahead = Some(more);
                    break;
                }
                text.push(b'\n');
                text.extend_from_slice(&more);
                if more.first() == Some(&b'}') {
                    break;
                }
            }
        }
        let is_too_long = text.len() > LIMIT;
        Ok(Some(if is_too_long { Document::TooLong { line, limit: LIMIT } } else { Document::Text { line, text } }))
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = io::Result<Document>;

    fn next(&mut self) -> Option<io::Result<Document>> {
        self.read().transpose()
    }
}
