//! The live export lines that lines of a file may answer to. The database finds them; what belongs
//! to what is decided by the matching engine.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_billing::{
    Candidate, ExportLineId, ExportStatus, Nik, NoPensiun, Payer, Probes, Reference,
};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, StorageError};
use pensipro_servicing::TransactionKind;

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, count},
    crypto::LookupKey,
    schema::{
        loan_payments, loan_transactions, members, pension_cut_export_lines as lines,
        pension_cut_exports as exports,
    },
    sql::{List, Locked, RowLock, one_of},
};

type Entries<T> = HashMap<Vec<u8>, T>;

/// The numbers among the probes, by their entries in the keyed index.
struct Numbers {
    no_pensiun: Entries<NoPensiun>,
    nik: Entries<Nik>,
}

impl Numbers {
    fn of(tx: &Tx<'_>, probes: &Probes) -> Self {
        let no_pensiun = probes.no_pensiun.iter().map(|number| {
            (tx.lookup(LookupKey::NoPensiun, number.as_str()).bytes().to_vec(), *number)
        });
        let nik = probes
            .nik
            .iter()
            .map(|nik| (tx.lookup(LookupKey::Nik, nik.as_str()).bytes().to_vec(), *nik));
        Self { no_pensiun: no_pensiun.collect(), nik: nik.collect() }
    }
}

/// The loans of the lines, ascending: a query per list of probes that is not empty.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    probes: &Probes,
) -> Result<Vec<LoanId>, StorageError> {
    let mut found = BTreeSet::new();
    if !probes.references.is_empty() {
        let (loans, periods) = reference_lists(tx, probes, None);
        let query = lines::table
            .inner_join(exports::table)
            .filter(is_complete())
            .filter(lines::is_live)
            .filter(one_of(lines::loan_id, loans))
            .filter(one_of(lines::periode, periods))
            .select((lines::loan_id, lines::periode));
        let references: HashSet<_> = probes.references.iter().copied().collect();
        let rows: Vec<(i64, String)> = tx.run(|conn| query.load(conn))?;
        for (loan, periode) in rows {
            let reference = reference(loan, &periode)?;
            found.extend(references.contains(&reference).then_some(reference.loan_id));
        }
    }
    found.extend(loans_by_number(tx, payer, periode, &Numbers::of(tx, probes))?);
    Ok(found.into_iter().collect())
}

fn reference(loan: i64, periode: &str) -> Result<Reference, StorageError> {
    let periode = code("pension_cut_export_lines.periode", periode)?;
    Ok(Reference { periode, loan_id: LoanId::new(loan) })
}

/// The loans and the months that references name, and one month more. Together they may name more
/// lines than the references do, which are passed over.
fn reference_lists(tx: &Tx<'_>, probes: &Probes, also: Option<Period>) -> (List, List) {
    let loans: BTreeSet<_> = probes.references.iter().map(|each| each.loan_id.get()).collect();
    let periods = probes.references.iter().map(|each| each.periode).chain(also);
    let periods: BTreeSet<_> = periods.collect();
    let texts = periods.into_iter().map(|periode| periode.to_string());
    (List::numbers(tx.backend(), loans), List::codes(tx.backend(), texts))
}

#[diesel::dsl::auto_type(no_type_alias)]
fn is_complete() -> _ {
    let generated: &'static str = ExportStatus::Generated.code();
    let sent: &'static str = ExportStatus::Sent.code();
    exports::status.eq(generated).or(exports::status.eq(sent))
}

type ByNumber = diesel::dsl::IntoBoxed<
    'static,
    diesel::dsl::InnerJoinOn<
        diesel::dsl::InnerJoin<lines::table, exports::table>,
        members::table,
        diesel::dsl::Eq<members::id, lines::member_id>,
    >,
    MultiBackend,
>;

/// The loans billed to the members with these numbers, by this payer for this month.
fn loans_by_number(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    numbers: &Numbers,
) -> Result<Vec<LoanId>, StorageError> {
    let backend = tx.backend();
    let list = |entries: &mut dyn Iterator<Item = &Vec<u8>>| {
        List::bytes(backend, entries.map(Vec::as_slice))
    };
    let mut queries: Vec<ByNumber> = Vec::new();
    let billed = || -> ByNumber {
        lines::table
            .inner_join(exports::table)
            .inner_join(members::table.on(members::id.eq(lines::member_id)))
            .into_boxed()
            .filter(is_complete())
            .filter(exports::payer.eq(payer.code()))
            .filter(lines::is_live)
            .filter(lines::periode.eq(periode.to_string()))
    };
    if !numbers.no_pensiun.is_empty() {
        let list = list(&mut numbers.no_pensiun.keys());
        queries.push(billed().filter(one_of(members::no_pensiun, list)));
    }
    if !numbers.nik.is_empty() {
        let list = list(&mut numbers.nik.keys());
        queries.push(billed().filter(one_of(members::nik, list)));
    }
    let mut found = Vec::new();
    for query in queries {
        let ids: Vec<i64> = tx.run(|conn| query.select(lines::loan_id).load(conn))?;
        found.extend(ids.into_iter().map(LoanId::new));
    }
    Ok(found)
}

#[derive(Queryable)]
struct Columns {
    export_id: i64,
    line_no: i32,
    payer: String,
    periode: String,
    loan_id: i64,
    member_id: i64,
    due_date: NaiveDate,
    due_from: NaiveDate,
    made_on: NaiveDate,
    billed: i64,
    no_pensiun: Option<Vec<u8>>,
    nik: Option<Vec<u8>>,
}

/// The lines, locked by ascending (export, line), with what stands against them: at most five
/// queries.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    probes: &Probes,
) -> Result<Vec<Candidate>, StorageError> {
    if probes.is_empty() {
        return Ok(Vec::new());
    }
    let numbers = Numbers::of(tx, probes);
    let by_number = loans_by_number(tx, payer, periode, &numbers)?;
    let references: HashSet<_> = probes.references.iter().copied().collect();
    let is_meant = |each: &Candidate| {
        let reference = Reference { periode: each.periode, loan_id: each.loan_id };
        let of_month = each.payer == payer && each.periode == periode;
        let is_named = each.no_pensiun.is_some() || each.nik.is_some();
        references.contains(&reference) || (of_month && is_named)
    };
    let mut found = Vec::new();
    for row in locked(tx, probes, &by_number, periode)? {
        let candidate = row.read(&numbers)?;
        found.extend(is_meant(&candidate).then_some(candidate));
    }
    add_payments(tx, &mut found)?;
    add_failures(tx, &mut found)?;
    Ok(found)
}

fn locked(
    tx: &mut Tx<'_>,
    probes: &Probes,
    by_number: &[LoanId],
    periode: Period,
) -> Result<Vec<Columns>, StorageError> {
    let (_, periods) = reference_lists(tx, probes, Some(periode));
    let of_references = probes.references.iter().map(|reference| reference.loan_id);
    let loans: BTreeSet<_> = of_references.chain(by_number.iter().copied()).collect();
    let loans = List::numbers(tx.backend(), loans.into_iter().map(LoanId::get));
    let query = lines::table
        .inner_join(exports::table)
        .inner_join(members::table.on(members::id.eq(lines::member_id)))
        .filter(is_complete())
        .filter(lines::is_live)
        .filter(one_of(lines::loan_id, loans))
        .filter(one_of(lines::periode, periods))
        .order((lines::export_id, lines::line_no))
        .select((
            lines::export_id,
            lines::line_no,
            exports::payer,
            lines::periode,
            lines::loan_id,
            lines::member_id,
            lines::due_date,
            lines::due_from,
            lines::made_on,
            lines::amount,
            members::no_pensiun,
            members::nik,
        ));
    let query = Locked::new(query, RowLock::ForUpdate, "pension_cut_export_lines");
    tx.run(|conn| query.load(conn))
}

impl Columns {
    fn read(self, numbers: &Numbers) -> Result<Candidate, StorageError> {
        let Self {
            export_id,
            line_no,
            payer,
            periode,
            loan_id,
            member_id,
            due_date,
            due_from,
            made_on,
            billed,
            no_pensiun,
            nik,
        } = self;
        let line_no = count("pension_cut_export_lines.line_no", line_no)?;
        Ok(Candidate {
            line: ExportLineId { export_id: ExportId::new(export_id), line_no },
            payer: code("pension_cut_exports.payer", &payer)?,
            periode: code("pension_cut_export_lines.periode", &periode)?,
            loan_id: LoanId::new(loan_id),
            member_id: MemberId::new(member_id),
            due_date,
            due_from,
            made_on,
            billed: Money::from_sen(billed),
            payments: Vec::new(),
            failed: false,
            no_pensiun: no_pensiun.and_then(|entry| numbers.no_pensiun.get(&entry).copied()),
            nik: nik.and_then(|entry| numbers.nik.get(&entry).copied()),
        })
    }
}

fn loan_list(tx: &Tx<'_>, candidates: &[Candidate]) -> List {
    List::numbers(tx.backend(), candidates.iter().map(|each| each.loan_id.get()))
}

/// The standing payments that are pension cuts of the candidates' loans and months.
fn add_payments(tx: &mut Tx<'_>, candidates: &mut [Candidate]) -> Result<(), StorageError> {
    let periods: BTreeSet<_> = candidates.iter().map(|each| each.periode.to_string()).collect();
    let query = loan_payments::table
        .filter(one_of(loan_payments::loan_id, loan_list(tx, candidates)))
        .filter(one_of(loan_payments::cut_periode, List::codes(tx.backend(), periods)))
        .filter(loan_payments::reversed_by.is_null())
        .order(loan_payments::id)
        .select((loan_payments::loan_id, loan_payments::cut_periode, loan_payments::amount));
    let rows: Vec<(i64, Option<String>, i64)> = tx.run(|conn| query.load(conn))?;
    let mut payments: HashMap<Reference, Vec<Money>> = HashMap::new();
    for (loan, periode, amount) in rows {
        let reference = reference(loan, &periode.unwrap_or_default())?;
        payments.entry(reference).or_default().push(Money::from_sen(amount));
    }
    for each in candidates {
        let reference = Reference { periode: each.periode, loan_id: each.loan_id };
        each.payments = payments.remove(&reference).unwrap_or_default();
    }
    Ok(())
}

/// Marks the candidates whose month has a failed cut that stands.
fn add_failures(tx: &mut Tx<'_>, candidates: &mut [Candidate]) -> Result<(), StorageError> {
    let reversal = diesel::alias!(loan_transactions as reversal);
    let is_reversed = reversal
        .filter(reversal.field(loan_transactions::reverses).eq(loan_transactions::id.nullable()))
        .select(reversal.field(loan_transactions::id));
    let query = loan_transactions::table
        .filter(one_of(loan_transactions::loan_id, loan_list(tx, candidates)))
        .filter(loan_transactions::kind.eq(TransactionKind::FailedCut.code()))
        .filter(diesel::dsl::not(diesel::dsl::exists(is_reversed)))
        .select((loan_transactions::loan_id, loan_transactions::due_through));
    let rows: Vec<(i64, Option<NaiveDate>)> = tx.run(|conn| query.load(conn))?;
    let failed: HashSet<_> = rows.into_iter().collect();
    for each in candidates {
        each.failed = failed.contains(&(each.loan_id.get(), Some(each.periode.last_day())));
    }
    Ok(())
}
