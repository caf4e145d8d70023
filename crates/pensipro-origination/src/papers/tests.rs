//! What the papers say.

use pensipro_kernel::document::{Block, Document};
use pensipro_kernel::{ConditionId, DecisionId, LoanId, MemberId, Version};
use pensipro_members::{Member, MemberDetails, RawMember, Standing};
use pensipro_pricing::{
    Collection, DueDates, FeeBasis, FeeKind, FeeParts, FeeTerms, FirstDuePolicy, LoanCost,
    PenaltyBasis, PenaltyKind, PenaltyParts, PenaltyTerms, Terms, TermsParts, loan_cost,
};

use super::{Letterhead, PaperFacts, loan_agreement, offer_letter};
use crate::fixtures::{application, now, product, rupiah, today};
use crate::{Condition, Payoffs, Takeover, TopUp};

fn member() -> Member {
    let raw = RawMember {
        nik: Some("3173051708570001".into()),
        no_pensiun: Some("140012345678901".into()),
        name: Some("Suparman Hadi".into()),
        birth_place: Some("Yogyakarta".into()),
        birth_date: "1957-08-17".parse().ok(),
        sex: Some("L".into()),
        address: Some("Jl. Melati 4".into()),
        payer: Some("TASPEN".into()),
        monthly_benefit: Some(rupiah(4_500_000)),
        ..RawMember::default()
    };
    Member {
        id: MemberId::new(1),
        details: MemberDetails::check(raw, today()).unwrap(),
        standing: Standing::Active,
        version: Version::FIRST,
        created_at: now(),
        updated_at: now(),
        created_by: None,
    }
}

/// The product's terms with a fee and a penalty for paying late.
fn terms() -> Terms {
    let basis = FeeBasis::Fixed(rupiah(250_000));
    let fee = FeeParts { kind: FeeKind::Admin, basis, collection: Collection::Upfront };
    let late = PenaltyTerms::new(PenaltyParts {
        kind: PenaltyKind::Late,
        basis: PenaltyBasis::PercentPerDay("0.1".parse().unwrap()),
        steps: Vec::new(),
        grace_days: 3,
        cap_pct: None,
    });
    let parts = product().terms().unwrap().into_parts();
    let fees = vec![FeeTerms::new(fee).unwrap()];
    Terms::new(TermsParts { fees, late: Some(late.unwrap()), ..parts }).unwrap()
}

fn cost(terms: &Terms) -> LoanCost {
    let dates = DueDates::following(today(), terms.rules.due_day, FirstDuePolicy::default());
    loan_cost(terms, (rupiah(50_000_000), 36), dates, Some(68)).unwrap()
}

fn written(write: impl FnOnce(&PaperFacts<'_>) -> Document) -> Document {
    written_paying_off(Payoffs::default(), write)
}

fn written_paying_off(
    payoffs: Payoffs<'_>,
    write: impl FnOnce(&PaperFacts<'_>) -> Document,
) -> Document {
    let (member, product, terms) = (member(), product(), terms());
    let cost = cost(&terms);
    let letterhead =
        Letterhead { name: "KSP Sejahtera".into(), lines: vec!["Jl. Merdeka 1".into()] };
    write(&PaperFacts {
        letterhead: &letterhead,
        member: &member,
        product: &product,
        number: "APP-2026-000123",
        on: today(),
        plafon: rupiah(50_000_000),
        tenor: 36,
        purpose: Some("renovasi"),
        payoffs,
        terms: &terms,
        cost: &cost,
    })
}

/// All words of a paper, block by block.
fn words(document: &Document) -> String {
    let block = |block: &Block| match block {
        Block::Title(text) | Block::Heading(text) | Block::Paragraph(text) => text.clone(),
        Block::Item { mark, text } => format!("{mark} {text}"),
        Block::Facts(facts) => {
            let told = facts.iter().map(|fact| format!("{}: {}", fact.name, fact.value.printed()));
            told.collect::<Vec<_>>().join("\n")
        }
        Block::Table(table) => {
            let rows = table.rows.iter().chain(&table.totals);
            let row = |cells: &Vec<pensipro_kernel::document::Cell>| {
                cells.iter().map(|cell| cell.printed()).collect::<Vec<_>>().join(" | ")
            };
            rows.map(row).collect::<Vec<_>>().join("\n")
        }
        Block::Signatures(places) => {
            places.iter().map(|place| format!("{} {}", place.role, place.name)).collect()
        }
        Block::PageBreak => String::new(),
    };
    document.blocks.iter().map(block).collect::<Vec<_>>().join("\n")
}

const STATED: [&str; 12] = [
    "Nama: Suparman Hadi",
    "NIK: 3173051708570001",
    "Plafon: Rp50.000.000 (lima puluh juta rupiah)",
    "Jangka waktu: 36 bulan",
    "Bunga: 12% per tahun",
    "Angsuran per bulan: Rp1.660.716",
    "Bunga efektif (tanpa biaya): 12% per tahun",
    "Administrasi | dipotong saat pencairan | 250.000,00",
    "Rp49.750.000 (empat puluh sembilan juta tujuh ratus lima puluh ribu rupiah)",
    "denda 0,1% per hari dari jumlah yang tertunggak, setelah 3 hari dari jatuh tempo",
    "Jatuh tempo angsuran terakhir: 10 Maret 2029",
    "36 | 10-03-2029 |",
];

#[test]
fn an_offer_states_terms_fees_effective_rate_conditions_and_schedule() {
    let condition = Condition {
        id: ConditionId::new(1),
        application_id: application().id,
        decision_id: DecisionId::new(1),
        text: "Asli SK diserahkan".into(),
        met: None,
    };
    let until = "2026-04-09".parse().unwrap();
    let document = written(|facts| offer_letter(facts, &[condition], until));
    assert_eq!(document.letterhead, ["KSP Sejahtera", "Jl. Merdeka 1"]);
    let words = words(&document);
    for stated in STATED {
        assert!(words.contains(stated), "{stated} is missing in\n{words}");
    }
    assert!(words.contains("1. Asli SK diserahkan"));
    assert!(words.contains("berlaku sampai dengan 9 April 2026"));
    // The fee makes it dearer than the nominal rate.
    let effective = words.lines().find(|line| line.starts_with("Bunga efektif (termasuk biaya)"));
    let effective = effective.unwrap();
    assert!(effective.starts_with("Bunga efektif (termasuk biaya): 13,"), "{effective}");
}

#[test]
fn an_agreement_states_the_same_and_what_both_agree_to() {
    let document = written(loan_agreement);
    let words = words(&document);
    for stated in STATED {
        assert!(words.contains(stated), "{stated} is missing in\n{words}");
    }
    for stated in ["PERJANJIAN KREDIT", "Pasal 5: Kuasa memotong pensiun", "Peminjam Suparman Hadi"]
    {
        assert!(words.contains(stated), "{stated}");
    }
}

#[test]
fn loans_paid_off_are_stated_with_what_is_left() {
    let takeover = Takeover {
        institution: "Bank Lama".into(),
        payoff: rupiah(9_750_000),
        reference: Some("KPR-7".into()),
    };
    let own = TopUp {
        loan_id: LoanId::new(7),
        number: "LN-2024-000007".into(),
        status: "active",
        payoff: Some(rupiah(5_000_000)),
    };
    let payoffs = Payoffs { takeover: Some(&takeover), topup: Some(&own) };
    for write in [loan_agreement, |facts: &PaperFacts<'_>| offer_letter(facts, &[], today())] {
        let words = words(&written_paying_off(payoffs, write));
        for stated in [
            "Rp9.750.000 (sembilan juta tujuh ratus lima puluh ribu rupiah) dibayarkan kepada Bank Lama",
            "kredit nomor KPR-7",
            "untuk melunasi pinjaman nomor LN-2024-000007 per 10 Maret 2026",
            "diterima bersih oleh Peminjam: Rp35.000.000 (tiga puluh lima juta rupiah)",
        ] {
            assert!(words.contains(stated), "{stated} is missing in\n{words}");
        }
    }
}

#[test]
fn the_schedule_adds_up_to_the_plafon() {
    let document = written(loan_agreement);
    let Some(Block::Table(table)) = document.blocks.last() else { panic!("the annex is a table") };
    assert_eq!(table.rows.len(), 36);
    let totals = table.totals.as_ref().unwrap();
    assert_eq!(totals[2].printed(), "50.000.000,00");
}
