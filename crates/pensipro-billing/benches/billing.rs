//! How fast a file is read and matched: 1,000,000 lines against 1,000,000 billed lines, and the
//! parser over 8 MB.

use std::{hint::black_box, sync::Arc, time::Duration};

use chrono::NaiveDate;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pensipro_billing::{
    Candidate, ChunkFacts, ExportLineId, FileLine, MatchRules, NoPensiun, Parser, Payer, generic,
    match_chunk, taspen,
};
use pensipro_kernel::{ExportId, LoanId, MemberId, Money, Period};

const LINES: u32 = 1_000_000;
const CHUNK: u32 = 5_000;

fn periode() -> Period {
    Period::new(2026, 10).expect("a month")
}

fn person(number: u32) -> NoPensiun {
    NoPensiun::read(&format!("{:015}", u64::from(number) * 7_919 + 1)).expect("a pension number")
}

fn rupiah(number: u32) -> Money {
    Money::from_sen(48_750_000 + i64::from(number % 97) * 10_000)
}

/// A billed line as storage finds it: its member's number is told where a line asks for it.
fn candidate(number: u32, no_pensiun: Option<NoPensiun>) -> Candidate {
    Candidate {
        line: ExportLineId { export_id: ExportId::new(1), line_no: number },
        payer: Payer::Taspen,
        periode: periode(),
        loan_id: LoanId::new(number.into()),
        member_id: MemberId::new(number.into()),
        due_date: NaiveDate::from_ymd_opt(2026, 10, 5).expect("a date"),
        due_from: NaiveDate::from_ymd_opt(2026, 10, 5).expect("a date"),
        made_on: NaiveDate::from_ymd_opt(2026, 9, 25).expect("a date"),
        billed: rupiah(number),
        payments: vec![],
        failed: false,
        no_pensiun,
        nik: None,
    }
}

fn generic_file(numbers: std::ops::Range<u32>) -> String {
    let mut file = String::from("reference;no_pensiun;nik;name;amount;status;reason\r\n");
    for number in numbers {
        let (person, amount) = (person(number), rupiah(number));
        let amount = pensipro_billing::NumberStyle::Indonesian.write(amount);
        let person = person.as_str();
        file.push_str(&format!(
            "PC-2026-10-{number:06};{person};'7371105901683028;Yuliana Widodo;{amount};paid;\r\n"
        ));
    }
    file
}

fn taspen_file(numbers: std::ops::Range<u32>) -> String {
    let mut file = String::from("NO;NOPEN;NAMA;JUMLAH DIBAYAR;KODE;KETERANGAN\r\n");
    for number in numbers {
        let (person, amount) = (person(number), rupiah(number));
        let amount = pensipro_billing::NumberStyle::Indonesian.write(amount);
        let person = person.as_str();
        file.push_str(&format!("{number};{person};YULIANA WIDODO;{amount};777;\r\n"));
    }
    file
}

fn parse(file: &[u8]) -> Vec<FileLine> {
    let mut parser = Parser::new(vec![Arc::new(taspen()), Arc::new(generic())]);
    let mut lines = Vec::new();
    for piece in file.chunks(65_536) {
        parser.feed(piece, &mut lines).expect("a file");
    }
    parser.finish(&mut lines).expect("a file");
    lines
}

fn reading(c: &mut Criterion) {
    let mut group = c.benchmark_group("read");
    for (name, file) in [("generic", generic_file(1..90_000)), ("taspen", taspen_file(1..130_000))]
    {
        let bytes = u64::try_from(file.len()).expect("a length");
        group.throughput(Throughput::Bytes(bytes));
        group.bench_function(name, |b| b.iter(|| black_box(parse(black_box(file.as_bytes())))));
    }
    group.finish();
}

fn chunks(file: fn(std::ops::Range<u32>) -> String, size: u32) -> Vec<(Vec<FileLine>, ChunkFacts)> {
    let starts = (1..=LINES).step_by(usize::try_from(size).expect("a size"));
    starts
        .map(|start| {
            let numbers = start..start + size;
            let lines = parse(file(numbers.clone()).as_bytes());
            let asked = lines.iter().any(|line| match line {
                FileLine::Parsed(line) => line.key_base().is_some(),
                FileLine::Invalid(_) => false,
            });
            let candidates =
                numbers.map(|number| candidate(number, asked.then(|| person(number)))).collect();
            (lines, ChunkFacts { candidates, keys: vec![] })
        })
        .collect()
}

fn matching(c: &mut Criterion) {
    let rules = MatchRules {
        payer: Payer::Taspen,
        periode: periode(),
        tolerance: Money::from_sen(100_000),
    };
    let mut group = c.benchmark_group("match");
    group.throughput(Throughput::Elements(LINES.into()));
    group.sample_size(10).measurement_time(Duration::from_secs(8));
    for (name, file, size) in [
        ("million_by_reference_in_chunks", generic_file as fn(_) -> _, CHUNK),
        ("million_by_no_pensiun_in_chunks", taspen_file as fn(_) -> _, CHUNK),
        ("million_by_reference_at_once", generic_file as fn(_) -> _, LINES),
    ] {
        let input = chunks(file, size);
        group.bench_function(name, |b| {
            b.iter_batched(
                || input.clone(),
                |input| {
                    for (lines, facts) in input {
                        black_box(match_chunk(&rules, lines, facts));
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, reading, matching);
criterion_main!(benches);
