//! Loans that run, made without the committee's long way: who borrows is not the point here.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, LoanId, Money, ProductId, Rate};
use pensipro_members::{
    AccountDetails, MemberDetails, MemberRegistry, Preference, RawAccount, RawMember,
    usecases::add_bank_account,
};
use pensipro_origination::{
    CapPolicy, NewApplication, RawApplication, usecases::create_application,
};
use pensipro_persistence::{Store, Tx};
use pensipro_pricing::{
    AllocationOrder, FirstDuePolicy, Limits, Method, ProductDetails, ProductParts,
    ProductRepository, ScheduleRuleParts, ScheduleRules, Validity,
};
use pensipro_server::http::Problem;
use pensipro_servicing::{
    DisburseLoan, DisbursementFacts, FirstDue, LoanFacts, LoanRepository, OpenLoan, PostingBatch,
    RawDisbursement, ServicingPolicy, create_pending_loan,
};

/// Loans were paid out on this day.
const PAID_OUT: &str = "2026-06-15";

/// And fall due for the first time on this one.
const FIRST_DUE: &str = "2026-07-05";

/// Loans of a transaction.
const BATCH: u32 = 25;

/// This many loans to pensioners of a payer, of 12 months, due first in July 2026. `first` numbers
/// the pensioners: those of two calls must not meet.
pub(crate) fn lend(store: &Store, payer: &str, first: u32, count: u32) -> Vec<LoanId> {
    let product = store.write("seed", |tx| product(tx, first)).expect("a product");
    let mut loans = Vec::new();
    for begin in (first..first + count).step_by(BATCH as usize) {
        let end = (begin + BATCH).min(first + count);
        let batch = store.write("seed", |tx| {
            (begin..end)
                .map(|number| loan(tx, payer, product, number))
                .collect::<Result<Vec<_>, _>>()
        });
        loans.extend(batch.unwrap_or_else(|problem| panic!("{problem}: {:?}", problem.log_text())));
    }
    loans
}

fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn rupiah(rupiah: i64) -> Money {
    Money::from_rupiah(rupiah).expect("an amount")
}

fn product(tx: &mut Tx<'_>, number: u32) -> Result<ProductId, Problem> {
    let rules = ScheduleRuleParts::usual(Method::Flat, Rate::percent(12));
    let parts = ProductParts {
        code: format!("P{number}"),
        name: "Pensiun Sejahtera".into(),
        limits: Limits {
            plafon_min: rupiah(1_000_000),
            plafon_max: rupiah(200_000_000),
            plafon_step: rupiah(500_000),
            tenor_min: 6,
            tenor_max: 180,
            dsr_limit: Rate::percent(70),
            umur_maksimal: 80,
            max_benefit_pct: Rate::percent(95),
        },
        rules: ScheduleRules::new(rules)?,
        allocation_order: AllocationOrder::RowFirst,
        max_active_loans: 1,
        freeze_interest_on_death: true,
        funder_id: None,
        is_active: true,
        validity: Validity::default(),
        interest_cap_reason: None,
    };
    Ok(tx.add_product(&ProductDetails::new(parts)?, None)?.id)
}

/// Plafons differ from loan to loan, and so do instalments.
fn loan(tx: &mut Tx<'_>, payer: &str, product: ProductId, number: u32) -> Result<LoanId, Problem> {
    let member = tx.add_member(&person(payer, number)?, None)?.id;
    let account = AccountDetails::check(RawAccount {
        bank_code: Some("002".into()),
        bank_name: Some("BRI".into()),
        account_number: Some(format!("00120{number:07}")),
        account_name: Some("Siti Aminah".into()),
    })?;
    let account = add_bank_account(tx, &Actor::system(), member, &account, Preference::Preferred)?;
    let application = create_application(
        tx,
        &Actor::system(),
        NewApplication::check(RawApplication {
            member_id: Some(member),
            product_id: Some(product),
            plafon: Some(rupiah(6_000_000 + i64::from(number % 40) * 500_000)),
            tenor: Some(12),
            purpose: Some("Renovasi rumah".into()),
            ..RawApplication::default()
        })?,
        CapPolicy { interest_cap: Rate::percent(24) },
        tx.moment(),
    )?;
    let facts = LoanFacts {
        application_id: application.id,
        member_id: member,
        product_id: product,
        sales_id: None,
        branch_id: None,
        plafon: application.request.plafon,
        tenor: application.request.tenor,
        terms: application.terms,
        approved_on: date(PAID_OUT),
    };
    let loan =
        tx.add_loan(&create_pending_loan(facts, FirstDue::On(date(FIRST_DUE)), None)?, None)?;
    pay_out(tx, loan.id, account.id)
}

fn pay_out(
    tx: &mut Tx<'_>,
    id: LoanId,
    account_id: pensipro_kernel::BankAccountId,
) -> Result<LoanId, Problem> {
    let raw = RawDisbursement {
        disbursed_on: Some(date(PAID_OUT)),
        first_due_date: Some(date(FIRST_DUE)),
        ..RawDisbursement::default()
    };
    let command = DisburseLoan::check(raw, date(PAID_OUT))?;
    let mut loan =
        OpenLoan::new(tx.lock_loan(id, Default::default())?, &ServicingPolicy::default());
    let plan = command.plan(loan.loan(), None, FirstDuePolicy::default())?;
    let transaction = tx.reserve_transaction_ids(1)?.next().expect("an id");
    let facts = DisbursementFacts { id: transaction, account_id, today: date(PAID_OUT) };
    let mut batch = PostingBatch::new();
    command.post(&mut loan, &plan, facts, &mut batch)?;
    tx.store_postings(&batch, None)?;
    Ok(id)
}

fn person(payer: &str, number: u32) -> Result<MemberDetails, Problem> {
    // 9,000 serials a day of birth.
    let (day, serial) = (12 + number / 9_000, number % 9_000 + 1);
    let raw = RawMember {
        nik: Some(format!("317305{day:02}0150{serial:04}")),
        no_pensiun: Some(format!("{number:015}")),
        name: Some(format!("Siti Aminah {number}")),
        birth_place: Some("Jakarta".into()),
        birth_date: Some(date("1955-01-12")),
        sex: Some("L".into()),
        address: Some("Jl. Melati 1".into()),
        payer: Some(payer.into()),
        pay_office: Some("BRI Tanah Abang".into()),
        rank: None,
        sk_number: None,
        sk_date: None,
        monthly_benefit: Some(rupiah(4_000_000)),
        sales_id: None,
        branch_id: None,
    };
    Ok(MemberDetails::check(raw, date(PAID_OUT))?)
}
