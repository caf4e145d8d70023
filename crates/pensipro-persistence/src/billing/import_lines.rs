//! Lines of imports as they are stored.

use std::collections::BTreeSet;

use diesel::{RunQueryDsl, prelude::*};
use pensipro_billing::{
    Given, ImportLine, KeyBase, LineKey, LineKeys, MAX_LINES, Nik, NoPensiun, Outcome, OutcomeKind,
    Payer, Reference, Split, StoredChunk, StoredLine, import_line_id,
};
use pensipro_kernel::{
    ExportId, ImportId, LoanId, MemberId, Money, PaymentId, Period, StorageError,
};
use serde::{Deserialize, Serialize};

use super::{export_lines, keys};
use crate::{
    Tx,
    convert::{code, count, unreadable},
    crypto::SealingKey,
    member_keys::MemberKeys,
    schema::{loan_payments, pension_cut_import_lines as lines, pension_cut_imports as imports},
    sql::{BulkUpdate, Raw, Value, batch_row},
};

/// A row of `pension_cut_import_lines`.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = lines)]
#[diesel(treat_none_as_default_value = false)]
pub(super) struct LineRow {
    import_id: i64,
    line_no: i32,
    periode: String,
    own_periode: Option<String>,
    reference_periode: Option<String>,
    reference_loan_id: Option<i64>,
    key_base: Option<Vec<u8>>,
    key_occurrence: Option<i32>,
    claims_key: bool,
    given: Option<Vec<u8>>,
    amount: Option<i64>,
    billed: i64,
    difference: i64,
    outcome: String,
    reason: Option<String>,
    applied: i64,
    to_refund: i64,
    held: i64,
    export_id: Option<i64>,
    export_line_no: Option<i32>,
    loan_id: Option<i64>,
    member_id: Option<i64>,
    payment_id: Option<i64>,
}
batch_row!(LineRow => lines);

const GIVEN: &str = "pension_cut_import_lines.given";

/// What is sealed of a line: the payer's texts, and the numbers that were read from them.
#[derive(Serialize, Deserialize)]
struct Sealed<'a> {
    #[serde(borrow)]
    texts: [Option<std::borrow::Cow<'a, str>>; 4],
    no_pensiun: Option<std::borrow::Cow<'a, str>>,
    nik: Option<std::borrow::Cow<'a, str>>,
}

/// Stores a chunk's lines and what they answer: a fixed number of statements for every some thousand
/// lines.
pub(super) fn store(tx: &mut Tx<'_>, chunk: &StoredChunk) -> Result<(), StorageError> {
    let rows = rows(tx, chunk)?;
    tx.insert_all(rows)?;
    export_lines::answer(tx, chunk.import_id, &chunk.updates)
}

const RESTATE: BulkUpdate = BulkUpdate {
    table: "pension_cut_import_lines",
    keys: &["import_id", "line_no"],
    set: &[
        "given",
        "billed",
        "difference",
        "outcome",
        "reason",
        "applied",
        "to_refund",
        "held",
        "export_id",
        "export_line_no",
        "loan_id",
        "member_id",
        "payment_id",
    ],
};

/// Stores lines that are there already, and what they answer: two statements on PostgreSQL. Their texts
/// are sealed anew, with the key of the member to whom they belong by now.
pub(super) fn restate(tx: &mut Tx<'_>, chunk: &StoredChunk) -> Result<(), StorageError> {
    let rows = rows(tx, chunk)?;
    tx.update_all(RESTATE, rows.into_iter().map(LineRow::restated).collect())?;
    export_lines::answer(tx, chunk.import_id, &chunk.updates)
}

fn rows(tx: &mut Tx<'_>, chunk: &StoredChunk) -> Result<Vec<LineRow>, StorageError> {
    let StoredChunk { import_id, lines, updates: _, summary: _, last_line: _ } = chunk;
    let query = imports::table.find(import_id.get()).select((imports::payer, imports::periode));
    let (payer, periode): (String, String) = tx.run(|conn| query.get_result(conn))?;
    let place = Place {
        import: *import_id,
        payer: code("pension_cut_imports.payer", &payer)?,
        periode: code("pension_cut_imports.periode", &periode)?,
    };
    let members: BTreeSet<_> = lines.iter().filter_map(|line| line.member_id).collect();
    let keys = tx.member_keys(&members.into_iter().collect::<Vec<_>>())?;
    lines.iter().map(|line| row(tx, &keys, &place, line)).collect()
}

/// Where a chunk's lines belong.
struct Place {
    import: ImportId,
    payer: Payer,
    periode: Period,
}

fn row(
    tx: &Tx<'_>,
    member_keys: &MemberKeys,
    place: &Place,
    line: &ImportLine,
) -> Result<LineRow, StorageError> {
    let claims_key = line.claims_key();
    let ImportLine {
        line_no,
        given,
        keys,
        periode,
        key,
        amount,
        billed,
        difference,
        outcome,
        split: Split { applied, to_refund, held },
        export_line,
        loan_id,
        member_id,
        payment_id,
    } = line;
    let number = |number: u32| count::<u32, i32>("pension_cut_import_lines", number);
    // Of somebody anonymised nothing is kept.
    let sealing = match member_id {
        Some(member) => member_keys.get(member).cloned(),
        None => Some(tx.keys().installation()),
    };
    let entry = key.map(|key| keys::entry(tx, place.payer, place.periode, &key.base));
    Ok(LineRow {
        import_id: place.import.get(),
        line_no: number(*line_no)?,
        periode: place.periode.to_string(),
        own_periode: periode.map(|periode| periode.to_string()),
        reference_periode: keys.reference.map(|each| each.periode.to_string()),
        reference_loan_id: keys.reference.map(|each| each.loan_id.get()),
        key_base: entry.map(|entry| entry.bytes().to_vec()),
        key_occurrence: key.map(|key| number(key.occurrence)).transpose()?,
        claims_key,
        given: sealing.map(|key| seal(tx, &key, given, keys)).transpose()?,
        amount: amount.map(Money::sen),
        billed: billed.sen(),
        difference: difference.sen(),
        outcome: outcome.kind().code().into(),
        reason: outcome.reason().map(str::to_owned),
        applied: applied.sen(),
        to_refund: to_refund.sen(),
        held: held.sen(),
        export_id: export_line.map(|line| line.export_id.get()),
        export_line_no: export_line.map(|line| number(line.line_no)).transpose()?,
        loan_id: loan_id.map(|id| id.get()),
        member_id: member_id.map(|id| id.get()),
        payment_id: payment_id.map(|id| id.get()),
    })
}

fn seal(
    tx: &Tx<'_>,
    key: &SealingKey,
    given: &Given,
    keys: &LineKeys,
) -> Result<Vec<u8>, StorageError> {
    let Given { reference, no_pensiun, nik, reason } = given;
    let texts = [reference, no_pensiun, nik, reason]
        .map(|text| text.as_deref().map(std::borrow::Cow::Borrowed));
    let sealed = Sealed {
        texts,
        no_pensiun: keys.no_pensiun.as_ref().map(|number| number.as_str().into()),
        nik: keys.nik.as_ref().map(|nik| nik.as_str().into()),
    };
    let plain =
        serde_json::to_vec(&sealed).map_err(|error| StorageError::Failed(error.to_string()))?;
    Ok(key.seal(tx.entropy(), GIVEN, &plain))
}

impl LineRow {
    /// The values of [`RESTATE`]: what the file gave stays.
    fn restated(self) -> Vec<Value> {
        let Self {
            import_id,
            line_no,
            periode: _,
            own_periode: _,
            reference_periode: _,
            reference_loan_id: _,
            key_base: _,
            key_occurrence: _,
            claims_key: _,
            given,
            amount: _,
            billed,
            difference,
            outcome,
            reason,
            applied,
            to_refund,
            held,
            export_id,
            export_line_no,
            loan_id,
            member_id,
            payment_id,
        } = self;
        vec![
            import_id.into(),
            i64::from(line_no).into(),
            given.into(),
            billed.into(),
            difference.into(),
            outcome.into(),
            reason.into(),
            applied.into(),
            to_refund.into(),
            held.into(),
            export_id.into(),
            export_line_no.map(i64::from).into(),
            loan_id.into(),
            member_id.into(),
            payment_id.into(),
        ]
    }

    /// Its member, whose key opens it.
    pub(super) fn member(&self) -> Option<MemberId> {
        self.member_id.map(MemberId::new)
    }

    /// The line; without a key its texts are gone.
    pub(super) fn read(self, key: Option<&SealingKey>) -> Result<StoredLine, StorageError> {
        let Self {
            import_id,
            line_no,
            periode,
            own_periode,
            reference_periode,
            reference_loan_id,
            key_base: _,
            key_occurrence,
            claims_key: _,
            given,
            amount,
            billed,
            difference,
            outcome,
            reason,
            applied,
            to_refund,
            held,
            export_id,
            export_line_no,
            loan_id,
            member_id,
            payment_id,
        } = self;
        let (given, mut keys) = match (given, key) {
            (Some(sealed), Some(key)) => open(key, &sealed)?,
            (_, None) | (None, _) => Default::default(),
        };
        keys.reference = reference_periode
            .zip(reference_loan_id)
            .map(|(periode, loan)| -> Result<_, StorageError> {
                let periode = code("pension_cut_import_lines.reference_periode", &periode)?;
                Ok(Reference { periode, loan_id: LoanId::new(loan) })
            })
            .transpose()?;
        let amount = amount.map(Money::from_sen);
        let number = |number: i32| count::<i32, u32>("pension_cut_import_lines", number);
        let kind: OutcomeKind = code("pension_cut_import_lines.outcome", &outcome)?;
        let line = ImportLine {
            line_no: number(line_no)?,
            key: line_key(&keys, amount, key_occurrence.map(number).transpose()?),
            given,
            keys,
            periode: own_periode
                .map(|text| code("pension_cut_import_lines.own_periode", &text))
                .transpose()?,
            amount,
            billed: Money::from_sen(billed),
            difference: Money::from_sen(difference),
            outcome: Outcome::from_stored(kind, reason.as_deref())
                .map_err(|_| unreadable("pension_cut_import_lines.reason"))?,
            split: Split {
                applied: Money::from_sen(applied),
                to_refund: Money::from_sen(to_refund),
                held: Money::from_sen(held),
            },
            export_line: match (export_id, export_line_no) {
                (Some(export), Some(line_no)) => Some(pensipro_billing::ExportLineId {
                    export_id: ExportId::new(export),
                    line_no: number(line_no)?,
                }),
                _ => None,
            },
            loan_id: loan_id.map(LoanId::new),
            member_id: member_id.map(MemberId::new),
            payment_id: payment_id.map(PaymentId::new),
        };
        Ok(StoredLine {
            import_id: ImportId::new(import_id),
            periode: code("pension_cut_import_lines.periode", &periode)?,
            line,
        })
    }
}

fn line_key(keys: &LineKeys, amount: Option<Money>, occurrence: Option<u32>) -> Option<LineKey> {
    let base = KeyBase { identifier: keys.identifier()?, amount: amount? };
    Some(LineKey { base, occurrence: occurrence? })
}

fn open(key: &SealingKey, sealed: &[u8]) -> Result<(Given, LineKeys), StorageError> {
    let plain = key.open(GIVEN, sealed)?;
    let Sealed { texts, no_pensiun, nik } =
        serde_json::from_slice(&plain).map_err(|_| unreadable(GIVEN))?;
    let [reference, given_number, given_nik, reason] =
        texts.map(|text| text.map(|text| text.into_owned().into_boxed_str()));
    let given = Given { reference, no_pensiun: given_number, nik: given_nik, reason };
    let keys = LineKeys {
        reference: None,
        no_pensiun: no_pensiun.and_then(|text| NoPensiun::read(&text)),
        nik: nik.and_then(|text| Nik::read(&text)),
    };
    Ok((given, keys))
}

/// Payments and failed cuts of the import's lines that stand.
pub(super) fn live_postings(tx: &mut Tx<'_>, id: ImportId) -> Result<u32, StorageError> {
    let (Some(first), Some(last)) = (import_line_id(id, 1), import_line_id(id, MAX_LINES)) else {
        return Ok(0);
    };
    let query = loan_payments::table
        .filter(loan_payments::source_line.ge(first.get()))
        .filter(loan_payments::source_line.le(last.get()))
        .filter(loan_payments::reversed_by.is_null())
        .count();
    let paid: i64 = tx.run(|conn| query.get_result(conn))?;
    count("loan_payments", paid.saturating_add(standing_failures(tx, id)?))
}

#[derive(diesel::QueryableByName)]
struct Standing {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    number: i64,
}

const STANDING_FAILURES: &str = "SELECT count(DISTINCT t.id) AS number \
    FROM pension_cut_import_lines l \
    JOIN pension_cut_imports i ON i.id = l.import_id \
    JOIN loan_transactions t ON t.loan_id = l.loan_id AND t.kind = 'failed_cut' \
    AND t.created_at >= i.created_at \
    WHERE l.import_id = $1 AND l.outcome = 'failed' \
    AND NOT EXISTS (SELECT 1 FROM loan_transactions r WHERE r.reverses = t.id)";

/// Failed cuts that stand on the loans of the import's failed lines and were entered since.
fn standing_failures(tx: &mut Tx<'_>, id: ImportId) -> Result<i64, StorageError> {
    let standing: Standing =
        tx.run(|conn| Raw::new(STANDING_FAILURES)?.bind(id.get()).get_result(conn))?;
    Ok(standing.number)
}

/// Frees the keys of an import and takes its answers back.
pub(super) fn release(tx: &mut Tx<'_>, id: ImportId) -> Result<(), StorageError> {
    tx.allow_time(export_lines::WHOLE_MONTH)?;
    let freed = diesel::update(lines::table)
        .filter(lines::import_id.eq(id.get()))
        .filter(lines::claims_key)
        .set(lines::claims_key.eq(false));
    tx.run(|conn| freed.execute(conn))?;
    export_lines::withdraw_answers(tx, id)
}
