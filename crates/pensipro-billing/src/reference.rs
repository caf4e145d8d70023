//! What a billed line is called, in our file and in the payer's answer.

use std::{fmt, str::FromStr};

use pensipro_kernel::{ExportId, ImportId, ImportLineId, LoanId, Period};

/// A line's reference, `PC-2026-10-000021`: the month and the loan. It is the same in superseded and
/// live exports, so that an answer to an older file still finds the live line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The month billed.
    pub periode: Period,
    /// The loan billed.
    pub loan_id: LoanId,
}

/// A text that is no reference of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a reference is such as PC-2026-10-000021")]
pub struct ReferenceError;

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PC-{}-{:06}", self.periode, self.loan_id.get())
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    /// Reads the reference in either case of letters and with or without leading zeros.
    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (prefix, rest) = text.split_at_checked(3).ok_or(ReferenceError)?;
        let (periode, number) = rest.split_at_checked(7).ok_or(ReferenceError)?;
        let digits = number.strip_prefix('-').ok_or(ReferenceError)?;
        if !prefix.eq_ignore_ascii_case("PC-") || !digits.bytes().all(|byte| byte.is_ascii_digit())
        {
            return Err(ReferenceError);
        }
        let periode = periode.parse().map_err(|_| ReferenceError)?;
        match digits.parse() {
            Ok(id) if id > 0 => Ok(Self { periode, loan_id: LoanId::new(id) }),
            Ok(_) | Err(_) => Err(ReferenceError),
        }
    }
}

/// A line of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportLineId {
    /// The export.
    pub export_id: ExportId,
    /// The line in it, from 1.
    pub line_no: u32,
}

/// Lines of one file, and the step between the ids of two imports.
pub const MAX_LINES: u32 = 9_999_999;
const LINE_STEP: i64 = 10_000_000;

/// The interface's number of an import's line: import id · 10^7 + line number. `None` where the line
/// number is 0 or past [`MAX_LINES`], or the number does not fit.
pub fn import_line_id(import: ImportId, line_no: u32) -> Option<ImportLineId> {
    if line_no == 0 || line_no > MAX_LINES {
        return None;
    }
    import.get().checked_mul(LINE_STEP)?.checked_add(line_no.into()).map(ImportLineId::new)
}

/// The import and the line number that an id stands for; `None` for a number that is no line's.
pub fn split_import_line_id(id: ImportLineId) -> Option<(ImportId, u32)> {
    let line_no = u32::try_from(id.get().checked_rem(LINE_STEP)?).ok().filter(|no| *no > 0)?;
    let import = id.get().checked_div(LINE_STEP).filter(|import| *import > 0)?;
    Some((ImportId::new(import), line_no))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn references_are_read_with_and_without_zeros() {
        let reference: Reference = "PC-2026-10-000021".parse().unwrap();
        assert_eq!(reference.loan_id, LoanId::new(21));
        assert_eq!(reference.to_string(), "PC-2026-10-000021");
        assert_eq!("pc-2026-10-21".parse(), Ok(reference));
        for text in ["", "PC-2026-13-000001", "PC-2026-10-", "PC-2026-10-0", "PC-2026-10-+1"] {
            assert_eq!(text.parse::<Reference>(), Err(ReferenceError), "{text}");
        }
        assert_eq!("PC-2026-10-99999999999999999999".parse::<Reference>(), Err(ReferenceError));
        assert_eq!("LN-2026-10-000001".parse::<Reference>(), Err(ReferenceError));
    }

    #[test]
    fn line_ids_fold_and_unfold() {
        let id = import_line_id(ImportId::new(12), 345).unwrap();
        assert_eq!(id, ImportLineId::new(120_000_345));
        assert_eq!(split_import_line_id(id), Some((ImportId::new(12), 345)));
        assert_eq!(import_line_id(ImportId::new(12), 0), None);
        assert_eq!(import_line_id(ImportId::new(12), 10_000_000), None);
        assert_eq!(import_line_id(ImportId::new(i64::MAX), 1), None);
        for id in [0, -5, 7, 10_000_000] {
            assert_eq!(split_import_line_id(ImportLineId::new(id)), None, "{id}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_reference_or_none(text in "\\PC{0,24}") {
            let _ = text.parse::<Reference>();
        }
    }
}
