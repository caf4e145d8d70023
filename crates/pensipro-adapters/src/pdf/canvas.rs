//! Pages that text and lines are put on, from the top down.

use pdf_writer::{Content, Str};

use super::font::Font;

/// A page's size and margins, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Format {
    pub(super) width: f32,
    pub(super) height: f32,
}

/// Between text and the paper's edge: two centimetres.
pub(super) const MARGIN: f32 = 56.7;
/// Room that the foot of a page takes above the margin.
const FOOT: f32 = 20.0;

impl Format {
    /// A4, upright.
    pub(super) const PORTRAIT: Self = Self { width: 595.28, height: 841.89 };
    /// A4, across.
    pub(super) const LANDSCAPE: Self = Self { width: 841.89, height: 595.28 };

    /// Between the margins.
    pub(super) fn room(self) -> f32 {
        self.width - 2.0 * MARGIN
    }

    /// From the top margin to the foot.
    pub(super) fn depth(self) -> f32 {
        self.height - 2.0 * MARGIN - FOOT
    }
}

/// The pages so far, and how far the last one is filled.
pub(super) struct Canvas {
    pub(super) format: Format,
    pub(super) pages: Vec<Content>,
    /// Below the top margin.
    used: f32,
}

impl Canvas {
    pub(super) fn new(format: Format) -> Self {
        Self { format, pages: vec![Content::new()], used: 0.0 }
    }

    /// True if nothing stands on the page yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.used == 0.0
    }

    /// True if this much height is left.
    pub(super) fn has_room(&self, height: f32) -> bool {
        height <= self.left()
    }

    /// The height that is left.
    pub(super) fn left(&self) -> f32 {
        self.format.depth() - self.used
    }

    /// Begins a page.
    pub(super) fn turn(&mut self) {
        self.pages.push(Content::new());
        self.used = 0.0;
    }

    /// Begins a page where this much height is not left; a fresh one is never turned.
    pub(super) fn keep(&mut self, height: f32) {
        if !self.is_fresh() && !self.has_room(height) {
            self.turn();
        }
    }

    /// Leaves a gap, but not at the top of a page.
    pub(super) fn gap(&mut self, height: f32) {
        if !self.is_fresh() {
            self.used += height;
        }
    }

    /// Goes down.
    pub(super) fn advance(&mut self, height: f32) {
        self.used += height;
    }

    /// Puts a text on the line that stands `below` what is filled, `x` points right of the margin.
    pub(super) fn text(&mut self, x: f32, below: f32, font: Font, text: &[u8]) {
        let y = self.y(below) - font.size;
        put(self.page(), MARGIN + x, y, font, text);
    }

    /// A rule across some width.
    pub(super) fn rule(&mut self, x: f32, below: f32, width: f32, weight: f32) {
        let y = self.y(below);
        let page = self.page();
        page.set_line_width(weight).move_to(MARGIN + x, y).line_to(MARGIN + x + width, y).stroke();
    }

    /// A light ground behind what is about to be written.
    pub(super) fn shade(&mut self, height: f32) {
        let (y, width) = (self.y(height), self.format.room());
        let page = self.page();
        page.save_state().set_fill_gray(0.92).rect(MARGIN, y, width, height).fill_nonzero();
        page.restore_state();
    }

    /// The foot of every page: a text, and which page of how many.
    pub(super) fn number_pages(&mut self, footer: &[u8]) {
        let font = Font::plain(8.0);
        let count = self.pages.len();
        let right = self.format.width - MARGIN;
        for (place, page) in self.pages.iter_mut().enumerate() {
            let number = format!("Halaman {} dari {count}", place + 1).into_bytes();
            let x = right - font.width(&number);
            let footer = font.wrap(footer, x - MARGIN - 10.0).swap_remove(0);
            put(page, MARGIN, MARGIN, font, &footer);
            put(page, x, MARGIN, font, &number);
        }
    }

    fn y(&self, below: f32) -> f32 {
        self.format.height - MARGIN - self.used - below
    }

    fn page(&mut self) -> &mut Content {
        let last = self.pages.len() - 1;
        &mut self.pages[last]
    }
}

fn put(page: &mut Content, x: f32, y: f32, font: Font, text: &[u8]) {
    if text.is_empty() {
        return;
    }
    page.begin_text().set_font(font.face.resource(), font.size);
    page.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]).show(Str(text)).end_text();
}
