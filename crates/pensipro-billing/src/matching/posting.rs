//! What a decided chunk asks of the loan accounts, and what is stored once they have answered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use pensipro_kernel::{ImportId, ImportLineId, LoanId, MemberId, Money, PaymentId, Period};

use serde_json::{Value, json};

use crate::{
    BillingError, ExportLineId, FailReason, ImportLine, Outcome, Split, Summary, UnmatchedReason,
    import_line_id,
};

/// What a line asks of its loan's account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A payment by pension cut. What it owes first are the rows due up to [`Order::due_through`];
    /// an excess within the tolerance prepays, a greater one is to be refunded.
    Pay {
        /// The billed line that it answers to; `None` where somebody names a loan that was not billed.
        line: Option<ExportLineId>,
        /// The loan.
        loan_id: LoanId,
        /// Its member.
        member_id: MemberId,
        /// The month billed.
        periode: Period,
        /// The whole amount of the line.
        amount: Money,
        /// The import's tolerance.
        tolerance: Money,
    },
    /// A failed cut of the rows due from `due_from` through [`Order::due_through`]: penalties count
    /// from the due dates again.
    FailedCut {
        /// The billed line that it answers to.
        line: ExportLineId,
        /// The loan.
        loan_id: LoanId,
        /// Its member.
        member_id: MemberId,
        /// The month billed.
        periode: Period,
        /// The oldest due date billed.
        due_from: NaiveDate,
        /// When the line was made: the cut cannot have failed earlier.
        made_on: NaiveDate,
        /// Why.
        reason: FailReason,
    },
}

impl Order {
    /// The billed line, where there is one.
    pub const fn line(&self) -> Option<ExportLineId> {
        match self {
            Self::Pay { line, .. } => *line,
            Self::FailedCut { line, .. } => Some(*line),
        }
    }

    /// The loan.
    pub const fn loan_id(&self) -> LoanId {
        match self {
            Self::Pay { loan_id, .. } | Self::FailedCut { loan_id, .. } => *loan_id,
        }
    }

    /// The loan's member.
    pub const fn member_id(&self) -> MemberId {
        match self {
            Self::Pay { member_id, .. } | Self::FailedCut { member_id, .. } => *member_id,
        }
    }

    /// The month billed.
    pub const fn periode(&self) -> Period {
        match self {
            Self::Pay { periode, .. } | Self::FailedCut { periode, .. } => *periode,
        }
    }

    /// The last day of the month billed: rows due up to it are what the cut was for.
    pub fn due_through(&self) -> NaiveDate {
        match self {
            Self::Pay { periode, .. } | Self::FailedCut { periode, .. } => periode.last_day(),
        }
    }
}

/// A loan account's answer to an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The payment is booked; this part of it is more than is owed and to be refunded.
    Paid {
        /// The payment.
        payment_id: PaymentId,
        /// What is to be refunded, from nothing to the whole.
        to_refund: Money,
    },
    /// The failed cut is booked.
    FailedCut,
    /// The account takes no such input (never disbursed, or only later, or cancelled): the money is
    /// held.
    Refused,
}

/// A decided line, with what it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// The line; its split is provisional while an order stands.
    pub line: ImportLine,
    /// What it asks of its loan's account.
    pub order: Option<Order>,
}

/// A decided chunk.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchedChunk {
    /// Its lines, in the file's order.
    pub lines: Vec<Matched>,
    /// The number of its last line.
    pub last_line: u32,
}

/// What a chunk makes of a billed line, as the latest word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportLineUpdate {
    /// The billed line.
    pub line: ExportLineId,
    /// Its latest outcome.
    pub outcome: Outcome,
    /// All that was cut for it.
    pub paid: Money,
    /// The number of the line that says so.
    pub line_no: u32,
}

/// A chunk with every posting's answer: what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredChunk {
    /// The import.
    pub import_id: ImportId,
    /// Its lines, in the file's order.
    pub lines: Vec<ImportLine>,
    /// The billed lines that have a new latest outcome, by ascending id.
    pub updates: Vec<ExportLineUpdate>,
    /// The chunk's totals.
    pub summary: Summary,
    /// The number of its last line: the checkpoint.
    pub last_line: u32,
}

/// A line that somebody has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineException {
    /// Its number in the file.
    pub line_no: u32,
    /// What became of it.
    pub outcome: Outcome,
    /// The loan, where one was found.
    pub loan_id: Option<LoanId>,
    /// The money that waits.
    pub held: Money,
    /// What was cut, less what was billed.
    pub difference: Money,
}

impl MatchedChunk {
    /// What the chunk asks of loan accounts, in the file's order. Those of one loan are to be posted
    /// in this order.
    pub fn orders(&self) -> impl Iterator<Item = &Order> {
        self.lines.iter().filter_map(|matched| matched.order.as_ref())
    }

    /// The chunk with the answers to [`Self::orders`], in the same order. An answer that is missing,
    /// or of the other kind, is an error: nothing may be stored then.
    pub fn settle(
        self,
        import_id: ImportId,
        posted: impl IntoIterator<Item = Posted>,
    ) -> Result<StoredChunk, BillingError> {
        let mut posted = posted.into_iter();
        let last_line = self.last_line;
        let settled = self.lines.into_iter().map(|matched| match matched.order {
            None => Ok(matched.line),
            Some(order) => {
                let answer = posted.next().ok_or(BillingError::PostingMissing)?;
                settle_line(matched.line, &order, answer)
            }
        });
        let lines = settled.collect::<Result<Vec<_>, _>>()?;
        let updates = updates(&lines);
        Ok(StoredChunk { updates, last_line, ..StoredChunk::restated(import_id, lines) })
    }
}

fn settle_line(
    line: ImportLine,
    order: &Order,
    answer: Posted,
) -> Result<ImportLine, BillingError> {
    match (order, answer) {
        (Order::Pay { amount, .. }, Posted::Paid { payment_id, to_refund }) => {
            let split = Split::paid(*amount, to_refund).ok_or(BillingError::PostingMissing)?;
            Ok(ImportLine { split, payment_id: Some(payment_id), ..line })
        }
        (Order::FailedCut { .. }, Posted::FailedCut) => Ok(line),
        (_, Posted::Refused) => Ok(ImportLine {
            outcome: Outcome::Unmatched(UnmatchedReason::LoanRefused),
            billed: Money::ZERO,
            difference: Money::ZERO,
            split: Split::held(line.amount.unwrap_or_default()),
            export_line: None,
            ..line
        }),
        (Order::Pay { .. }, Posted::FailedCut) | (Order::FailedCut { .. }, Posted::Paid { .. }) => {
            Err(BillingError::PostingMissing)
        }
    }
}

fn updates(lines: &[ImportLine]) -> Vec<ExportLineUpdate> {
    let answering = lines.iter().filter(|line| line.outcome.answers_a_billed_line());
    let latest: BTreeMap<_, _> = answering
        .filter_map(|line| {
            let update = ExportLineUpdate {
                line: line.export_line?,
                outcome: line.outcome,
                paid: line.billed.checked_add(line.difference)?,
                line_no: line.line_no,
            };
            Some((update.line, update))
        })
        .collect();
    latest.into_values().collect()
}

impl LineException {
    /// What is to be told of a line.
    pub const fn of(line: &ImportLine) -> Self {
        Self {
            line_no: line.line_no,
            outcome: line.outcome,
            loan_id: line.loan_id,
            held: line.split.held,
            difference: line.difference,
        }
    }

    /// What happened, for people.
    pub fn message(&self) -> String {
        let reason = self.outcome.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("line {} is {}{reason}", self.line_no, self.outcome.kind())
    }

    /// Ids and figures, for the list of exceptions.
    pub fn payload(&self, import: ImportId) -> Value {
        json!({
            "import_id": import.get(),
            "line_id": import_line_id(import, self.line_no).map(ImportLineId::get),
            "outcome": self.outcome.kind().code(),
            "reason": self.outcome.reason(),
            "loan_id": self.loan_id.map(LoanId::get),
            "held": self.held.to_string(),
            "difference": self.difference.to_string(),
        })
    }
}

impl StoredChunk {
    /// Lines that are stored again and answer nothing anew.
    pub fn restated(import_id: ImportId, lines: Vec<ImportLine>) -> Self {
        let mut summary = Summary::default();
        lines.iter().for_each(|line| summary.add(line));
        let last_line = lines.last().map(|line| line.line_no).unwrap_or_default();
        Self { import_id, updates: Vec::new(), lines, summary, last_line }
    }

    /// The lines that somebody has to look at.
    pub fn exceptions(&self) -> Vec<LineException> {
        let exceptional = self.lines.iter().filter(|line| line.outcome.is_exceptional());
        exceptional.map(LineException::of).collect()
    }
}
