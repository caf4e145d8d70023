//! Branches, sales people, visits, targets and commissions.

use pensipro_kernel::{
    BranchId, LoanId, MemberId, Money, Page, PageRequest, Period, Position, Rate, SalesId, Scope,
    StorageError, TransactionId, UserId,
};
use pensipro_members::{SalesDirectory, Seller};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_sales::{
    Branch, BranchDetails, BranchFilter, BranchRepository, Commission, CommissionEntry,
    CommissionFilter, CommissionOrigin, CommissionPayment, CommissionRepository, CommissionState,
    CommissionStatus, Earned, Goal, NewTarget, Owner, PeopleSort, RawBranch, RawSales, RawVisit,
    SalesDetails, SalesFilter, SalesPerson, SalesReferences, SalesRepository, SetTarget, Target,
    TargetFilter, TargetRepository, TargetStatus, VisitDetails, VisitFilter, VisitRepository,
    VisitResult, Visited,
};

use crate::{
    fixtures::{add_member, add_user, date, read, rupiah, write},
    lending::{add_applications, disbursed_loan, house},
};

const EVERYBODY: Scope = Scope::WholeHouse;

fn bound_to(branch: BranchId) -> Scope {
    Scope::Branch(branch)
}

pub(crate) fn new_branch(database: &TestDatabase, code: &str, name: &str) -> Branch {
    let raw = RawBranch { code: Some(code.into()), name: Some(name.into()), address: None };
    let details = BranchDetails::check(raw).unwrap();
    write(database, |tx| tx.add_branch(&details, None))
}

fn raw_sales(branch: BranchId, code: &str, name: &str) -> RawSales {
    RawSales {
        branch_id: Some(branch),
        code: Some(code.into()),
        name: Some(name.into()),
        phone: Some("081234567890".into()),
        email: Some("sari@koperasi.example".into()),
        commission_pct: Some("1.25".parse().unwrap()),
        user_id: None,
    }
}

pub(crate) fn new_sales(
    database: &TestDatabase,
    branch: BranchId,
    code: &str,
    name: &str,
) -> SalesPerson {
    let details = SalesDetails::check(raw_sales(branch, code, name), EVERYBODY).unwrap();
    write(database, |tx| tx.add_sales_person(&details, None))
}

/// Every row of a list, two at a time.
fn all<T>(mut part: impl FnMut(&PageRequest) -> Page<T>) -> Vec<T> {
    let mut page = PageRequest { limit: 2, count: true, ..PageRequest::default() };
    let mut rows = Vec::new();
    loop {
        let Page { data, next, total } = part(&page);
        rows.extend(data);
        match next {
            Some(next) => page.after = Some(next),
            None => {
                assert_eq!(total, i64::try_from(rows.len()).ok());
                return rows;
            }
        }
    }
}

#[test]
fn branches_come_back_and_are_listed_within_the_scope() {
    on_each_backend(|database| {
        let names = [("C", "beta"), ("A", "Gamma"), ("B", "Alfa 50%")];
        let made = names.map(|(code, name)| new_branch(database, code, name));
        assert_eq!(read(database, |tx| tx.branch(made[0].id, EVERYBODY)), made[0]);
        let codes = |filter: BranchFilter, scope| {
            let rows = all(|page| read(database, |tx| tx.branches(&filter, page, scope)));
            rows.into_iter().map(|branch| branch.details.code).collect::<String>()
        };
        let sorted = |sort| codes(BranchFilter { sort, ..BranchFilter::default() }, EVERYBODY);
        assert_eq!(sorted(PeopleSort::Code), "ABC");
        assert_eq!(sorted(PeopleSort::Name), "BCA");
        assert_eq!(sorted(PeopleSort::CreatedAtDescending), "BAC");
        let q = |q: &str| BranchFilter { q: Some(q.into()), ..BranchFilter::default() };
        assert_eq!(
            (codes(q("GAM"), EVERYBODY), codes(q("0%"), EVERYBODY)),
            ("A".into(), "B".into())
        );
        assert_eq!(codes(BranchFilter::default(), bound_to(made[0].id)), "C");
        let mut changed = made[1].clone();
        changed.details.is_active = false;
        changed.details.address = Some("Jl. Melati 4".into());
        write(database, |tx| tx.save_branch(&changed));
        assert_eq!(read(database, |tx| tx.branch(changed.id, EVERYBODY)).details, changed.details);
        let off = BranchFilter { is_active: Some(false), ..BranchFilter::default() };
        assert_eq!(codes(off, EVERYBODY), "A");
        let stale = database.store().write("stale", |tx| tx.save_branch(&changed));
        assert!(matches!(stale, Err(StorageError::Stale { .. })));
        let other = database.store().read(|tx| tx.branch(made[0].id, bound_to(made[1].id)));
        assert!(matches!(other, Err(StorageError::NotFound { .. })));
        let again = database.store().write("again", |tx| tx.add_branch(&made[0].details, None));
        let Err(StorageError::Duplicate { constraint }) = again else { panic!("{again:?}") };
        assert_eq!(constraint, "sales_branches_code_key");
        assert_eq!(read(database, |tx| tx.branch_with_code("C")), Some(made[0].id));
    });
}

#[test]
fn sales_people_come_back_and_are_listed_within_the_scope() {
    on_each_backend(|database| {
        let branches = ["JKT", "BDG"].map(|code| new_branch(database, code, code).id);
        add_user(database, 1);
        let one = new_sales(database, branches[0], "S2", "sari");
        let two = new_sales(database, branches[0], "S1", "Tono");
        let three = new_sales(database, branches[1], "S3", "Budi");
        assert_eq!(read(database, |tx| tx.sales_person(one.id, EVERYBODY)), one);
        let mut tied = one.clone();
        tied.details.user_id = Some(UserId::new(1));
        tied.details.phone = None;
        write(database, |tx| tx.save_sales_person(&tied));
        let mut gone = two.clone();
        gone.details.is_active = false;
        write(database, |tx| tx.save_sales_person(&gone));
        let codes = |filter: SalesFilter, scope| {
            let rows = all(|page| read(database, |tx| tx.sales_people(&filter, page, scope)));
            let codes: Vec<_> = rows.into_iter().map(|person| person.details.code).collect();
            codes.join(" ")
        };
        let sorted = |sort| codes(SalesFilter { sort, ..SalesFilter::default() }, EVERYBODY);
        assert_eq!(sorted(PeopleSort::Code), "S1 S2 S3");
        assert_eq!(sorted(PeopleSort::Name), "S3 S2 S1");
        assert_eq!(sorted(PeopleSort::CreatedAtDescending), "S3 S1 S2");
        let filter = SalesFilter { branch_id: Some(branches[0]), ..SalesFilter::default() };
        assert_eq!(codes(filter.clone(), EVERYBODY), "S1 S2");
        assert_eq!(codes(filter, bound_to(branches[1])), "");
        assert_eq!(codes(SalesFilter::default(), bound_to(branches[1])), "S3");
        let filter = SalesFilter { user_id: Some(UserId::new(1)), ..SalesFilter::default() };
        assert_eq!(codes(filter, EVERYBODY), "S2");
        let filter = SalesFilter { is_active: Some(true), ..SalesFilter::default() };
        assert_eq!(codes(filter, EVERYBODY), "S2 S3");
        let filter = SalesFilter { q: Some("ud".into()), ..SalesFilter::default() };
        assert_eq!(codes(filter, EVERYBODY), "S3");
        let found = read(database, |tx| tx.sales_person_of_user(UserId::new(1)));
        assert_eq!(found.map(|person| person.details), Some(tied.details.clone()));
        let found = read(database, |tx| tx.sales_person_with_code("S3"));
        assert_eq!(found, Some(three.clone()));
        let mut taken = three.details.clone();
        taken.user_id = Some(UserId::new(1));
        let again = database.store().write("again", |tx| {
            tx.save_sales_person(&SalesPerson { details: taken.clone(), ..three.clone() })
        });
        let Err(StorageError::Duplicate { constraint }) = again else { panic!("{again:?}") };
        assert_eq!(constraint, "sales_user_id_key");
    });
}

#[test]
fn other_modules_find_who_sells_and_where() {
    on_each_backend(|database| {
        let branches = ["JKT", "BDG"].map(|code| new_branch(database, code, code));
        add_user(database, 1);
        let mut person = new_sales(database, branches[0].id, "S1", "Sari");
        person.details.user_id = Some(UserId::new(1));
        person.version = write(database, |tx| tx.save_sales_person(&person));
        let seller = Some(Seller { id: person.id, branch_id: branches[0].id });
        let of_user = |user| read(database, |tx| tx.seller_of_user(UserId::new(user)));
        assert_eq!((of_user(1), of_user(2)), (seller, None));
        let within = |scope| read(database, |tx| tx.seller(person.id, scope));
        assert_eq!(within(bound_to(branches[0].id)), seller);
        assert_eq!(within(bound_to(branches[1].id)), None);
        let open = |id| read(database, |tx| tx.branch_is_open(id));
        assert_eq!((open(branches[1].id), open(BranchId::new(99))), (true, false));
        person.details.is_active = false;
        write(database, |tx| tx.save_sales_person(&person));
        assert_eq!((within(EVERYBODY), of_user(1)), (None, None));
        let mut closed = branches[1].clone();
        closed.details.is_active = false;
        write(database, |tx| tx.save_branch(&closed));
        assert!(!open(closed.id));
        let user = read(database, |tx| tx.tied_user(UserId::new(1), EVERYBODY)).unwrap();
        assert_eq!((user.scope, user.is_active), (EVERYBODY, true));
        let hidden = read(database, |tx| tx.tied_user(UserId::new(1), bound_to(closed.id)));
        assert_eq!(hidden, None);
        let member = add_member(database, 1, "Suparman").id;
        let sees = |scope| read(database, |tx| tx.member_is_visible(member, scope));
        assert_eq!((sees(EVERYBODY), sees(bound_to(closed.id))), (true, false));
        assert!(!read(database, |tx| tx.member_is_visible(MemberId::new(9), EVERYBODY)));
        assert!(!read(database, |tx| tx.loan_is_visible(LoanId::new(9), EVERYBODY)));
    });
}

fn visit(on: &str, who: Result<MemberId, &str>, result: &str) -> VisitDetails {
    let raw = RawVisit {
        visited_on: Some(date(on)),
        member_id: who.ok(),
        prospect_name: who.err().map(str::to_owned),
        result: Some(result.into()),
        notes: Some("Rumah dekat pasar".into()),
        next_action_on: None,
    };
    VisitDetails::check(raw, date("2026-06-15")).unwrap()
}

#[test]
fn visits_are_listed_the_latest_first_by_month_result_and_name() {
    on_each_backend(|database| {
        let branches = ["JKT", "BDG"].map(|code| new_branch(database, code, code).id);
        let mut person = new_sales(database, branches[0], "S1", "Sari");
        let member = add_member(database, 1, "Suparman Hadi").id;
        let add = |person: &SalesPerson, details: VisitDetails| {
            write(database, |tx| tx.add_visit(person, &details, None))
        };
        let first = add(&person, visit("2026-05-31", Err("Hartini Hadi"), "interested"));
        assert_eq!(first.details.visited, Visited::Prospect("Hartini Hadi".into()));
        add(&person, visit("2026-06-02", Ok(member), "applied"));
        add(&person, visit("2026-06-01", Err("Budi"), "declined"));
        person.details.branch_id = branches[1];
        person.version = write(database, |tx| tx.save_sales_person(&person));
        add(&person, visit("2026-06-01", Err("Tuti"), "not_met"));
        let days = |filter: VisitFilter, scope| {
            let rows = all(|page| read(database, |tx| tx.visits(person.id, &filter, page, scope)));
            let text = rows.iter().map(|row| {
                format!("{} {}", &row.details.visited_on.to_string()[5..], row.details.result)
            });
            text.collect::<Vec<_>>().join(", ")
        };
        let every = "06-02 applied, 06-01 not_met, 06-01 declined, 05-31 interested";
        assert_eq!(days(VisitFilter::default(), EVERYBODY), every);
        assert_eq!(days(VisitFilter::default(), bound_to(branches[1])), "06-01 not_met");
        let june = Some("2026-06".parse().unwrap());
        let filter = VisitFilter { periode: june, ..VisitFilter::default() };
        assert_eq!(days(filter, EVERYBODY), "06-02 applied, 06-01 not_met, 06-01 declined");
        let filter = VisitFilter { result: Some(VisitResult::Declined), ..VisitFilter::default() };
        assert_eq!(days(filter, EVERYBODY), "06-01 declined");
        let filter = VisitFilter { member_id: Some(member), ..VisitFilter::default() };
        assert_eq!(days(filter, EVERYBODY), "06-02 applied");
        let filter = VisitFilter { q: Some("HADI".into()), ..VisitFilter::default() };
        assert_eq!(days(filter, EVERYBODY), "06-02 applied, 05-31 interested");
    });
}

fn set(periode: &str, amount: i64) -> SetTarget {
    SetTarget { periode: periode.parse().unwrap(), goal: Goal { amount: rupiah(amount), count: 3 } }
}

#[test]
fn a_month_has_one_draft_and_one_approved_target() {
    on_each_backend(|database| {
        let branch = new_branch(database, "JKT", "Jakarta").id;
        let person = new_sales(database, branch, "S1", "Sari").id;
        add_user(database, 1);
        for owner in [Owner::Sales(person), Owner::Branch(branch)] {
            let add = |set| {
                database.store().write("add", |tx| tx.add_target(&NewTarget { owner, set }, None))
            };
            let draft = add(set("2026-06", 5)).unwrap();
            assert_eq!(read(database, |tx| tx.target(owner, draft.id)), draft);
            assert!(matches!(add(set("2026-06", 6)), Err(StorageError::Duplicate { .. })));
            let approved = Target {
                status: TargetStatus::Approved,
                approved_by: Some(UserId::new(1)),
                approved_at: Some(draft.created_at),
                ..draft.clone()
            };
            write(database, |tx| tx.save_target(&approved));
            add(set("2026-06", 7)).unwrap();
            add(set("2026-05", 8)).unwrap();
            let list = |filter: TargetFilter| {
                let rows = all(|page| read(database, |tx| tx.targets(owner, &filter, page)));
                let text = rows.iter().map(|row| {
                    format!("{} {} {}", row.periode, row.goal.amount.sen() / 100, row.status)
                });
                text.collect::<Vec<_>>().join(", ")
            };
            let every = "2026-06 7 draft, 2026-06 5 approved, 2026-05 8 draft";
            assert_eq!(list(TargetFilter::default()), every);
            let june: Period = "2026-06".parse().unwrap();
            let filter = TargetFilter { periode: Some(june), status: Some(TargetStatus::Approved) };
            assert_eq!(list(filter), "2026-06 5 approved");
            let of = |status| read(database, |tx| tx.target_of_month(owner, june, status));
            assert_eq!(of(TargetStatus::Approved).map(|target| target.id), Some(draft.id));
            assert_eq!(of(TargetStatus::Superseded), None);
            let others = Owner::Branch(BranchId::new(99));
            let other = database.store().read(|tx| tx.target(others, draft.id));
            assert!(matches!(other, Err(StorageError::NotFound { .. })));
        }
    });
}

/// A disbursed loan with the transaction that paid it out.
fn paid_out(database: &TestDatabase) -> (LoanId, TransactionId) {
    let house = house(database);
    add_applications(database, &house, 1);
    let loan = disbursed_loan(database, &house, 1).id;
    let disbursements =
        read(database, |tx| pensipro_servicing::LoanRepository::disbursements(tx, loan));
    (loan, disbursements[0].transaction_id)
}

fn entry(person: &SalesPerson, origin: CommissionOrigin, loan: Option<LoanId>) -> CommissionEntry {
    let taken_back = matches!(origin, CommissionOrigin::Clawback(_));
    CommissionEntry {
        sales_id: person.id,
        branch_id: person.details.branch_id,
        loan_id: loan,
        origin,
        periode: "2026-06".parse().unwrap(),
        amount: Money::from_sen(if taken_back { -500 } else { 500 }),
        reason: Some("bonus".into()),
    }
}

fn paid() -> CommissionState {
    CommissionState::Paid(CommissionPayment {
        paid_on: date("2026-06-30"),
        payroll_periode: "2026-07".parse().unwrap(),
        reference: Some("GAJI-7".into()),
        paid_by: None,
    })
}

#[test]
fn a_disbursement_earns_once_and_is_taken_back_once() {
    on_each_backend(|database| {
        let branch = new_branch(database, "JKT", "Jakarta").id;
        let person = new_sales(database, branch, "S1", "Sari");
        let (loan, disbursement) = paid_out(database);
        let earned = Earned {
            disbursement,
            plafon: rupiah(6_000_000),
            commission_pct: Rate::from_units(12_500),
        };
        let add = |entry: &CommissionEntry| {
            database.store().write("add", |tx| tx.add_commission(entry, None))
        };
        let origin = CommissionOrigin::Disbursement(earned);
        let stored = add(&entry(&person, origin, Some(loan))).unwrap();
        assert_eq!(stored.entry, entry(&person, origin, Some(loan)));
        assert!(matches!(add(&stored.entry), Err(StorageError::Duplicate { .. })));
        let found = write(database, |tx| tx.lock_commission_of(disbursement));
        assert_eq!(found.as_ref(), Some(&stored));
        let after = Commission { state: paid(), ..stored.clone() };
        write(database, |tx| tx.save_commission(&after));
        let stale = database.store().write("stale", |tx| tx.save_commission(&after));
        assert!(matches!(stale, Err(StorageError::Stale { .. })));
        let found = write(database, |tx| tx.lock_commission_of(disbursement)).unwrap();
        assert_eq!(found.state, after.state);
        let back = entry(&person, CommissionOrigin::Clawback(stored.id), Some(loan));
        add(&back).unwrap();
        assert!(matches!(add(&back), Err(StorageError::Duplicate { .. })));
        let lock = |sales, scope| {
            database.store().write("lock", |tx| tx.lock_commission(sales, stored.id, scope))
        };
        assert!(lock(person.id, bound_to(branch)).is_ok());
        assert!(lock(SalesId::new(99), EVERYBODY).is_err());
        assert!(lock(person.id, bound_to(BranchId::new(99))).is_err());
    });
}

#[test]
fn commissions_are_listed_across_sales_people() {
    on_each_backend(|database| {
        let branches = ["JKT", "BDG"].map(|code| new_branch(database, code, code).id);
        let people = [
            new_sales(database, branches[0], "S1", "Sari"),
            new_sales(database, branches[1], "S2", "Budi"),
        ];
        let (loan, _) = paid_out(database);
        let add = |entry: CommissionEntry| write(database, |tx| tx.add_commission(&entry, None));
        let first = add(entry(&people[0], CommissionOrigin::Manual, Some(loan)));
        let may = "2026-05".parse().unwrap();
        add(CommissionEntry { periode: may, ..entry(&people[1], CommissionOrigin::Manual, None) });
        add(entry(&people[1], CommissionOrigin::Manual, None));
        write(database, |tx| tx.save_commission(&Commission { state: paid(), ..first.clone() }));
        let list = |filter: CommissionFilter, scope| {
            let rows = all(|page| read(database, |tx| tx.commissions(&filter, page, scope)));
            let text = rows.iter().map(|row| {
                let number = row.loan_number.as_deref().unwrap_or("-");
                format!("{} {} {} {number}", row.branch_code, row.sales_code, row.sales_name)
            });
            text.collect::<Vec<_>>().join(", ")
        };
        let (sari, budi) = ("JKT S1 Sari LN-2026-000001", "BDG S2 Budi -");
        let usual = CommissionFilter::default();
        assert_eq!(list(usual, EVERYBODY), format!("{sari}, {budi}, {budi}"));
        assert_eq!(list(usual, bound_to(branches[0])), sari);
        assert_eq!(list(usual, Scope::Funder(pensipro_kernel::FunderId::new(1))), "");
        for (filter, expected) in [
            (CommissionFilter { status: Some(CommissionStatus::Paid), ..usual }, sari),
            (CommissionFilter { periode: Some(may), ..usual }, budi),
            (CommissionFilter { payroll_periode: "2026-07".parse().ok(), ..usual }, sari),
            (CommissionFilter { branch_id: Some(branches[0]), ..usual }, sari),
            (CommissionFilter { sales_id: Some(people[0].id), ..usual }, sari),
            (CommissionFilter { loan_id: Some(loan), ..usual }, sari),
            (CommissionFilter { loan_id: Some(LoanId::new(99)), ..usual }, ""),
        ] {
            assert_eq!(list(filter, EVERYBODY), expected, "{filter:?}");
        }
        let last = Position { key: String::new(), id: i64::MAX };
        let page = PageRequest { after: Some(last), ..PageRequest::default() };
        assert_eq!(read(database, |tx| tx.commissions(&usual, &page, EVERYBODY)).data, []);
    });
}
