//! What an uploaded file is, by its content and never by its name.

use pensipro_kernel::{Class, DomainError, ErrorKind, codes};

codes! {
    /// A kind of file that is taken.
    pub enum ContentType {
        /// A PDF document.
        Pdf = "application/pdf",
        /// A JPEG picture.
        Jpeg = "image/jpeg",
        /// A PNG picture.
        Png = "image/png",
    }
}

impl ContentType {
    /// The ending of a file's name on download.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }
}

/// How large uploads may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadPolicy {
    /// Bytes of a file.
    pub max_bytes: usize,
    /// Pixels of a picture: a small file can unfold to gigabytes.
    pub max_pixels: u64,
}

impl Default for UploadPolicy {
    /// 10 MiB and 100 million pixels.
    fn default() -> Self {
        Self { max_bytes: 10 * 1024 * 1024, max_pixels: 100_000_000 }
    }
}

/// Why a file is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileRefusal {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// More bytes than allowed.
    #[error("the file is larger than {max_bytes} bytes")]
    TooLarge {
        /// The bytes allowed.
        max_bytes: usize,
    },
    /// Neither PDF nor JPEG nor PNG.
    #[error("the file is no PDF, JPEG or PNG by its content")]
    Unsupported,
    /// Begins like one, but is not whole.
    #[error("the file begins as {} but {what}", .content.code())]
    Damaged {
        /// What it begins as.
        content: ContentType,
        /// What is wrong.
        what: &'static str,
    },
    /// More pixels than allowed.
    #[error("the picture is {width} by {height} pixels, which is too large")]
    ImageTooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// A PDF that runs a script or a program.
    #[error("the PDF holds a script or starts a program")]
    ActiveContent,
}

impl FileRefusal {
    pub(crate) const EMPTY: ErrorKind =
        ErrorKind::new("empty_file", Class::Refused, "The file is empty");
    pub(crate) const TOO_LARGE: ErrorKind =
        ErrorKind::new("file_too_large", Class::TooLarge, "The file is too large");
    pub(crate) const UNSUPPORTED: ErrorKind =
        ErrorKind::new("unsupported_file_type", Class::WrongType, "Not a PDF, JPEG or PNG");
    pub(crate) const DAMAGED: ErrorKind =
        ErrorKind::new("damaged_file", Class::Refused, "The file is not whole");
    pub(crate) const IMAGE_TOO_LARGE: ErrorKind =
        ErrorKind::new("image_too_large", Class::Refused, "The picture has too many pixels");
    pub(crate) const ACTIVE_CONTENT: ErrorKind =
        ErrorKind::new("active_content", Class::Refused, "The PDF holds a script");
}

impl DomainError for FileRefusal {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Empty => Self::EMPTY,
            Self::TooLarge { .. } => Self::TOO_LARGE,
            Self::Unsupported => Self::UNSUPPORTED,
            Self::Damaged { .. } => Self::DAMAGED,
            Self::ImageTooLarge { .. } => Self::IMAGE_TOO_LARGE,
            Self::ActiveContent => Self::ACTIVE_CONTENT,
        }
    }
}

const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG_START: &[u8] = &[0xff, 0xd8];

/// Tells what a file is, and refuses what is empty, too large, of another type, or only looks like
/// one of these: a PDF has objects, a cross-reference and an end; a picture's segments are walked
/// to the end and its size is sane.
pub fn inspect(bytes: &[u8], policy: &UploadPolicy) -> Result<ContentType, FileRefusal> {
    if bytes.is_empty() {
        return Err(FileRefusal::Empty);
    }
    if bytes.len() > policy.max_bytes {
        return Err(FileRefusal::TooLarge { max_bytes: policy.max_bytes });
    }
    if bytes.starts_with(b"%PDF-") {
        return pdf(bytes).map(|()| ContentType::Pdf);
    }
    let (content, size) = if let Some(chunks) = bytes.strip_prefix(PNG_SIGNATURE) {
        (ContentType::Png, png(chunks))
    } else if let Some(segments) = bytes.strip_prefix(JPEG_START) {
        (ContentType::Jpeg, jpeg(segments))
    } else {
        return Err(FileRefusal::Unsupported);
    };
    let (width, height) = size.map_err(|what| FileRefusal::Damaged { content, what })?;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    match pixels {
        0 => Err(FileRefusal::Damaged { content, what: "has no pixels" }),
        pixels if pixels > policy.max_pixels => Err(FileRefusal::ImageTooLarge { width, height }),
        _ => Ok(content),
    }
}

fn pdf(bytes: &[u8]) -> Result<(), FileRefusal> {
    let damaged = |what| Err(FileRefusal::Damaged { content: ContentType::Pdf, what });
    let version = bytes.get(5..8).is_some_and(
        |text| matches!(text, [major, b'.', minor] if major.is_ascii_digit() && minor.is_ascii_digit()),
    );
    if !version {
        return damaged("has no version");
    }
    // The standard lets readers look for the end in the last kilobyte.
    let tail = bytes.get(bytes.len().saturating_sub(1024)..).unwrap_or(bytes);
    if !holds(tail, b"%%EOF") {
        return damaged("has no end");
    }
    if cross_reference(tail).is_none_or(|offset| offset >= bytes.len()) {
        return damaged("has no cross-reference");
    }
    if !holds(bytes, b" obj") || !holds(bytes, b"endobj") {
        return damaged("has no objects");
    }
    if bytes.split(|byte| *byte == b'/').skip(1).any(is_active_name) {
        return Err(FileRefusal::ActiveContent);
    }
    Ok(())
}

/// True for a name that makes a reader act, however its letters are written: `#61` is an `a`.
fn is_active_name(after_slash: &[u8]) -> bool {
    [b"JavaScript".as_slice(), b"Launch"].iter().any(|name| {
        let mut rest = after_slash;
        name.iter().all(|letter| {
            let plain = rest.split_first().filter(|(first, _)| *first == letter);
            let after = plain.map(|(_, after)| after).or_else(|| match rest {
                [b'#', high, low, after @ ..] => {
                    let digits = [char::from(*high), char::from(*low)];
                    let value = digits.map(|digit| digit.to_digit(16));
                    let value = value[0]?.checked_mul(16)?.checked_add(value[1]?)?;
                    (value == u32::from(*letter)).then_some(after)
                }
                _ => None,
            });
            rest = after.unwrap_or_default();
            after.is_some()
        })
    })
}

/// The offset that the last `startxref` names.
fn cross_reference(tail: &[u8]) -> Option<usize> {
    const MARK: &[u8] = b"startxref";
    let at = tail.windows(MARK.len()).rposition(|window| window == MARK)?;
    let after = tail.get(at.checked_add(MARK.len())?..)?.trim_ascii_start();
    let digits: Vec<u8> = after.iter().copied().take_while(u8::is_ascii_digit).collect();
    String::from_utf8(digits).ok()?.parse().ok()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

/// Walks a PNG's chunks: `IHDR` first, some `IDAT`, `IEND` last. Width and height in pixels.
fn png(chunks: &[u8]) -> Result<(u32, u32), &'static str> {
    const CUT: &str = "ends too early";
    let (kind, header, mut rest) = png_chunk(chunks).ok_or(CUT)?;
    let size = match header {
        [w1, w2, w3, w4, h1, h2, h3, h4, depth, colour, 0, 0, 0 | 1] if kind == *b"IHDR" => {
            if !png_depth_fits(*depth, *colour) {
                return Err("has an impossible colour depth");
            }
            (u32::from_be_bytes([*w1, *w2, *w3, *w4]), u32::from_be_bytes([*h1, *h2, *h3, *h4]))
        }
        _ => return Err("has no header"),
    };
    let mut pixels = false;
    loop {
        let (kind, _, after) = png_chunk(rest).ok_or(CUT)?;
        match &kind {
            b"IEND" if pixels => return Ok(size),
            b"IEND" => return Err("holds no picture"),
            b"IDAT" => pixels = true,
            _ => {}
        }
        rest = after;
    }
}

/// The first chunk's kind and data, and what follows its checksum.
fn png_chunk(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (kind, rest) = rest.split_first_chunk::<4>()?;
    let (data, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    let (_checksum, rest) = rest.split_first_chunk::<4>()?;
    Some((*kind, data, rest))
}

const fn png_depth_fits(depth: u8, colour: u8) -> bool {
    match colour {
        0 => matches!(depth, 1 | 2 | 4 | 8 | 16),
        3 => matches!(depth, 1 | 2 | 4 | 8),
        2 | 4 | 6 => matches!(depth, 8 | 16),
        _ => false,
    }
}

/// Walks a JPEG's segments up to the scan, then looks for its end. Width and height in pixels.
fn jpeg(segments: &[u8]) -> Result<(u32, u32), &'static str> {
    let mut rest = segments;
    let mut size = None;
    loop {
        match rest {
            [0xff, 0xff, ..] => rest = rest.get(1..).unwrap_or_default(),
            [0xff, 0xda, scan @ ..] => {
                let ends = holds(scan, &[0xff, 0xd9]);
                let size = size.ok_or("has no frame before its scan")?;
                return if ends { Ok(size) } else { Err("has no end") };
            }
            [0xff, marker, high, low, after @ ..] => {
                let length = usize::from(u16::from_be_bytes([*high, *low]));
                let data = length.checked_sub(2).ok_or("has a segment without length")?;
                let (data, next) = after.split_at_checked(data).ok_or("ends too early")?;
                if is_frame(*marker) {
                    size = Some(frame_size(data).ok_or("has a broken frame")?);
                }
                rest = next;
            }
            _ => return Err("has no scan"),
        }
    }
}

/// Start-of-frame markers; C4, C8 and CC in their range are tables and a reserved code.
const fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

fn frame_size(data: &[u8]) -> Option<(u32, u32)> {
    match data {
        [_precision, h1, h2, w1, w2, _components, ..] => Some((
            u32::from(u16::from_be_bytes([*w1, *w2])),
            u32::from(u16::from_be_bytes([*h1, *h2])),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn look(bytes: &[u8]) -> Result<ContentType, &'static str> {
        inspect(bytes, &UploadPolicy::default()).map_err(|refusal| refusal.kind().code)
    }

    fn pdf_file(body: &str) -> Vec<u8> {
        let head = format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog {body} >>\nendobj\n");
        let at = head.len();
        let tail = "xref\n0 1\n0000000000 65535 f \ntrailer\n<< /Root 1 0 R >>\nstartxref\n";
        format!("{head}{tail}{at}\n%%EOF\n").into_bytes()
    }

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        let length = u32::try_from(data.len()).unwrap().to_be_bytes();
        [&length, kind.as_slice(), data, &[0; 4]].concat()
    }

    fn png_file(width: u32, height: u32) -> Vec<u8> {
        let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
        [PNG_SIGNATURE, &chunk(b"IHDR", &header), &chunk(b"IDAT", b"x"), &chunk(b"IEND", b"")]
            .concat()
    }

    fn jpeg_file(width: u16, height: u16) -> Vec<u8> {
        let [h1, h2] = height.to_be_bytes();
        let [w1, w2] = width.to_be_bytes();
        [
            JPEG_START,
            &[0xff, 0xe0, 0, 4, b'J', b'F'],
            &[0xff, 0xff, 0xc0, 0, 8, 8, h1, h2, w1, w2, 3],
            &[0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9],
        ]
        .concat()
    }

    #[test]
    fn whole_files_are_told_by_content() {
        assert_eq!(look(&pdf_file("")), Ok(ContentType::Pdf));
        assert_eq!(look(&png_file(640, 480)), Ok(ContentType::Png));
        assert_eq!(look(&jpeg_file(640, 480)), Ok(ContentType::Jpeg));
    }

    #[test]
    fn what_only_looks_like_a_document_is_refused() {
        assert_eq!(look(b""), Err("empty_file"));
        for other in [
            b"<html><script>alert(1)</script></html>".as_slice(),
            b"#!/bin/sh\nrm -rf /\n",
            b"MZ\x90\0",
            b"GIF89a",
            b" %PDF-1.4",
        ] {
            assert_eq!(look(other), Err("unsupported_file_type"));
        }
        for script in [
            b"%PDF-1.4\n<script>alert(1)</script>".as_slice(),
            b"%PDF-x.y\n1 0 obj endobj startxref\n9\n%%EOF",
            b"%PDF-1.4\n<script></script>\nstartxref\n9\n%%EOF",
            b"%PDF-1.4\n1 0 obj\nendobj\nstartxref\n99999\n%%EOF",
        ] {
            assert_eq!(look(script), Err("damaged_file"));
        }
        assert_eq!(look(&pdf_file("/OpenAction << /S /JavaScript >>")), Err("active_content"));
        assert_eq!(look(&pdf_file("/A << /S /Launch >>")), Err("active_content"));
        assert_eq!(look(&pdf_file("/A << /S /J#61v#61Scr#69pt >>")), Err("active_content"));
        assert_eq!(look(&pdf_file("/Title (Java) /Author /Lau#6Fch")), Ok(ContentType::Pdf));
    }

    #[test]
    fn pictures_are_bounded_in_pixels_and_bytes() {
        assert_eq!(look(&png_file(50_000, 50_000)), Err("image_too_large"));
        assert_eq!(look(&jpeg_file(50_000, 50_000)), Err("image_too_large"));
        assert_eq!(look(&png_file(0, 10)), Err("damaged_file"));
        let small = UploadPolicy { max_bytes: 10, ..UploadPolicy::default() };
        let refusal = FileRefusal::TooLarge { max_bytes: 10 };
        assert_eq!(inspect(&png_file(1, 1), &small), Err(refusal));
    }

    #[test]
    fn a_cut_file_is_damaged_wherever_it_is_cut() {
        for whole in [png_file(4, 4), jpeg_file(4, 4)] {
            for end in 8..whole.len() {
                assert_eq!(look(&whole[..end]), Err("damaged_file"), "{end} of {}", whole.len());
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_behind_a_signature_are_judged(
            head in prop::sample::select(vec![PNG_SIGNATURE, JPEG_START, b"%PDF-1.7"]),
            body: Vec<u8>,
        ) {
            let _ = look(&[head, &body].concat());
        }
    }
}
