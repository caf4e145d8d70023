//! Loans to test with: small terms with a penalty, posted to by the fold itself.

use chrono::NaiveDate;
use pensipro_kernel::{
    ApplicationId, BankAccountId, LoanId, MemberId, Money, Period, ProductId, Rate, TransactionId,
};
use pensipro_members::{AccountDetails, BankAccountRepository, RawAccount};
use pensipro_persistence::{Tx, testing::TestDatabase};
use pensipro_pricing::{
    Collection, FeeBasis, FeeCharge, FeeKind, FeeParts, FeeTerms, LoanProduct, PenaltyBasis,
    PenaltyKind, PenaltyParts, PenaltyStep, PenaltyTerms, Terms, TermsParts,
};
use pensipro_servicing::{
    Channel, Disbursed, ExcessTo, FailedCut, Input, InputKind, Instalment, Loan, LoanDates,
    LoanFacts, LoanRepository, NewDisbursement, NewLoan, NewPayment, OpenLoan, PaymentInput,
    PostingBatch, Row, RowKey, ServicingPolicy, Source,
};

use crate::fixtures::{Outcome, add_member, add_product, date, rupiah, write};

pub(crate) const POLICY: fn() -> ServicingPolicy = ServicingPolicy::default;

/// A member with an account, and a product.
pub(crate) struct House {
    pub(crate) member: MemberId,
    pub(crate) account: BankAccountId,
    pub(crate) product: LoanProduct,
}

pub(crate) fn house(database: &TestDatabase) -> House {
    let member = add_member(database, 1, "Suparman").id;
    let product = add_product(database, "PS-1");
    let account = AccountDetails::check(RawAccount {
        bank_code: Some("002".into()),
        bank_name: Some("BRI".into()),
        account_number: Some("0123456789".into()),
        account_name: Some("SUPARMAN".into()),
    });
    let account = account.unwrap();
    let account = write(database, |tx| tx.add_bank_account(member, &account, None)).id;
    House { member, account, product }
}

/// Terms that hold every kind of figure, so that their JSON is proved.
pub(crate) fn terms(product: &LoanProduct) -> Terms {
    let late = PenaltyParts {
        kind: PenaltyKind::Late,
        basis: PenaltyBasis::PercentPerDay("0.1".parse().unwrap()),
        steps: Vec::new(),
        grace_days: 3,
        cap_pct: Some(Rate::percent(50)),
    };
    let step =
        PenaltyStep { remaining_pct: Rate::percent(50), basis: PenaltyBasis::MonthsOfInterest(3) };
    let early = PenaltyParts {
        kind: PenaltyKind::EarlySettlement,
        basis: PenaltyBasis::MonthsOfInterest(2),
        steps: vec![step],
        grace_days: 0,
        cap_pct: None,
    };
    let fee = |kind, basis| {
        FeeTerms::new(FeeParts { kind, basis, collection: Collection::Upfront }).unwrap()
    };
    let parts = TermsParts {
        fees: vec![
            fee(FeeKind::Admin, FeeBasis::Percent(Rate::percent(1))),
            fee(FeeKind::Blokir, FeeBasis::Instalments(1)),
        ],
        late: Some(PenaltyTerms::new(late).unwrap()),
        early_settlement: Some(PenaltyTerms::new(early).unwrap()),
        freeze_interest_on_death: true,
        ..product.terms().unwrap().into_parts()
    };
    Terms::new(parts).unwrap()
}

/// Adds applications by statements, numbered from 1.
pub(crate) fn add_applications(database: &TestDatabase, house: &House, count: u32) {
    let rows = (1..=count).map(|id| {
        format!(
            "({id}, {}, {}, 600000000, 6, 0, '{{}}', 'approved', '2026-01-02', 1, \
             '2026-01-02 00:00:00', '2026-01-02 00:00:00')",
            house.member, house.product.id
        )
    });
    let sql = "INSERT INTO applications (id, member_id, product_id, plafon, tenor, \
               other_obligations, terms, status, entered_on, version, created_at, updated_at) \
               VALUES ";
    database.execute(&(sql.to_owned() + &rows.collect::<Vec<_>>().join(", "))).unwrap();
}

/// Six rows of a million and some interest, due on the 5th from February 2026.
pub(crate) fn rows(made_by: TransactionId) -> Vec<Row> {
    let first = date("2026-02-05");
    let due = |no: u16| pensipro_kernel::add_months(first, u32::from(no) - 1);
    (1..=6)
        .map(|no| {
            let starts_on = if no == 1 { date("2026-01-05") } else { due(no - 1) };
            let owed = Instalment {
                principal: rupiah(1_000_000),
                interest: rupiah(60_000),
                fee: if no == 1 { rupiah(5_000) } else { Money::ZERO },
            };
            Row::new(RowKey::new(made_by, no), starts_on, due(no), owed)
        })
        .collect()
}

pub(crate) fn new_loan(house: &House, application: i64) -> NewLoan {
    let facts = LoanFacts {
        application_id: ApplicationId::new(application),
        member_id: house.member,
        product_id: ProductId::new(house.product.id.get()),
        sales_id: None,
        branch_id: None,
        plafon: rupiah(6_000_000),
        tenor: 6,
        terms: terms(&house.product),
        approved_on: date("2026-01-02"),
    };
    let dates = LoanDates {
        disbursed_on: date("2026-01-02"),
        first_due_date: date("2026-02-05"),
        maturity_date: date("2026-07-05"),
    };
    NewLoan { facts, rows: rows(RowKey::PROVISIONAL), dates }
}

/// A loan of six million, disbursed on 5 January 2026.
pub(crate) fn disbursed_loan(database: &TestDatabase, house: &House, application: i64) -> Loan {
    let new = new_loan(house, application);
    let id = write(database, |tx| tx.add_loan(&new, None)).id;
    disburse_now(database, house, id)
}

/// Disburses a loan.
pub(crate) fn disburse_now(database: &TestDatabase, house: &House, id: LoanId) -> Loan {
    write(database, |tx| {
        let mut loan = OpenLoan::new(tx.lock_loan(id, Default::default())?, &POLICY());
        let mut batch = PostingBatch::new();
        disburse(tx, &mut loan, house.account, &mut batch)?;
        tx.store_postings(&batch, None)?;
        Ok(tx.stored_loan(id, Default::default())?.loan)
    })
}

fn disburse(
    tx: &mut Tx<'_>,
    loan: &mut OpenLoan,
    account_id: BankAccountId,
    batch: &mut PostingBatch,
) -> Outcome<()> {
    let id = tx.reserve_transaction_ids(1)?.next().unwrap();
    let disbursed_on = date("2026-01-05");
    let (upfront_fees, deposit) = (rupiah(60_000), rupiah(1_060_000));
    let kind = InputKind::Disbursement(Disbursed { rows: rows(id), deposit });
    loan.post(Input { id, effective_on: disbursed_on, booked_on: disbursed_on, kind }, batch)
        .unwrap();
    batch.disbursements.push(NewDisbursement {
        transaction_id: id,
        loan_id: loan.loan().id,
        disbursed_on,
        amount: rupiah(6_000_000),
        charges: vec![FeeCharge {
            kind: FeeKind::Admin,
            amount: upfront_fees,
            collection: Collection::Upfront,
        }],
        upfront_fees,
        deposit,
        net_amount: rupiah(4_880_000),
        account_id,
        sources: vec![Source { funder_id: None, contract_id: None, amount: rupiah(6_000_000) }],
        reference: Some("TRF-1".into()),
    });
    Ok(())
}

/// A payment to be posted.
#[derive(Debug, Clone)]
pub(crate) struct Pay {
    pub(crate) on: NaiveDate,
    pub(crate) amount: Money,
    pub(crate) channel: Channel,
    pub(crate) reference: Option<String>,
    pub(crate) line: Option<i64>,
}

pub(crate) fn pay(on: &str, amount: Money) -> Pay {
    Pay { on: date(on), amount, channel: Channel::Transfer, reference: None, line: None }
}

/// Locks a loan, with its history where the date needs it.
pub(crate) fn lock(tx: &mut Tx<'_>, id: LoanId, on: NaiveDate) -> Outcome<OpenLoan> {
    let loan = OpenLoan::new(tx.lock_loan(id, Default::default())?, &POLICY());
    if loan.account().on().is_none_or(|last| last < on) {
        return Ok(loan);
    }
    let (_, history) = tx.histories(&[id])?.pop().unwrap();
    Ok(loan.with_history(history))
}

/// Notes a payment in a batch.
pub(crate) fn post(loan: &mut OpenLoan, id: TransactionId, pay: &Pay, batch: &mut PostingBatch) {
    let of_cut = pay.channel == Channel::PensionCut;
    let due_through = if of_cut { Period::of(pay.on).last_day() } else { pay.on };
    let excess_to = if of_cut { ExcessTo::Refund } else { ExcessTo::PrepayNext };
    let kind = InputKind::Payment(PaymentInput {
        amount: pay.amount,
        due_through,
        tolerance: Money::ZERO,
        excess_to,
        paid_as: pay.channel.paid_as(),
    });
    let input = Input { id, effective_on: pay.on, booked_on: date("2026-06-15"), kind };
    loan.post(input, batch).unwrap();
    batch.payments.push(NewPayment {
        transaction_id: id,
        loan_id: loan.loan().id,
        paid_on: pay.on,
        amount: pay.amount,
        channel: pay.channel,
        reference: pay.reference.clone(),
        source_line: pay.line.map(pensipro_kernel::ImportLineId::new),
    });
}

/// Posts one payment in the present transaction.
pub(crate) fn post_one(tx: &mut Tx<'_>, id: LoanId, pay: &Pay) -> Outcome<TransactionId> {
    let mut loan = lock(tx, id, pay.on)?;
    let transaction = tx.reserve_transaction_ids(1)?.next().unwrap();
    let mut batch = PostingBatch::new();
    post(&mut loan, transaction, pay, &mut batch);
    tx.store_postings(&batch, None)?;
    Ok(transaction)
}

/// Posts a failed cut of a month.
pub(crate) fn fail(tx: &mut Tx<'_>, id: LoanId, on: NaiveDate) -> Outcome<TransactionId> {
    let mut loan = lock(tx, id, on)?;
    let transaction = tx.reserve_transaction_ids(1)?.next().unwrap();
    let month = Period::of(on);
    let cut = FailedCut { due_from: month.first_day(), due_through: month.last_day() };
    let kind = InputKind::FailedCut(cut);
    let input = Input { id: transaction, effective_on: on, booked_on: date("2026-06-15"), kind };
    let mut batch = PostingBatch::new();
    loan.post(input, &mut batch).unwrap();
    tx.store_postings(&batch, None)?;
    Ok(transaction)
}

/// Posts an input that is no payment.
pub(crate) fn enter(
    tx: &mut Tx<'_>,
    id: LoanId,
    on: NaiveDate,
    kind: InputKind,
) -> Outcome<TransactionId> {
    let transaction = tx.reserve_transaction_ids(1)?.next().unwrap();
    let input = Input { id: transaction, effective_on: on, booked_on: date("2026-06-15"), kind };
    let mut loan = lock(tx, id, on)?;
    if loan.needs_history_for(&input.order()) {
        let (_, history) = tx.histories(&[id])?.pop().unwrap();
        loan = loan.with_history(history);
    }
    let mut batch = PostingBatch::new();
    loan.post_because(input, Some("alasan".into()), &mut batch).unwrap();
    tx.store_postings(&batch, None)?;
    Ok(transaction)
}

/// Takes a transaction back.
pub(crate) fn reverse(tx: &mut Tx<'_>, id: LoanId, of: TransactionId) -> Outcome<TransactionId> {
    let mut loan = OpenLoan::new(tx.lock_loan(id, Default::default())?, &POLICY());
    let (_, history) = tx.histories(&[id])?.pop().unwrap();
    loan = loan.with_history(history);
    let reversal = tx.reserve_transaction_ids(1)?.next().unwrap();
    let mut batch = PostingBatch::new();
    loan.post_reversal(reversal, of, "salah input".into(), date("2026-06-15"), &mut batch).unwrap();
    tx.store_postings(&batch, None)?;
    Ok(reversal)
}
