//! Rows of CSV files that spreadsheets open: quoted as RFC 4180 says, and never taken for formulas.

/// A cell of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell<'a> {
    /// Escaped by an apostrophe where a spreadsheet would take it for a formula.
    Text(&'a str),
    /// A number, which stays what it is, a negative one too.
    Number(&'a str),
}

/// Writes a row and its line end (CRLF).
pub fn write_row<'c>(
    out: &mut Vec<u8>,
    delimiter: char,
    cells: impl IntoIterator<Item = Cell<'c>>,
) {
    let mut buffer = [0; 4];
    let delimiter = delimiter.encode_utf8(&mut buffer);
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.extend_from_slice(delimiter.as_bytes());
        }
        cell.write(out, delimiter);
    }
    out.extend_from_slice(b"\r\n");
}

impl Cell<'_> {
    fn write(self, out: &mut Vec<u8>, delimiter: &str) {
        let (text, escape) = match self {
            Self::Text(text) => (text, text.starts_with(['=', '+', '-', '@', '\t', '\r'])),
            Self::Number(text) => (text, false),
        };
        let quoted = text.contains(['"', '\r', '\n']) || text.contains(delimiter);
        if quoted {
            out.push(b'"');
        }
        if escape {
            out.push(b'\'');
        }
        out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
        if quoted {
            out.push(b'"');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[Cell<'_>]) -> String {
        let mut out = Vec::new();
        write_row(&mut out, ';', cells.iter().copied());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let cells = [Cell::Text("Agus; alias \"Gus\""), Cell::Number("-5.00"), Cell::Text("")];
        assert_eq!(row(&cells), "\"Agus; alias \"\"Gus\"\"\";-5.00;\r\n");
    }

    #[test]
    fn no_text_begins_like_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"] {
            let row = row(&[Cell::Text(text)]);
            assert!(row.trim_start_matches('"').starts_with('\''), "{row:?}");
        }
    }
}
