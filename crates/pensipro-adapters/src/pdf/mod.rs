//! Papers as PDF: A4, Helvetica, page numbers. The same description gives the same bytes.

mod canvas;
mod flow;
mod font;
mod table;
#[cfg(test)]
mod tests;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use pensipro_kernel::document::Document;

use self::{canvas::Format, font::Face};

/// Writes a paper. Wide tables turn it across; text that Windows-1252 does not have is printed as
/// question marks. In memory: a page takes about 2 KB.
pub fn write_pdf(document: &Document) -> Vec<u8> {
    let canvas = flow::lay_out(document);
    let mut pdf = Pdf::new();
    let (catalog, tree, info) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let font = |place: usize| numbered(4 + place);
    let page = |place: usize| numbered(4 + Face::ALL.len() + 2 * place);
    pdf.catalog(catalog).pages(tree).lang(TextStr("id"));
    pdf.document_info(info).title(TextStr(&document.title)).producer(TextStr("PensiPro"));
    for (place, face) in Face::ALL.into_iter().enumerate() {
        let mut written = pdf.type1_font(font(place));
        written.base_font(face.base()).encoding_predefined(Name(b"WinAnsiEncoding"));
    }
    let count = canvas.pages.len();
    pdf.pages(tree).kids((0..count).map(page)).count(i32::try_from(count).unwrap_or(i32::MAX));
    let format = canvas.format;
    for (place, content) in canvas.pages.into_iter().enumerate() {
        let id = page(place);
        let mut written = pdf.page(id);
        written.parent(tree).media_box(media_box(format)).contents(next(id));
        let mut resources = written.resources();
        let mut fonts = resources.fonts();
        for (place, face) in Face::ALL.into_iter().enumerate() {
            fonts.pair(face.resource(), font(place));
        }
        fonts.finish();
        resources.finish();
        written.finish();
        write_content(&mut pdf, next(id), content);
    }
    pdf.finish()
}

fn write_content(pdf: &mut Pdf, id: Ref, content: Content) {
    let bytes = compress_to_vec_zlib(content.finish().as_slice(), 6);
    pdf.stream(id, &bytes).filter(Filter::FlateDecode);
}

fn media_box(format: Format) -> Rect {
    Rect::new(0.0, 0.0, format.width, format.height)
}

fn numbered(number: usize) -> Ref {
    Ref::new(i32::try_from(number).unwrap_or(i32::MAX))
}

fn next(id: Ref) -> Ref {
    Ref::new(id.get() + 1)
}
