//! A month's pension cuts: the export, the payer's answer as a file, its import; and what members
//! bring to the counter afterwards.

use std::fmt::Write;

use chrono::Days;
use fastrand::Rng;
use pensipro_billing::{
    BillingError, Export, ExportStatus, FileLine, FileRow, Import, Opened, Parser, Payer,
    PayerProfile, Profiles, RawExport, RawImport, RequestExport, RequestImport, SpooledFile,
    generate_export_chunk, open_export, open_import, repository::ExportRepository,
};
use pensipro_flows::{finish_import, process_import_chunk, record_payment};
use pensipro_kernel::{Clock, LoanId, Money, Period};
use pensipro_servicing::{RawPayment, RecordPayment};

use super::House;
use crate::{demo::Timeline, http::Problem, jobs::rows_of_a_batch};

/// Bills a month, and imports the answer: of a hundred cuts two fail, one is short, one is over.
/// Those that failed are paid in cash by every second member, two weeks later.
pub(super) fn bill_month(
    house: &House<'_>,
    timeline: &Timeline,
    random: &mut Rng,
    periode: Period,
) -> Result<(), Problem> {
    for payer in [Payer::Taspen, Payer::Asabri] {
        timeline.set(periode.first_day());
        let Some(export) = export(house, payer, periode)? else { continue };
        let answer = answer(house, random, &export)?;
        timeline.set(periode.day(5));
        if timeline.today() < timeline.end() {
            import(house, payer, periode, &answer.file)?;
            timeline.set(periode.day(19));
            pay_at_the_counter(house, timeline, &answer.failed)?;
        }
    }
    Ok(())
}

fn export(house: &House<'_>, payer: Payer, periode: Period) -> Result<Option<Export>, Problem> {
    let finance = house.staff.of("FINANCE");
    let profiles = Profiles::new(Vec::new());
    let raw = RawExport {
        periode: periode.to_string(),
        payer: payer.to_string(),
        include_arrears: Some(true),
        ..RawExport::default()
    };
    let command = RequestExport::check(&raw)?;
    let policy = house.policies.export;
    let opened = house.store.write("demo_export", |tx| {
        let today = tx.moment().today;
        open_export(tx, finance, &command, &policy, &profiles, today).map_err(Problem::from)
    })?;
    let Opened::New(mut export) = opened else { return Ok(None) };
    let chunk = lines_of_a_chunk(house);
    while export.status == ExportStatus::Generating {
        export = house.store.write("demo_export", |tx| {
            let today = tx.moment().today;
            generate_export_chunk(tx, finance, export.id, chunk, &profiles, today)
                .map_err(Problem::from)
        })?;
    }
    Ok((export.lines > 0).then_some(export))
}

fn lines_of_a_chunk(house: &House<'_>) -> u32 {
    u32::try_from(rows_of_a_batch(house.store.backend())).unwrap_or(u32::MAX)
}

const HEADER: &str = "reference;amount;status;reason\r\n";

/// A payer's answer.
struct Answer {
    file: String,
    /// The loans whose cut failed, with what was billed.
    failed: Vec<(LoanId, Money)>,
}

fn answer(house: &House<'_>, random: &mut Rng, export: &Export) -> Result<Answer, Problem> {
    let mut answer = Answer { file: HEADER.into(), failed: vec![] };
    let (mut after, chunk) = (0, lines_of_a_chunk(house));
    loop {
        let rows = house.store.read(|tx| tx.file_rows(export.id, after, chunk))?;
        let Some(last) = rows.last() else { return Ok(answer) };
        after = last.line_no;
        for row in &rows {
            answer.add(random, export.scope.periode, row);
        }
    }
}

impl Answer {
    fn add(&mut self, random: &mut Rng, periode: Period, row: &FileRow) {
        let (amount, status, reason) = match random.u8(0..100) {
            0 => (Money::ZERO, "failed", "BELUM OTENTIKASI"),
            1 => (Money::ZERO, "failed", "SALDO TIDAK CUKUP"),
            2 => (Money::from_sen(row.amount.sen() / 200 * 100), "paid", ""),
            3 => (Money::from_sen(row.amount.sen() + 2_500_000), "paid", ""),
            _ => (row.amount, "paid", ""),
        };
        if amount.is_zero() {
            self.failed.push((row.loan_id, row.amount));
        }
        // Writing to a String cannot fail.
        let _ = write!(
            self.file,
            "PC-{periode}-{:06};{amount};{status};{reason}\r\n",
            row.loan_id.get()
        );
    }
}

fn import(house: &House<'_>, payer: Payer, periode: Period, file: &str) -> Result<(), Problem> {
    let profile = Profiles::new(Vec::new()).by_code("GENERIC")?;
    let import = open(house, payer, periode, (file, &profile))?;
    let (finance, limit) = (house.staff.of("FINANCE"), rows_of_a_batch(house.store.backend()));
    let (mut parser, mut lines) = (Parser::new(vec![profile]), Vec::new());
    let process = |chunk: Vec<FileLine>| {
        house.store.write("demo_import", |tx| {
            let (at, policy) = (tx.moment(), &house.policies.servicing);
            process_import_chunk(tx, finance, import.id, chunk.clone(), policy, at)
                .map_err(Problem::from)
        })
    };
    for block in file.as_bytes().chunks(BLOCK) {
        parser.feed(block, &mut lines).map_err(BillingError::from)?;
        while lines.len() >= limit {
            process(lines.drain(..limit).collect())?;
        }
    }
    parser.finish(&mut lines).map_err(BillingError::from)?;
    if !lines.is_empty() {
        process(lines)?;
    }
    house
        .store
        .write("demo_import", |tx| finish_import(tx, finance, import.id).map_err(Problem::from))?;
    Ok(())
}

/// Bytes that are parsed at once.
const BLOCK: usize = 64 << 10;

fn open(
    house: &House<'_>,
    payer: Payer,
    periode: Period,
    (file, profile): (&str, &PayerProfile),
) -> Result<Import, Problem> {
    let raw = RawImport {
        periode: periode.to_string(),
        payer: payer.to_string(),
        ..RawImport::default()
    };
    let command = RequestImport::check(&raw)?;
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, file.as_bytes());
    let sha256: [u8; 32] = digest.as_ref().try_into().unwrap_or_default();
    let lines = file.lines().count() - HEADER.lines().count();
    let finance = house.staff.of("FINANCE");
    let opened = house.store.write("demo_import", |tx| {
        let at = tx.moment();
        let spooled = SpooledFile {
            sha256,
            bytes: u64::try_from(file.len()).unwrap_or(u64::MAX),
            spool_key: "demo".to_owned(),
            profile,
            lines: u32::try_from(lines).unwrap_or(u32::MAX),
            titled: None,
        };
        let tolerance = house.policies.servicing.cut_tolerance;
        open_import(tx, finance, &command, spooled, tolerance, at).map_err(Problem::from)
    })?;
    Ok(opened.into_inner())
}

fn pay_at_the_counter(
    house: &House<'_>,
    timeline: &Timeline,
    failed: &[(LoanId, Money)],
) -> Result<(), Problem> {
    if timeline.today() >= timeline.end() {
        return Ok(());
    }
    let finance = house.staff.of("FINANCE");
    let policy = &house.policies.servicing;
    for (loan, amount) in failed.iter().step_by(2) {
        house.store.write("demo_payment", |tx| {
            let at = tx.moment();
            let paid_on = at.today.checked_sub_days(Days::new(1)).unwrap_or(at.today);
            let raw = RawPayment {
                paid_on: Some(paid_on),
                amount: Some(*amount),
                channel: Some("tunai".to_owned()),
                reference: None,
                excess_to: None,
            };
            let command = RecordPayment::check(raw, at.today)?;
            record_payment(tx, finance, *loan, command, policy, at).map_err(Problem::from)
        })?;
    }
    Ok(())
}
