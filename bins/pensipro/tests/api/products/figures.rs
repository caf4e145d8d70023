//! Tables, largest plafons and methods beside one another.

use serde_json::{Value, json};

use crate::support::{
    Client, Response,
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

/// The file that an answer hands out, by its first bytes and its name.
fn is_file(answer: &Response, kind: &str, name: &str, begins: &[u8]) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some(kind));
    let disposition = format!("attachment; filename=\"{name}\"");
    assert_eq!(answer.header("content-disposition"), Some(disposition.as_str()));
    assert!(answer.bytes.starts_with(begins), "{:?}", answer.bytes.get(..8));
}

#[test]
fn a_published_simulation_comes_out_to_the_sen() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(
            &admin,
            &product_with(
                "BSM",
                json!({"plafon_max": "500000000", "tenor_max": 180, "interest_rate": "14",
                    "dsr_limit": "90", "umur_maksimal": 76, "plafon_step": "1000000",
                    "rounding": "nearest", "instalment_unit": "0.01", "interest_unit": "0.01"}),
            ),
        );
        let band = json!([{"age_from": 67, "age_to": 67, "tenor_from": 85, "tenor_to": 96, "per_mille": "78.5"}]);
        for fee in [
            json!({"kind": "admin", "basis": "percent", "value": "1"}),
            json!({"kind": "asuransi", "basis": "per_mille_table", "value": band}),
            json!({"kind": "blokir", "basis": "instalments", "value": 2}),
        ] {
            admin.post(&format!("{place}/fees"), &fee).expect(201);
        }
        let query = "plafon=120000000&tenor=96&disbursed_on=2021-12-09&first_due_date=2022-01-09\
                     &birth_date=1954-06-01&monthly_benefit=3688600&takeover=99625465.44";
        let shown = admin.get(&format!("{place}/simulation?{query}")).expect(200);
        let (eligibility, fees) = (&shown["eligibility"], shown["fees"].as_array().unwrap());
        assert_eq!((&eligibility["age"], &eligibility["passed"]), (&json!(67), &json!(true)));
        let figure = |field: &str| match fees.iter().find(|fee| fee["kind"] == field) {
            Some(fee) => sen(&fee["amount"]),
            None if shown[field].is_string() => sen(&shown[field]),
            None => sen(&eligibility[field]),
        };
        let fixture = include_str!("../../fixtures/pension-simulation.csv");
        let rows = fixture.lines().filter(|line| !line.starts_with('#')).skip(1);
        let apart: Vec<(&str, i64)> = rows
            .map(|row| row.split_once(',').unwrap())
            .map(|(field, printed)| (field, figure(field) - sen(&json!(printed))))
            .collect();
        assert_eq!(apart.len(), 9);
        assert!(apart.iter().all(|(_, apart)| apart.abs() <= 1), "{apart:?}");
    });
}

#[test]
fn a_table_shows_what_single_simulations_say_and_is_handed_out_as_a_file() {
    on_each_backend(|house| {
        let (admin, sales) = (house.admin(), house.user(&["SALES"]));
        let place = made(&admin, &product("PENSIUN-A"));
        let fee = json!({"kind": "provisi", "basis": "percent", "value": "1"});
        admin.post(&format!("{place}/fees"), &fee).expect(201);
        let query = "plafons=50000000,100000000&tenors=12,36,96\
                     &birth_date=1957-08-17&monthly_benefit=4500000";
        let table = sales.get(&format!("{place}/brochure?{query}")).expect(200);
        assert_eq!(table["tenors"], json!([12, 36, 96]));
        let cell = &table["rows"][0]["cells"][1];
        let single = "plafon=50000000&tenor=36&birth_date=1957-08-17&monthly_benefit=4500000";
        let single = sales.get(&format!("{place}/simulation?{single}")).expect(200);
        for field in ["instalment", "total_fees", "net_disbursement"] {
            assert_eq!(cell[field], single[field], "{field}");
        }
        assert_eq!(
            (&cell["passed"], &table["rows"][1]["cells"][0]["passed"]),
            (&json!(true), &json!(false))
        );

        let file = |format: &str| sales.get(&format!("{place}/brochure?{query}&format={format}"));
        let csv = file("csv");
        is_file(&csv, "text/csv; charset=utf-8", "tabel-angsuran.csv", b"Plafon;12 bulan;");
        let blank = csv.text().lines().nth(2).unwrap().to_owned();
        assert!(blank.starts_with("100000000.00;;"), "{blank}");
        let xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        is_file(&file("xlsx"), xlsx, "tabel-angsuran.xlsx", b"PK");
        is_file(&file("pdf"), "application/pdf", "tabel-angsuran.pdf", b"%PDF-");

        // Twenty plafons by fifteen tenors, or fewer, when none are named.
        let usual = sales.get(&format!("{place}/brochure")).expect(200);
        assert_eq!(usual["tenors"].as_array().unwrap().len(), 10);
        assert!((10..=20).contains(&usual["rows"].as_array().unwrap().len()));
        assert_eq!(usual["rows"][0]["cells"][0].get("passed"), None);
    });
}

#[test]
fn tables_beyond_the_product_are_refused_by_their_places() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin, &product("PENSIUN-A"));
        let ask = |query: &str| admin.get(&format!("{place}/brochure?{query}"));
        let fields = |query: &str| -> Vec<String> {
            ask(query).faults().into_iter().map(|(field, _)| field).collect()
        };
        // At the bounds, just under and just over them.
        ask("plafons=5000000,300000000&tenors=6,120").expect(200);
        assert_eq!(
            fields("plafons=4999999.99,300000000.01&tenors=5,121"),
            ["plafons[0]", "plafons[1]", "tenors[0]", "tenors[1]"]
        );
        let many = |count: usize| vec!["50000000"; count].join(",");
        ask(&format!("plafons={}", many(100))).expect(200);
        assert_eq!(fields(&format!("plafons={}", many(101))), ["plafons"]);
        for query in ["plafons=", "plafons=5e7", "tenors=12,,24", "tenors=-1", "format=doc", "x=1"]
        {
            ask(query).refused(400, "invalid_query");
        }
        assert_eq!(fields("obligations=-1&takeover=-0.01&monthly_benefit=0").len(), 3);
    });
}

#[test]
fn a_pension_tells_how_much_it_carries_at_each_tenor() {
    on_each_backend(|house| {
        let (admin, sales) = (house.admin(), house.user(&["SALES"]));
        let place = made(&admin, &product_with("A", json!({"plafon_step": "1000000"})));
        let query = "birth_date=1957-08-17&monthly_benefit=4500000&obligations=500000";
        let found = sales.get(&format!("{place}/max-plafon?{query}")).expect(200);
        // 70 % of 4,500,000 less 500,000.
        assert_eq!(found["max_instalment"], "2650000.00");
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(rows.len(), 10);
        for row in rows {
            let (tenor, plafon) = (&row["tenor"], &row["max_plafon"]);
            if row["limited_by"] == "age" {
                assert_eq!(plafon, "0.00");
                continue;
            }
            let passes = |plafon: i64| {
                let query = format!("{query}&tenor={tenor}&plafon={plafon}");
                sales.get(&format!("{place}/simulation?{query}")).expect(200)["eligibility"]["passed"]
                    == true
            };
            let most = sen(plafon) / 100;
            assert!(passes(most), "{row}");
            assert!(!passes(most + 1_000_000), "{row}");
        }
        // 75 on 2032-08-17: six years are the most.
        let late: Vec<&Value> = rows.iter().filter(|row| row["limited_by"] == "age").collect();
        assert_eq!((late.len(), &late[0]["tenor"]), (4, &json!(84)));
        let csv = sales.get(&format!("{place}/max-plafon?{query}&format=csv"));
        is_file(&csv, "text/csv; charset=utf-8", "plafon-maksimal.csv", b"Tenor (bulan);");
        let faults = sales.get(&format!("{place}/max-plafon")).faults();
        let expected =
            ["birth_date", "monthly_benefit"].map(|field| (field.into(), "required".into()));
        assert_eq!(faults, expected);
    });
}

#[test]
fn methods_are_compared_at_one_rate() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin, &product("PENSIUN-A"));
        let query = "plafon=60000000&tenor=60&interest_rate=20";
        let found = admin.get(&format!("{place}/comparison?{query}")).expect(200);
        let methods: Vec<&Value> =
            found["methods"].as_array().unwrap().iter().map(|row| &row["method"]).collect();
        assert_eq!(methods, ["flat", "anuitas", "efektif"]);
        let flat = &found["methods"][0];
        // Rp 60 million over 60 months at 20 % flat: 1,000,000 and 1,000,000 of interest.
        assert_eq!(
            (&flat["instalment"], &flat["total_interest"]),
            (&json!("2000000.00"), &json!("60000000.00"))
        );
        assert_eq!(flat["nominal_effective_rate"], found["effective_of_flat"]);
        let own = admin.get(&format!("{place}/comparison?plafon=60000000&tenor=60")).expect(200);
        assert_eq!(own["interest_rate"], "12");
        let pdf = admin.get(&format!("{place}/comparison?{query}&format=pdf"));
        is_file(&pdf, "application/pdf", "perbandingan-metode.pdf", b"%PDF-");
        let ask = |query: &str| admin.get(&format!("{place}/comparison?{query}"));
        assert_eq!(ask("plafon=60000000&tenor=601").faults()[0].0, "tenor");
        assert_eq!(
            ask("plafon=60000000&tenor=60&interest_rate=1001").faults()[0].0,
            "interest_rate"
        );
        ask("plafon=60000000").refused(400, "invalid_query");
    });
}

#[test]
fn a_product_is_offered_on_the_days_of_its_validity_alone() {
    on_each_backend(|house| {
        let admin = house.admin();
        let dates = json!({"valid_from": "2026-06-16", "valid_to": "2026-06-30"});
        let place = made(&admin, &product_with("A", dates));
        let status = |today: &str| {
            house.set_today(today);
            admin.get(&format!("{place}/simulation?plafon=50000000&tenor=12")).status
        };
        let seen = ["2026-06-15", "2026-06-16", "2026-06-30", "2026-07-01"].map(status);
        assert_eq!(seen, [422, 200, 200, 422]);
        for figures in [
            "brochure",
            "comparison?plafon=50000000&tenor=12",
            "max-plafon?birth_date=1957-08-17&monthly_benefit=4500000",
        ] {
            admin.get(&format!("{place}/{figures}")).refused(422, "product_not_active");
        }
        admin.put(&place, &json!({"valid_to": null})).expect(200);
        assert_eq!(status("2099-01-01"), 200);
        let faults = admin.put(&place, &json!({"valid_to": "2026-06-15"})).faults();
        assert_eq!(faults, [("valid_to".into(), "below_minimum".into())]);
    });
}
