//! The first look at a file, while it is being uploaded: nothing is stored before it is done.

use std::sync::Arc;

use pensipro_kernel::Money;

use super::{FileFault, Layout, Parser, SheetCell};
use crate::{FileLine, InvalidReason, PayerProfile};

/// Judges a file and counts its lines without keeping them, in one pass beside the spooling. What
/// it refuses is refused as a whole, a NUL byte anywhere included.
#[derive(Debug)]
pub struct Census {
    parser: Parser,
    batch: Vec<FileLine>,
    counted: Counted,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// Lines that get an outcome.
    pub lines: u32,
    /// Lines whose amount can be read.
    pub readable: u32,
    /// The sum of the readable amounts.
    pub total_amount: Money,
}

impl Census {
    /// A census by these profiles.
    pub fn new(profiles: Vec<Arc<PayerProfile>>) -> Self {
        Self { parser: Parser::new(profiles), batch: Vec::new(), counted: Counted::default() }
    }

    /// Looks at the next bytes.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), FileFault> {
        self.parser.feed(bytes, &mut self.batch)?;
        self.count()
    }

    /// Looks at the next row of a spreadsheet.
    pub fn feed_row<'c>(
        &mut self,
        row_no: u32,
        cells: impl IntoIterator<Item = SheetCell<'c>>,
    ) -> Result<(), FileFault> {
        self.parser.feed_row(row_no, cells, &mut self.batch)?;
        self.count()
    }

    /// Ends the file.
    pub fn finish(mut self) -> Result<(Layout, Counted), FileFault> {
        self.parser.finish(&mut self.batch)?;
        self.count()?;
        let layout = self.parser.layout().cloned().ok_or(FileFault::Empty)?;
        Ok((layout, self.counted))
    }

    fn count(&mut self) -> Result<(), FileFault> {
        for line in self.batch.drain(..) {
            if let FileLine::Invalid(invalid) = &line
                && invalid.reason == InvalidReason::NulByte
            {
                return Err(FileFault::NulByte { line_no: invalid.line_no });
            }
            let Counted { lines, readable, total_amount } = &mut self.counted;
            *lines = lines.saturating_add(1);
            if let Some(amount) = line.amount() {
                *readable = readable.saturating_add(1);
                *total_amount = total_amount.checked_add(amount).unwrap_or(*total_amount);
            }
        }
        Ok(())
    }
}
