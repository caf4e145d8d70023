//! What sales people and branches achieved, counted from visits, applications, loans, targets and
//! commissions.

use pensipro_kernel::{BranchId, Money, SalesId, Scope};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_sales::{
    Contender, Figures, Goal, Months, Owner, PerformanceRepository, PipelineStage, PipelineStatus,
    Realised, TargetRepository,
};

use crate::{
    fixtures::{read, rupiah},
    lending::{House, house},
    sales::{new_branch, new_sales},
};

const EVERYBODY: Scope = Scope::WholeHouse;

/// Two sales people of one branch and one of another.
struct Force {
    branches: [BranchId; 2],
    people: [SalesId; 3],
}

fn force(database: &TestDatabase) -> Force {
    let branches = ["JKT", "BDG"].map(|code| new_branch(database, code, code).id);
    let person = |branch, code| new_sales(database, branch, code, code).id;
    let people = [person(branches[0], "S1"), person(branches[0], "S2"), person(branches[1], "S3")];
    Force { branches, people }
}

/// An application by statements, and its loan where it was approved.
struct Case {
    id: i64,
    sales: SalesId,
    branch: BranchId,
    status: &'static str,
    entered_on: &'static str,
    approved_on: Option<&'static str>,
    disbursed_on: Option<&'static str>,
    plafon: i64,
}

fn add(database: &TestDatabase, house: &House, case: &Case) {
    let Case { id, sales, branch, status, entered_on, approved_on, disbursed_on, plafon } = case;
    let sen = plafon * 100;
    let application = format!(
        "INSERT INTO applications (id, member_id, product_id, sales_id, branch_id, plafon, tenor, \
         other_obligations, terms, status, entered_on, version, created_at, updated_at) VALUES \
         ({id}, {}, {}, {sales}, {branch}, {sen}, 6, 0, '{{}}', '{status}', '{entered_on}', 1, \
         '2026-01-02 00:00:00', '2026-01-02 00:00:00')",
        house.member, house.product.id
    );
    database.execute(&application).unwrap();
    let Some(approved_on) = approved_on else { return };
    let (loan_status, day) = match disbursed_on {
        Some(day) => ("active", format!("'{day}'")),
        None => ("pending", "NULL".to_owned()),
    };
    let loan = format!(
        "INSERT INTO loans (id, application_id, member_id, product_id, sales_id, branch_id, plafon, \
         tenor, approved_on, status, collection, disbursed_on, first_due_date, maturity_date, excess, \
         due_from_member, deposit, principal, interest, fee, penalty, touched_through, version, \
         created_at, updated_at) VALUES ({id}, {id}, {}, {}, {sales}, {branch}, {sen}, 6, \
         '{approved_on}', '{loan_status}', 'pension_cut', {day}, '2026-07-01', '2026-12-01', 0, 0, \
         0, 0, 0, 0, 0, '2026-07-01', 1, '2026-01-02 00:00:00', '2026-01-02 00:00:00')",
        house.member, house.product.id
    );
    database.execute(&loan).unwrap();
}

/// Loans of May and June, offers, and applications on their way.
fn lend(database: &TestDatabase, force: &Force) {
    let house = house(database);
    let case = |id: i64, person: usize, status, plafon| Case {
        id,
        sales: force.people[person],
        branch: force.branches[person / 2],
        status,
        entered_on: "2026-06-01",
        approved_on: None,
        disbursed_on: None,
        plafon,
    };
    let lent = |id, person, approved_on, disbursed_on, plafon| Case {
        approved_on: Some(approved_on),
        disbursed_on: Some(disbursed_on),
        entered_on: "2026-05-20",
        ..case(id, person, "disbursed", plafon)
    };
    let cases = [
        lent(1, 0, "2026-05-25", "2026-05-31", 10),
        lent(2, 0, "2026-06-01", "2026-06-01", 20),
        lent(3, 0, "2026-06-10", "2026-06-30", 30),
        lent(4, 1, "2026-06-10", "2026-06-11", 40),
        lent(5, 2, "2026-06-10", "2026-06-11", 50),
        Case { approved_on: Some("2026-06-12"), ..case(6, 0, "approved", 60) },
        case(7, 0, "draft", 70),
        case(8, 0, "draft", 80),
        case(9, 0, "rejected", 90),
    ];
    cases.iter().for_each(|case| add(database, &house, case));
}

fn statements(database: &TestDatabase, force: &Force) {
    let [first, ..] = force.people;
    let [branch, _] = force.branches;
    let at = "'2026-06-01 00:00:00'";
    for (day, result) in
        [("2026-05-31", "applied"), ("2026-06-01", "not_met"), ("2026-06-30", "declined")]
    {
        let sql = format!(
            "INSERT INTO sales_visits (sales_id, branch_id, visited_on, prospect_name, \
             prospect_search, result, created_at) VALUES ({first}, {branch}, '{day}', 'Siti', \
             'siti', '{result}', {at})"
        );
        database.execute(&sql).unwrap();
    }
    for (periode, status, amount, approved) in [
        ("2026-05", "approved", 100, at),
        ("2026-06", "approved", 200, at),
        ("2026-06", "draft", 999, "NULL"),
        ("2026-06", "superseded", 999, at),
    ] {
        let sql = format!(
            "INSERT INTO sales_targets (sales_id, periode, target_amount, target_count, status, \
             approved_at, version, created_at, updated_at) VALUES ({first}, '{periode}', \
             {amount}00, 4, '{status}', {approved}, 1, {at}, {at})"
        );
        database.execute(&sql).unwrap();
    }
    for (periode, amount) in [("2026-05", 700), ("2026-06", 500), ("2026-06", -200)] {
        let sql = format!(
            "INSERT INTO sales_commissions (sales_id, branch_id, kind, periode, amount, reason, \
             status, version, created_at, updated_at) VALUES ({first}, {branch}, 'manual', \
             '{periode}', {amount}, 'x', 'unpaid', 1, {at}, {at})"
        );
        database.execute(&sql).unwrap();
    }
}

fn june() -> Months {
    Months::of("2026-06".parse().unwrap())
}

fn lent(rupiahs: i64, count: u32) -> Realised {
    Realised { amount: rupiah(rupiahs), count }
}

#[test]
fn figures_are_of_the_owner_and_of_the_months() {
    on_each_backend(|database| {
        let force = force(database);
        let figures = |owner, months| read(database, |tx| tx.figures(owner, months));
        let first = Owner::Sales(force.people[0]);
        assert_eq!(figures(first, june()), Figures::default());
        lend(database, &force);
        statements(database, &force);
        let goal = |amount, count| Some(Goal { amount: rupiah(amount), count });
        let expected = Figures {
            visits: 2,
            applications: 4,
            approved: 3,
            disbursed: lent(50, 2),
            goal: goal(200, 4),
            commission: Money::from_sen(300),
        };
        assert_eq!(figures(first, june()), expected);
        let both = Months::between("2026-05".parse().unwrap(), "2026-06".parse().unwrap());
        let expected = Figures {
            visits: 3,
            applications: 7,
            approved: 4,
            disbursed: lent(60, 3),
            goal: goal(300, 8),
            commission: Money::from_sen(1_000),
        };
        assert_eq!(figures(first, both), expected);
        let branch = figures(Owner::Branch(force.branches[0]), june());
        let expected = Figures {
            visits: 2,
            applications: 4,
            approved: 4,
            disbursed: lent(90, 3),
            goal: None,
            commission: Money::from_sen(300),
        };
        assert_eq!(branch, expected);
    });
}

#[test]
fn the_pipeline_holds_what_may_yet_be_disbursed() {
    on_each_backend(|database| {
        let force = force(database);
        lend(database, &force);
        let mut stages = read(database, |tx| tx.pipeline(Owner::Sales(force.people[0])));
        stages.sort_by_key(|stage| stage.status);
        let stage = |status, count, amount| PipelineStage { status, count, plafon: rupiah(amount) };
        let drafts = stage(PipelineStatus::Draft, 2, 150);
        assert_eq!(stages, [drafts, stage(PipelineStatus::Approved, 1, 60)]);
        assert_eq!(read(database, |tx| tx.pipeline(Owner::Branch(force.branches[1]))), []);
    });
}

#[test]
fn what_was_disbursed_is_told_month_by_month() {
    on_each_backend(|database| {
        let force = force(database);
        lend(database, &force);
        let months = Months::between("2026-01".parse().unwrap(), "2026-06".parse().unwrap());
        let realised = |owner| {
            let months = read(database, |tx| tx.realised(owner, months));
            months.into_iter().map(|(month, sum)| (month.to_string(), sum)).collect::<Vec<_>>()
        };
        let (may, june) = ("2026-05".to_owned(), "2026-06".to_owned());
        let first = realised(Owner::Sales(force.people[0]));
        assert_eq!(first, [(may.clone(), lent(10, 1)), (june.clone(), lent(50, 2))]);
        let branch = realised(Owner::Branch(force.branches[0]));
        assert_eq!(branch, [(may, lent(10, 1)), (june, lent(90, 3))]);
    });
}

#[test]
fn contenders_are_the_sales_people_of_the_scope() {
    on_each_backend(|database| {
        let force = force(database);
        lend(database, &force);
        let contenders = |branch, scope| {
            let mut found: Vec<Contender> =
                read(database, |tx| tx.contenders(june(), branch, scope));
            found.sort_by_key(|each| each.id);
            found
        };
        let all = contenders(None, EVERYBODY);
        let amounts: Vec<_> = all.iter().map(|each| each.figures.disbursed).collect();
        assert_eq!(amounts, [lent(50, 2), lent(40, 1), lent(50, 1)]);
        assert_eq!((all[0].code.as_str(), all[0].branch_id), ("S1", force.branches[0]));
        let ids = |found: Vec<Contender>| found.iter().map(|each| each.id).collect::<Vec<_>>();
        let other = Some(force.branches[1]);
        assert_eq!(ids(contenders(other, EVERYBODY)), [force.people[2]]);
        let bound = Scope::Branch(force.branches[0]);
        assert_eq!(ids(contenders(None, bound)), force.people[..2]);
        assert_eq!(ids(contenders(other, bound)), []);
    });
}
