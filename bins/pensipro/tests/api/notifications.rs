//! What people are told: of what happened, and by hand.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    Client, House,
    lending::{Lending, id, rows},
    on_each_backend,
    people::branch,
};

/// Delivers what waits; the running worker does the same every second.
fn deliver(house: &House) {
    let once = || actix_web::rt::System::new().block_on(house.app.deliver_events()).unwrap();
    while once() > 0 {}
}

fn inbox(by: &Client, query: &str) -> Vec<Value> {
    rows(&by.get(&format!("/notifications?{query}")).expect(200)).to_vec()
}

fn titles(list: &[Value]) -> Vec<&str> {
    list.iter().map(|row| row["title"].as_str().expect("a title")).collect()
}

fn unread(by: &Client) -> Value {
    by.get("/notifications/unread-count").expect(200)["unread"].clone()
}

/// The sales person as whom the user signs in, who then brings applications.
fn seller(house: &House, lending: &Lending) {
    branch(house, 1);
    let me = lending.staff.sales.get("/auth/me").expect(200);
    let user = me["user_id"].as_i64().expect("an id");
    let body = json!({"branch_id": 1, "code": "S1", "name": "Sari", "user_id": user,
        "commission_pct": "1"});
    lending.staff.admin.post("/sales", &body).expect(201);
}

#[test]
fn sales_and_member_are_told_of_what_becomes_of_an_application() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        seller(house, &lending);
        let (_, loan) = lending.approved();
        assert_eq!(inbox(&lending.staff.sales, ""), Vec::<Value>::new(), "nothing is told before");
        deliver(house);
        let told = inbox(&lending.staff.sales, "");
        assert_eq!(titles(&told), ["Pengajuan APP-2026-000001 disetujui"]);
        let body =
            "Pengajuan APP-2026-000001 sebesar Rp50.000.000 selama 36 bulan telah disetujui.";
        assert_eq!(
            (&told[0]["body"], &told[0]["event"]),
            (&json!(body), &json!("application.approved"))
        );
        assert_eq!((&told[0]["channel"], &told[0]["is_read"]), (&json!("inapp"), &json!(false)));

        lending.disburse(loan);
        lending.pay(loan, "2026-06-15", "1500000");
        deliver(house);
        assert_eq!(titles(&inbox(&lending.staff.sales, "")).len(), 2);
        let member = lending.loan(loan)["member_id"].clone();
        let admin = &lending.staff.admin;
        let told = inbox(admin, &format!("member_id={member}"));
        assert_eq!(
            titles(&told),
            [
                "Pembayaran diterima",
                "Pinjaman LN-2026-000001 cair",
                "Pengajuan APP-2026-000001 disetujui"
            ]
        );
        let paid = "Pembayaran Rp1.500.000 sudah diterima untuk pinjaman LN-2026-000001 pada 15 Juni 2026.";
        assert_eq!(told[0]["body"], paid);
        deliver(house);
        assert_eq!(inbox(admin, &format!("member_id={member}")), told, "nothing is told twice");
        let of_event = inbox(admin, &format!("member_id={member}&event=loan.disbursed"));
        assert_eq!(of_event, told[1..2]);
    });
}

#[test]
fn a_level_that_is_overdue_is_told_to_those_who_may_decide() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        house.configure("COMMITTEE_DEADLINE_HOURS", "[24]");
        let application = lending.analysed();
        house.pass(TimeDelta::hours(25));
        let told = actix_web::rt::System::new().block_on(house.app.tell_deadlines()).unwrap();
        assert_eq!(told, 1);
        deliver(house);
        let told = inbox(&lending.staff.spv, "");
        let number = lending.application(application)["number"].clone();
        let title = format!("Pengajuan {} menunggu keputusan", number.as_str().unwrap());
        assert_eq!(titles(&told), [title.as_str()]);
        for other in [&lending.staff.manager, &lending.staff.sales, &lending.staff.finance] {
            assert_eq!(inbox(other, ""), Vec::<Value>::new());
        }
    });
}

#[test]
fn a_notice_is_read_and_hidden_by_its_recipient_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (admin, finance) = (&lending.staff.admin, &lending.staff.finance);
        let body = json!({"broadcast": {"role": "FINANCE"}, "title": "Tutup buku",
            "body": "Tutup buku besok.\nMohon selesaikan setoran."});
        let sent = admin.post("/notifications", &body).expect(201);
        assert_eq!(sent["recipients"], 1);
        assert_eq!(unread(finance), 1);
        let [notice] = &inbox(finance, "is_read=false")[..] else { panic!("one notice") };
        assert_eq!((&notice["event"], &notice["status"]), (&json!("manual"), &json!("sent")));
        assert_eq!(notice["body"], body["body"]);

        let path = format!("/notifications/{}", id(notice));
        let read = format!("{path}/read");
        lending.staff.manager.put(&read, &json!({})).refused(404, "not_found");
        admin.delete(&path).refused(404, "not_found");
        let once = finance.put(&read, &json!({})).expect(200);
        assert_eq!((&once["is_read"], once["read_at"].is_string()), (&json!(true), true));
        assert_eq!(finance.put(&read, &json!({})).expect(200), once);
        assert_eq!(unread(finance), 0);
        assert_eq!(inbox(finance, "is_read=false"), Vec::<Value>::new());
        finance.delete(&path).expect(204);
        finance.delete(&path).refused(404, "not_found");
        assert_eq!(inbox(finance, ""), Vec::<Value>::new());
        assert_eq!(house.database.texts("SELECT title AS text FROM notifications"), ["Tutup buku"]);
    });
}

#[test]
fn who_may_not_send_reads_his_own_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let finance = &lending.staff.finance;
        for query in ["user_id=1", "member_id=1"] {
            let refused = finance.get(&format!("/notifications?{query}"));
            assert_eq!(
                refused.refused(403, "permission_denied")["permission"],
                "SEND_NOTIFICATION"
            );
        }
        finance.post("/notifications", &json!({})).refused(403, "permission_denied");
        finance.get("/notifications?colour=red").refused(400, "invalid_query");
    });
}

#[test]
fn whoever_is_named_has_to_be_there_and_the_channel_open() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let faults = |body: Value| admin.post("/notifications", &body).faults();
        let unknown = |field: &str| vec![(field.to_owned(), "unknown".to_owned())];
        let text = |target: Value| {
            let mut body = target;
            body["title"] = json!("Halo");
            body["body"] = json!("Apa kabar?");
            body
        };
        assert_eq!(faults(text(json!({"user_id": 999}))), unknown("user_id"));
        assert_eq!(faults(text(json!({"member_id": 999}))), unknown("member_id"));
        let nobody = faults(text(json!({"broadcast": {"role": "TUKANG"}})));
        assert_eq!(nobody, [("broadcast".to_owned(), "nobody".to_owned())]);
        let by_template = json!({"user_id": 1, "template_code": "PINJAMAN_CAIR"});
        assert_eq!(faults(by_template), unknown("template_code"), "it tells of an event");
        let email = text(json!({"user_id": 1, "channel": "email"}));
        admin.post("/notifications", &email).refused(422, "channel_not_available");
        assert_eq!(house.database.texts("SELECT title AS text FROM notifications").len(), 0);
    });
}

#[test]
fn a_template_says_what_its_event_carries_and_can_be_changed() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let list = admin.get("/notification-templates?limit=200").expect(200);
        let settled = rows(&list).iter().find(|row| row["event"] == "loan.settled");
        let path = format!("/notification-templates/{}", id(settled.expect("it is seeded")));
        let wrong = admin.put(&path, &json!({"body": "Lunas pada {paid_on}"})).faults();
        assert_eq!(wrong, [("body".to_owned(), "unknown_placeholder".to_owned())]);
        let changed = admin.put(&path, &json!({"title": "LUNAS {loan_number}"})).expect(200);
        assert_eq!(changed["title"], "LUNAS {loan_number}");

        let second = json!({"template_code": "LUNAS_2", "event": "loan.settled", "channel": "inapp",
            "title": "Lunas", "body": "{amount}"});
        let refused =
            admin.post("/notification-templates", &second).refused(409, "duplicate_template");
        assert_eq!(refused["existing_id"], id(&changed));
        admin.delete(&path).expect(204);
        let made = admin.post("/notification-templates", &second).expect(201);
        assert_eq!(made["is_active"], true);
        admin.post("/notification-templates", &second).refused(409, "duplicate_code");
        let back = admin.put(&path, &json!({"is_active": true}));
        back.refused(409, "duplicate_template");
        let off = admin.get("/notification-templates?is_active=false").expect(200);
        assert_eq!(rows(&off).iter().map(id).collect::<Vec<_>>(), [id(&changed)]);

        let own = json!({"template_code": "RAPAT", "event": "manual", "channel": "inapp",
            "title": "Rapat {hari}", "body": "Rapat anggota {hari} pukul {jam}."});
        admin.post("/notification-templates", &own).expect(201);
        let user = lending.staff.finance.get("/auth/me").expect(200);
        let user = user["user_id"].as_i64().expect("an id");
        let send = json!({"user_id": user, "template_code": "RAPAT", "params": {"hari": "Senin"}});
        let faults = admin.post("/notifications", &send).faults();
        assert_eq!(faults, [("params.jam".to_owned(), "required".to_owned())]);
        let send = json!({"user_id": user, "template_code": "RAPAT",
            "params": {"hari": "Senin", "jam": 9}});
        admin.post("/notifications", &send).expect(201);
        assert_eq!(inbox(&lending.staff.finance, "")[0]["body"], "Rapat anggota Senin pukul 9.");
    });
}

#[test]
fn two_who_deliver_at_once_tell_nobody_twice() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        seller(house, &lending);
        for _ in 0..3 {
            lending.approved();
        }
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| deliver(house));
            }
        });
        assert_eq!(inbox(&lending.staff.sales, "").len(), 3);
    });
}
