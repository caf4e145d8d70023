//! A realisation file and its lines, as they are stored.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    ImportId, ImportLineId, LoanId, MemberId, Money, PaymentId, Period, UserId, codes,
};

use crate::{
    BillingError, DuplicateReason, ExportLineId, Given, LineKey, LineKeys, MatchRules, Outcome,
    Payer, PayerProfile, Split, Summary, UnmatchedReason, import_line_id,
};

codes! {
    /// How far an import is.
    pub enum ImportStatus {
        /// Chunks are being matched and posted.
        Processing = "processing",
        /// Every line has its outcome.
        Done = "done",
        /// Taken back while none of its money was posted; its hash and keys are free again.
        Discarded = "discarded",
    }
}

/// The SHA-256 of a file's bytes.
pub type Sha256 = [u8; 32];

/// An import of a realisation file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// Whose file it is.
    pub payer: Payer,
    /// The month it answers to.
    pub periode: Period,
    /// The code of the profile whose header was found.
    pub profile: String,
    /// The value date of its money.
    pub paid_on: NaiveDate,
    /// Differences up to this count as none.
    pub tolerance: Money,
    /// The file's hash.
    pub sha256: Sha256,
    /// The file's size in bytes.
    pub bytes: u64,
    /// Where the spooled file lies in the file store, until the import is done.
    pub spool_key: Option<String>,
    /// How far it is.
    pub status: ImportStatus,
    /// Lines of the file.
    pub lines: u32,
    /// Lines that have their outcome.
    pub lines_done: u32,
    /// The number of the last line that has its outcome, 0 at first: where to go on after a crash.
    pub last_line: u32,
    /// Totals by outcome of the lines done.
    pub summary: Summary,
    /// Who uploaded it; `None` for the system.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// An import about to be stored; its status is `processing`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewImport {
    /// Whose file it is.
    pub payer: Payer,
    /// The month it answers to.
    pub periode: Period,
    /// The code of the profile whose header was found.
    pub profile: String,
    /// The value date of its money.
    pub paid_on: NaiveDate,
    /// Differences up to this count as none.
    pub tolerance: Money,
    /// The file's hash.
    pub sha256: Sha256,
    /// The file's size in bytes.
    pub bytes: u64,
    /// Where the spooled file lies.
    pub spool_key: String,
    /// Lines of the file.
    pub lines: u32,
}

/// A line with its outcome, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Its number in the file.
    pub line_no: u32,
    /// The texts as the payer wrote them.
    pub given: Given,
    /// What it can be found by.
    pub keys: LineKeys,
    /// The month that the line itself names.
    pub periode: Option<Period>,
    /// Its key where it has no usable reference; unique among the lines that claim theirs.
    pub key: Option<LineKey>,
    /// Its readable amount; zero for a failure.
    pub amount: Option<Money>,
    /// What was billed on the line it answers to; zero where it answers to none.
    pub billed: Money,
    /// All that was cut for the billed line so far, this line counted, less what was billed.
    pub difference: Money,
    /// What became of it.
    pub outcome: Outcome,
    /// Where its money went.
    pub split: Split,
    /// The live export line that it was held against: the one it answers to, or duplicates.
    pub export_line: Option<ExportLineId>,
    /// That line's loan.
    pub loan_id: Option<LoanId>,
    /// That loan's member, whose key encrypts the texts.
    pub member_id: Option<MemberId>,
    /// The payment it became.
    pub payment_id: Option<PaymentId>,
}

/// A stored line of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// Its import.
    pub import_id: ImportId,
    /// Its import's month.
    pub periode: Period,
    /// The line.
    pub line: ImportLine,
}

impl ImportLine {
    /// The month of which its money is a loan's cut: that of its reference to the loan, else the one
    /// that it names, else its import's.
    pub fn month_for(&self, loan: LoanId, of_import: Period) -> Period {
        let named = self.keys.reference.filter(|reference| reference.loan_id == loan);
        named.map(|reference| reference.periode).or(self.periode).unwrap_or(of_import)
    }

    /// The line once its payment was taken back: its money waits for somebody. It remembers the loan,
    /// whose member's key its texts are sealed with.
    #[must_use]
    pub fn put_back(self) -> Self {
        Self {
            billed: Money::ZERO,
            difference: Money::ZERO,
            outcome: Outcome::Unmatched(UnmatchedReason::PaymentReversed),
            split: Split::held(self.amount.unwrap_or_default()),
            export_line: None,
            payment_id: None,
            ..self
        }
    }

    /// True where the line's key is taken by it: a later line of the same key is a duplicate, even
    /// if this one's money is only held.
    pub const fn claims_key(&self) -> bool {
        let repeated = matches!(self.outcome, Outcome::Duplicate(DuplicateReason::RepeatedLine));
        self.key.is_some() && !repeated
    }
}

impl StoredLine {
    /// Its number in the interface.
    pub fn id(&self) -> Option<ImportLineId> {
        import_line_id(self.import_id, self.line.line_no)
    }
}

/// What to do with a file whose hash is known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SameFile {
    /// The same payer and month: the first import is the answer.
    First(Box<Import>),
    /// Another payer or month: a mistake; this is the first import.
    Elsewhere(ImportId),
}

impl Import {
    /// What a second upload of this import's file is.
    pub fn uploaded_again(self, payer: Payer, periode: Period) -> SameFile {
        if self.payer == payer && self.periode == periode {
            SameFile::First(Box::new(self))
        } else {
            SameFile::Elsewhere(self.id)
        }
    }

    /// The import with a chunk's outcomes counted, up to the line `last_line`.
    #[must_use]
    pub fn after_chunk(mut self, summary: &Summary, last_line: u32) -> Self {
        self.summary = self.summary.merged(summary);
        self.lines_done = self.lines_done.saturating_add(summary.total().count);
        self.last_line = self.last_line.max(last_line);
        self
    }

    /// The rules that its lines are matched by.
    pub const fn rules(&self) -> MatchRules {
        MatchRules { payer: self.payer, periode: self.periode, tolerance: self.tolerance }
    }

    /// The import with a line of its restated.
    #[must_use]
    pub fn with_restated(mut self, was: &ImportLine, is: &ImportLine) -> Self {
        self.summary = self.summary.restated(was, is);
        self
    }

    /// Refuses one that was taken back: its lines are nobody's any more.
    pub fn refuse_discarded(&self) -> Result<(), BillingError> {
        match self.status {
            ImportStatus::Processing | ImportStatus::Done => Ok(()),
            ImportStatus::Discarded => Err(BillingError::ImportDiscarded),
        }
    }

    /// The import with its last chunk done: the spooled file is no longer needed.
    pub fn finished(mut self) -> Result<Self, BillingError> {
        self.require(ImportStatus::Processing, ImportStatus::Done)?;
        self.status = ImportStatus::Done;
        self.spool_key = None;
        Ok(self)
    }

    /// The import taken back; refused while it is in work or a posting of it stands. One that never
    /// got as far as its first outcome is not in work: its file may be lost or never take.
    pub fn discarded(mut self, live_postings: u32) -> Result<Self, BillingError> {
        if self.status != ImportStatus::Processing || self.lines_done > 0 {
            self.require(ImportStatus::Done, ImportStatus::Discarded)?;
        }
        if live_postings > 0 {
            return Err(BillingError::ImportHasPayments { live_postings });
        }
        self.status = ImportStatus::Discarded;
        self.spool_key = None;
        Ok(self)
    }

    fn require(&self, from: ImportStatus, to: ImportStatus) -> Result<(), BillingError> {
        if self.status == from {
            Ok(())
        } else {
            Err(BillingError::InvalidTransition {
                thing: "import",
                from: self.status.code(),
                to: to.code(),
            })
        }
    }
}

/// The value date of an import's money: the one given, else the profile's pay day in the month.
/// Refused ahead of today.
pub fn value_date(
    given: Option<NaiveDate>,
    profile: &PayerProfile,
    periode: Period,
    today: NaiveDate,
) -> Result<NaiveDate, BillingError> {
    let paid_on = given.unwrap_or_else(|| profile.pays_on(periode));
    if paid_on > today { Err(BillingError::PaidOnAhead { paid_on, today }) } else { Ok(paid_on) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generic;

    fn import(status: ImportStatus) -> Import {
        Import {
            id: ImportId::new(3),
            payer: Payer::Taspen,
            periode: "2026-10".parse().unwrap(),
            profile: "TASPEN".into(),
            paid_on: "2026-10-01".parse().unwrap(),
            tolerance: Money::ZERO,
            sha256: [7; 32],
            bytes: 10,
            spool_key: Some("spool".into()),
            status,
            lines: 2,
            lines_done: 0,
            last_line: 0,
            summary: Summary::default(),
            created_by: None,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_same_file_is_the_first_import_or_a_mistake() {
        let first = import(ImportStatus::Done);
        let (payer, periode) = (first.payer, first.periode);
        let same = SameFile::First(Box::new(first.clone()));
        assert_eq!(first.clone().uploaded_again(payer, periode), same);
        let elsewhere = SameFile::Elsewhere(first.id);
        assert_eq!(first.clone().uploaded_again(Payer::Asabri, periode), elsewhere);
        assert_eq!(first.uploaded_again(payer, periode.next()), elsewhere);
    }

    #[test]
    fn only_a_done_or_unbegun_import_without_payments_is_discarded() {
        let begun = Import { lines_done: 1, ..import(ImportStatus::Processing) };
        assert!(begun.discarded(0).is_err());
        let unbegun = import(ImportStatus::Processing).discarded(0).unwrap();
        assert_eq!((unbegun.status, unbegun.spool_key), (ImportStatus::Discarded, None));
        assert!(import(ImportStatus::Processing).discarded(1).is_err());
        let refused = import(ImportStatus::Done).discarded(2);
        assert!(matches!(refused, Err(BillingError::ImportHasPayments { live_postings: 2 })));
        let discarded = import(ImportStatus::Done).discarded(0).unwrap();
        assert_eq!(discarded.status, ImportStatus::Discarded);
        assert!(discarded.discarded(0).is_err());
        let done = import(ImportStatus::Processing).finished().unwrap();
        assert_eq!((done.status, done.spool_key), (ImportStatus::Done, None));
        assert!(import(ImportStatus::Done).finished().is_err());
    }

    #[test]
    fn money_is_dated_on_the_pay_day_and_never_ahead() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let periode = "2026-10".parse().unwrap();
        let today = date("2026-10-20");
        let on = |given| value_date(given, &generic(), periode, today).ok();
        assert_eq!(on(None), Some(date("2026-10-01")));
        assert_eq!(on(Some(today)), Some(today));
        assert_eq!(on(Some(date("2026-10-21"))), None);
        let early = value_date(None, &generic(), periode.next(), today);
        assert!(matches!(early, Err(BillingError::PaidOnAhead { .. })));
    }
}
