//! One pensioner from registration to disbursement, by the use cases that requests go through.

use chrono::{Datelike, NaiveDate};
use fastrand::Rng;
use pensipro_flows::{
    DecisionOutcome, DisbursementPolicy, analyze_application, decide_application, disburse_loan,
    submit_application,
};
use pensipro_kernel::{
    Actor, ApplicationId, Expected, LoanId, MemberId, Moment, Money, ProductId, SalesId,
};
use pensipro_members::{
    AccountDetails, ContactDetails, ContentType, DocumentKind, FileKey, MemberDetails, Preference,
    RawContact, Sha256, StoredFile, Verdict, usecases as members,
};
use pensipro_origination::{
    Decide, Findings, NewApplication, RawApplication, RawDecide, RawFindings,
    usecases::{self as origination, Checked},
};
use pensipro_persistence::Tx;
use pensipro_servicing::{DisburseLoan, RawDisbursement};

use super::{
    House, force,
    people::{Person, pick},
};
use crate::{http::Problem, policy::Policies};

/// The smallest document that is one: what is uploaded is not the point here.
pub(super) const DOCUMENT: &[u8] = include_bytes!("document.pdf");

/// Lends to the `number`th pensioner; `None` where the pre-check refuses the figures drawn.
pub(super) fn lend(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    random: &mut Rng,
    number: u32,
    at: Moment,
) -> Result<Option<LoanId>, Problem> {
    let person = house.person(random, number, at.today);
    let (sales, _) = house.force.of_member(number);
    let (benefit, birth_date) = (person.monthly_benefit, person.birth_date);
    let member = register(tx, house, person, at)?;
    force::visit(tx, &house.staff, (number, member), sales, at.today)?;
    let product = pick(random, &house.products);
    let Some(application) =
        apply(tx, house, random, (member, product, sales), (benefit, birth_date), at)?
    else {
        return Ok(None);
    };
    analyze(tx, house, application, benefit, at)?;
    let loan = decide(tx, house, application, at)?;
    if let Some(loan) = loan {
        let raw = RawDisbursement { disbursed_on: Some(at.today), ..RawDisbursement::default() };
        let command = DisburseLoan::check(raw, at.today)?;
        let policy: &DisbursementPolicy = &house.policies.disbursement;
        disburse_loan(tx, house.staff.of("FINANCE"), loan, command, policy, at)?;
    }
    Ok(loan)
}

fn register(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    person: Person,
    at: Moment,
) -> Result<MemberId, Problem> {
    let (sales, supervisor) = (house.staff.of("SALES"), house.staff.of("SUPERVISOR"));
    let details = MemberDetails::check(person.member, at.today)?;
    let member = members::register_member(tx, sales, details)?.id;
    let account = AccountDetails::check(person.account)?;
    members::add_bank_account(tx, sales, member, &account, Preference::Preferred)?;
    let raw = RawContact {
        kind: Some("phone".to_owned()),
        value: Some(person.phone),
        ..RawContact::default()
    };
    members::add_contact(tx, sales, member, &ContactDetails::check(raw)?, Preference::Preferred)?;
    for kind in &house.policies.documents.required {
        upload(tx, house, (sales, supervisor), member, *kind, at)?;
    }
    Ok(member)
}

fn upload(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    (sales, supervisor): (&Actor, &Actor),
    member: MemberId,
    kind: DocumentKind,
    at: Moment,
) -> Result<(), Problem> {
    let sealed = tx.seal_file(Some(member), DOCUMENT)?;
    let key = FileKey::generate("members", house.entropy);
    house.files.put(&key, &sealed).map_err(pensipro_kernel::StorageError::from)?;
    let file = StoredFile {
        key,
        content_type: ContentType::Pdf,
        size: i64::try_from(DOCUMENT.len()).unwrap_or(i64::MAX),
        sha256: Sha256(house.document_digest),
    };
    let document = members::add_document(tx, sales, member, kind, &file)?.id;
    let verdict = Verdict::check(Some("verified"), None)?;
    let policy = &house.policies.documents;
    members::verify_document(tx, supervisor, (member, document), verdict, policy, at)?;
    Ok(())
}

fn apply(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    random: &mut Rng,
    (member, product, sales_id): (MemberId, ProductId, SalesId),
    (benefit, birth_date): (Money, NaiveDate),
    at: Moment,
) -> Result<Option<ApplicationId>, Problem> {
    let sales = house.staff.of("SALES");
    let tenor = tenor(random, birth_date, at.today, house.longest_tenor);
    let raw = RawApplication {
        member_id: Some(member),
        product_id: Some(product),
        sales_id: Some(sales_id),
        plafon: plafon(random, benefit, tenor),
        tenor: Some(tenor),
        purpose: Some(purpose(random).to_owned()),
        ..RawApplication::default()
    };
    let new = NewApplication::check(raw)?;
    let id = origination::create_application(tx, sales, new, house.policies.cap, at)?.id;
    let rules = (&house.policies.precheck, &house.policies.servicing);
    match submit_application(tx, sales, id, Expected::Any, rules, at)? {
        Checked::Passed(_) => Ok(Some(id)),
        Checked::Failed(_) => Ok(None),
    }
}

const PURPOSES: &[&str] =
    &["Renovasi rumah", "Pendidikan cucu", "Modal usaha", "Umrah", "Biaya kesehatan", "Kendaraan"];

/// What the money is for.
pub(super) fn purpose(random: &mut Rng) -> &'static str {
    pick(random, PURPOSES)
}

/// Years that leave the last instalment well before the highest age.
pub(super) fn tenor(
    random: &mut Rng,
    birth_date: NaiveDate,
    today: NaiveDate,
    longest: u16,
) -> u16 {
    let age = today.year() - birth_date.year();
    let most = u16::try_from(73 - age).unwrap_or(1).clamp(1, (longest / 12).max(1));
    random.u16(1..=most) * 12
}

/// A plafon whose instalment takes a third to two thirds of the pension.
pub(super) fn plafon(random: &mut Rng, benefit: Money, tenor: u16) -> Option<Money> {
    let share = random.i64(33..66);
    let affordable = benefit.sen() / 100 * share / 100 * i64::from(tenor) * 6 / 10;
    Money::from_rupiah((affordable / 500_000).max(10) * 500_000)
}

fn analyze(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    application: ApplicationId,
    benefit: Money,
    at: Moment,
) -> Result<(), Problem> {
    let findings = Findings::check(RawFindings {
        income: Some(benefit),
        other_obligations: Some(Money::ZERO),
        risk_score: Some(78),
        recommendation: Some("approve".to_owned()),
        notes: Some("Pensiun tetap, dokumen lengkap".to_owned()),
    })?;
    let (analyst, expected) = (house.staff.of("ANALIS"), Expected::Any);
    let Policies { precheck, scorecard, servicing, .. } = &house.policies;
    let rules = (precheck, scorecard, servicing);
    analyze_application(tx, analyst, application, expected, findings, rules, at)?;
    Ok(())
}

fn decide(
    tx: &mut Tx<'_>,
    house: &House<'_>,
    application: ApplicationId,
    at: Moment,
) -> Result<Option<LoanId>, Problem> {
    let Policies { committee, precheck, servicing, .. } = &house.policies;
    let rules = (committee, precheck, servicing);
    for role in ["SPV", "MANAGER", "DIREKSI"] {
        let raw = RawDecide { decision: Some("approve".to_owned()), ..RawDecide::default() };
        let by = house.staff.of(role);
        let command = Decide::check(raw)?;
        match decide_application(tx, by, application, command, rules, at)? {
            Checked::Passed(DecisionOutcome { loan_id: Some(loan), .. }) => return Ok(Some(loan)),
            Checked::Passed(_) => {}
            Checked::Failed(_) => return Ok(None),
        }
    }
    Ok(None)
}
