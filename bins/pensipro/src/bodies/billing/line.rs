//! Bodies of the lines of imports, and of a member's cuts.

use pensipro_billing::{Given, ImportLine, MemberCut, OutcomeKind, Split, StoredLine};
use pensipro_kernel::{ImportId, ImportLineId, LoanId, Money, PaymentId, Period};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A line of a realisation file with its outcome.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// Its number in the interface: the import's id · 10^7 + the line's number.
    pub id: Option<i64>,
    /// Its import.
    pub import_id: i64,
    /// Its import's month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// Its number in the file, titles and header counted.
    pub line_no: u32,
    /// As the payer wrote it.
    pub reference: Option<String>,
    /// As the payer wrote it.
    pub no_pensiun: Option<String>,
    /// The middle hidden: `3173********0001`.
    pub nik: Option<String>,
    /// Its amount; `null` if it cannot be read.
    #[schema(value_type = Option<String>, example = "1500000.00")]
    pub amount: Option<Money>,
    /// What was billed on the line that it answers to.
    #[schema(value_type = String, example = "1500000.00")]
    pub billed: Money,
    /// All that was cut for that line so far, less what was billed.
    #[schema(value_type = String, example = "0.00")]
    pub difference: Money,
    /// `matched`, `partial`, `over`, `failed`, `unmatched`, `duplicate` or `invalid`.
    pub outcome: &'static str,
    /// Why, as a stable code.
    pub reason: Option<&'static str>,
    /// The payer's own words on why.
    pub payer_reason: Option<String>,
    /// Of the amount: on the loan's account.
    #[schema(value_type = String)]
    pub applied: Money,
    /// Of the amount: to be paid back.
    #[schema(value_type = String)]
    pub to_refund: Money,
    /// Of the amount: waiting for a decision.
    #[schema(value_type = String)]
    pub held: Money,
    /// The loan that it answers to.
    pub loan_id: Option<i64>,
    /// The payment that it became.
    pub payment_id: Option<i64>,
}

impl From<StoredLine> for LineBody {
    fn from(stored: StoredLine) -> Self {
        let id = stored.id().map(ImportLineId::get);
        let StoredLine { import_id, periode, line } = stored;
        let ImportLine {
            line_no,
            given: Given { reference, no_pensiun, nik, reason: payer_reason },
            keys: _,
            periode: _,
            key: _,
            amount,
            billed,
            difference,
            outcome,
            split: Split { applied, to_refund, held },
            export_line: _,
            loan_id,
            member_id: _,
            payment_id,
        } = line;
        Self {
            id,
            import_id: import_id.get(),
            periode,
            line_no,
            reference: reference.map(String::from),
            no_pensiun: no_pensiun.map(String::from),
            nik: nik.as_deref().map(masked),
            amount,
            billed,
            difference,
            outcome: outcome.kind().code(),
            reason: outcome.reason(),
            payer_reason: payer_reason.map(String::from),
            applied,
            to_refund,
            held,
            loan_id: loan_id.map(LoanId::get),
            payment_id: payment_id.map(PaymentId::get),
        }
    }
}

/// The first and the last four characters of what should be a NIK; nothing of what is shorter.
fn masked(nik: &str) -> String {
    let characters: Vec<char> = nik.chars().collect();
    let shown = |at: usize| characters.len() >= 16 && (at < 4 || at + 4 >= characters.len());
    characters.iter().enumerate().map(|(at, c)| if shown(at) { *c } else { '*' }).collect()
}

/// Which lines of an import.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LineQuery {
    /// `matched`, `partial`, `over`, `failed`, `unmatched`, `duplicate` or `invalid`.
    #[param(value_type = Option<String>)]
    pub outcome: Option<OutcomeKind>,
}

/// Which month's lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct UnmatchedQuery {
    /// The month.
    #[param(value_type = String)]
    pub periode: Period,
}

/// A month's cut of a member.
#[derive(Debug, Serialize, ToSchema)]
pub struct CutBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// Who was billed.
    pub payer: &'static str,
    /// The line's reference.
    pub reference: String,
    /// The loan.
    pub loan_id: i64,
    /// What was billed.
    #[schema(value_type = String, example = "1500000.00")]
    pub billed: Money,
    /// What was cut.
    #[schema(value_type = String, example = "1500000.00")]
    pub paid: Money,
    /// The latest outcome; `null` while the payer has not answered.
    pub outcome: Option<&'static str>,
    /// The import of that outcome.
    pub import_id: Option<i64>,
}

impl From<MemberCut> for CutBody {
    fn from(cut: MemberCut) -> Self {
        let MemberCut { periode, payer, reference, loan_id, billed, paid, outcome, import_id } =
            cut;
        Self {
            periode,
            payer: payer.code(),
            reference: reference.to_string(),
            loan_id: loan_id.get(),
            billed,
            paid,
            outcome: outcome.map(OutcomeKind::code),
            import_id: import_id.map(ImportId::get),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_nik_is_hidden_whatever_was_written() {
        assert_eq!(masked("3173051201500001"), "3173********0001");
        assert_eq!(masked("'3173051201500001"), "'317*********0001");
        assert_eq!(masked("317305"), "******");
        assert_eq!(masked(""), "");
    }
}
