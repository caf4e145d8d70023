//! Many disbursed loans, each billed for March 2026.

use chrono::NaiveDate;
use pensipro_billing::{
    Arrears, BilledRow, Export, ExportLine, ExportRepository, ExportScope, ExportStatus, NewExport,
    Payer,
};
use pensipro_kernel::{
    ApplicationId, BankAccountId, LoanId, MemberId, Money, Period, Rate, StorageError,
    TransactionId,
};
use pensipro_members::{
    AccountDetails, BankAccountRepository, MemberDetails, MemberRegistry, RawAccount, RawMember,
};
use pensipro_persistence::{Tx, testing::TestDatabase};
use pensipro_pricing::{
    AllocationOrder, Limits, LoanProduct, Method, ProductDetails, ProductParts, ProductRepository,
    ScheduleRuleParts, ScheduleRules, Validity,
};
use pensipro_servicing::{
    Disbursed, Input, InputKind, Instalment, LoanDates, LoanFacts, LoanRepository, NewDisbursement,
    NewLoan, OpenLoan, PostingBatch, Row, RowKey, ServicingPolicy, Source,
};

pub(crate) const TENOR: u16 = 96;

pub(crate) struct House {
    pub(crate) loans: Vec<LoanId>,
}

type Outcome<T> = Result<T, StorageError>;

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub(crate) fn march() -> Period {
    "2026-03".parse().expect("a month")
}

pub(crate) fn rupiah(rupiah: i64) -> Money {
    Money::from_sen(rupiah * 100)
}

/// Makes the loans in transactions of some hundred.
pub(crate) fn build(database: &TestDatabase, count: usize) -> House {
    let product = product(database);
    let numbers: Vec<usize> = (1..=count).collect();
    let mut loans = Vec::with_capacity(count);
    for numbers in numbers.chunks(250) {
        let members: Vec<_> =
            write(database, |tx| numbers.iter().map(|number| add_member(tx, *number)).collect());
        add_applications(database, &members, numbers[0], &product);
        let made: Vec<_> = write(database, |tx| {
            let applications = numbers.iter().zip(&members);
            let new =
                applications.map(|(number, (member, _))| new_loan(&product, *member, *number));
            new.map(|new| Ok(tx.add_loan(&new, None)?.id)).collect()
        });
        write(database, |tx| disburse(tx, &made, &members));
        loans.extend(made);
    }
    let house = House { loans };
    bill(database, &house);
    house
}

fn write<T>(database: &TestDatabase, work: impl Fn(&mut Tx<'_>) -> Outcome<T>) -> T {
    database.store().write("house", |tx| work(tx)).expect("it is written")
}

fn product(database: &TestDatabase) -> LoanProduct {
    let rules = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
    let details = ProductDetails::new(ProductParts {
        code: "PS-1".into(),
        name: "Pensiun Sejahtera".into(),
        limits: Limits {
            plafon_min: rupiah(1_000_000),
            plafon_max: rupiah(200_000_000),
            plafon_step: rupiah(500_000),
            tenor_min: 6,
            tenor_max: 180,
            dsr_limit: Rate::percent(70),
            umur_maksimal: 75,
            max_benefit_pct: Rate::percent(95),
        },
        rules: ScheduleRules::new(rules).expect("rules"),
        allocation_order: AllocationOrder::RowFirst,
        max_active_loans: 1,
        freeze_interest_on_death: true,
        funder_id: None,
        is_active: true,
        validity: Validity::default(),
        interest_cap_reason: None,
    });
    let details = details.expect("a product");
    write(database, |tx| tx.add_product(&details, None))
}

fn add_member(tx: &mut Tx<'_>, number: usize) -> Outcome<(MemberId, BankAccountId)> {
    let raw = RawMember {
        nik: Some(format!("31{:04}120150{:04}", number / 9_000 + 1_000, number % 9_000 + 1)),
        no_pensiun: Some(format!("{number:015}")),
        name: Some(format!("Suparman {number}")),
        birth_place: Some("Jakarta".into()),
        birth_date: Some(date("1950-01-12")),
        sex: Some("L".into()),
        address: Some("Jl. Melati 1".into()),
        payer: Some("TASPEN".into()),
        pay_office: Some("BRI Tanah Abang".into()),
        rank: Some("III/d".into()),
        sk_number: Some("SK-1".into()),
        sk_date: Some(date("2008-02-01")),
        monthly_benefit: Some(rupiah(4_000_000)),
        sales_id: None,
        branch_id: None,
    };
    let details = MemberDetails::check(raw, date("2026-06-15")).expect("a member");
    let member = tx.add_member(&details, None)?.id;
    let account = AccountDetails::check(RawAccount {
        bank_code: Some("002".into()),
        bank_name: Some("BRI".into()),
        account_number: Some(format!("{number:010}")),
        account_name: Some("SUPARMAN".into()),
    });
    let account = tx.add_bank_account(member, &account.expect("an account"), None)?.id;
    Ok((member, account))
}

fn add_applications(
    database: &TestDatabase,
    members: &[(MemberId, BankAccountId)],
    first: usize,
    product: &LoanProduct,
) {
    let rows = members.iter().zip(first..).map(|((member, _), id)| {
        format!(
            "({id}, {member}, {}, 9600000000, 96, 0, '{{}}', 'approved', '2026-01-02', 1, \
             '2026-01-02 00:00:00', '2026-01-02 00:00:00')",
            product.id
        )
    });
    let sql = "INSERT INTO applications (id, member_id, product_id, plafon, tenor, \
               other_obligations, terms, status, entered_on, version, created_at, updated_at) \
               VALUES ";
    let sql = sql.to_owned() + &rows.collect::<Vec<_>>().join(", ");
    database.execute(&sql).expect("applications");
}

fn rows(made_by: TransactionId) -> Vec<Row> {
    let due = |no: u16| pensipro_kernel::add_months(date("2026-02-05"), u32::from(no) - 1);
    let each = (1..=TENOR).map(|no| {
        let starts_on = if no == 1 { date("2026-01-05") } else { due(no - 1) };
        let owed = Instalment {
            principal: rupiah(1_000_000),
            interest: rupiah(560_000),
            fee: Money::ZERO,
        };
        Row::new(RowKey::new(made_by, no), starts_on, due(no), owed)
    });
    each.collect()
}

fn new_loan(product: &LoanProduct, member_id: MemberId, number: usize) -> NewLoan {
    let facts = LoanFacts {
        application_id: ApplicationId::new(number as i64),
        member_id,
        product_id: product.id,
        sales_id: None,
        branch_id: None,
        plafon: rupiah(96_000_000),
        tenor: TENOR,
        terms: product.terms().expect("terms"),
        approved_on: date("2026-01-02"),
    };
    let dates = LoanDates {
        disbursed_on: date("2026-01-02"),
        first_due_date: date("2026-02-05"),
        maturity_date: date("2034-01-05"),
    };
    NewLoan { facts, rows: rows(RowKey::PROVISIONAL), dates }
}

fn disburse(
    tx: &mut Tx<'_>,
    loans: &[LoanId],
    members: &[(MemberId, BankAccountId)],
) -> Outcome<()> {
    let ids = tx.reserve_transaction_ids(loans.len() as u32)?;
    let mut batch = PostingBatch::new();
    let stored = tx.lock_loans(loans)?;
    for ((stored, (_, account_id)), id) in stored.into_iter().zip(members).zip(ids) {
        let mut loan = OpenLoan::new(stored, &ServicingPolicy::default());
        let disbursed_on = date("2026-01-05");
        let kind = InputKind::Disbursement(Disbursed { rows: rows(id), deposit: Money::ZERO });
        let input = Input { id, effective_on: disbursed_on, booked_on: disbursed_on, kind };
        loan.post(input, &mut batch).expect("a disbursement");
        batch.disbursements.push(NewDisbursement {
            transaction_id: id,
            loan_id: loan.loan().id,
            disbursed_on,
            amount: rupiah(96_000_000),
            charges: Vec::new(),
            upfront_fees: Money::ZERO,
            deposit: Money::ZERO,
            net_amount: rupiah(96_000_000),
            account_id: *account_id,
            sources: vec![Source {
                funder_id: None,
                contract_id: None,
                amount: rupiah(96_000_000),
            }],
            reference: None,
        });
    }
    tx.store_postings(&batch, None)
}

fn bill(database: &TestDatabase, house: &House) {
    let scope = ExportScope { periode: march(), payer: Payer::Taspen, pay_office: String::new() };
    let new = NewExport {
        scope,
        arrears: Arrears::Include,
        tolerance: Money::ZERO,
        profile: "TASPEN".into(),
        replaces: None,
        reason: None,
    };
    let id = write(database, |tx| tx.add_export(&new, None)).expect("an export");
    let lines: Vec<_> = (1..).zip(&house.loans).map(|(no, loan)| line(no, *loan)).collect();
    for lines in lines.chunks(1_000) {
        write(database, |tx| tx.add_export_lines(id, lines, &[]));
    }
    write(database, |tx| {
        let export = tx.lock_export(id)?;
        tx.save_export(&Export { status: ExportStatus::Generated, ..export })
    });
}

fn line(line_no: u32, loan_id: LoanId) -> ExportLine {
    let row = |no: u32| BilledRow {
        made_by: TransactionId::new(loan_id.get()),
        no,
        due_date: pensipro_kernel::add_months(date("2026-02-05"), no - 1),
        amount: rupiah(1_560_000),
        hold_until: date("2026-03-16"),
    };
    ExportLine {
        line_no,
        loan_id,
        member_id: MemberId::new(loan_id.get()),
        instalment_no: 2,
        due_date: date("2026-03-05"),
        made_on: date("2026-02-25"),
        amount: rupiah(3_120_000),
        rows: vec![row(1), row(2)],
    }
}
