//! Feeds the parser files that were made wrong in every way that chance finds, for as long as it is
//! told: `cargo run --release -p pensipro-billing --example fuzz-parser -- SECONDS [SEED]`.
//!
//! It panics, and prints the file, where the parser does, where a file parted elsewhere gives other
//! lines, where a census counts otherwise, where numbers do not ascend, or where a line costs more than
//! it may.

use std::{
    env,
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use pensipro_billing::{
    Census, FileFault, FileLine, FixedAmount, FixedColumns, FixedFormat, FixedHeader, FixedTrailer,
    Parser, Payer, PayerProfile, ProfileParts, Profiles, Span, generic,
};

const SEEDS: &[&[u8]] = &[
    b"\xEF\xBB\xBFreference;no_pensiun;nik;name;amount;status;reason\r\n\
      PC-2026-10-000001;445205712993217;'7371105901683028;Yuliana;933.700,00;paid;\r\n\
      ;761648743460951;;Suparman;Rp 1.500.000,-;paid;\r\n\
      PC-2026-10-000005;760597206868749;'1271146512579084;Jos\xC3\xA9;0,00;failed;BELUM OTENTIKASI\r\n",
    b"REALISASI POTONGAN PENSIUN\r\n\r\nNO;NOPEN;NAMA;JUMLAH DIBAYAR;KODE;KETERANGAN\r\n\
      1;149733978422531;JOS\xC9;487.500,00;777;\r\n2;185231056719730;YULIANA;0,00;333;9 BELUM\r\n\
      ;;TOTAL;487.500,00;;\r\n",
    b"\"PERIODE\",\"NO PENSIUN\",\"NO PK\",\"PENDEBETAN ANGSURAN\",\"STATUS\",\"KETERANGAN\"\n\
      \"OKTOBER 2026\",\"996827558331703\",\"PC-2026-10-000021\",\"1,500,000.00\",\"LUNAS\",\"\"\n",
    b"H202610\r\nDPC-2026-10-000021    000000093370000\r\nT00000100000093370000\r\n",
    b"<html><table><tr><th>NOPEN</th><th>JUMLAH</th></tr><tr><td>445205712993217</td>\
      <td>933.700,00</td></tr><tr><td>&nbsp;588047701037508</td><td>1&#46;500</td></tr></table>",
];

const TOKENS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b";",
    b",",
    b"\t",
    b"\r",
    b"\n",
    b"\0",
    b"\xFF\xFE",
    b"\xEF\xBB\xBF",
    b"=1+1",
    b"-",
    b"1.500",
    b"9999999999999999999",
    b"Rp",
    b"<td>",
    b"</table>",
    b"<table",
    b"&#x0;",
    b"TOTAL",
    b"reference",
    b"amount",
    b"PC-2026-10-000001",
    b"\xC3",
    b"D",
    b"T",
    b"H202610",
];

/// The most bytes of a file.
const LONGEST: usize = 64 * 1024;

fn main() {
    let mut arguments = env::args().skip(1);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(10);
    let seed =
        arguments.next().and_then(|text| text.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}");
    let mut random = Rng::with_seed(seed);
    let (started, mut files, mut bytes, mut read) = (Instant::now(), 0_u64, 0, 0);
    while started.elapsed() < Duration::from_secs(seconds) {
        let file = make(&mut random);
        read += judge(&mut random, &file);
        (files, bytes) = (files + 1, bytes + file.len());
    }
    println!("{files} files of {bytes} bytes, {read} lines read: nothing found");
}

fn make(random: &mut Rng) -> Vec<u8> {
    let mut file = SEEDS[random.usize(0..SEEDS.len())].to_vec();
    for _ in 0..random.usize(0..24) {
        spoil(random, &mut file);
    }
    file.truncate(LONGEST);
    file
}

fn spoil(random: &mut Rng, file: &mut Vec<u8>) {
    let at = random.usize(0..=file.len());
    let to = at + random.usize(0..=(file.len() - at).min(200));
    match random.u8(0..7) {
        0 if at < file.len() => file[at] = random.u8(..),
        1 => drop(file.drain(at..to)),
        2 => {
            let token = TOKENS[random.usize(0..TOKENS.len())];
            file.splice(at..at, token.iter().copied());
        }
        3 => {
            let part = file[at..to].to_vec();
            file.splice(at..at, part);
        }
        4 => {
            let other = SEEDS[random.usize(0..SEEDS.len())];
            file.splice(at..to, other.iter().copied());
        }
        5 => {
            let token = TOKENS[random.usize(0..TOKENS.len())].repeat(random.usize(1..400));
            file.splice(at..at, token);
        }
        _ => file.truncate(to),
    }
}

fn judge(random: &mut Rng, file: &[u8]) -> usize {
    let profiles = match random.u8(0..4) {
        0 => vec![Arc::new(fixed())],
        1 => known(Payer::Asabri),
        2 => known(Payer::Lainnya),
        _ => known(Payer::Taspen),
    };
    let shown = || String::from_utf8_lossy(file).into_owned();
    let started = Instant::now();
    let whole = parse(&profiles, [file]);
    assert!(started.elapsed() < Duration::from_secs(2), "it takes too long: {}", shown());
    let size = random.usize(1..=file.len().max(1));
    assert_eq!(parse(&profiles, file.chunks(size)), whole, "parted by {size}: {}", shown());
    let mut census = Census::new(profiles);
    let counted = census.feed(file).and_then(|()| census.finish());
    let Ok(lines) = whole else { return 0 };
    let numbers: Vec<u32> = lines.iter().map(FileLine::line_no).collect();
    assert!(numbers.is_sorted_by(|one, other| one < other), "{}", shown());
    assert!(lines.len() <= file.len(), "{}", shown());
    if let Ok((_, counted)) = counted {
        assert_eq!(usize::try_from(counted.lines), Ok(lines.len()), "{}", shown());
    }
    lines.len()
}

fn parse<'a>(
    profiles: &[Arc<PayerProfile>],
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Vec<FileLine>, FileFault> {
    let mut parser = Parser::new(profiles.to_vec());
    let mut lines = Vec::new();
    for piece in pieces {
        parser.feed(piece, &mut lines)?;
    }
    parser.finish(&mut lines)?;
    Ok(lines)
}

fn known(payer: Payer) -> Vec<Arc<PayerProfile>> {
    Profiles::new(Vec::new()).for_import(None, payer).expect("built-in profiles")
}

fn fixed() -> PayerProfile {
    let place = |from, width| Span { from, width };
    let mut parts = ProfileParts::from(generic());
    parts.import.fixed = Some(FixedFormat {
        header: Some(FixedHeader { mark: "H".into(), periode: Some(place(2, 6)) }),
        detail: "D".into(),
        trailer: Some(FixedTrailer {
            mark: "T".into(),
            count: Some(place(2, 6)),
            total: Some(place(8, 14)),
        }),
        columns: FixedColumns {
            reference: Some(place(2, 20)),
            no_pensiun: None,
            nik: None,
            amount: place(22, 15),
            status: None,
            reason: None,
        },
        amounts: FixedAmount::Sen,
    });
    parts.try_into().expect("a sound profile")
}
