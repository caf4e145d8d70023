//! Every pair of states: a step that the state machine does not have is a conflict, through whichever
//! door it is asked for.

use pensipro_origination::ApplicationStatus;
use serde_json::{Value, json};

use crate::support::{
    House, Response,
    lending::{Lending, analysis},
    on_each_backend,
};

use ApplicationStatus::{
    Analyzing, Approved, Cancelled, Committee, Disbursed, Draft, Rejected, Submitted,
};

/// An application in this state, made by the steps that lead there.
fn made(house: &House, lending: &Lending, status: ApplicationStatus) -> i64 {
    match status {
        Draft => lending.draft(lending.member(), &json!({})),
        // A passing pre-check moves on at once: nothing rests here.
        Submitted => {
            let draft = made(house, lending, Draft);
            let sql = format!("UPDATE applications SET status = 'submitted' WHERE id = {draft}");
            house.database.execute(&sql).unwrap();
            draft
        }
        Analyzing => lending.submitted(),
        Committee => lending.analysed(),
        Approved => lending.approved().0,
        Rejected => {
            let application = lending.analysed();
            let no = json!({"decision": "reject", "notes": "tidak layak"});
            lending.decide(&lending.staff.spv, application, &no);
            application
        }
        Disbursed => {
            let (application, loan) = lending.approved();
            lending.disburse(loan);
            application
        }
        Cancelled => {
            let draft = made(house, lending, Draft);
            let path = format!("/applications/{draft}/cancel");
            lending.staff.sales.post(&path, &json!({"reason": "batal"})).expect(200);
            draft
        }
    }
}

/// Asks for a state by the door that leads to it, where there is one.
fn ask(lending: &Lending, application: &Value, to: ApplicationStatus) -> Option<Response> {
    let staff = &lending.staff;
    let path = |step: &str| format!("/applications/{}/{step}", application["id"]);
    let decide = |verdict: &str| {
        let body = json!({"decision": verdict, "notes": "lihat berkas"});
        // Each decides here who has said nothing of it yet.
        Some(staff.director.post(&path("decide"), &body))
    };
    match to {
        Draft | Analyzing => None,
        Submitted => Some(staff.sales.post(&path("submit"), &json!({}))),
        Committee => Some(staff.analyst.post(&path("analyze"), &analysis())),
        Approved => decide("approve"),
        Rejected => decide("reject"),
        Cancelled => Some(staff.sales.post(&path("cancel"), &json!({"reason": "batal"}))),
        Disbursed => {
            let loan = application["loan_id"].as_i64()?;
            Some(staff.finance.post(&format!("/loans/{loan}/disbursements"), &json!({})))
        }
    }
}

#[test]
fn every_step_that_a_state_does_not_have_is_a_conflict_and_moves_nothing() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let mut asked = 0;
        for from in ApplicationStatus::ALL {
            let id = made(house, &lending, *from);
            let application = lending.application(id);
            assert_eq!(application["status"], from.code());
            for to in ApplicationStatus::ALL {
                if from.step(*to).is_ok() {
                    continue;
                }
                let by_hand = json!({"status": to.code(), "reason": "dicoba"});
                let set = admin.put(&format!("/applications/{id}/status"), &by_hand);
                for refused in [Some(set), ask(&lending, &application, *to)].into_iter().flatten() {
                    assert_eq!(refused.status, 409, "{from} → {to}: {}", refused.text());
                    assert_eq!(refused.body()["code"], "invalid_transition", "{from} → {to}");
                    asked += 1;
                }
                assert_eq!(lending.application(id), application, "{from} → {to}");
            }
        }
        assert!(asked > 80, "{asked} were asked for");
    });
}

#[test]
fn by_hand_a_status_is_set_that_has_no_door_of_its_own_and_no_other() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        for from in ApplicationStatus::ALL {
            for to in from.successors() {
                let by_hand = matches!(
                    (from, to),
                    (Committee, Analyzing) | (Analyzing, Draft) | (_, Cancelled)
                );
                let id = made(house, &lending, *from);
                let body = json!({"status": to.code(), "reason": "dicoba"});
                let answer = admin.put(&format!("/applications/{id}/status"), &body);
                let expected = if by_hand { 200 } else { 409 };
                assert_eq!(answer.status, expected, "{from} → {to}: {}", answer.text());
            }
        }
    });
}
