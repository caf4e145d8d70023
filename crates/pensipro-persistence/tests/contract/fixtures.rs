//! Things that several contracts need.

use chrono::NaiveDate;
use pensipro_kernel::{MemberId, Money, ProductId, Rate, StorageError};
use pensipro_members::{Member, MemberDetails, MemberRegistry, MemberRepository, RawMember};
use pensipro_persistence::{Tx, testing::TestDatabase};
use pensipro_pricing::{
    AllocationOrder, Limits, LoanProduct, Method, ProductDetails, ProductParts, ProductRepository,
    ScheduleRuleParts, ScheduleRules, Validity,
};

pub(crate) type Outcome<T> = Result<T, StorageError>;

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn rupiah(rupiah: i64) -> Money {
    Money::from_sen(rupiah * 100)
}

/// Commits what the closure does.
pub(crate) fn write<T>(database: &TestDatabase, work: impl Fn(&mut Tx<'_>) -> Outcome<T>) -> T {
    database.store().write("test", |tx| work(tx)).unwrap()
}

pub(crate) fn read<T>(database: &TestDatabase, work: impl FnOnce(&mut Tx<'_>) -> Outcome<T>) -> T {
    database.store().read(work).unwrap()
}

/// A NIK of a man born on 12 January 1950, with this serial.
pub(crate) fn nik(serial: u32) -> String {
    format!("317305120150{serial:04}")
}

/// The details of a member with this serial and name.
pub(crate) fn details(serial: u32, name: &str) -> MemberDetails {
    let raw = RawMember {
        nik: Some(nik(serial)),
        no_pensiun: Some(format!("0000001950{serial:05}")),
        name: Some(name.into()),
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
    MemberDetails::check(raw, date("2026-06-15")).unwrap()
}

pub(crate) fn add_member(database: &TestDatabase, serial: u32, name: &str) -> Member {
    let details = details(serial, name);
    write(database, |tx| tx.add_member(&details, None))
}

pub(crate) fn member(database: &TestDatabase, id: MemberId) -> Outcome<Member> {
    database.store().read(|tx| tx.member(id, Default::default()))
}

/// What is stated of a product with this code.
pub(crate) fn product_parts(code: &str, name: &str) -> ProductParts {
    let rules = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
    ProductParts {
        code: code.into(),
        name: name.into(),
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
        rules: ScheduleRules::new(rules).unwrap(),
        allocation_order: AllocationOrder::RowFirst,
        max_active_loans: 1,
        freeze_interest_on_death: true,
        funder_id: None,
        is_active: true,
        validity: Validity::default(),
        interest_cap_reason: None,
    }
}

pub(crate) fn add_product(database: &TestDatabase, code: &str) -> LoanProduct {
    let details = ProductDetails::new(product_parts(code, "Pensiun Sejahtera")).unwrap();
    write(database, |tx| tx.add_product(&details, None))
}

pub(crate) fn product(database: &TestDatabase, id: ProductId) -> LoanProduct {
    read(database, |tx| tx.product(id))
}

/// A branch, by statements: nothing writes branches yet.
pub(crate) fn add_branch(database: &TestDatabase, id: i64) {
    let sql = format!(
        "INSERT INTO sales_branches (id, code, name, created_at, updated_at) \
         VALUES ({id}, 'B{id}', 'Cabang {id}', '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
    );
    database.execute(&sql).unwrap();
}

/// A user, by statements.
pub(crate) fn add_user(database: &TestDatabase, id: i64) {
    let sql = format!(
        "INSERT INTO sys_users (id, username, email, full_name, password_hash, is_active, \
         authz_version, version, created_at, updated_at) VALUES ({id}, 'user{id}', 'u{id}@x.id', \
         'User {id}', '-', TRUE, 1, 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00')"
    );
    database.execute(&sql).unwrap();
}
