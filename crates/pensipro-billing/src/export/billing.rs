//! The decision what is billed to whom: a function of a loan's facts.

use chrono::{Days, NaiveDate};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, TransactionId, codes};

use crate::{Arrears, BillingError, ExportLine, PayerProfile};

/// One instalment with something unpaid on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// The input that made the row.
    pub made_by: TransactionId,
    /// The instalment's number.
    pub no: u32,
    /// When it is due.
    pub due_date: NaiveDate,
    /// Unpaid principal, interest and fee of the row; above zero.
    pub owed: Money,
    /// Until when the payer's answer is awaited for a live export line of an earlier month that
    /// bills this row and has no outcome yet ([`BilledRow::hold_until`]); `None` if there is none.
    pub awaited_until: Option<NaiveDate>,
}

/// A loan that may be billed: active or in default, with its rows due up to the month's end that
/// have something unpaid, in order of due dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillableLoan {
    /// The loan.
    pub loan_id: LoanId,
    /// Its member.
    pub member_id: MemberId,
    /// How it is collected.
    pub collection: Collection,
    /// The live export that bills the loan for this month already.
    pub live_in: Option<ExportId>,
    /// The unpaid rows due up to the month's last day.
    pub rows: Vec<DueRow>,
}

codes! {
    /// How a loan is collected; the codes are those of the loan account.
    pub enum Collection {
        /// Cut from the pension.
        PensionCut = "pension_cut",
        /// Paid by heirs or insurance.
        Heir = "heir",
    }
}

/// A row of a schedule as it was billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BilledRow {
    /// The input that made the row.
    pub made_by: TransactionId,
    /// The instalment's number.
    pub no: u32,
    /// When it is due.
    pub due_date: NaiveDate,
    /// What of it was billed.
    pub amount: Money,
    /// The last day of its hold; a line that is superseded ends it earlier.
    pub hold_until: NaiveDate,
}

codes! {
    /// Why a loan that owes something is not on an export.
    pub enum LeftOutReason {
        /// Another live export bills it for the month.
        HeldByExport = "held_by_export",
        /// All it owes was billed before, and the payer's answer is still awaited.
        AwaitingAnswer = "awaiting_answer",
    }
}

/// A loan left out of an export, for the list that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// The loan.
    pub loan_id: LoanId,
    /// Why.
    pub reason: LeftOutReason,
    /// The export that holds it, where one does.
    pub held_by: Option<ExportId>,
}

/// The rules of one export.
#[derive(Debug, Clone, Copy)]
pub struct BillingRules<'a> {
    /// The month billed.
    pub periode: Period,
    /// Whether arrears are billed.
    pub arrears: Arrears,
    /// Remainders up to this are billed whatever [`Arrears`] says.
    pub tolerance: Money,
    /// When the payer pays, and how long its answer takes.
    pub profile: &'a PayerProfile,
    /// The business day of the export.
    pub today: NaiveDate,
}

/// The decisions over a chunk of loans.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bill {
    /// What is billed.
    pub lines: Vec<ExportLine>,
    /// What is left out and listed.
    pub left_out: Vec<LeftOut>,
}

impl BillingRules<'_> {
    /// Decides over a chunk of loans; its lines are numbered from `first_line_no`.
    pub fn bill(&self, loans: &[BillableLoan], first_line_no: u32) -> Result<Bill, BillingError> {
        let mut bill = Bill::default();
        let mut line_no = first_line_no;
        for loan in loans {
            match self.decide(loan, line_no)? {
                Decision::Billed(line) => {
                    bill.lines.push(line);
                    line_no = line_no.checked_add(1).ok_or(BillingError::TooManyLines)?;
                }
                Decision::LeftOut(left_out) => bill.left_out.push(left_out),
                Decision::Nothing => {}
            }
        }
        Ok(bill)
    }

    fn decide(&self, loan: &BillableLoan, line_no: u32) -> Result<Decision, BillingError> {
        let left_out = |reason| LeftOut { loan_id: loan.loan_id, reason, held_by: loan.live_in };
        let (wanted, awaited): (Vec<&DueRow>, Vec<&DueRow>) = match loan.collection {
            Collection::Heir => return Ok(Decision::Nothing),
            Collection::PensionCut => {
                loan.rows.iter().filter(|row| self.wants(row)).partition(|row| !self.awaits(row))
            }
        };
        if wanted.is_empty() && awaited.is_empty() {
            return Ok(Decision::Nothing);
        }
        if loan.live_in.is_some() {
            return Ok(Decision::LeftOut(left_out(LeftOutReason::HeldByExport)));
        }
        match self.line(loan, &wanted, line_no)? {
            Some(line) => Ok(Decision::Billed(line)),
            None => Ok(Decision::LeftOut(left_out(LeftOutReason::AwaitingAnswer))),
        }
    }

    /// What belongs on the month's bill: what falls due in it, arrears if asked, and remainders that
    /// were let pass as within the tolerance.
    fn wants(&self, row: &DueRow) -> bool {
        let earlier = row.due_date < self.periode.first_day();
        let due = row.due_date <= self.periode.last_day() && row.owed.is_positive();
        let arrears = self.arrears == Arrears::Include || row.owed <= self.tolerance;
        due && (!earlier || arrears)
    }

    /// True while the payer's answer to an earlier bill of the row may still come.
    fn awaits(&self, row: &DueRow) -> bool {
        row.awaited_until.is_some_and(|until| self.today <= until)
    }

    fn line(
        &self,
        loan: &BillableLoan,
        rows: &[&DueRow],
        line_no: u32,
    ) -> Result<Option<ExportLine>, BillingError> {
        let of_month = rows.iter().find(|row| self.periode.contains(row.due_date));
        let Some(named) = of_month.or_else(|| rows.first()) else { return Ok(None) };
        let amount = Money::checked_sum(rows.iter().map(|row| row.owed));
        Ok(Some(ExportLine {
            line_no,
            loan_id: loan.loan_id,
            member_id: loan.member_id,
            instalment_no: named.no,
            due_date: named.due_date,
            made_on: self.today,
            amount: amount.ok_or(BillingError::AmountOverflow)?,
            rows: rows.iter().map(|row| self.billed(row)).collect(),
        }))
    }

    fn billed(&self, row: &DueRow) -> BilledRow {
        let DueRow { made_by, no, due_date, owed, .. } = *row;
        let hold_until = hold_until(self.profile, self.periode, due_date);
        BilledRow { made_by, no, due_date, amount: owed, hold_until }
    }
}

enum Decision {
    Billed(ExportLine),
    LeftOut(LeftOut),
    Nothing,
}

/// Until when a row on a live export line is on hold (no penalty, reminder or default): the later of
/// its due date and the payer's pay day plus the days that its answer takes.
pub fn hold_until(profile: &PayerProfile, periode: Period, due_date: NaiveDate) -> NaiveDate {
    let answer = profile
        .pays_on(periode)
        .checked_add_days(Days::new(profile.realisation_days().into()))
        .unwrap_or(NaiveDate::MAX);
    due_date.max(answer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic;
    use proptest::prelude::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn row(no: u32, due: &str, sen: i64) -> DueRow {
        DueRow {
            made_by: TransactionId::new(1),
            no,
            due_date: date(due),
            owed: Money::from_sen(sen),
            awaited_until: None,
        }
    }

    fn loan(rows: Vec<DueRow>) -> BillableLoan {
        BillableLoan {
            loan_id: LoanId::new(21),
            member_id: MemberId::new(9),
            collection: Collection::PensionCut,
            live_in: None,
            rows,
        }
    }

    fn bill(arrears: Arrears, loan: BillableLoan) -> Bill {
        let profile = generic();
        let rules = BillingRules {
            periode: "2026-10".parse().unwrap(),
            arrears,
            tolerance: Money::from_sen(100_000),
            profile: &profile,
            today: date("2026-09-25"),
        };
        rules.bill(&[loan], 1).unwrap()
    }

    fn amount(bill: &Bill) -> Option<i64> {
        bill.lines.first().map(|line| line.amount.sen())
    }

    #[test]
    fn the_months_instalment_is_billed_and_arrears_only_if_asked() {
        let rows = || vec![row(3, "2026-09-05", 50_000_000), row(4, "2026-10-05", 70_000_000)];
        assert_eq!(amount(&bill(Arrears::Exclude, loan(rows()))), Some(70_000_000));
        let both = bill(Arrears::Include, loan(rows()));
        assert_eq!(amount(&both), Some(120_000_000));
        let line = &both.lines[0];
        assert_eq!((line.instalment_no, line.due_date), (4, date("2026-10-05")));
        assert_eq!((line.rows.len(), line.due_from()), (2, date("2026-09-05")));
        assert_eq!(line.reference("2026-10".parse().unwrap()).to_string(), "PC-2026-10-000021");
    }

    #[test]
    fn a_later_months_instalment_is_never_billed() {
        assert_eq!(bill(Arrears::Include, loan(vec![row(5, "2026-11-01", 1)])), Bill::default());
    }

    #[test]
    fn a_remainder_within_the_tolerance_is_always_billed() {
        let rows = vec![row(3, "2026-09-05", 100_000), row(4, "2026-10-05", 70_000_000)];
        assert_eq!(amount(&bill(Arrears::Exclude, loan(rows))), Some(70_100_000));
        let rows = vec![row(3, "2026-09-05", 100_001), row(4, "2026-10-05", 70_000_000)];
        assert_eq!(amount(&bill(Arrears::Exclude, loan(rows))), Some(70_000_000));
    }

    #[test]
    fn arrears_alone_name_the_oldest_unpaid_instalment() {
        let rows = vec![row(3, "2026-08-05", 5), row(4, "2026-09-05", 50_000_000)];
        let billed = bill(Arrears::Include, loan(rows));
        assert_eq!((billed.lines[0].instalment_no, amount(&billed)), (3, Some(50_000_005)));
    }

    #[test]
    fn a_row_whose_answer_is_awaited_is_not_billed_again() {
        let awaited =
            |until| DueRow { awaited_until: Some(date(until)), ..row(3, "2026-09-05", 5_000_000) };
        let rows = |until| vec![awaited(until), row(4, "2026-10-05", 70_000_000)];
        assert_eq!(amount(&bill(Arrears::Include, loan(rows("2026-09-25")))), Some(70_000_000));
        assert_eq!(amount(&bill(Arrears::Include, loan(rows("2026-09-24")))), Some(75_000_000));
        let alone = bill(Arrears::Include, loan(vec![awaited("2026-09-25")]));
        assert_eq!(alone.left_out[0].reason, LeftOutReason::AwaitingAnswer);
        assert!(alone.lines.is_empty());
    }

    #[test]
    fn heirs_are_not_billed_and_a_loan_on_another_live_export_is_listed() {
        let rows = || vec![row(4, "2026-10-05", 70_000_000)];
        let heir = BillableLoan { collection: Collection::Heir, ..loan(rows()) };
        assert_eq!(bill(Arrears::Include, heir), Bill::default());
        let held = BillableLoan { live_in: Some(ExportId::new(5)), ..loan(rows()) };
        let left_out = bill(Arrears::Include, held).left_out;
        assert_eq!(left_out[0].reason, LeftOutReason::HeldByExport);
        assert_eq!(left_out[0].held_by, Some(ExportId::new(5)));
        let held = BillableLoan { live_in: Some(ExportId::new(5)), ..loan(vec![]) };
        assert_eq!(bill(Arrears::Include, held), Bill::default());
    }

    #[test]
    fn a_hold_lasts_until_the_due_date_or_the_payers_answer() {
        let periode = "2026-10".parse().unwrap();
        assert_eq!(hold_until(&generic(), periode, date("2026-10-05")), date("2026-10-16"));
        assert_eq!(hold_until(&generic(), periode, date("2026-10-25")), date("2026-10-25"));
    }

    proptest! {
        #[test]
        fn a_line_is_the_sum_of_its_rows_and_numbers_run_on(
            owed in prop::collection::vec((1..=12_u32, 1..=1_000_000_000_i64), 1..20),
            first in 1..1000_u32,
        ) {
            let loans: Vec<_> = (1..).zip(owed).map(|(id, (month, sen))| BillableLoan {
                loan_id: LoanId::new(id),
                ..loan(vec![row(month, &format!("2026-{month:02}-05"), sen)])
            }).collect();
            let profile = generic();
            let rules = BillingRules {
                periode: "2026-10".parse().unwrap(),
                arrears: Arrears::Include,
                tolerance: Money::ZERO,
                profile: &profile,
                today: date("2026-10-01"),
            };
            let bill = rules.bill(&loans, first).unwrap();
            for (line, number) in bill.lines.iter().zip(first..) {
                prop_assert_eq!(line.line_no, number);
                let rows = Money::checked_sum(line.rows.iter().map(|row| row.amount));
                prop_assert_eq!(rows, Some(line.amount));
                prop_assert!(line.rows.iter().all(|row| row.due_date <= date("2026-10-31")));
            }
        }
    }
}
