//! HTML tables, as some offices send them under the name of a spreadsheet: bytes in pieces of any size,
//! rows of cells out. Of tags only rows and cells matter; memory is a row.

use std::borrow::Cow;

use super::{FileFault, MAX_LINE_BYTES, RawRow, fields::Fields, lines::RawLine, text};
use crate::{Encoding, MAX_LINES};

/// Bytes of a tag's name; longer ones mean nothing here.
const MAX_NAME: usize = 8;

/// Parts a stream into the rows of its tables.
#[derive(Debug)]
pub(super) struct Tables {
    state: State,
    /// The name of the tag that is being read, in small letters, with its slash.
    name: Vec<u8>,
    /// Between `<script>` or `<style>` and its end.
    hidden: bool,
    /// The cell that is open.
    cell: Option<Vec<u8>>,
    row: Option<Fields>,
    spare: Option<Fields>,
    broken: bool,
    row_no: u32,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Text,
    Name,
    /// In a tag after its name, between quotes or not.
    Attributes(Option<u8>),
    /// In a comment, after so many dashes.
    Comment(u8),
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            state: State::Text,
            name: Vec::new(),
            hidden: false,
            cell: None,
            row: None,
            spare: None,
            broken: false,
            row_no: 0,
        }
    }
}

impl Tables {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(u32, RawRow<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        bytes.iter().try_for_each(|byte| self.step(*byte, &mut take))
    }

    /// Ends the file: its last row may lack its end.
    pub(super) fn end(
        &mut self,
        mut take: impl FnMut(u32, RawRow<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        self.end_row(&mut take)
    }

    /// Bytes held back for the cell that is not complete.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.cell.as_ref().map_or(0, Vec::len)
    }

    fn step(
        &mut self,
        byte: u8,
        take: &mut impl FnMut(u32, RawRow<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        if byte == 0 {
            return Err(FileFault::NulByte { line_no: self.row_no.saturating_add(1) });
        }
        self.state = match (self.state, byte) {
            (State::Text, b'<') => {
                self.name.clear();
                State::Name
            }
            (State::Text, byte) => {
                self.keep(byte);
                State::Text
            }
            (State::Name, b'>') | (State::Attributes(None), b'>') => {
                self.tag(take)?;
                State::Text
            }
            (State::Name, byte) if byte.is_ascii_whitespace() => State::Attributes(None),
            (State::Name, byte) => self.named(byte),
            (State::Attributes(None), b'"' | b'\'') => State::Attributes(Some(byte)),
            (State::Attributes(Some(quote)), byte) if quote == byte => State::Attributes(None),
            (State::Attributes(within), _) => State::Attributes(within),
            (State::Comment(2..), b'>') => State::Text,
            (State::Comment(dashes), b'-') => State::Comment(dashes.saturating_add(1).min(2)),
            (State::Comment(_), _) => State::Comment(0),
        };
        Ok(())
    }

    fn named(&mut self, byte: u8) -> State {
        if self.name.len() < MAX_NAME {
            self.name.push(byte.to_ascii_lowercase());
        }
        if self.name == b"!--" { State::Comment(0) } else { State::Name }
    }

    fn tag(
        &mut self,
        take: &mut impl FnMut(u32, RawRow<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        match self.name.as_slice() {
            b"script" | b"style" => self.hidden = true,
            b"/script" | b"/style" => self.hidden = false,
            _ if self.hidden => {}
            b"tr" => {
                self.end_row(take)?;
                let mut row = self.spare.take().unwrap_or_else(|| Fields::new(b','));
                row.clear();
                self.row = Some(row);
            }
            b"td" | b"th" => {
                self.end_cell();
                self.cell = self.row.is_some().then(Vec::new);
            }
            b"/td" | b"/th" => self.end_cell(),
            b"/tr" | b"/table" => self.end_row(take)?,
            b"br" | b"br/" => self.keep(b' '),
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, byte: u8) {
        match &mut self.cell {
            Some(cell) if !self.hidden && cell.len() < MAX_LINE_BYTES => cell.push(byte),
            Some(_) if !self.hidden => self.broken = true,
            Some(_) | None => {}
        }
    }

    fn end_cell(&mut self) {
        let Some(cell) = self.cell.take() else { return };
        let written = text(Encoding::Auto, &cell);
        let plain = unescaped(&written);
        if let Some(row) = &mut self.row {
            self.broken |= row.push(plain.trim().as_bytes()).is_err();
        }
    }

    fn end_row(
        &mut self,
        take: &mut impl FnMut(u32, RawRow<'_>) -> Result<(), FileFault>,
    ) -> Result<(), FileFault> {
        self.end_cell();
        let Some(mut row) = self.row.take() else { return Ok(()) };
        self.row_no = self.row_no.saturating_add(1);
        if self.row_no > MAX_LINES {
            return Err(FileFault::TooManyLines);
        }
        let raw = match std::mem::take(&mut self.broken) {
            true => RawRow::Line(RawLine::TooLong),
            false => RawRow::Cells(&mut row),
        };
        take(self.row_no, raw)?;
        self.spare = Some(row);
        Ok(())
    }
}

/// The text without its entities; those that are not known stay as they are.
fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '\u{a0}']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        plain.push_str(before);
        match after.split_once(';').and_then(|(name, rest)| Some((entity(name)?, rest))) {
            Some((character, further)) => {
                plain.push(character);
                rest = further;
            }
            None => {
                plain.push('&');
                rest = after;
            }
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain.replace('\u{a0}', " "))
}

fn entity(name: &str) -> Option<char> {
    let number = name.strip_prefix('#');
    Some(match (name, number) {
        ("amp", _) => '&',
        ("lt", _) => '<',
        ("gt", _) => '>',
        ("quot", _) => '"',
        ("apos", _) => '\'',
        ("nbsp", _) => ' ',
        (_, Some(number)) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| !character.is_control())?
        }
        (_, None) => return None,
    })
}
