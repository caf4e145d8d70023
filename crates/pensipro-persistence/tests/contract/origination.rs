//! Applications and the way to their approval.

use chrono::TimeDelta;
use pensipro_kernel::{
    ApplicationId, BranchId, LoanId, MemberId, PageRequest, Rate, Scope, StorageError, UserId,
};
use pensipro_members::{ContentType, MemberRepository, Sha256, StoredFile};
use pensipro_origination::{
    Application, ApplicationDocumentKind, ApplicationDocumentRepository, ApplicationDraft,
    ApplicationFilter, ApplicationRepository, ApplicationSort, ApplicationStatus,
    AssessmentRepository, CommitteeRepository, Condition, Desk, Factor, Findings, Fulfilment,
    Level, NewAnalysis, NewDecision, Occasion, OpenLoanFacts, Precheck, Recommendation, Recusal,
    Request, RiskScore, Score, ScorePart, Takeover, Verdict, Waiting,
};
use pensipro_persistence::testing::{TestDatabase, on_each_backend};
use pensipro_pricing::RuleResult;

use crate::fixtures::{
    Outcome, add_branch, add_member, add_product, add_user, date, product, read, rupiah, write,
};

fn draft(database: &TestDatabase) -> ApplicationDraft {
    let member = add_member(database, 1, "Suparman");
    let product = add_product(database, "PS-1");
    ApplicationDraft {
        member_id: member.id,
        product_id: product.id,
        sales_id: None,
        branch_id: None,
        request: Request {
            plafon: rupiah(50_000_000),
            tenor: 60,
            purpose: Some("Renovasi".into()),
            other_obligations: rupiah(100_000),
            topup: None,
            takeover: Some(Takeover {
                institution: "Bank Lama".into(),
                payoff: rupiah(20_000_000),
                reference: Some("KPR-7".into()),
            }),
        },
        terms: crate::fixtures::product(database, product.id).terms().unwrap(),
        entered_on: date("2026-06-15"),
    }
}

fn add(database: &TestDatabase, draft: &ApplicationDraft) -> Application {
    write(database, |tx| tx.add_application(draft, None))
}

fn application(database: &TestDatabase, id: ApplicationId) -> Application {
    read(database, |tx| tx.application(id, Scope::default()))
}

#[test]
fn an_application_comes_back_and_keeps_its_version() {
    on_each_backend(|database| {
        let draft = draft(database);
        let mut stored = add(database, &draft);
        assert_eq!((&stored.request, &stored.terms), (&draft.request, &draft.terms));
        assert_eq!(stored.terms, product(database, draft.product_id).terms().unwrap());
        assert_eq!(application(database, stored.id), stored);
        let stale = stored.clone();
        stored.status = ApplicationStatus::Approved;
        stored.approved_on = Some(date("2026-06-16"));
        stored.reason = Some("lengkap".into());
        stored.request.purpose = None;
        stored.request.takeover = None;
        stored.version = write(database, |tx| tx.save_application(&stored));
        assert_eq!(application(database, stored.id), stored);
        let refused = database.store().write("stale", |tx| tx.save_application(&stale));
        assert!(matches!(refused, Err(StorageError::Stale { .. })));
        let before = |day| read(database, |tx| tx.offers_approved_before(day, 10));
        assert_eq!(before(date("2026-06-16")), []);
        assert_eq!(before(date("2026-06-17")), [stored.id]);
    });
}

#[test]
fn lists_and_scope() {
    on_each_backend(|database| {
        add_branch(database, 1);
        let mut draft = draft(database);
        let first = add(database, &draft);
        draft.branch_id = Some(BranchId::new(1));
        let second = add(database, &draft);
        let ids = |sort, scope| {
            let filter = ApplicationFilter { sort, ..ApplicationFilter::default() };
            let mut page = PageRequest { limit: 1, ..PageRequest::default() };
            let mut ids = Vec::new();
            loop {
                let part = read(database, |tx| tx.applications(&filter, &page, scope));
                ids.extend(part.data.iter().map(|application| application.id));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => return ids,
                }
            }
        };
        let everything = Scope::default();
        assert_eq!(ids(ApplicationSort::CreatedAt, everything), [first.id, second.id]);
        assert_eq!(ids(ApplicationSort::CreatedAtDescending, everything), [second.id, first.id]);
        let branch = Scope::Branch(BranchId::new(1));
        assert_eq!(ids(ApplicationSort::CreatedAt, branch), [second.id]);
        let hidden: Outcome<_> = database.store().read(|tx| tx.application(first.id, branch));
        assert!(matches!(hidden, Err(StorageError::NotFound { .. })));
    });
}

#[test]
fn what_a_member_has_open_is_counted() {
    on_each_backend(|database| {
        let draft = draft(database);
        let facts_with =
            |beside, topup| read(database, |tx| tx.open_loan_facts(draft.member_id, beside, topup));
        let facts = |beside| facts_with(beside, None);
        let open = || read(database, |tx| tx.obligations(draft.member_id));
        let first = add(database, &draft);
        assert_eq!(facts(first.id), OpenLoanFacts::default());
        assert_eq!(open().open_applications, 1);
        let mut second = add(database, &draft);
        second.status = ApplicationStatus::Analyzing;
        write(database, |tx| tx.save_application(&second));
        assert_eq!(facts(first.id).applications, 1);
        assert_eq!(facts(second.id).applications, 0, "a draft is not under way");
        assert_eq!(open().open_applications, 2);
        add_loan(database, second.id.get(), draft.member_id.get(), draft.product_id.get());
        let expected = OpenLoanFacts { loans: 1, instalments: rupiah(1_200_000), applications: 1 };
        assert_eq!(facts(first.id), expected);
        assert_eq!(facts(second.id).loans, 0, "its own loan stands beside nothing");
        let topped_up = facts_with(first.id, Some(LoanId::new(1)));
        assert_eq!((topped_up.loans, topped_up.instalments), (0, rupiah(0)));
        let active = |member| read(database, |tx| tx.has_active_loan(member, LoanId::new(1)));
        assert!(!active(draft.member_id), "it is pending");
        database
            .execute("UPDATE loans SET status = 'active', disbursed_on = '2026-06-15'")
            .unwrap();
        assert!(active(draft.member_id));
        assert!(!active(MemberId::new(999)));
        database.execute("UPDATE loans SET status = 'pending', disbursed_on = NULL").unwrap();
        assert_eq!((open().pending_loans, open().open_loans), (1, 0));
    });
}

/// A loan with three rows, the first and largest of which is paid.
fn add_loan(database: &TestDatabase, application: i64, member: i64, product: i64) {
    let sql = format!(
        "INSERT INTO loans (id, application_id, member_id, product_id, plafon, tenor, \
         approved_on, status, collection, first_due_date, maturity_date, excess, due_from_member, \
         deposit, principal, interest, fee, penalty, touched_through, version, created_at, \
         updated_at) VALUES (1, {application}, {member}, {product}, 1, 3, '2026-06-15', 'pending', \
         'pension_cut', '2026-07-01', '2026-09-01', 0, 0, 0, 1, 0, 0, 0, '2026-07-01', 1, \
         '2026-06-15 00:00:00', '2026-06-15 00:00:00')"
    );
    database.execute(&sql).unwrap();
    let rows = [(1, 150_000_000, 150_000_000), (2, 110_000_000, 0), (3, 100_000_000, 0)];
    for (no, principal, paid) in rows {
        let interest = 10_000_000;
        let interest_paid = if paid > 0 { interest } else { 0 };
        let sql = format!(
            "INSERT INTO loan_schedules (loan_id, made_by, no, starts_on, due_date, principal, \
             interest, fee, principal_paid, interest_paid, fee_paid, penalty_paid, tolerated, \
             counted_sen_days, counted_base, held_sen_days, held_base, state, is_open) VALUES \
             (1, 1, {no}, '2026-06-01', '2026-07-01', {principal}, {interest}, 0, {paid}, \
             {interest_paid}, 0, 0, 0, 0, 0, 0, 0, 'live', {})",
            paid == 0
        );
        database.execute(&sql).unwrap();
    }
}

#[test]
fn documents_prechecks_and_analyses_pile_up() {
    on_each_backend(|database| {
        let id = add(database, &draft(database)).id;
        let file = StoredFile {
            key: "applications/ab/abcd".parse().unwrap(),
            content_type: ContentType::Png,
            size: 7,
            sha256: Sha256([1; 32]),
        };
        let kind = ApplicationDocumentKind::Formulir;
        let stored = write(database, |tx| tx.add_application_document(id, kind, &file, None));
        assert_eq!(read(database, |tx| tx.application_documents(id)), [stored]);

        assert_eq!(read(database, |tx| tx.latest_precheck(id)), None);
        let mut all = Vec::new();
        for (passed, occasion) in [(false, Occasion::Submit), (true, Occasion::Approval)] {
            let rule = RuleResult {
                rule: "dsr".into(),
                passed,
                actual: "61.2".into(),
                limit: "70".into(),
            };
            let checked_at = read(database, |tx| Ok(tx.moment().now));
            let result = Precheck { occasion, rules: vec![rule], checked_at, checked_by: None };
            write(database, |tx| tx.add_precheck(id, &result));
            all.push(result.clone());
            assert_eq!(read(database, |tx| tx.latest_precheck(id)), Some(result));
            assert_eq!(read(database, |tx| tx.prechecks(id)), all);
        }

        let findings = Findings {
            income: rupiah(4_000_000),
            other_obligations: rupiah(0),
            risk_score: RiskScore::new(35).unwrap(),
            recommendation: Recommendation::Conditional,
            notes: "Layak".into(),
        };
        for dsr in [Some(Rate::from_units(612_345)), None] {
            let new = NewAnalysis {
                application_id: id,
                findings: findings.clone(),
                dsr,
                score: dsr.map(|dsr| Score {
                    total: 61,
                    factors: vec![ScorePart {
                        factor: Factor::Dsr,
                        value: Some(dsr),
                        points: 61,
                        weight: 2,
                        contribution: Rate::percent(61),
                    }],
                }),
                analysed_by: None,
            };
            let analysis = write(database, |tx| tx.add_analysis(&new));
            assert_eq!(analysis.content, new);
            assert_eq!(read(database, |tx| tx.analyses(id)).last(), Some(&analysis));
        }
    });
}

#[test]
fn desks_hold_what_waits_the_longest_first() {
    on_each_backend(|database| {
        let draft = draft(database);
        let since = |hours| database_time() + TimeDelta::hours(hours);
        let put = |status, hours, level: Option<i64>| {
            let mut stored = add(database, &draft);
            let level = level.and_then(Level::new);
            stored.status = status;
            stored.waiting = Some(Waiting { since: since(hours), level });
            stored.version = write(database, |tx| tx.save_application(&stored));
            assert_eq!(application(database, stored.id), stored);
            stored.id
        };
        let late = put(ApplicationStatus::Committee, 2, Some(1));
        let early = put(ApplicationStatus::Committee, 1, Some(1));
        let next = put(ApplicationStatus::Committee, 0, Some(2));
        let analyst = put(ApplicationStatus::Analyzing, 3, None);
        add(database, &draft);
        let ids = |filter: &ApplicationFilter| {
            let filter =
                ApplicationFilter { sort: ApplicationSort::WaitingSince, ..filter.clone() };
            let mut page = PageRequest { limit: 1, count: true, ..PageRequest::default() };
            let mut ids = Vec::new();
            loop {
                let part = read(database, |tx| tx.applications(&filter, &page, Scope::default()));
                ids.extend(part.data.iter().map(|application| application.id));
                match part.next {
                    Some(next) => page.after = Some(next),
                    None => {
                        assert_eq!(part.total, Some(ids.len().try_into().unwrap()));
                        return ids;
                    }
                }
            }
        };
        let all = ApplicationFilter::default();
        assert_eq!(ids(&all), [next, early, late, analyst]);
        let desk = |desk| ApplicationFilter { desk: Some(desk), ..ApplicationFilter::default() };
        assert_eq!(ids(&desk(Desk::Analyst)), [analyst]);
        assert_eq!(ids(&desk(Desk::Finance)), []);
        let level = Level::new(1);
        assert_eq!(ids(&ApplicationFilter { level, ..all }), [early, late]);
        let overdue = |hours| {
            read(database, |tx| tx.overdue(Level::FIRST, since(hours), 10))
                .into_iter()
                .map(|application| application.id)
                .collect::<Vec<_>>()
        };
        assert_eq!((overdue(0), overdue(1), overdue(2)), (vec![], vec![early], vec![early, late]));
        let told = application(database, early);
        let note = || write(database, |tx| tx.note_deadline(&told));
        assert_eq!((note(), note()), (true, false));
        assert_eq!(overdue(2), [late]);
    });
}

fn database_time() -> chrono::DateTime<chrono::Utc> {
    "2026-06-15T03:00:00Z".parse().unwrap()
}

#[test]
fn who_stepped_back_is_kept_once() {
    on_each_backend(|database| {
        add_user(database, 1);
        let id = add(database, &draft(database)).id;
        let recusal = Recusal {
            application_id: id,
            user_id: UserId::new(1),
            level: Level::FIRST,
            reason: "saudara kandung".into(),
            recused_at: database_time(),
        };
        write(database, |tx| tx.add_recusal(&recusal));
        let again = database.store().write("again", |tx| tx.add_recusal(&recusal));
        assert!(matches!(again, Err(StorageError::Duplicate { .. })));
        assert_eq!(read(database, |tx| tx.recusals(id)), [recusal]);
    });
}

#[test]
fn a_level_and_a_person_decide_once() {
    on_each_backend(|database| {
        for user in [1, 2] {
            add_user(database, user);
        }
        let id = add(database, &draft(database)).id;
        let decide = |level: i64, user: i64| {
            let decision = NewDecision {
                application_id: id,
                level: Level::new(level).unwrap(),
                verdict: Verdict::Conditional,
                notes: Some("setuju".into()),
                decided_by: Some(UserId::new(user)),
            };
            let conditions = ["Asuransi".to_owned(), "SK asli".to_owned()];
            database.store().write("decide", |tx| tx.add_decision(&decision, &conditions))
        };
        let first = decide(1, 1).unwrap();
        for (level, user) in [(1, 2), (2, 1)] {
            assert!(matches!(decide(level, user), Err(StorageError::Duplicate { .. })));
        }
        let second = decide(2, 2).unwrap();
        assert_eq!(read(database, |tx| tx.decisions(id)), [first, second]);
        let conditions = read(database, |tx| tx.conditions(id));
        let texts: Vec<&str> = conditions.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(texts, ["Asuransi", "SK asli", "Asuransi", "SK asli"]);
        let at = read(database, |tx| Ok(tx.moment().now));
        let met = Some(Fulfilment { by: Some(UserId::new(1)), at, notes: Some("ada".into()) });
        let condition = Condition { met, ..conditions[1].clone() };
        write(database, |tx| tx.save_condition(&condition));
        assert_eq!(read(database, |tx| tx.conditions(id))[1], condition);
    });
}
