//! Consent: to which text, by which way, who took it, and its end.

use aws_lc_rs::digest::{SHA256, digest};
use pensipro_server::clock::hex;
use serde_json::{Value, json};

use crate::support::{
    Client,
    lending::{id, rows},
    on_each_backend,
    people::{branch, clerk, registered},
};

fn text(by: &Client, code: &str, body: &str) -> Value {
    let text = json!({"code": code, "title": "Persetujuan", "body": body});
    by.post("/consent-texts", &text).expect(201)
}

#[test]
fn a_text_has_versions_and_a_digest_of_each() {
    on_each_backend(|house| {
        let (admin, sales) = (house.admin(), house.user(&["SALES"]));
        let first = text(&admin, "data", "Saya setuju.\r\nBaris dua.");
        assert_eq!(
            (&first["version"], &first["body"]),
            (&json!(1), &json!("Saya setuju.\nBaris dua."))
        );
        let expected = digest(&SHA256, "Persetujuan\nSaya setuju.\nBaris dua.".as_bytes());
        assert_eq!(first["sha256"], hex(expected.as_ref()));
        let same =
            json!({"code": "data", "title": "Persetujuan", "body": "Saya setuju.\nBaris dua."});
        let refused = admin.post("/consent-texts", &same).refused(409, "consent_text_unchanged");
        assert_eq!(refused["existing_id"], first["id"]);
        let second = text(&admin, "data", "Saya setuju sepenuhnya.");
        let other = text(&admin, "promosi", "Saya setuju.");
        assert_eq!((&second["version"], &other["version"]), (&json!(2), &json!(1)));
        let listed = sales.get("/consent-texts?code=data&count=true").expect(200);
        assert_eq!((&listed["data"], &listed["total"]), (&json!([second, first]), &json!(2)));
        let page = sales.get("/consent-texts?limit=2").expect(200);
        let cursor = page["next_cursor"].as_str().unwrap();
        let rest = sales.get(&format!("/consent-texts?limit=2&cursor={cursor}")).expect(200);
        assert_eq!((rows(&page), rows(&rest)), (&[other, second][..], &[first][..]));

        let empty = json!({"code": "a b", "title": ""});
        let faults = admin.post("/consent-texts", &empty).faults();
        let faults: Vec<_> = faults.iter().map(|(field, code)| (&**field, &**code)).collect();
        assert_eq!(faults, [("code", "invalid_code"), ("title", "required"), ("body", "required")]);
        let refused = sales.post("/consent-texts", &same).refused(403, "permission_denied");
        assert_eq!(refused["permission"], "MANAGE_PERSONAL_DATA");
        let trail = admin.get("/logs/audit-trails?action=consent_text.add&count=true").expect(200);
        assert_eq!(trail["total"], 3);
    });
}

#[test]
fn a_consent_is_given_once_withdrawn_once_and_given_again() {
    on_each_backend(|house| {
        let (admin, sales) = (house.admin(), house.user(&["SALES"]));
        let first = text(&admin, "data", "Saya setuju.");
        let path = format!("{}/consents", registered(&sales, 1));
        let give =
            |text: &Value| sales.post(&path, &json!({"text_id": text["id"], "channel": "paper"}));
        let given = give(&first).expect(201);
        let sales_id = sales.get("/auth/me").expect(200)["user_id"].clone();
        assert_eq!(
            (&given["status"], &given["channel"], &given["taken_by"]),
            (&json!("given"), &json!("paper"), &sales_id)
        );
        assert_eq!(
            (&given["code"], &given["version"], &given["sha256"]),
            (&json!("data"), &json!(1), &first["sha256"])
        );
        assert!(given["given_at"].is_string() && given["withdrawn_at"].is_null());
        assert_eq!(give(&first).refused(409, "consent_given")["existing_id"], given["id"]);

        let second = text(&admin, "data", "Saya setuju sepenuhnya.");
        let unknown = |field: &str, code: &str| [(field.to_owned(), code.to_owned())];
        assert_eq!(give(&first).faults(), unknown("text_id", "superseded"));
        assert_eq!(give(&json!({"id": 99})).faults(), unknown("text_id", "unknown"));
        let fax = sales.post(&path, &json!({"text_id": second["id"], "channel": "fax"}));
        assert_eq!(fax.faults(), unknown("channel", "unknown_value"));
        let newer = give(&second).expect(201);

        let place = format!("{path}/{}/withdraw", newer["id"]);
        let command = json!({"channel": "phone", "reason": "tidak berkenan lagi"});
        let withdrawn = sales.post(&place, &command).expect(200);
        assert_eq!(
            (&withdrawn["status"], &withdrawn["withdrawal_channel"], &withdrawn["withdrawn_by"]),
            (&json!("withdrawn"), &json!("phone"), &sales_id)
        );
        assert_eq!(withdrawn["withdrawal_reason"], "tidak berkenan lagi");
        sales.post(&place, &command).refused(409, "consent_withdrawn");
        sales.post(&format!("{path}/99/withdraw"), &command).refused(404, "not_found");
        let again = give(&second).expect(201);
        let listed = sales.get(&path).expect(200);
        assert_eq!(listed["data"], json!([given, withdrawn, again]));

        let member = path.trim_end_matches("/consents");
        let timeline = sales.get(&format!("{member}/timeline")).expect(200);
        let told = |name: &str| rows(&timeline).iter().filter(|row| row["event"] == name).count();
        assert_eq!((told("member.consent.give"), told("member.consent.withdraw")), (3, 1));
    });
}

#[test]
fn a_consent_belongs_to_its_member_and_his_branch() {
    on_each_backend(|house| {
        branch(house, 1);
        branch(house, 2);
        let text = id(&text(&house.admin(), "data", "Saya setuju."));
        let (own, other) = (clerk(house, 1, "SALES"), clerk(house, 2, "SALES"));
        let (one, two) = (registered(&own, 1), registered(&own, 2));
        let give = json!({"text_id": text, "channel": "in_person"});
        let consent = id(&own.post(&format!("{one}/consents"), &give).expect(201));
        other.post(&format!("{one}/consents"), &give).refused(404, "not_found");
        other.get(&format!("{one}/consents")).refused(404, "not_found");
        let phone = json!({"channel": "phone"});
        let withdraw = |by: &Client, member: &str| {
            by.post(&format!("{member}/consents/{consent}/withdraw"), &phone)
        };
        withdraw(&other, &one).refused(404, "not_found");
        withdraw(&own, &two).refused(404, "not_found");
        withdraw(&own, &one).expect(200);
    });
}
