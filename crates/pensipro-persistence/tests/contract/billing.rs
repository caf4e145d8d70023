//! What exports and realisation files are made of in these tests.

use pensipro_billing::{
    Arrears, BilledRow, Export, ExportLine, ExportRepository, ExportScope, ExportStatus, FileLine,
    Given, Import, ImportLine, ImportRepository, KeyBase, LineKey, LineKeys, NewExport, NewImport,
    NoPensiun, Outcome as LineOutcome, ParsedLine, Payer, Probes, Reference, Report, Split,
    StoredChunk, Summary, UnmatchedReason,
};
use pensipro_kernel::{
    ExportId, ImportId, LoanId, Money, PaymentId, Period, StorageError, TransactionId,
};
use pensipro_persistence::testing::TestDatabase;

use crate::{
    fixtures::{Outcome, date, rupiah, write},
    lending::{House, add_applications, disbursed_loan, house},
};

pub(crate) fn march() -> Period {
    "2026-03".parse().unwrap()
}

pub(crate) fn scope() -> ExportScope {
    ExportScope { periode: march(), payer: Payer::Taspen, pay_office: String::new() }
}

pub(crate) fn new_export(scope: ExportScope) -> NewExport {
    NewExport {
        scope,
        arrears: Arrears::Exclude,
        tolerance: rupiah(1_000),
        profile: "TASPEN".into(),
        replaces: None,
        reason: None,
    }
}

pub(crate) fn add_export(database: &TestDatabase, scope: ExportScope) -> Option<ExportId> {
    let new = new_export(scope);
    write(database, |tx| tx.add_export(&new, None))
}

pub(crate) fn line(house: &House, loan: LoanId, line_no: u32) -> ExportLine {
    let row = BilledRow {
        made_by: TransactionId::new(1),
        no: 2,
        due_date: date("2026-03-05"),
        amount: rupiah(1_060_000),
        hold_until: date("2026-03-16"),
    };
    ExportLine {
        line_no,
        loan_id: loan,
        member_id: house.member,
        instalment_no: 2,
        due_date: date("2026-03-05"),
        made_on: date("2026-02-25"),
        amount: rupiah(1_060_000),
        rows: vec![row],
    }
}

/// Loans with a generated export of March that bills each.
pub(crate) struct Billed {
    pub(crate) house: House,
    pub(crate) loans: Vec<LoanId>,
    pub(crate) export: ExportId,
}

pub(crate) fn billed(database: &TestDatabase, count: u32) -> Billed {
    let house = house(database);
    add_applications(database, &house, count);
    let loans: Vec<_> =
        (1..=count).map(|id| disbursed_loan(database, &house, id.into()).id).collect();
    let export = add_export(database, scope()).unwrap();
    write(database, |tx| {
        let lines: Vec<_> = (1..).zip(&loans).map(|(no, loan)| line(&house, *loan, no)).collect();
        tx.add_export_lines(export, &lines, &[])?;
        let stored = tx.lock_export(export)?;
        tx.save_export(&Export { status: ExportStatus::Generated, lines: count, ..stored })
    });
    Billed { house, loans, export }
}

pub(crate) fn reference(loan: LoanId) -> Reference {
    Reference { periode: march(), loan_id: loan }
}

pub(crate) fn new_import(hash: u8) -> NewImport {
    NewImport {
        payer: Payer::Taspen,
        periode: march(),
        profile: "TASPEN".into(),
        paid_on: date("2026-03-01"),
        tolerance: rupiah(1_000),
        sha256: [hash; 32],
        bytes: 123_456,
        spool_key: format!("spool/{hash}"),
        lines: 10,
    }
}

pub(crate) fn add_import(database: &TestDatabase, hash: u8) -> Import {
    let new = new_import(hash);
    write(database, |tx| {
        let id = tx.add_import(&new, None)?.unwrap();
        tx.import(id)
    })
}

pub(crate) fn number() -> NoPensiun {
    NoPensiun::read("000000195000001").unwrap()
}

/// A line that names a pension number and pays so much.
pub(crate) fn by_number(line_no: u32, amount: Money, occurrence: u32) -> ImportLine {
    let keys = LineKeys { no_pensiun: Some(number()), ..LineKeys::default() };
    let base = KeyBase { identifier: keys.identifier().unwrap(), amount };
    ImportLine {
        line_no,
        given: Given {
            no_pensiun: Some("'000000195000001".into()),
            reason: Some("lunas".into()),
            ..Given::default()
        },
        keys,
        periode: Some(march()),
        key: Some(LineKey { base, occurrence }),
        amount: Some(amount),
        billed: Money::ZERO,
        difference: Money::ZERO,
        outcome: LineOutcome::Unmatched(UnmatchedReason::NotBilled),
        split: Split::held(amount),
        export_line: None,
        loan_id: None,
        member_id: None,
        payment_id: None,
    }
}

/// A line that answers to an export line in full.
pub(crate) fn matched(billed: &Billed, line_no: u32, loan: usize) -> ImportLine {
    let amount = rupiah(1_060_000);
    ImportLine {
        given: Given { reference: Some("PC-2026-03-1".into()), ..Given::default() },
        keys: LineKeys { reference: Some(reference(billed.loans[loan])), ..LineKeys::default() },
        periode: None,
        key: None,
        billed: amount,
        outcome: LineOutcome::Matched,
        split: Split::paid(amount, Money::ZERO).unwrap(),
        export_line: Some(pensipro_billing::ExportLineId {
            export_id: billed.export,
            line_no: u32::try_from(loan).unwrap() + 1,
        }),
        loan_id: Some(billed.loans[loan]),
        member_id: Some(billed.house.member),
        payment_id: Some(PaymentId::new(77)),
        ..by_number(line_no, amount, 1)
    }
}

pub(crate) fn chunk(import: ImportId, lines: Vec<ImportLine>) -> StoredChunk {
    let mut summary = Summary::default();
    lines.iter().for_each(|line| summary.add(line));
    let last_line = lines.last().map_or(0, |line| line.line_no);
    let updates = lines
        .iter()
        .filter(|line| line.outcome.answers_a_billed_line())
        .map(|line| pensipro_billing::ExportLineUpdate {
            line: line.export_line.unwrap(),
            outcome: line.outcome,
            paid: line.amount.unwrap_or_default(),
            line_no: line.line_no,
        })
        .collect();
    StoredChunk { import_id: import, lines, updates, summary, last_line }
}

pub(crate) fn duplicate<T: std::fmt::Debug>(result: Outcome<T>) -> String {
    let Err(StorageError::Duplicate { constraint }) = result else { panic!("{result:?}") };
    constraint
}

pub(crate) fn references(loans: &[LoanId]) -> Probes {
    Probes { references: loans.iter().copied().map(reference).collect(), ..Probes::default() }
}

/// The probes of a line that names the member by a number.
pub(crate) fn probes_of(keys: LineKeys) -> Probes {
    Probes::of(&[FileLine::Parsed(ParsedLine {
        line_no: 2,
        keys,
        periode: None,
        report: Report::Paid(rupiah(1)),
        given: Given::default(),
    })])
}
