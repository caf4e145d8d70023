//! Payer profiles of an installation's own, and the kinds of files that exports are written in.

use serde_json::{Value, json};

use super::desk::Desk;
use crate::support::{Client, House, Response, on_each_backend};

/// A profile of this code with our own headings, read and written with two columns.
pub(crate) fn profile_named(code: &str) -> Value {
    json!({
        "code": code,
        "payer": null,
        "pay_day": 1,
        "export": {
            "columns": [
                {"field": "reference", "heading": "REF"},
                {"field": "name", "heading": "NAMA"},
                {"field": "amount", "heading": "JUMLAH"},
            ],
            "delimiter": ";",
            "amounts": "plain",
            "dates": "iso",
            "footer": "totals",
        },
        "import": {
            "columns": {"reference": ["REF"], "amount": ["JUMLAH"]},
            "delimiters": [";"],
            "amounts": "tolerant",
            "encoding": "auto",
            "results": [],
            "empty_result": "paid",
            "reasons": [],
        },
    })
}

fn of_taspen(layout: Value) -> Value {
    let mut definition = profile_named("TASPEN");
    definition["payer"] = json!("TASPEN");
    definition["export"]["layout"] = layout;
    json!({ "definition": definition })
}

fn change(by: &Client, path: &str, tag: &str, body: &Value) -> Response {
    by.json("PUT", path, &[("If-Match", tag)], body)
}

fn remove(by: &Client, path: &str, tag: &str) -> Response {
    by.send("DELETE", path, &[("If-Match", tag)], None)
}

fn codes(list: &Value) -> Vec<(&str, bool)> {
    let rows = list["data"].as_array().unwrap().iter();
    rows.map(|row| (row["code"].as_str().unwrap(), row["built_in"].as_bool().unwrap())).collect()
}

#[test]
fn a_profile_of_ones_own_replaces_the_built_in_one_until_it_is_removed() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = "/billing/profiles";
        let built_in = [("GENERIC", true), ("TASPEN", true), ("ASABRI", true)];
        assert_eq!(codes(&admin.get(path).expect(200)), built_in);

        let added = admin.post(path, &of_taspen(json!("delimited")));
        let (location, tag) = (
            added.header("location").unwrap().to_owned(),
            added.header("etag").unwrap().to_owned(),
        );
        let added = added.expect(201);
        let listed = admin.get(path).expect(200);
        assert_eq!(codes(&listed), [("TASPEN", false), ("GENERIC", true), ("ASABRI", true)]);
        assert_eq!(listed["data"][0]["definition"], added["definition"]);
        admin.post(path, &of_taspen(json!("delimited"))).refused(409, "profile_taken");

        let other = json!({ "definition": profile_named("LAIN") });
        change(&admin, &location, &tag, &other).refused(422, "profile_renamed");
        let mut later = of_taspen(json!("delimited"));
        later["definition"]["pay_day"] = json!(25);
        let changed = change(&admin, &location, &tag, &later);
        let now = changed.header("etag").unwrap().to_owned();
        assert_eq!(changed.expect(200)["definition"]["pay_day"], 25);
        change(&admin, &location, &tag, &later).refused(412, "stale");

        remove(&admin, &location, &now).expect(204);
        assert_eq!(codes(&admin.get(path).expect(200)), built_in);
        let audit = admin.get("/logs/audit-trails?ref_table=payer_profiles").expect(200);
        assert_eq!(audit["data"].as_array().unwrap().len(), 3);
    });
}

#[test]
fn what_is_wrong_with_a_profile_is_told() {
    on_each_backend(|house| {
        let admin = house.admin();
        let told = |definition: Value| {
            let refused = admin.post("/billing/profiles", &json!({ "definition": definition }));
            let body = refused.expect(422);
            assert_eq!(body["code"], "validation_failed");
            assert_eq!(body["errors"][0]["field"], "definition");
            body["errors"][0]["message"].as_str().unwrap().to_owned()
        };
        let mut definition = profile_named("POS");
        definition["pay_day"] = json!(0);
        assert_eq!(told(definition), "pay_day is not 1 to 31");
        let mut definition = profile_named("POS");
        definition["export"]["delimiter"] = json!("a");
        assert_eq!(told(definition), "the export's delimiter cannot part fields");
        let mut definition = profile_named("POS");
        definition["import"].as_object_mut().unwrap().remove("amounts");
        assert!(told(definition).contains("amounts"));
        assert!(told(json!("TASPEN")).contains("invalid type"));
    });
}

#[test]
fn a_profile_in_which_files_were_written_stays() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 1);
        let mut definition = profile_named("POS");
        definition["payer"] = json!("TASPEN");
        let (location, tag) = added(house, &json!({ "definition": definition }));
        let export = desk.export(&json!({"periode": "2026-07", "payer": "TASPEN"})).expect(201);
        assert_eq!(export["profile"], "POS");
        remove(&house.admin(), &location, &tag).refused(409, "profile_in_use");
    });
}

#[test]
fn a_profile_stays_as_it_is_while_a_file_is_read_by_it() {
    on_each_backend(|house| {
        let (desk, admin) = (Desk::new(house), house.admin());
        let (location, tag) = added(house, &of_taspen(json!("delimited")));
        let import = desk.import("TASPEN", "REF;JUMLAH\nPC-2026-07-000009;1000.00\n").expect(201);
        assert_eq!(import["profile"], "TASPEN");
        // As an import stands whose file lies where nobody reaches it for now.
        let set = |profile: &str, status: &str| {
            let sql = format!(
                "UPDATE pension_cut_imports SET profile = '{profile}', status = '{status}', \
                 spool_key = 'spool/aa/gone' WHERE id = {}",
                import["id"]
            );
            house.database.execute(&sql).expect("the import is there");
        };
        set("TASPEN", "processing");
        let mut later = of_taspen(json!("delimited"));
        later["definition"]["pay_day"] = json!(25);
        let refused = change(&admin, &location, &tag, &later).refused(409, "profile_in_use");
        assert_eq!(refused["existing_id"], import["id"]);
        remove(&admin, &location, &tag).refused(409, "profile_in_use");

        set("GENERIC", "processing");
        let generic = json!({ "definition": profile_named("GENERIC") });
        admin.post("/billing/profiles", &generic).refused(409, "profile_in_use");
        change(&admin, &location, &tag, &later).expect(200);
        set("GENERIC", "done");
        admin.post("/billing/profiles", &generic).expect(201);
    });
}

fn added(house: &House, body: &Value) -> (String, String) {
    let added = house.admin().post("/billing/profiles", body);
    let of = |name| added.header(name).unwrap().to_owned();
    let answer = (of("location"), of("etag"));
    added.expect(201);
    answer
}

#[test]
fn an_export_is_a_spreadsheet_where_the_payer_wants_one() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 3);
        added(house, &of_taspen(json!("spreadsheet")));
        let made = desk.export(&json!({"periode": "2026-07", "payer": "TASPEN"})).expect(201);
        let file = desk.finance.get(&format!("/billing/export/{}/file", made["id"]));
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        assert_eq!(file.header("content-type"), Some(sheet));
        assert!(file.header("content-disposition").unwrap().ends_with(".xlsx\""));
        let rows = pensipro_adapters::read_sheet(&file.bytes).expect("a spreadsheet");
        assert_eq!(rows[0], ["REF", "NAMA", "JUMLAH"]);
        assert_eq!(rows.len(), 5, "{rows:?}");
        assert_eq!(rows[4][..2], ["TOTAL", "3"]);
    });
}

fn fixed(width_of_amounts: u16) -> Value {
    json!({"fixed": {
        "header": {"mark": "H", "periode": {"from": 2, "width": 6}},
        "detail": "D",
        "fields": [
            {"field": "reference", "at": {"from": 2, "width": 20}},
            {"field": "amount", "at": {"from": 22, "width": width_of_amounts}},
        ],
        "trailer": {"mark": "T", "count": {"from": 2, "width": 7}},
        "amounts": "sen",
    }})
}

#[test]
fn an_export_of_fixed_width_holds_every_line_whole_or_is_refused() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (location, tag) = added(house, &of_taspen(fixed(15)));
        let made = desk.export(&json!({"periode": "2026-07", "payer": "TASPEN"})).expect(201);
        let path = format!("/billing/export/{}/file", made["id"]);
        let file = desk.finance.get(&path);
        assert!(file.header("content-disposition").unwrap().ends_with(".txt\""));
        let text = file.text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines[3]), ("H202607", "T0000002"));
        assert!(lines[1].starts_with("DPC-2026-07-") && lines[1].len() == 36, "{text}");

        let admin = house.admin();
        change(&admin, &location, &tag, &of_taspen(fixed(3))).expect(200);
        desk.finance.get(&path).refused(422, "export_does_not_fit");
    });
}
