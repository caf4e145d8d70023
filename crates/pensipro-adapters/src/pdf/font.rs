//! The two faces that print uses. They are of the fourteen that every reader has, so that a file
//! carries none; their text is Windows-1252, which holds what Indonesian is written with.

use encoding_rs::WINDOWS_1252;
use pdf_writer::Name;

/// A face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Face {
    Plain,
    Bold,
}

/// A face at a size, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    pub(super) face: Face,
    pub(super) size: f32,
}

impl Face {
    pub(super) const ALL: [Self; 2] = [Self::Plain, Self::Bold];

    /// What pages call it.
    pub(super) const fn resource(self) -> Name<'static> {
        match self {
            Self::Plain => Name(b"F1"),
            Self::Bold => Name(b"F2"),
        }
    }

    /// What readers know it as.
    pub(super) const fn base(self) -> Name<'static> {
        match self {
            Self::Plain => Name(b"Helvetica"),
            Self::Bold => Name(b"Helvetica-Bold"),
        }
    }

    const fn widths(self) -> &'static [u16; 224] {
        match self {
            Self::Plain => &PLAIN,
            Self::Bold => &BOLD,
        }
    }
}

impl Font {
    pub(super) const fn plain(size: f32) -> Self {
        Self { face: Face::Plain, size }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self { face: Face::Bold, size }
    }

    /// From one line to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.35
    }

    /// How wide a text is, in points.
    pub(super) fn width(self, text: &[u8]) -> f32 {
        let widths = self.face.widths();
        let of = |byte: &u8| byte.checked_sub(32).map_or(0, |place| widths[usize::from(place)]);
        let thousandths: u32 = text.iter().map(|byte| u32::from(of(byte))).sum();
        thousandths as f32 * self.size / 1000.0
    }

    /// The width of the longest word.
    pub(super) fn longest_word(self, text: &[u8]) -> f32 {
        text.split(|byte| *byte == b' ').map(|word| self.width(word)).fold(0.0, f32::max)
    }

    /// A text in lines no wider than `room`: broken at spaces, and within a word that alone is wider.
    pub(super) fn wrap(self, text: &[u8], room: f32) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        let mut line: Vec<u8> = Vec::new();
        for word in text.split(|byte| *byte == b' ').filter(|word| !word.is_empty()) {
            let longer = [&line[..], if line.is_empty() { b"" } else { b" " }, word].concat();
            if self.width(&longer) <= room {
                line = longer;
                continue;
            }
            if !line.is_empty() {
                lines.push(std::mem::take(&mut line));
            }
            line = self.broken(word, room, &mut lines);
        }
        lines.push(line);
        lines
    }

    /// Breaks a word over as many lines as it needs, and gives its last part.
    fn broken(self, word: &[u8], room: f32, lines: &mut Vec<Vec<u8>>) -> Vec<u8> {
        let mut part = Vec::new();
        for byte in word {
            part.push(*byte);
            if part.len() > 1 && self.width(&part) > room {
                part.pop();
                lines.push(std::mem::replace(&mut part, vec![*byte]));
            }
        }
        part
    }
}

/// A text in the faces' encoding; what they do not have becomes a question mark.
pub(super) fn encode(text: &str) -> Vec<u8> {
    let mut buffer = [0; 4];
    let mut encoded = Vec::with_capacity(text.len());
    for character in text.chars() {
        if character.is_control() {
            encoded.push(b' ');
            continue;
        }
        let (bytes, _, unknown) = WINDOWS_1252.encode(character.encode_utf8(&mut buffer));
        if unknown { encoded.push(b'?') } else { encoded.extend_from_slice(&bytes) }
    }
    encoded
}

/// Thousandths of the size that each character from 32 takes, as Adobe's metrics of Helvetica give
/// them for Windows-1252.
#[rustfmt::skip]
const PLAIN: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

#[rustfmt::skip]
const BOLD: [u16; 224] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
    975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
    333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
    611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 350,
    556, 350, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
    611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
];

#[cfg(test)]
mod tests {
    use super::*;

    const TEN: Font = Font::plain(10.0);

    fn lines(text: &str, room: f32) -> Vec<String> {
        let lines = TEN.wrap(&encode(text), room);
        lines.into_iter().map(|line| String::from_utf8(line).unwrap()).collect()
    }

    #[test]
    fn figures_are_all_of_one_width() {
        let digits: Vec<_> = (b'0'..=b'9').map(|digit| TEN.width(&[digit])).collect();
        assert!(digits.iter().all(|width| *width == 5.56));
        assert!(Font::bold(10.0).width(b"Pasal") > TEN.width(b"Pasal"));
    }

    #[test]
    fn lines_break_at_spaces_and_too_long_words_within() {
        assert_eq!(lines("satu dua  tiga", 45.0), ["satu dua", "tiga"]);
        assert_eq!(lines("1234567", 23.0), ["1234", "567"]);
        assert_eq!(lines("", 10.0), [""]);
    }

    #[test]
    fn what_the_faces_do_not_have_is_marked() {
        assert_eq!(encode("café – 5 €"), b"caf\xe9 \x96 5 \x80");
        assert_eq!(encode("名\ta"), b"? a");
    }
}
