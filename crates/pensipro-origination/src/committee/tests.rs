//! The committee's rules and laws.

use pensipro_kernel::{BranchId, DomainError, FourEyes, Money, ProductId, UserId};
use proptest::prelude::*;

use crate::fixtures::{actor, analysis, application, at, decision, rupiah};
use crate::{
    Analysis, Application, ApplicationStatus, CommitteeFile, CommitteePolicy, Decide, Decided,
    Decision, Level, OriginationError, RawBand, RawDecide, Recusal, Relaxation, Request, Subject,
    Verdict, Waiting,
};

const AUTHOR: i64 = 1;
const ANALYST: i64 = 2;

fn with_committee(plafon: Money) -> Application {
    let request = Request { plafon, ..application().request };
    let waiting = Waiting::at_level(Some(Level::FIRST), at());
    Application { status: ApplicationStatus::Committee, request, waiting, ..application() }
}

fn approve() -> Decide {
    Decide { level: None, verdict: Verdict::Approve, notes: None, conditions: vec![] }
}

fn small() -> CommitteePolicy {
    let levels = vec![vec!["KOMITE".into()], vec!["KOMITE".into()], vec!["KOMITE".into()]];
    CommitteePolicy::new(levels, rupiah(100_000_000), FourEyes::Small).unwrap()
}

fn decide(
    plafon: i64,
    before: &[Decision],
    policy: &CommitteePolicy,
    (user, roles): (i64, &[&str]),
) -> Result<Decided, OriginationError> {
    let analyses = [analysis(ANALYST)];
    let file = CommitteeFile { analyses: &analyses, decisions: before, recusals: &[] };
    with_committee(rupiah(plafon)).decide(file, policy, &actor(user, roles), approve(), at())
}

fn outcome(decided: Result<Decided, OriginationError>) -> Result<&'static str, &'static str> {
    decided.map(|decided| decided.application.status.code()).map_err(|error| error.kind().code)
}

#[test]
fn two_levels_below_the_limit_and_three_from_it_up() {
    let policy = CommitteePolicy::default();
    let run = |plafon, before: &[Decision], by| outcome(decide(plafon, before, &policy, by));
    let one = [decision(1, 7)];
    let two = [decision(1, 7), decision(2, 8)];
    assert_eq!(run(99_999_999, &[], (7, &["SPV"])), Ok("committee"));
    assert_eq!(run(99_999_999, &one, (8, &["MANAGER"])), Ok("approved"));
    assert_eq!(run(100_000_000, &one, (8, &["MANAGER"])), Ok("committee"));
    assert_eq!(run(100_000_000, &two, (9, &["DIREKSI"])), Ok("approved"));
}

#[test]
fn a_seat_needs_a_role_of_the_level_that_is_due() {
    let policy = CommitteePolicy::default();
    let run = |before: &[Decision], by| outcome(decide(50_000_000, before, &policy, by));
    assert_eq!(run(&[], (9, &["DIREKSI"])), Err("wrong_level"));
    assert_eq!(run(&[], (9, &["MANAGER"])), Err("wrong_level"));
    assert_eq!(run(&[], (9, &["ADMIN"])), Err("wrong_level"));
    // Level 1, on which he sits, was decided.
    assert_eq!(run(&[decision(1, 7)], (9, &["SPV"])), Err("level_decided"));
    assert_eq!(run(&[decision(1, 7)], (9, &["DIREKSI"])), Err("wrong_level"));
    assert_eq!(run(&[decision(1, 7)], (9, &["SPV", "KOMITE"])), Ok("approved"));
}

#[test]
fn a_word_counts_for_the_level_that_it_is_meant_for() {
    let run = |level: i64, before: &[Decision]| {
        let command = Decide { level: Level::new(level), ..approve() };
        let analyses = [analysis(ANALYST)];
        let file = CommitteeFile { analyses: &analyses, decisions: before, recusals: &[] };
        let by = actor(9, &["KOMITE"]);
        let application = with_committee(rupiah(50_000_000));
        outcome(application.decide(file, &CommitteePolicy::default(), &by, command, at()))
    };
    let one = [decision(1, 7)];
    assert_eq!(run(1, &[]), Ok("committee"));
    assert_eq!(run(2, &[]), Err("wrong_level"));
    assert_eq!(run(1, &one), Err("level_decided"));
    assert_eq!(run(2, &one), Ok("approved"));
    let named = Decide { level: Level::new(2), ..approve() };
    assert_eq!(named.clone().arrived_at(Level::new(1)), named);
    assert_eq!(approve().arrived_at(Level::new(2)), named);
}

#[test]
fn who_entered_analysed_or_decided_has_no_seat() {
    let policy = CommitteePolicy::default();
    let run = |before: &[Decision], user| {
        outcome(decide(50_000_000, before, &policy, (user, &["KOMITE", "ADMIN"])))
    };
    assert_eq!(run(&[], AUTHOR), Err("same_person"));
    assert_eq!(run(&[], ANALYST), Err("same_person"));
    assert_eq!(run(&[decision(1, 7)], 7), Err("same_person"));
    assert_eq!(run(&[decision(1, 7)], 8), Ok("approved"));
}

#[test]
fn a_small_cooperative_lets_analyst_and_author_sit_early_and_marks_it() {
    let policy = small();
    let run = |before: &[Decision], user| {
        decide(100_000_000, before, &policy, (user, &["KOMITE"]))
            .map(|decided| decided.relaxation)
            .map_err(|error| error.kind().code)
    };
    assert_eq!(run(&[], ANALYST), Ok(Some(Relaxation::AnalystSits)));
    assert_eq!(run(&[decision(1, 7)], ANALYST), Err("same_person"));
    assert_eq!(run(&[decision(1, 7)], AUTHOR), Ok(Some(Relaxation::AuthorSits)));
    assert_eq!(run(&[decision(1, 7), decision(2, 8)], AUTHOR), Err("same_person"));
    let seated = decide(100_000_000, &[], &policy, (ANALYST, &["KOMITE"])).unwrap();
    let entry = seated.audit_entry(&with_committee(rupiah(100_000_000)));
    assert_eq!(entry.new_value.unwrap().open["four_eyes"], "analyst_sits");
}

#[test]
fn a_rejection_ends_it_and_a_conditional_yes_goes_on() {
    let decide = |verdict: &str, notes: Option<&str>, conditions: &[&str]| {
        let raw = RawDecide {
            decision: Some(verdict.into()),
            notes: notes.map(str::to_owned),
            conditions: conditions.iter().map(|text| (*text).to_owned()).collect(),
            level: None,
        };
        let analyses: [Analysis; 0] = [];
        let file = CommitteeFile { analyses: &analyses, decisions: &[], recusals: &[] };
        let command = Decide::check(raw).map_err(|faults| faults.list()[0].field.clone())?;
        let by = actor(7, &["SPV"]);
        let application = with_committee(rupiah(10_000_000));
        let decided = application.decide(file, &CommitteePolicy::default(), &by, command, at());
        Ok::<_, String>(decided.unwrap())
    };
    let rejected = decide("reject", Some("DSR terlalu tinggi"), &[]).unwrap().application;
    assert_eq!(rejected.status, ApplicationStatus::Rejected);
    assert_eq!(rejected.reason.as_deref(), Some("DSR terlalu tinggi"));
    assert_eq!(rejected.event().unwrap().name, "application.rejected");
    let conditional = decide("conditional", None, &["asuransi jiwa"]).unwrap();
    assert_eq!(conditional.application.status, ApplicationStatus::Committee);
    assert_eq!(conditional.conditions, ["asuransi jiwa"]);
    assert_eq!(decide("reject", None, &[]).unwrap_err(), "notes");
    assert_eq!(decide("conditional", None, &[]).unwrap_err(), "conditions");
    assert_eq!(decide("approve", None, &["x"]).unwrap_err(), "conditions");
    assert_eq!(decide("perhaps", None, &[]).unwrap_err(), "decision");
}

#[test]
fn only_what_is_with_the_committee_is_decided() {
    for status in ApplicationStatus::ALL {
        let application = Application { status: *status, ..with_committee(rupiah(1)) };
        let file = CommitteeFile { analyses: &[], decisions: &[], recusals: &[] };
        let by = actor(7, &["SPV"]);
        let decided = application.decide(file, &CommitteePolicy::default(), &by, approve(), at());
        let expected = match status {
            ApplicationStatus::Committee => Ok("committee"),
            _ => Err("invalid_transition"),
        };
        assert_eq!(outcome(decided), expected, "{status}");
    }
}

#[test]
fn a_committee_has_two_levels_at_least() {
    let level = || vec!["KOMITE".to_owned()];
    let new = |levels| CommitteePolicy::new(levels, Money::ZERO, FourEyes::Strict).is_ok();
    assert!(!new(vec![level()]) && !new(vec![level(), vec![]]) && new(vec![level(), level()]));
}

fn subject(plafon: i64, product: i64, branch: Option<i64>) -> Subject {
    let branch_id = branch.map(BranchId::new);
    Subject { plafon: rupiah(plafon), product_id: ProductId::new(product), branch_id }
}

fn levels(roles: &[&str]) -> Vec<Vec<String>> {
    roles.iter().map(|role| vec![(*role).to_owned()]).collect()
}

#[test]
fn the_first_band_that_covers_an_application_tells_its_levels() {
    let bands = vec![
        RawBand {
            plafon_from: Some(rupiah(10)),
            plafon_below: Some(rupiah(20)),
            products: vec![ProductId::new(1), ProductId::new(2)],
            branches: vec![BranchId::new(5)],
            levels: levels(&["A"]),
        },
        RawBand { products: vec![ProductId::new(1)], levels: levels(&["B"]), ..RawBand::default() },
        RawBand { plafon_from: Some(rupiah(15)), levels: levels(&["C"]), ..RawBand::default() },
    ];
    let policy = CommitteePolicy::default().with_bands(bands).unwrap();
    let first =
        |plafon, product, branch| policy.levels_for(subject(plafon, product, branch))[0][0].clone();
    for (plafon, product, branch, role) in [
        (9, 2, Some(5), "SPV"),
        (10, 2, Some(5), "A"),
        (19, 1, Some(5), "A"),
        (20, 2, Some(5), "C"),
        (20, 1, Some(5), "B"),
        (12, 1, None, "B"),
        (12, 1, Some(6), "B"),
        (14, 3, Some(5), "SPV"),
        (15, 3, None, "C"),
    ] {
        assert_eq!(first(plafon, product, branch), role, "{plafon} {product} {branch:?}");
    }
}

#[test]
fn a_band_has_levels_roles_and_bounds_in_order() {
    let fields = |bands: Vec<RawBand>| {
        let faults = CommitteePolicy::default().with_bands(bands).unwrap_err();
        faults.list().iter().map(|fault| fault.field.clone()).collect::<Vec<_>>()
    };
    let good = RawBand { levels: levels(&["A"]), ..RawBand::default() };
    let order =
        RawBand { plafon_from: Some(rupiah(2)), plafon_below: Some(rupiah(2)), ..good.clone() };
    let empty = RawBand { levels: vec![vec![]], ..good.clone() };
    let many = RawBand { levels: levels(&["A"; 10]), ..good.clone() };
    let all = ["[1].levels", "[2].plafon_below", "[3].levels", "[4].levels"];
    assert_eq!(fields(vec![good.clone(), RawBand::default(), order, empty, many]), all);
    assert_eq!(fields(vec![good; 51]), [""]);
}

#[test]
fn a_band_of_one_level_approves_at_once() {
    let band = RawBand { levels: levels(&["KOMITE"]), ..RawBand::default() };
    let policy = CommitteePolicy::default().with_bands(vec![band]).unwrap();
    assert_eq!(outcome(decide(500_000_000, &[], &policy, (7, &["KOMITE"]))), Ok("approved"));
}

#[test]
fn levels_have_their_deadlines_and_the_last_stands_for_those_after() {
    let hours = |deadlines: &[u16]| {
        let policy = CommitteePolicy::default().with_deadlines(deadlines.to_vec());
        let told = policy.deadlines().into_iter();
        told.map(|(level, within)| (level.get(), within.num_hours())).collect::<Vec<_>>()
    };
    assert_eq!(hours(&[]), []);
    assert_eq!(hours(&[48]), [(1, 48), (2, 48), (3, 48)]);
    assert_eq!(hours(&[24, 0]), [(1, 24)]);
    assert_eq!(hours(&[0, 12, 72, 96]), [(2, 12), (3, 72)]);
}

#[test]
fn who_steps_back_sits_on_the_level_and_decides_no_more() {
    let policy = CommitteePolicy::default();
    let application = with_committee(rupiah(50_000_000));
    let analyses = [analysis(ANALYST)];
    let recuse = |before: &[Decision], recusals: &[Recusal], (user, roles): (i64, &[&str])| {
        let file = CommitteeFile { analyses: &analyses, decisions: before, recusals };
        let by = actor(user, roles);
        let recusal = application.recuse(file, &policy, &by, "saudara".into(), at());
        recusal.map_err(|error| error.kind().code)
    };
    let stepped_back = recuse(&[], &[], (7, &["SPV"])).unwrap();
    assert_eq!((stepped_back.user_id, stepped_back.level), (UserId::new(7), Level::FIRST));
    assert_eq!(recuse(&[], &[], (7, &["MANAGER"])).unwrap_err(), "wrong_level");
    assert_eq!(recuse(&[], &[], (ANALYST, &["SPV"])).unwrap_err(), "same_person");
    let recusals = [stepped_back];
    assert_eq!(recuse(&[], &recusals, (7, &["SPV"])).unwrap_err(), "recused");
    let file = CommitteeFile { analyses: &analyses, decisions: &[], recusals: &recusals };
    let decide =
        |user| outcome(application.decide(file, &policy, &actor(user, &["SPV"]), approve(), at()));
    assert_eq!((decide(7), decide(8)), (Err("recused"), Ok("committee")));
    let draft = Application { status: ApplicationStatus::Draft, ..application.clone() };
    let refused = draft.recuse(file, &policy, &actor(8, &["SPV"]), "x".into(), at());
    assert_eq!(refused.unwrap_err().kind().code, "application_not_with_committee");
}

proptest! {
    /// Whoever tries in whatever order and with whatever verdicts: nobody sits twice, levels are
    /// decided in order, and what is approved has the word of all its levels.
    #[test]
    fn no_history_lets_one_person_sit_twice(
        plafon in prop::sample::select(vec![1_i64, 99_999_999, 100_000_000, 500_000_000]),
        four_eyes in prop::sample::select(FourEyes::ALL),
        tries in prop::collection::vec((1_i64..7, prop::sample::select(Verdict::ALL)), 0..40),
    ) {
        let levels = vec![vec!["KOMITE".to_owned()]; 3];
        let policy = CommitteePolicy::new(levels, rupiah(100_000_000), four_eyes).unwrap();
        let analyses = [analysis(ANALYST)];
        let mut application = with_committee(rupiah(plafon));
        let mut history: Vec<Decision> = Vec::new();
        for (user, verdict) in tries {
            let file = CommitteeFile { analyses: &analyses, decisions: &history, recusals: &[] };
            let command = Decide { level: None, verdict, notes: None, conditions: vec![] };
            let by = actor(user, &["KOMITE"]);
            if let Ok(decided) = application.decide(file, &policy, &by, command, at()) {
                let stored = decision(history.len() as i64 + 1, user);
                history.push(Decision { content: decided.decision, ..stored });
                application = decided.application;
            }
        }
        let mut people: Vec<_> = history.iter().map(|made| made.content.decided_by).collect();
        let last = people.last().copied();
        people.sort_unstable();
        people.dedup();
        prop_assert_eq!(people.len(), history.len());
        let levels: Vec<_> = history.iter().map(|made| made.content.level.get()).collect();
        prop_assert_eq!(levels, (1..=3).take(history.len()).collect::<Vec<u8>>());
        let due = application.due(&history, &policy).map(|seat| seat.level);
        prop_assert_eq!(application.waiting.and_then(|waiting| waiting.level), due);
        let needed = policy.levels_for(application.subject()).len();
        let turned_down = history.iter().any(|made| made.content.verdict == Verdict::Reject);
        let expected = match (turned_down, history.len() == needed) {
            (true, _) => ApplicationStatus::Rejected,
            (false, true) => ApplicationStatus::Approved,
            (false, false) => ApplicationStatus::Committee,
        };
        prop_assert_eq!(application.status, expected);
        if application.status == ApplicationStatus::Approved {
            prop_assert_ne!(last, Some(Some(UserId::new(AUTHOR))));
        }
        if four_eyes == FourEyes::Strict {
            let apart = [AUTHOR, ANALYST].map(|user| Some(UserId::new(user)));
            prop_assert!(history.iter().all(|made| !apart.contains(&made.content.decided_by)));
        }
    }
}
