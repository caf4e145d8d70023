//! What a request costs the database: nothing for knowing who asks.

use pensipro_auth::{NewRole, create_role, get_role};
use pensipro_kernel::{Actor, RoleId};
use pensipro_persistence::testing::backends;
use serde_json::json;

use super::clerk;
use crate::support::{
    House, HouseOptions,
    lending::{Lending, id},
};

/// Statements that this takes, in a house where nothing else is done.
fn statements(house: &House, work: impl FnOnce()) -> u64 {
    let before = house.app.store().statements();
    work();
    house.app.store().statements() - before
}

fn on_each_quiet_house(test: impl Fn(&House)) {
    for backend in backends() {
        let options = HouseOptions { is_quiet: true, ..HouseOptions::default() };
        test(&House::with(backend, options));
    }
}

#[test]
fn who_asks_and_what_he_may_is_known_without_a_query() {
    on_each_quiet_house(|house| {
        let (clerk, _) = clerk(house, "CLERK", &["VIEW_LOAN"]);
        let admin = house.admin();
        for _ in 0..3 {
            let asked = statements(house, || {
                admin.get("/auth/me").expect(200);
                clerk.get("/users").refused(403, "permission_denied");
                house.stranger().get("/users").refused(401, "unauthenticated");
                house.stranger().with_token("x.y.z").get("/users").refused(401, "invalid_token");
            });
            assert_eq!(asked, 0);
        }
    });
}

#[test]
fn a_request_that_reads_costs_what_its_use_case_costs() {
    on_each_quiet_house(|house| {
        let admin = house.admin();
        let role = house.role_id(&admin, "SALES");
        let alone = statements(house, || {
            let store = house.app.store();
            store.read_snapshot(|tx| get_role(tx, RoleId::new(role))).unwrap();
        });
        let asked = statements(house, || {
            admin.get(&format!("/roles/{role}")).expect(200);
        });
        assert!(alone > 0);
        assert_eq!(asked, alone);
    });
}

#[test]
fn a_command_that_decides_rechecks_its_caller_once() {
    on_each_quiet_house(|house| {
        let admin = house.admin();
        let alone = statements(house, || {
            let new = NewRole::check("ALONE", None).unwrap();
            let system = Actor::system();
            let store = house.app.store();
            store.write("create_role", |tx| create_role(tx, &system, new.clone())).unwrap();
        });
        let asked = statements(house, || {
            admin.post("/roles", &json!({"role_name": "ASKED"})).expect(201);
        });
        assert_eq!(asked, alone + 1);
    });
}

#[test]
fn commands_that_move_money_or_decide_do_not_trust_a_token_that_others_still_do() {
    on_each_quiet_house(|house| {
        let lending = Lending::of(house);
        let (active, (_, pending)) = (lending.disbursed(), lending.approved());
        let application = lending.analysed();
        let paid = id(&lending.pay(active, "2026-06-15", "1000.00"));
        // Taken away behind the instance's back, as another instance does.
        let narrowed = "UPDATE sys_users SET authz_version = authz_version + 1";
        house.database.execute(narrowed).unwrap();
        let staff = &lending.staff;
        staff.finance.get(&format!("/loans/{active}")).expect(200);
        let payment = json!({"paid_on": "2026-06-15", "amount": "1000.00", "channel": "tunai"});
        let reverse = format!("/loans/{active}/payments/{paid}/reverse");
        for (by, path, body) in [
            (&staff.finance, format!("/loans/{active}/payments"), payment),
            (&staff.finance, reverse, json!({"reason": "salah catat"})),
            (&staff.finance, format!("/loans/{pending}/disbursements"), json!({})),
            (
                &staff.finance,
                "/billing/export".into(),
                json!({"periode": "2026-07", "payer": "TASPEN"}),
            ),
            (
                &staff.spv,
                format!("/applications/{application}/decide"),
                json!({"decision": "approve"}),
            ),
            (&staff.admin, "/roles".into(), json!({"role_name": "BARU"})),
        ] {
            let refused = by.post(&path, &body);
            assert_eq!(refused.status, 401, "{path}: {}", refused.text());
            refused.refused(401, "token_revoked");
        }
        staff.finance.get(&format!("/loans/{active}")).expect(200);
    });
}
