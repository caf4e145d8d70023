//! Tables: columns as wide as what they hold, rows that part only where a page is too short for one,
//! titles above each page.

use pensipro_kernel::document::{Align, Cell, Column, Table};

use super::{
    canvas::{Canvas, Format},
    font::{Font, encode},
};

/// Between the sides of a column and its text.
const PADDING: f32 = 3.0;
/// The usual size of a table's text, and the smallest one that a wide table is set in.
const SIZES: [f32; 5] = [9.0, 8.0, 7.0, 6.0, 5.0];

/// Where a column stands.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f32,
    width: f32,
    align: Align,
}

/// The width that a column's words and its whole texts take.
#[derive(Debug, Clone, Copy)]
struct Need {
    least: f32,
    whole: f32,
}

/// The page that a table fits on: across where upright would break its figures.
pub(super) fn format(table: &Table) -> Format {
    let upright = least(&needs(table, SIZES[0])) <= Format::PORTRAIT.room();
    if upright { Format::PORTRAIT } else { Format::LANDSCAPE }
}

fn least(needs: &[Need]) -> f32 {
    needs.iter().map(|need| need.least).sum()
}

pub(super) fn write(canvas: &mut Canvas, table: &Table) {
    let room = canvas.format.room();
    let fits = |size: &&f32| least(&needs(table, **size)) <= room;
    let size = *SIZES.iter().find(fits).unwrap_or(&SIZES[SIZES.len() - 1]);
    let sheet = Sheet(places(table, size, room));
    let titles = sheet.set(&Column::titles(&table.columns), Font::bold(size));
    canvas.keep(titles.height() + 2.0 * titles.height_of(1));
    titles.put_as_head(canvas);
    for row in &table.rows {
        sheet.set(row, Font::plain(size)).put(canvas, &titles);
    }
    if let Some(totals) = &table.totals {
        canvas.rule(0.0, 0.0, room, 0.8);
        sheet.set(totals, Font::bold(size)).put(canvas, &titles);
    }
}

/// Where the columns stand.
struct Sheet(Vec<Place>);

/// A row, each of its cells broken into lines.
struct SetRow {
    font: Font,
    cells: Vec<(Place, Vec<Vec<u8>>)>,
}

impl Sheet {
    fn set(&self, row: &[Cell], font: Font) -> SetRow {
        let cell = |(place, cell): (&Place, &Cell)| {
            // A hair more, so that what was measured to fit does.
            let room = place.width - 2.0 * PADDING + 0.01;
            (*place, font.wrap(&encode(&cell.printed()), room))
        };
        SetRow { font, cells: self.0.iter().zip(row).map(cell).collect() }
    }
}

impl SetRow {
    fn lines(&self) -> usize {
        self.cells.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1)
    }

    fn height(&self) -> f32 {
        self.height_of(self.lines())
    }

    fn height_of(&self, lines: usize) -> f32 {
        lines as f32 * self.font.leading() + 2.0 * PADDING
    }

    fn put_as_head(&self, canvas: &mut Canvas) {
        canvas.shade(self.height());
        self.put_lines(canvas, 0, self.lines());
    }

    /// On the next page, under the titles, where this one has no room for it; a row that no page has
    /// room for begins here and goes on there.
    fn put(&self, canvas: &mut Canvas, titles: &Self) {
        let parts = self.height() > canvas.format.depth() - titles.height();
        if !canvas.has_room(self.height_of(if parts { 1 } else { self.lines() })) {
            canvas.turn();
            titles.put_as_head(canvas);
        }
        let mut from = 0;
        while from < self.lines() {
            if from > 0 {
                canvas.turn();
                titles.put_as_head(canvas);
            }
            let to = (from + self.fitting(canvas.left())).min(self.lines());
            self.put_lines(canvas, from, to);
            from = to;
        }
        canvas.rule(0.0, 0.0, canvas.format.room(), 0.2);
    }

    /// How many lines fit into a height; one at the least, so that the row comes to its end.
    fn fitting(&self, height: f32) -> usize {
        let lines = ((height - 2.0 * PADDING) / self.font.leading()).floor();
        (lines as usize).max(1)
    }

    fn put_lines(&self, canvas: &mut Canvas, from: usize, to: usize) {
        for (place, lines) in &self.cells {
            let shown = lines.iter().take(to).skip(from);
            for (number, line) in shown.enumerate() {
                let indent = match place.align {
                    Align::Left => PADDING,
                    Align::Right => place.width - PADDING - self.font.width(line),
                };
                let below = PADDING + number as f32 * self.font.leading();
                canvas.text(place.x + indent, below, self.font, line);
            }
        }
        canvas.advance(self.height_of(to - from));
    }
}

/// What each column needs at a size: figures whole, words at least unbroken.
fn needs(table: &Table, size: f32) -> Vec<Need> {
    let (plain, bold) = (Font::plain(size), Font::bold(size));
    let column = |(place, column): (usize, &Column)| {
        let title = encode(&column.title);
        let mut need = Need { least: bold.longest_word(&title), whole: bold.width(&title) };
        let rows = table.rows.iter().map(|row| (plain, row));
        let totals = table.totals.iter().map(|row| (bold, row));
        for (font, row) in rows.chain(totals) {
            let text = row.get(place).map(|cell| encode(&cell.printed())).unwrap_or_default();
            let whole = font.width(&text);
            let least = match column.align {
                Align::Left => font.longest_word(&text),
                Align::Right => whole,
            };
            need = Need { least: need.least.max(least), whole: need.whole.max(whole) };
        }
        Need { least: need.least + 2.0 * PADDING, whole: need.whole + 2.0 * PADDING }
    };
    table.columns.iter().enumerate().map(column).collect()
}

/// Columns side by side over the whole width: each its need, and its share of what is left by how
/// much more it could use (where none could, by what it needs).
fn places(table: &Table, size: f32, room: f32) -> Vec<Place> {
    let needs = needs(table, size);
    let least = least(&needs);
    let whole: f32 = needs.iter().map(|need| need.whole).sum();
    let width = |need: &Need| {
        if whole <= room {
            need.whole * room / whole
        } else if least <= room {
            need.least + (need.whole - need.least) * (room - least) / (whole - least)
        } else {
            need.least * room / least
        }
    };
    let mut x = 0.0;
    let place = |(need, column): (&Need, &Column)| {
        let place = Place { x, width: width(need), align: column.align };
        x += place.width;
        place
    };
    needs.iter().zip(&table.columns).map(place).collect()
}
