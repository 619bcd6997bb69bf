//! Cuts a stream into JSON documents, a line each, or several lines as pretty-printers write them.
//!
//! No more than one document is held, and no more of it than the limit.

use std::io::{self, BufRead};

/// The longest document. An event of the standard has a few kilobytes; what is longer is no report.
pub(crate) const LIMIT: usize = 1024 * 1024;

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
}

impl<R: BufRead> Documents<R> {
    pub(crate) fn new(input: R) -> Self {
        Self { input, line: 0 }
    }

    pub(crate) fn input(&self) -> &R {
        &self.input
    }

    /// Appends the next document, and tells the line that it begins on; `None` at the end of the input. Of a document that is longer
    /// than the limit, more than the limit is appended.
    pub(crate) fn append(&mut self, text: &mut Vec<u8>) -> io::Result<Option<usize>> {
        let from = text.len();
        loop {
            text.truncate(from);
            if !self.read_line(text)? {
                return Ok(None);
            }
            if !text[from..].trim_ascii().is_empty() {
                break;
            }
        }
        let line = self.line;
        // A pretty-printer leaves the first brace alone on its line, and the last one unindented.
        if text[from..].trim_ascii() == b"{" {
            // If the next line begins a document, this one has no end.
            while text.len() - from <= LIMIT && self.peek()?.is_some_and(|first| first != b'{') {
                text.push(b'\n');
                let begin = text.len();
                self.read_line(text)?;
                if text.get(begin) == Some(&b'}') {
                    break;
                }
            }
        }
        Ok(Some(line))
    }

    /// The next byte, which is left where it is; `None` at the end of the input.
    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.input.fill_buf() {
                Ok(available) => return Ok(available.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Appends the next line without its end, and tells whether there was one. Of a line that is too long, only the first bytes.
    fn read_line(&mut self, text: &mut Vec<u8>) -> io::Result<bool> {
        let from = text.len();
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
            let end = memchr::memchr(b'\n', available);
            let part = &available[..end.unwrap_or(available.len())];
            // One byte beyond the limit is kept, by which the line is known to be too long.
            let room = (from + LIMIT + 1).saturating_sub(text.len());
            text.extend_from_slice(&part[..part.len().min(room)]);
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if is_end {
            return Ok(false);
        }
        self.line += 1;
        if text.len() > from && text.last() == Some(&b'\r') {
            text.pop();
        }
        Ok(true)
    }
}

impl<R: BufRead> Iterator for Documents<R> {
    type Item = io::Result<Document>;

    fn next(&mut self) -> Option<io::Result<Document>> {
        let mut text = Vec::new();
        let line = self.append(&mut text).transpose()?;
        Some(line.map(|line| {
            let is_too_long = text.len() > LIMIT;
            if is_too_long { Document::TooLong { line, limit: LIMIT } } else { Document::Text { line, text } }
        }))
    }
}
