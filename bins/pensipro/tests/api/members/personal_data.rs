//! Everything that is held of a member, handed out and destroyed.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::{
    billing::{Desk, paid_in_full},
    support::{
        Client, House, HouseOptions,
        lending::{Lending, id, rows},
        on_each_backend,
        people::{branch, clerk, pdf, registered, registration},
        running::until,
    },
};

/// A day after the ten years that papers of June 2026 are kept.
const LATER: &str = "2037-01-01";

/// A member with something in every drawer, and nothing that runs.
fn furnished(lending: &Lending) -> i64 {
    let (staff, member) = (&lending.staff, lending.member());
    let path = format!("/members/{member}");
    let contact = json!({"kind": "phone", "value": "081234567890"});
    staff.sales.post(&format!("{path}/contacts"), &contact).expect(201);
    let text = json!({"code": "data", "title": "Data pribadi", "body": "Saya setuju."});
    let text = id(&staff.admin.post("/consent-texts", &text).expect(201));
    let consent = json!({"text_id": text, "channel": "paper"});
    staff.sales.post(&format!("{path}/consents"), &consent).expect(201);
    let application = lending.draft(member, &json!({}));
    let form = ("formulir.pdf", &*pdf("formulir"));
    let papers = format!("/applications/{application}/documents");
    staff.sales.upload(&papers, &[], &[("kind", "FORMULIR")], form).expect(201);
    let cancel = json!({"reason": "batal"});
    staff.sales.post(&format!("/applications/{application}/cancel"), &cancel).expect(200);
    staff.sales.put(&path, &json!({"address": "Jl. Mawar 1"})).expect(200);
    member
}

fn anonymise(by: &Client, member: i64) -> crate::support::Response {
    by.send("POST", &format!("/members/{member}/anonymise"), &[], None)
}

/// How many files lie in the store.
fn stored(house: &House) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&house.app.config.data_dir.join("files"))
}

#[test]
fn a_member_gets_everything_that_is_held_of_him() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = house.admin();
        let loan = lending.disbursed();
        lending.pay(loan, "2026-06-15", "100000.00");
        let member = lending.loan(loan)["member_id"].as_i64().unwrap();
        let path = format!("/members/{member}");
        for number in 0..60 {
            let contact = json!({"kind": "phone", "value": format!("0812345678{number:02}")});
            lending.staff.sales.post(&format!("{path}/contacts"), &contact).expect(201);
        }
        lending.staff.sales.put(&path, &json!({"address": "Jl. Mawar 1"})).expect(200);
        lending.staff.sales.get(&path).expect(200);

        let answer = admin.get(&format!("{path}/personal-data"));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let name = format!("attachment; filename=\"member-{member}.json\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let data = answer.expect(200);
        assert_eq!(data["member"]["nik"], "3173051708570001");
        let count = |section: &str| data[section].as_array().expect("a section").len();
        assert_eq!((count("contacts"), count("bank_accounts"), count("documents")), (60, 1, 3));
        assert_eq!(data["bank_accounts"][0]["account_number"], "001201000123456");
        assert_eq!((count("applications"), count("loans"), count("refunds")), (1, 1, 0));
        let application = &data["applications"][0];
        assert_eq!(application["decisions"].as_array().unwrap().len(), 2);
        assert_eq!(data["loans"][0]["transactions"].as_array().unwrap().len(), 2);
        let timeline = admin.get(&format!("{path}/timeline?count=true&limit=1")).expect(200);
        // The export itself is the last event by now.
        assert_eq!(timeline["total"], count("timeline"));
        assert_eq!(data["timeline"][0]["event"], "member.personal_data.export");
        let moved = &data["rectifications"][0]["changes"][0];
        assert_eq!((&moved["field"], &moved["new"]), (&json!("address"), &json!("Jl. Mawar 1")));
        assert!(data["accesses"].is_array() && data["visits"].is_array());

        lending
            .staff
            .manager
            .get(&format!("{path}/personal-data"))
            .refused(403, "permission_denied");
        admin.get("/members/99/personal-data").refused(404, "not_found");
        let trail = "/logs/audit-trails?action=member.personal_data.export&count=true";
        assert_eq!(admin.get(trail).expect(200)["total"], 1);
    });
}

#[test]
fn a_deleted_member_still_gets_what_is_held_of_him() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        admin.delete(&path).expect(204);
        let data = admin.get(&format!("{path}/personal-data")).expect(200);
        assert_eq!(data["member"]["nik"], "3173051708570001");
        assert_eq!(data["timeline"][1]["event"], "member.delete");
    });
}

#[test]
fn what_is_needed_or_must_be_kept_is_not_destroyed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = house.admin();
        let member = lending.bare_member(json!({}));
        let application = lending.draft(member, &json!({}));
        house.set_today(LATER);
        let refused = anonymise(&admin, member).refused(409, "member_active");
        assert_eq!(refused["open_applications"], 1);
        house.set_today("2026-06-15");
        let cancel = json!({"reason": "batal"});
        let path = format!("/applications/{application}/cancel");
        lending.staff.sales.post(&path, &cancel).expect(200);
        assert_eq!(anonymise(&admin, member).refused(422, "data_retained")["until"], "2036-12-31");
        house.configure("RETENTION_YEARS", "5");
        assert_eq!(anonymise(&admin, member).refused(422, "data_retained")["until"], "2031-12-31");
        anonymise(&lending.staff.manager, member).refused(403, "permission_denied");
        anonymise(&admin, 99).refused(404, "not_found");
        house.set_today("2032-01-01");
        anonymise(&admin, member).expect(200);
        anonymise(&admin, member).refused(409, "member_anonymised");

        house.set_today("2026-06-15");
        let loan = lending.disbursed();
        let member = lending.loan(loan)["member_id"].as_i64().unwrap();
        house.set_today(LATER);
        let refused = anonymise(&admin, member).refused(409, "member_active");
        assert_eq!(refused["open_loans"], 1);
    });
}

#[test]
fn nothing_of_an_anonymised_member_is_left_and_the_books_stay() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = house.admin();
        let member = furnished(&lending);
        let other = lending.member();
        let (path, others) = (format!("/members/{member}"), stored(house) - 4);
        let trail = "SELECT count(*) || ' ' || coalesce(sum(id), 0) AS text FROM audit_trails";
        house.set_today(LATER);
        let before = house.database.texts(trail);
        let done = anonymise(&admin, member).expect(200);
        assert_eq!((&done["id"], &done["files"]), (&json!(member), &json!(4)));
        assert!(done["anonymised_at"].is_string());
        assert_eq!(stored(house), others, "files of his lie in the store");
        assert!(house.database.texts("SELECT file_key AS text FROM files_to_remove").is_empty());

        for below in [
            "",
            "/contacts",
            "/documents",
            "/consents",
            "/timeline",
            "/rectifications",
            "/personal-data",
        ] {
            admin.get(&format!("{path}{below}")).refused(404, "not_found");
        }
        let held = |sql: &str| house.database.texts(sql);
        assert_eq!(
            held(&format!(
                "SELECT name || name_search || coalesce(address, '') || coalesce(birth_place, '') || \
                 coalesce(sex, '') || coalesce(sk_number, '') AS text FROM members WHERE id = {member} \
                 AND nik IS NULL AND nik_sealed IS NULL AND no_pensiun IS NULL \
                 AND no_pensiun_sealed IS NULL AND birth_date IS NULL"
            )),
            ["ANONIM"]
        );
        for table in ["member_keys", "member_contacts", "member_documents"] {
            let sql = format!("SELECT 'left' AS text FROM {table} WHERE member_id = {member}");
            assert!(held(&sql).is_empty(), "{table}");
        }
        let sealed = format!(
            "SELECT 'left' AS text FROM member_bank_accounts WHERE member_id = {member} \
             AND (length(account_number_sealed) > 0 OR length(account_name_sealed) > 0)"
        );
        assert!(held(&sealed).is_empty());
        // The trail stands, and what was personal in it does not open any more.
        let rows_of = |query: &str| rows(&admin.get(query).expect(200)).to_vec();
        let trail_of_him =
            rows_of(&format!("/logs/audit-trails?ref_table=members&ref_id={member}"));
        let changed = trail_of_him.iter().find(|row| row["action"] == "member.update").unwrap();
        assert!(
            changed["new_value"]["address"].is_null() && changed["new_value"]["status"].is_string()
        );
        let after = held(trail)[0].clone();
        assert_ne!(before[0], after, "the anonymisation is in the trail");
        assert_eq!(trail_of_him[0]["action"], "member.anonymise");
        // His numbers are free again, and others are as they were.
        assert_eq!(admin.get("/members?q=Suparman%20001").expect(200)["data"], json!([]));
        admin.post("/members", &registration(1)).expect(201);
        admin.get(&format!("/members/{other}")).expect(200);
        let documents = admin.get(&format!("/members/{other}/documents")).expect(200);
        let document = id(&rows(&documents)[0]);
        let content = admin.get(&format!("/members/{other}/documents/{document}/content"));
        assert_eq!(content.status, 200);
    });
}

#[test]
fn ledger_and_files_of_pension_cuts_do_without_the_member() {
    on_each_backend(|house| {
        let desk = Desk::with_loans(house, 2);
        let (export, lines) = desk.bill("TASPEN");
        let import = desk.import("TASPEN", paid_in_full(&lines)).expect(201);
        let admin = house.admin();
        let loan = admin.get(&format!("/loans/{}", lines[0].loan_id)).expect(200);
        let member = loan["member_id"].as_i64().unwrap();
        // By hand: what closes a loan is not the point here.
        for set in [
            "loans SET status = 'closed', closed_on = '2026-07-02'",
            "applications SET status = 'disbursed'",
        ] {
            let sql = format!("UPDATE {set} WHERE member_id = {member}");
            house.database.execute(&sql).unwrap();
        }
        let transactions =
            |loan: i64| admin.get(&format!("/loans/{loan}/transactions")).expect(200);
        let before = transactions(lines[0].loan_id);
        house.set_today(LATER);
        anonymise(&admin, member).expect(200);
        assert_eq!(transactions(lines[0].loan_id), before);
        let file = desk.finance.get(&format!("/billing/export/{export}/file"));
        assert_eq!(file.status, 200);
        assert!(!file.text().contains(&lines[0].nik) && file.text().contains(&lines[1].nik));
        assert_eq!(desk.import_lines(&import, "").len(), 2);
        let keyed = format!(
            "SELECT 'left' AS text FROM pension_cut_import_lines WHERE member_id = {member} \
             AND key_base IS NOT NULL"
        );
        assert!(house.database.texts(&keyed).is_empty());
    });
}

#[test]
fn deleted_members_are_anonymised_too_and_within_the_branch_alone() {
    on_each_backend(|house| {
        branch(house, 1);
        branch(house, 2);
        let (own, other) = (clerk(house, 1, "ADMIN"), clerk(house, 2, "ADMIN"));
        let path = registered(&own, 1);
        own.delete(&path).expect(204);
        house.set_today(LATER);
        let member = path.rsplit('/').next().unwrap().parse().unwrap();
        anonymise(&other, member).refused(404, "not_found");
        anonymise(&own, member).expect(200);
    });
}

#[test]
fn other_instances_forget_the_key_too() {
    for backend in pensipro_persistence::testing::backends() {
        let quiet = HouseOptions { is_quiet: true, ..HouseOptions::default() };
        let house = House::with(backend, quiet);
        let beside = house.beside(&[]);
        let (admin, there) = (house.admin(), beside.admin());
        let path = registered(&admin, 1);
        // The other instance has his key in memory from here on.
        there.get(&path).expect(200);
        let sealed = there.upload(
            &format!("{path}/documents"),
            &[],
            &[("kind", "KTP")],
            ("k.pdf", &pdf("k")),
        );
        sealed.expect(201);
        house.set_today(LATER);
        let member: i64 = path.rsplit('/').next().unwrap().parse().unwrap();
        anonymise(&admin, member).expect(200);
        let seals = |house: &House| {
            let member = pensipro_kernel::MemberId::new(member);
            house.app.store().read(|tx| tx.seal_file(Some(member), b"x")).is_ok()
        };
        assert!(!seals(&house), "this instance still has the key");
        actix_web::rt::System::new().block_on(beside.app.reload()).expect("the caches fill");
        assert!(!seals(&beside), "the other instance still has the key");
        let told: Value = there.get(&path).refused(404, "not_found");
        assert_eq!(told["code"], "not_found");
    }
}

#[test]
fn files_that_a_crash_left_go_at_the_next_start() {
    on_each_backend(|house| {
        let admin = house.admin();
        let path = registered(&admin, 1);
        let upload = |kind: &str| {
            let fields = [("kind", kind)];
            admin.upload(&format!("{path}/documents"), &[], &fields, ("k.pdf", &pdf(kind)))
        };
        upload("KTP").expect(201);
        upload("KK").expect(201);
        assert_eq!(stored(house), 2);
        // As it is after the commit, before the store was told.
        let given_up = "INSERT INTO files_to_remove (file_key, created_at) \
             SELECT file_key, uploaded_at FROM member_documents WHERE kind = 'KTP'";
        house.database.execute(given_up).unwrap();
        house.database.execute("DELETE FROM member_documents WHERE kind = 'KTP'").unwrap();
        let _again = house.beside(&[]);
        until("the file's end", || (stored(house) == 1).then_some(()));
        let left = "SELECT file_key AS text FROM files_to_remove";
        until("the end of its note", || house.database.texts(left).is_empty().then_some(()));
        let listed = admin.get(&format!("{path}/documents")).expect(200);
        let kept = format!("{path}/documents/{}/content", rows(&listed)[0]["id"]);
        assert_eq!(admin.get(&kept).status, 200);
    });
}
