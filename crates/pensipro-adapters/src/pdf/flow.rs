//! Blocks, one below another.

use pensipro_kernel::document::{Block, Document, Fact, Signature};

use super::{
    canvas::{Canvas, Format},
    font::{Font, encode},
    table,
};

const BODY: Font = Font::plain(10.0);
const STRONG: Font = Font::bold(10.0);
const HEADING: Font = Font::bold(11.0);
const TITLE: Font = Font::bold(14.0);
/// Between blocks.
const GAP: f32 = 7.0;
/// Where the text beside a mark begins.
const INDENT: f32 = 20.0;
/// Room for a hand to sign.
const SIGNING: f32 = 58.0;

/// The pages of a paper.
pub(super) fn lay_out(document: &Document) -> Canvas {
    let mut canvas = Canvas::new(format(document));
    letterhead(&mut canvas, &document.letterhead);
    for block in &document.blocks {
        write(&mut canvas, block);
    }
    canvas.number_pages(&encode(&document.footer));
    canvas
}

/// Across if any of its tables needs it.
fn format(document: &Document) -> Format {
    let formats = document.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table::format(table)),
        _ => None,
    });
    formats.fold(Format::PORTRAIT, |one, other| if other.width > one.width { other } else { one })
}

fn letterhead(canvas: &mut Canvas, lines: &[String]) {
    for (number, line) in lines.iter().enumerate() {
        let font = if number == 0 { HEADING } else { Font::plain(8.5) };
        centred(canvas, font, line);
    }
    if !lines.is_empty() {
        canvas.advance(4.0);
        canvas.rule(0.0, 0.0, canvas.format.room(), 1.0);
        canvas.advance(10.0);
    }
}

fn write(canvas: &mut Canvas, block: &Block) {
    if *block == Block::PageBreak {
        if !canvas.is_fresh() {
            canvas.turn();
        }
        return;
    }
    canvas.gap(GAP);
    match block {
        Block::Title(text) => centred(canvas, TITLE, text),
        Block::Heading(text) => heading(canvas, text),
        Block::Paragraph(text) => running(canvas, 0.0, text),
        Block::Item { mark, text } => item(canvas, mark, text),
        Block::Facts(facts) => self::facts(canvas, facts),
        Block::Table(table) => table::write(canvas, table),
        Block::Signatures(signatures) => self::signatures(canvas, signatures),
        Block::PageBreak => {}
    }
}

fn centred(canvas: &mut Canvas, font: Font, text: &str) {
    let room = canvas.format.room();
    for line in font.wrap(&encode(text), room) {
        put(canvas, (room - font.width(&line)) / 2.0, font, &line);
    }
}

/// With at least two lines of what follows.
fn heading(canvas: &mut Canvas, text: &str) {
    let lines = HEADING.wrap(&encode(text), canvas.format.room());
    let height = lines.len() as f32 * HEADING.leading();
    canvas.keep(GAP + height + GAP + 2.0 * BODY.leading());
    canvas.gap(GAP);
    for line in lines {
        put(canvas, 0.0, HEADING, &line);
    }
}

fn running(canvas: &mut Canvas, x: f32, text: &str) {
    for paragraph in text.lines() {
        for line in BODY.wrap(&encode(paragraph), canvas.format.room() - x) {
            put(canvas, x, BODY, &line);
        }
    }
}

fn item(canvas: &mut Canvas, mark: &str, text: &str) {
    canvas.keep(BODY.leading());
    canvas.text(0.0, 0.0, BODY, &encode(mark));
    running(canvas, INDENT, text);
}

fn facts(canvas: &mut Canvas, facts: &[Fact]) {
    let half = canvas.format.room() / 2.0;
    let widest = facts.iter().map(|fact| BODY.width(&encode(&fact.name))).fold(0.0, f32::max);
    let colon = widest.min(half) + 8.0;
    for Fact { name, value } in facts {
        let names = BODY.wrap(&encode(name), half);
        let values = STRONG.wrap(&encode(&value.printed()), canvas.format.room() - colon - 8.0);
        let height = names.len().max(values.len()) as f32 * BODY.leading();
        canvas.keep(height);
        let below = |number: usize| number as f32 * BODY.leading();
        for (number, line) in names.iter().enumerate() {
            canvas.text(0.0, below(number), BODY, line);
        }
        canvas.text(colon, 0.0, BODY, b":");
        for (number, line) in values.iter().enumerate() {
            canvas.text(colon + 8.0, below(number), STRONG, line);
        }
        canvas.advance(height);
    }
}

fn signatures(canvas: &mut Canvas, signatures: &[Signature]) {
    let width = canvas.format.room() / signatures.len().max(1) as f32;
    canvas.keep(2.0 * BODY.leading() + SIGNING);
    for (number, signature) in signatures.iter().enumerate() {
        let x = number as f32 * width;
        let middle = |text: &[u8]| x + (width - BODY.width(text)) / 2.0;
        let role = encode(&signature.role);
        canvas.text(middle(&role), 0.0, BODY, &role);
        let below = BODY.leading() + SIGNING;
        canvas.rule(x + 15.0, below, width - 30.0, 0.5);
        let name = encode(&signature.name);
        canvas.text(middle(&name), below + 2.0, BODY, &name);
    }
    canvas.advance(2.0 * BODY.leading() + SIGNING);
}

/// A line of its own; on a new page where this one is full.
fn put(canvas: &mut Canvas, x: f32, font: Font, line: &[u8]) {
    canvas.keep(font.leading());
    canvas.text(x, 0.0, font, line);
    canvas.advance(font.leading());
}
