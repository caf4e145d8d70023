//! What a loan would look like.

use serde_json::{Value, json};

use crate::support::{
    Client,
    goods::{product, product_with},
    on_each_backend,
};

fn made(client: &Client, body: &Value) -> String {
    let product = client.post("/loan-products", body).expect(201);
    format!("/loan-products/{}", product["id"])
}

fn sen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

#[test]
fn a_loan_is_simulated_to_the_last_rupiah() {
    on_each_backend(|house| {
        let (admin, sales) = (house.admin(), house.user(&["SALES"]));
        let place = made(&admin, &product("PENSIUN-A"));
        let fee = json!({"kind": "provisi", "basis": "percent", "value": "1"});
        admin.post(&format!("{place}/fees"), &fee).expect(201);
        let shown = sales.get(&format!("{place}/simulation?plafon=50000000&tenor=36")).expect(200);
        // 50,000,000 at 1 % a month over 36 months: 1,660,715.49, rounded up to the rupiah.
        assert_eq!(shown["instalment"], "1660716.00");
        assert_eq!((&shown["plafon"], &shown["tenor"]), (&json!("50000000.00"), &json!(36)));
        assert_eq!(
            (&shown["method"], &shown["nominal_effective_rate"]),
            (&json!("anuitas"), &json!("12"))
        );
        let charge = json!({"kind": "provisi", "amount": "500000.00", "collection": "upfront"});
        assert_eq!((&shown["fees"], &shown["total_fees"]), (&json!([charge]), &json!("500000.00")));
        assert_eq!(shown["net_disbursement"], "49500000.00");
        assert_eq!(shown.get("eligibility"), None);
        let rows = shown["schedule"].as_array().unwrap();
        assert_eq!((rows.len(), &rows[0]["due_date"]), (36, &json!("2026-07-15")));
        let sum = |field: &str| rows.iter().map(|row| sen(&row[field])).sum::<i64>();
        assert_eq!(sum("principal"), 5_000_000_000);
        assert_eq!(sum("interest"), sen(&shown["total_interest"]));
        assert_eq!(sum("instalment"), sen(&shown["total_payment"]));
        assert_eq!(rows[35]["balance"], "0.00");
    });
}

#[test]
fn birth_date_and_benefit_add_a_verdict_with_every_rule() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin, &product("PENSIUN-A"));
        let ask = |more: &str| {
            let query = format!("tenor=36&birth_date=1957-08-17&monthly_benefit=4500000{more}");
            admin.get(&format!("{place}/simulation?{query}")).expect(200)["eligibility"].clone()
        };
        let fits = ask("&plafon=50000000");
        assert_eq!((&fits["passed"], &fits["age_at_end"]), (&json!(true), &json!(71)));
        let rules: Vec<&Value> =
            fits["rules"].as_array().unwrap().iter().map(|rule| &rule["rule"]).collect();
        assert_eq!(rules, ["plafon_range", "tenor_range", "dsr", "age", "max_benefit"]);
        let too_much = ask("&plafon=100000000&obligations=500000");
        assert_eq!(too_much["passed"], false);
        let failing = |rule: &&Value| rule["passed"] == false;
        let failing: Vec<&Value> =
            too_much["rules"].as_array().unwrap().iter().filter(failing).collect();
        assert_eq!((failing.len(), &failing[0]["rule"]), (1, &json!("dsr")));
        let most = sen(&too_much["max_plafon"]) / 100;
        assert_eq!(ask(&format!("&plafon={most}&obligations=500000"))["passed"], true);
        assert_eq!(ask(&format!("&plafon={}&obligations=500000", most + 100_000))["passed"], false);
    });
}

#[test]
fn dates_and_a_loan_taken_over_can_be_given() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin, &product_with("A", json!({"due_day": 25})));
        let ask = |more: &str| {
            admin.get(&format!("{place}/simulation?plafon=50000000&tenor=12{more}")).expect(200)
        };
        assert_eq!(ask("")["schedule"][0]["due_date"], "2026-07-25");
        let given = ask("&disbursed_on=2026-08-01&first_due_date=2026-08-31&takeover=20000000.50");
        assert_eq!(given["schedule"][1]["due_date"], "2026-09-30");
        assert_eq!(given["net_disbursement"], "29999999.50");
        house.set_today("2026-07-11");
        assert_eq!(ask("")["schedule"][0]["due_date"], "2026-08-25");
    });
}

#[test]
fn what_makes_no_loan_is_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin, &product("PENSIUN-A"));
        let ask = |query: &str| admin.get(&format!("{place}/simulation?{query}"));
        for query in [
            "",
            "plafon=50000000",
            "plafon=5e7&tenor=36",
            "plafon=50000000&tenor=-1",
            "plafon=50000000&tenor=36&colour=red",
            "plafon=50000000&tenor=36&disbursed_on=besok",
        ] {
            ask(query).refused(400, "invalid_query");
        }
        let fields = |query: &str| -> Vec<String> {
            ask(query).faults().into_iter().map(|(field, _)| field).collect()
        };
        assert_eq!(fields("plafon=1&tenor=600"), ["plafon", "tenor"]);
        assert_eq!(
            fields("plafon=50000000&tenor=36&first_due_date=2020-01-01"),
            ["first_due_date"]
        );
        assert_eq!(
            fields("plafon=50000000&tenor=36&obligations=-1&takeover=-1"),
            ["obligations", "takeover"]
        );
        let far = [
            "disbursed_on=0001-01-01",
            "disbursed_on=%2B262142-12-31",
            "disbursed_on=-262143-01-01",
            "first_due_date=%2B262142-12-31",
            "birth_date=-262143-01-01&monthly_benefit=1",
        ];
        for dates in far {
            let status = ask(&format!("plafon=50000000&tenor=120&{dates}")).status;
            assert!(status < 500, "{dates}: {status}");
        }
        admin.get("/loan-products/99/simulation?plafon=1&tenor=1").refused(404, "not_found");
        admin.put(&place, &json!({"is_active": false})).expect(200);
        ask("plafon=50000000&tenor=36").refused(422, "product_not_active");
    });
}
