//! The month's instruction to a payer: what is cut from whose pension.

mod billing;
mod file;
mod placed;
mod policy;

pub use billing::*;
pub use file::{ExportFile, FileRow};
pub use policy::ExportPolicy;

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, UserId, codes};

use crate::{BillingError, Payer, Reference};

codes! {
    /// How far an export is.
    pub enum ExportStatus {
        /// Chunks are being added; it cannot be used yet.
        Generating = "generating",
        /// Complete.
        Generated = "generated",
        /// Handed to the payer.
        Sent = "sent",
        /// Replaced by a later one; its references still count against the live line.
        Superseded = "superseded",
    }
}

/// What an export covers. Among exports that are not superseded, a scope is unique.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ExportScope {
    /// The month.
    pub periode: Period,
    /// Whose pensioners.
    pub payer: Payer,
    /// Of which pay office; empty for all.
    pub pay_office: String,
}

/// Whether unpaid instalments of earlier months are billed too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arrears {
    /// Only what falls due in the month (and remainders within the tolerance).
    Exclude,
    /// Everything unpaid up to the month's end.
    Include,
}

/// An export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// What it covers.
    pub scope: ExportScope,
    /// Whether it bills arrears.
    pub arrears: Arrears,
    /// Remainders up to this are billed whatever [`Arrears`] says.
    pub tolerance: Money,
    /// The code of the profile that its file is written in.
    pub profile: String,
    /// How far it is.
    pub status: ExportStatus,
    /// The loan after which the next chunk goes on; `None` before the first.
    pub cursor: Option<LoanId>,
    /// Lines so far.
    pub lines: u32,
    /// Loans left out and listed so far.
    pub left_out: u32,
    /// The sum of its lines so far.
    pub total_amount: Money,
    /// The export that it replaced.
    pub replaces: Option<ExportId>,
    /// Why it replaced a sent one, or was made past the cut-off.
    pub reason: Option<String>,
    /// When it was handed over.
    pub sent_on: Option<NaiveDate>,
    /// A note on the handing over.
    pub sent_note: Option<String>,
    /// Who asked for it; `None` for the system.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// An export about to be stored: `generating`, without lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExport {
    /// What it covers.
    pub scope: ExportScope,
    /// Whether it bills arrears.
    pub arrears: Arrears,
    /// Remainders up to this are billed whatever [`Arrears`] says.
    pub tolerance: Money,
    /// The code of the profile that its file is written in.
    pub profile: String,
    /// The export that it replaces.
    pub replaces: Option<ExportId>,
    /// Why it replaces a sent one, or is made past the cut-off.
    pub reason: Option<String>,
}

/// A line of an export: one loan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportLine {
    /// Its number in the export, from 1.
    pub line_no: u32,
    /// The loan.
    pub loan_id: LoanId,
    /// The loan's member.
    pub member_id: MemberId,
    /// The instalment of the month, or the oldest unpaid one where none is due in it.
    pub instalment_no: u32,
    /// That instalment's due date.
    pub due_date: NaiveDate,
    /// The business day on which the line was made; holds cover the days after it.
    pub made_on: NaiveDate,
    /// What is to be cut; the sum of the rows.
    pub amount: Money,
    /// The rows billed, in order of due dates; each is on hold while the line awaits its answer.
    pub rows: Vec<BilledRow>,
}

impl ExportLine {
    /// The oldest due date that the line bills.
    pub fn due_from(&self) -> NaiveDate {
        self.rows.first().map_or(self.due_date, |row| row.due_date)
    }

    /// What the line is called.
    pub const fn reference(&self, periode: Period) -> Reference {
        Reference { periode, loan_id: self.loan_id }
    }
}

/// How to treat a live export of the scope that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replace {
    /// It is the answer.
    Keep,
    /// It is superseded by a new one; a reason is needed once it was sent.
    Supersede {
        /// Why.
        reason: Option<String>,
    },
}

impl Export {
    /// True once the file can be had.
    pub const fn is_complete(&self) -> bool {
        !matches!(self.status, ExportStatus::Generating)
    }

    /// The export with a chunk of the decisions added, up to `last`, the last loan that it looked through.
    pub fn after_chunk(mut self, bill: &Bill, last: LoanId) -> Result<Self, BillingError> {
        self.require(&[ExportStatus::Generating], ExportStatus::Generating)?;
        let sum = Money::checked_sum(bill.lines.iter().map(|line| line.amount));
        self.total_amount = sum
            .and_then(|sum| self.total_amount.checked_add(sum))
            .ok_or(BillingError::AmountOverflow)?;
        self.lines = self.lines.saturating_add(count(bill.lines.len()));
        self.left_out = self.left_out.saturating_add(count(bill.left_out.len()));
        self.cursor = Some(last);
        Ok(self)
    }

    /// The export with its last chunk added.
    pub fn generated(mut self) -> Result<Self, BillingError> {
        self.require(&[ExportStatus::Generating], ExportStatus::Generated)?;
        self.status = ExportStatus::Generated;
        Ok(self)
    }

    /// The export handed to the payer. Sent again, only with a reason does the date change.
    pub fn sent(mut self, command: &MarkSent, today: NaiveDate) -> Result<Self, BillingError> {
        self.require(&[ExportStatus::Generated, ExportStatus::Sent], ExportStatus::Sent)?;
        if command.sent_on > today {
            return Err(BillingError::SentOnAhead { sent_on: command.sent_on, today });
        }
        if self.status == ExportStatus::Sent && command.reason.is_none() {
            return Err(BillingError::ReasonRequired);
        }
        self.status = ExportStatus::Sent;
        self.sent_on = Some(command.sent_on);
        self.sent_note.clone_from(&command.note);
        Ok(self)
    }

    /// The export replaced by a later one: refused once a payer's answer counts against it, and
    /// without a reason once it was sent.
    pub fn superseded(
        mut self,
        reason: Option<&str>,
        answers: Answers,
    ) -> Result<Self, BillingError> {
        self.require(&[ExportStatus::Generated, ExportStatus::Sent], ExportStatus::Superseded)?;
        if answers == Answers::Some {
            return Err(BillingError::ExportAnswered { export_id: self.id });
        }
        if self.status == ExportStatus::Sent && reason.is_none() {
            return Err(BillingError::ReasonRequired);
        }
        self.status = ExportStatus::Superseded;
        Ok(self)
    }

    fn require(&self, from: &[ExportStatus], to: ExportStatus) -> Result<(), BillingError> {
        if from.contains(&self.status) {
            Ok(())
        } else {
            Err(BillingError::InvalidTransition {
                thing: "export",
                from: self.status.code(),
                to: to.code(),
            })
        }
    }
}

/// Whether a payer's answer or a payment counts against any line of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// Nothing yet.
    None,
    /// Something.
    Some,
}

/// The wish to mark an export as handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkSent {
    /// The day.
    pub sent_on: NaiveDate,
    /// How, or to whom.
    pub note: Option<String>,
    /// Why, when it was marked before.
    pub reason: Option<String>,
}

fn count(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn export(status: ExportStatus) -> Export {
        Export {
            id: ExportId::new(12),
            scope: ExportScope {
                periode: "2026-10".parse().unwrap(),
                payer: Payer::Taspen,
                pay_office: String::new(),
            },
            arrears: Arrears::Exclude,
            tolerance: Money::ZERO,
            profile: "GENERIC".into(),
            status,
            cursor: None,
            lines: 0,
            left_out: 0,
            total_amount: Money::ZERO,
            replaces: None,
            reason: None,
            sent_on: None,
            sent_note: None,
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn sent_on(day: &str, reason: Option<&str>) -> MarkSent {
        let sent_on = day.parse().unwrap();
        MarkSent { sent_on, note: None, reason: reason.map(str::to_owned) }
    }

    #[test]
    fn an_export_is_sent_once_it_is_complete_and_redated_only_with_a_reason() {
        let today = "2026-09-25".parse().unwrap();
        let early = export(ExportStatus::Generating).sent(&sent_on("2026-09-25", None), today);
        assert!(matches!(early, Err(BillingError::InvalidTransition { .. })));
        let ahead = export(ExportStatus::Generated).sent(&sent_on("2026-09-26", None), today);
        assert!(matches!(ahead, Err(BillingError::SentOnAhead { .. })));
        let sent =
            export(ExportStatus::Generated).sent(&sent_on("2026-09-24", None), today).unwrap();
        assert_eq!((sent.status, sent.sent_on), (ExportStatus::Sent, "2026-09-24".parse().ok()));
        let again = sent.clone().sent(&sent_on("2026-09-25", None), today);
        assert!(matches!(again, Err(BillingError::ReasonRequired)));
        assert!(sent.sent(&sent_on("2026-09-25", Some("typing error")), today).is_ok());
    }

    #[test]
    fn what_is_answered_or_sent_is_not_replaced_lightly() {
        let replaced = |status, reason, answers| export(status).superseded(reason, answers);
        let done = replaced(ExportStatus::Generated, None, Answers::None).unwrap();
        assert_eq!(done.status, ExportStatus::Superseded);
        let answered = replaced(ExportStatus::Sent, Some("x"), Answers::Some);
        assert!(matches!(answered, Err(BillingError::ExportAnswered { .. })));
        let unsaid = replaced(ExportStatus::Sent, None, Answers::None);
        assert!(matches!(unsaid, Err(BillingError::ReasonRequired)));
        assert!(replaced(ExportStatus::Sent, Some("wrong office"), Answers::None).is_ok());
        for status in [ExportStatus::Generating, ExportStatus::Superseded] {
            assert!(replaced(status, Some("x"), Answers::None).is_err(), "{status}");
        }
    }

    #[test]
    fn chunks_add_up_until_the_export_is_generated() {
        let line = |sen| ExportLine {
            line_no: 1,
            loan_id: LoanId::new(5),
            member_id: MemberId::new(5),
            instalment_no: 1,
            due_date: "2026-10-05".parse().unwrap(),
            made_on: "2026-09-25".parse().unwrap(),
            amount: Money::from_sen(sen),
            rows: vec![],
        };
        let bill = Bill { lines: vec![line(5), line(7)], left_out: vec![] };
        let export = export(ExportStatus::Generating).after_chunk(&bill, LoanId::new(9)).unwrap();
        let export = export.after_chunk(&bill, LoanId::new(19)).unwrap();
        assert_eq!((export.lines, export.total_amount.sen()), (4, 24));
        assert_eq!(export.cursor, Some(LoanId::new(19)));
        let export = export.generated().unwrap();
        assert!(export.is_complete());
        assert!(export.after_chunk(&bill, LoanId::new(20)).is_err());
    }
}
