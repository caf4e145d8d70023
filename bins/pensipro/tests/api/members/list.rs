//! The list of members.

use serde_json::{Value, json};

use crate::support::{
    Client, on_each_backend,
    people::{branch, registered, registration_with},
};

fn names(page: &Value) -> Vec<String> {
    let rows = page["data"].as_array().unwrap().iter();
    rows.map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn listed(client: &Client, query: &str) -> Vec<String> {
    names(&client.get(&format!("/members?{query}")).expect(200))
}

#[test]
fn a_list_hides_the_middle_of_the_nik() {
    on_each_backend(|house| {
        let admin = house.admin();
        registered(&admin, 1);
        let page = admin.get("/members").expect(200);
        assert_eq!(page["data"][0]["nik"], "3173********0001");
        assert!(!page.to_string().contains("3173051708570001"));
    });
}

#[test]
fn pages_follow_one_another_in_every_order() {
    on_each_backend(|house| {
        let admin = house.admin();
        for (number, name) in (1..).zip(["Wati", "adi", "Budi", "Citra", "Wati"]) {
            admin.post("/members", &registration_with(number, json!({"name": name}))).expect(201);
        }
        let walk = |sort: &str| {
            let (mut all, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = admin.get(&format!("/members?limit=2&sort={sort}{cursor}")).expect(200);
                all.extend(names(&page));
                match page["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return all,
                }
            }
        };
        assert_eq!(walk("name"), ["adi", "Budi", "Citra", "Wati", "Wati"]);
        assert_eq!(walk("-name"), ["Wati", "Wati", "Citra", "Budi", "adi"]);
        assert_eq!(walk("created_at"), ["Wati", "adi", "Budi", "Citra", "Wati"]);
        assert_eq!(walk("-created_at"), ["Wati", "Citra", "Budi", "adi", "Wati"]);
        assert_eq!(admin.get("/members?limit=1&count=true").expect(200)["total"], 5);
        let cursor = admin.get("/members?limit=2&sort=name").expect(200)["next_cursor"].clone();
        let elsewhere = format!("/members?limit=2&cursor={}", cursor.as_str().unwrap());
        admin.get(&elsewhere).refused(400, "invalid_cursor");
    });
}

#[test]
fn filters_narrow_the_list_and_identifiers_match_exactly() {
    on_each_backend(|house| {
        let admin = house.admin();
        branch(house, 7);
        let bodies = [
            json!({"name": "Siti Aminah", "payer": "ASABRI", "pay_office": "Pos Gambir"}),
            json!({"name": "Suparman", "branch_id": 7}),
            json!({"name": "Aminudin 100%"}),
        ];
        for (number, fields) in (1..).zip(bodies) {
            admin.post("/members", &registration_with(number, fields)).expect(201);
        }
        admin.put("/members/2", &json!({"status": "nonaktif"})).expect(200);
        assert_eq!(listed(&admin, "nik=3173051708570002"), ["Suparman"]);
        assert_eq!(listed(&admin, "no_pensiun=140012345670001"), ["Siti Aminah"]);
        assert_eq!(listed(&admin, "nik=3173051708570009"), [""; 0]);
        assert_eq!(listed(&admin, "status=nonaktif"), ["Suparman"]);
        assert_eq!(listed(&admin, "payer=ASABRI&pay_office=Pos%20Gambir"), ["Siti Aminah"]);
        assert_eq!(listed(&admin, "pay_office=Pos"), [""; 0]);
        assert_eq!(listed(&admin, "branch_id=7"), ["Suparman"]);
        assert_eq!(listed(&admin, "sales_id=1"), [""; 0]);
        assert_eq!(listed(&admin, "q=AMIN&sort=name"), ["Aminudin 100%", "Siti Aminah"]);
        assert_eq!(listed(&admin, "q=aminah%20si"), ["Siti Aminah"]);
        assert_eq!(listed(&admin, "q=aminah%20suparman"), [""; 0]);
        assert_eq!(listed(&admin, "q=100%25"), ["Aminudin 100%"]);
        assert_eq!(listed(&admin, "q=%25%25%25"), [""; 0]);
        assert_eq!(listed(&admin, "q=min&status=aktif&payer=TASPEN"), ["Aminudin 100%"]);
    });
}

#[test]
fn a_query_that_cannot_be_followed_is_refused() {
    on_each_backend(|house| {
        let admin = house.admin();
        for query in
            ["colour=red", "status=hidup", "payer=taspen", "sort=nik", "branch_id=x", "q=%00"]
        {
            admin.get(&format!("/members?{query}")).refused(400, "invalid_query");
        }
        let faults = admin.get("/members?nik=123&no_pensiun=1").faults();
        let fields: Vec<&str> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["nik", "no_pensiun"]);
        for short in ["q=si", "q=si%20am", "q=%25%25"] {
            let faults = admin.get(&format!("/members?{short}")).faults();
            assert_eq!(faults, [("q".to_owned(), "too_short".to_owned())]);
        }
        let path = registered(&admin, 1);
        admin.get(&format!("{path}?verbose=true")).refused(400, "invalid_query");
        admin.get(&format!("{path}/contacts?limit=1")).refused(400, "invalid_query");
        admin.get(&format!("{path}/loans?status=active")).refused(400, "invalid_query");
    });
}
