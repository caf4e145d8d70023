//! What a request costs the database: nothing for knowing who asks.

use pensipro_auth::{NewRole, create_role, get_role};
use pensipro_kernel::{Actor, RoleId};
use pensipro_persistence::testing::backends;
use serde_json::json;

use super::clerk;
use crate::support::{House, HouseOptions};

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
