//! The live export lines that lines of a file may answer to. The database finds them; what belongs
//! to what is decided by the matching engine.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use diesel::{
    QueryableByName, RunQueryDsl,
    sql_types::{BigInt, Binary, Date, Integer, Nullable, Text},
};
use pensipro_billing::{Candidate, ExportLineId, Nik, NoPensiun, Payer, Probes};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period, StorageError};

use super::against::{add_failures, add_payments};
use crate::{
    Tx,
    convert::{code, count},
    crypto::LookupKey,
    sql::{First, ForEach, Probe, Second, hex},
};

type Entries<T> = HashMap<Vec<u8>, T>;

/// The numbers among the probes, by their entries in the keyed index.
struct Numbers {
    no_pensiun: Entries<NoPensiun>,
    nik: Entries<Nik>,
}

impl Numbers {
    fn of(tx: &Tx<'_>, probes: &Probes) -> Self {
        let entry = |kind, text| tx.lookup(kind, text).bytes().to_vec();
        let numbers = probes.no_pensiun.iter();
        let niks = probes.nik.iter();
        Self {
            no_pensiun: numbers
                .map(|number| (entry(LookupKey::NoPensiun, number.as_str()), *number))
                .collect(),
            nik: niks.map(|nik| (entry(LookupKey::Nik, nik.as_str()), *nik)).collect(),
        }
    }
}

const BY_REFERENCE: ForEach = ForEach {
    select: "t.loan_id, e.payer",
    table: "pension_cut_export_lines",
    condition: "t.loan_id = wanted.one AND t.periode = wanted.two AND t.is_live",
    joins: "JOIN pension_cut_exports e ON e.id = t.export_id AND e.status IN ('generated', 'sent')",
    probe: Probe::Read,
    pairs: (First::Number, Second::Code),
};

const BY_NO_PENSIUN: ForEach = ForEach {
    select: "l.loan_id, e.payer",
    table: "members",
    condition: "t.no_pensiun = wanted.one",
    joins: "JOIN pension_cut_export_lines l \
            ON l.member_id = t.id AND l.periode = wanted.two AND l.is_live \
            JOIN pension_cut_exports e ON e.id = l.export_id AND e.status IN ('generated', 'sent')",
    probe: Probe::Read,
    pairs: (First::Bytes, Second::Code),
};

const BY_NIK: ForEach = ForEach { condition: "t.nik = wanted.one", ..BY_NO_PENSIUN };

const LOCKED: ForEach = ForEach {
    select: "t.export_id, t.line_no, e.payer, t.periode, t.loan_id, t.member_id, t.due_date, \
             t.due_from, t.made_on, t.amount AS billed, m.no_pensiun, m.nik",
    joins: "JOIN pension_cut_exports e ON e.id = t.export_id AND e.status IN ('generated', 'sent') \
            JOIN members m ON m.id = t.member_id",
    probe: Probe::Lock,
    ..BY_REFERENCE
};

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = Text)]
    payer: String,
}

/// The loans of the lines, ascending: a query per list of probes that is not empty.
pub(super) fn loans(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    probes: &Probes,
) -> Result<Vec<LoanId>, StorageError> {
    let mut loans = by_number(tx, payer, periode, &Numbers::of(tx, probes))?;
    let pairs: Vec<_> = probes.references.iter().map(|each| (each.loan_id, each.periode)).collect();
    if !pairs.is_empty() {
        let found: Vec<Found> =
            tx.run(|conn| BY_REFERENCE.of(conn.backend(), &pairs)?.load(conn))?;
        loans.extend(found.into_iter().map(|row| LoanId::new(row.loan_id)));
    }
    Ok(loans.into_iter().collect())
}

/// The loans billed to the members with these numbers, by this payer for this month.
fn by_number(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    numbers: &Numbers,
) -> Result<BTreeSet<LoanId>, StorageError> {
    let pair = |entry: &Vec<u8>| (hex(entry), periode);
    let lists = [
        (BY_NO_PENSIUN, numbers.no_pensiun.keys().map(pair).collect::<Vec<_>>()),
        (BY_NIK, numbers.nik.keys().map(pair).collect()),
    ];
    let mut loans = BTreeSet::new();
    for (query, pairs) in lists {
        if pairs.is_empty() {
            continue;
        }
        let found: Vec<Found> = tx.run(|conn| query.of(conn.backend(), &pairs)?.load(conn))?;
        let own = found.into_iter().filter(|row| row.payer == payer.code());
        loans.extend(own.map(|row| LoanId::new(row.loan_id)));
    }
    Ok(loans)
}

/// The lines with what stands against them: at most five queries. They are locked by ascending loan,
/// which is the order of lines within an export.
pub(super) fn lock(
    tx: &mut Tx<'_>,
    payer: Payer,
    periode: Period,
    probes: &Probes,
) -> Result<Vec<Candidate>, StorageError> {
    let numbers = Numbers::of(tx, probes);
    let named = by_number(tx, payer, periode, &numbers)?;
    let named = named.into_iter().map(|loan| (loan, periode));
    let references = probes.references.iter().map(|each| (each.loan_id, each.periode));
    let places: BTreeSet<(LoanId, Period)> = references.chain(named).collect();
    let places: Vec<_> = places.into_iter().collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Columns> = tx.run(|conn| LOCKED.of(conn.backend(), &places)?.load(conn))?;
    let read = rows.into_iter().map(|row| row.read(&numbers));
    let mut found = read.collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable_by_key(|each| each.line);
    add_payments(tx, &mut found)?;
    add_failures(tx, &mut found)?;
    Ok(found)
}

#[derive(QueryableByName)]
struct Columns {
    #[diesel(sql_type = BigInt)]
    export_id: i64,
    #[diesel(sql_type = Integer)]
    line_no: i32,
    #[diesel(sql_type = Text)]
    payer: String,
    #[diesel(sql_type = Text)]
    periode: String,
    #[diesel(sql_type = BigInt)]
    loan_id: i64,
    #[diesel(sql_type = BigInt)]
    member_id: i64,
    #[diesel(sql_type = Date)]
    due_date: NaiveDate,
    #[diesel(sql_type = Date)]
    due_from: NaiveDate,
    #[diesel(sql_type = Date)]
    made_on: NaiveDate,
    #[diesel(sql_type = BigInt)]
    billed: i64,
    #[diesel(sql_type = Nullable<Binary>)]
    no_pensiun: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    nik: Option<Vec<u8>>,
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
