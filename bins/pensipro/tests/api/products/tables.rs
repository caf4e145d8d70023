//! Per-mille tables as files, and what is taken away from a product.

use serde_json::{Value, json};

use crate::support::{Client, Response, goods::product, on_each_backend};

const SHEET: &str = "PT Asuransi Jiwa\r\nUsia;12;24;36\r\n60-64;10;20;30\r\n65-70;12,5;;41,25\r\n";

fn made(client: &Client) -> String {
    let product = client.post("/loan-products", &product("PENSIUN-A")).expect(201);
    format!("/loan-products/{}", product["id"])
}

fn upload(client: &Client, place: &str, file: &[u8]) -> Response {
    let fields = [("kind", "asuransi"), ("collection", "upfront")];
    client.upload(&format!("{place}/fees/table"), &[], &fields, ("premi.csv", file))
}

#[test]
fn an_insurer_s_table_becomes_a_fee_and_comes_out_as_it_went_in() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let sent = upload(&admin, &place, SHEET.as_bytes());
        let table = sent.header("location").unwrap().to_owned();
        let fee = sent.expect(201);
        assert_eq!((&fee["kind"], &fee["basis"]), (&json!("asuransi"), &json!("per_mille_table")));
        assert_eq!(fee["value"].as_array().unwrap().len(), 5);
        let last = json!({"age_from": 65, "age_to": 70, "tenor_from": 25, "tenor_to": 36, "per_mille": "41.25"});
        assert_eq!(fee["value"][4], last);
        assert_eq!(admin.get(&table).expect(200), json!({"bands": fee["value"]}));

        // A file that was handed out is taken again, whatever its format.
        let files = ["csv", "xlsx"].map(|format| admin.get(&format!("{table}?format={format}")));
        for file in files {
            let again = upload(&admin, &place, &file.bytes).expect(201);
            assert_eq!(again["value"], fee["value"]);
        }
        // Born in 1961: 64 years old on 2026-06-15.
        let ask = |tenor: u16, born: &str| {
            let query = format!("plafon=50000000&tenor={tenor}&birth_date={born}");
            admin.get(&format!("{place}/simulation?{query}"))
        };
        assert_eq!(ask(24, "1961-08-17").expect(200)["total_fees"], "1000000.00");
        assert_eq!(ask(36, "1959-08-17").expect(200)["total_fees"], "2062500.00");
        let faults = ask(24, "1959-08-17").faults();
        assert_eq!(faults, [("tenor".into(), "no_fee_band".into())]);
        let bare = format!("{place}/simulation?plafon=50000000&tenor=24");
        assert_eq!(admin.get(&bare).faults(), [("birth_date".into(), "required".into())]);
    });
}

#[test]
fn what_is_no_table_is_refused_cell_by_cell() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let faults = |file: &[u8]| upload(&admin, &place, file).faults();
        let one = |field: &str, code: &str| vec![(field.to_owned(), code.to_owned())];
        assert_eq!(faults(b"PK\x03\x04"), one("file", "unreadable"));
        assert_eq!(faults(b"\x89PNG\0"), one("file", "unreadable"));
        assert_eq!(faults(b""), one("file", "unreadable"));
        assert_eq!(faults(b"Usia;12\n"), one("value", "out_of_range"));
        let broken = faults(b"Usia;12;24\n60;x;20\nsenior;1;2\n");
        let expected = ["file.B2", "file.A3"].map(|cell| (cell.to_owned(), "invalid".to_owned()));
        assert_eq!(broken, expected);
        assert_eq!(faults(b"Usia;12;24\n60;1;2\n60;3;4\n")[0].1, "overlap");
        let path = format!("{place}/fees/table");
        let kind = admin.upload(&path, &[], &[("kind", "premi")], ("a", SHEET.as_bytes()));
        assert_eq!(kind.faults(), one("kind", "unknown_value"));
        let none = admin.upload(&path, &[], &[], ("a", SHEET.as_bytes()));
        assert_eq!(none.faults(), one("kind", "required"));
        let large = vec![b'1'; 300_000];
        upload(&admin, &place, &large).refused(413, "body_too_large");
        house
            .user(&["SALES"])
            .upload(&path, &[], &[], ("a", b""))
            .refused(403, "permission_denied");
        upload(&admin, "/loan-products/99", SHEET.as_bytes()).refused(404, "not_found");
        assert_eq!(admin.get(&place).expect(200)["fees"], json!([]));
    });
}

#[test]
fn fees_and_rules_end_without_another_in_their_place() {
    on_each_backend(|house| {
        let admin = house.admin();
        let place = made(&admin);
        let fee = json!({"kind": "admin", "basis": "fixed", "value": "250000"});
        let fee = admin.post(&format!("{place}/fees"), &fee).expect(201);
        let rule = json!({"kind": "late", "basis": "percent_per_day", "value": "0.1"});
        let rule = admin.post(&format!("{place}/penalty-rules"), &rule).expect(201);
        let (fee, rule) = (
            format!("{place}/fees/{}", fee["id"]),
            format!("{place}/penalty-rules/{}", rule["id"]),
        );
        house.user(&["SALES"]).delete(&fee).refused(403, "permission_denied");
        for path in [&fee, &rule] {
            admin.delete(path).expect(204);
            admin.delete(path).refused(404, "not_found");
        }
        let shown = admin.get(&place).expect(200);
        assert_eq!((&shown["fees"], &shown["penalty_rules"]), (&json!([]), &json!([])));
        let kept = "SELECT count(*) || '' AS text FROM loan_fees WHERE ended_at IS NOT NULL";
        assert_eq!(house.database.texts(kept), ["1"]);
    });
}

#[test]
fn what_was_changed_and_by_whom_is_readable() {
    on_each_backend(|house| {
        let admin = house.admin();
        let director = house.user(&["DIREKSI"]);
        let place = made(&admin);
        let change = json!({"interest_rate": "11.5", "tenor_max": 96, "valid_to": "2026-12-31"});
        director.put(&place, &change).expect(200);
        for value in ["250000", "300000"] {
            let fee = json!({"kind": "admin", "basis": "fixed", "value": value});
            director.post(&format!("{place}/fees"), &fee).expect(201);
        }
        let path = format!("{place}/history");
        let history = house.user(&["SALES"]).get(&path).expect(200);
        let rows = history["data"].as_array().unwrap();
        let actions: Vec<&Value> = rows.iter().map(|row| &row["action"]).collect();
        let expected = ["product.add_fee", "product.add_fee", "product.update", "product.create"];
        assert_eq!(actions, expected);
        let dearer = json!([{"field": "value", "from": "250000.00", "to": "300000.00"}]);
        assert_eq!(rows[0]["changes"], dearer);
        let updated = json!([
            {"field": "interest_rate", "from": "12", "to": "11.5"},
            {"field": "tenor_max", "from": 120, "to": 96},
            {"field": "valid_to", "from": null, "to": "2026-12-31"},
        ]);
        assert_eq!(rows[2]["changes"], updated);
        assert_eq!(
            (&rows[2]["changed_by_name"], &rows[3]["changed_by_name"]),
            (&json!("User 1"), &json!("Administrator"))
        );
        let first = admin.get(&format!("{path}?limit=3&count=true")).expect(200);
        assert_eq!((first["data"].as_array().unwrap().len(), &first["total"]), (3, &json!(4)));
        let cursor = first["next_cursor"].as_str().unwrap();
        let last = admin.get(&format!("{path}?limit=3&cursor={cursor}")).expect(200);
        assert_eq!(last["data"], json!([rows[3]]));
        admin.get("/loan-products/99/history").refused(404, "not_found");
    });
}
