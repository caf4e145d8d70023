//! E-mail, by a real mail server.

use chrono::TimeDelta;
use pensipro_adapters::testing::{Over, SmtpServer, Tls};
use serde_json::{Value, json};

use super::{
    add_contacts, deliver, in_each_house, member_with, messages, send, statuses, write_to,
};
use crate::support::{
    Client, House,
    lending::{Lending, id, rows},
    people::branch,
};

const SITI: &str = "siti@example.id";

/// A house whose mail goes to the server.
fn with_mail(server: &SmtpServer, test: impl Fn(&House)) {
    let port = server.port().to_string();
    let settings = [
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", port.as_str()),
        ("smtp_tls", "none"),
        ("smtp_from", "Koperasi Sejahtera <koperasi@example.id>"),
    ];
    in_each_house(&settings, test);
}

#[test]
fn member_and_sales_are_told_of_an_application_by_mail() {
    let server = SmtpServer::start();
    with_mail(&server, |house| {
        let lending = Lending::of(house);
        branch(house, 1);
        let seller = json!({"branch_id": 1, "code": "S1", "name": "Sari", "commission_pct": "1",
            "email": "sari@example.id"});
        let seller = id(&lending.staff.admin.post("/sales", &seller).expect(201));
        let before = server.letters().len();
        let member = lending.member();
        add_contacts(&lending, member, &[("email", SITI)]);
        let application = lending.draft(member, &json!({"sales_id": seller}));
        lending.submit(application);
        lending.analyse(application);
        lending.approve(application);
        assert_eq!(deliver(house), 2);

        let letters = server.letters().split_off(before);
        let to_member = letters.iter().find(|letter| letter.to == [SITI]).expect("a letter");
        assert_eq!(to_member.from, "koperasi@example.id");
        let number = lending.application(application)["number"].clone();
        let number = number.as_str().unwrap();
        assert_eq!(to_member.header("Subject"), Some(&*format!("Pengajuan {number} disetujui")));
        assert!(to_member.text.contains("sebesar Rp50.000.000"), "{}", to_member.text);
        let key = to_member.header("Message-ID").expect("an id");
        assert!(key.starts_with('<') && key.ends_with("@example.id>"), "{key}");
        assert!(letters.iter().any(|letter| letter.to == ["sari@example.id"]));

        let told = messages(&lending.staff.admin, "channel=email");
        assert_eq!(statuses(&told), ["sent", "sent"]);
        let whose = |field: &str| told.iter().any(|row| !row[field].is_null());
        assert!(whose("member_id") && whose("sales_id"), "{told:#?}");
        let path = format!("/notifications?member_id={member}&event=application.approved");
        let notices = lending.staff.admin.get(&path).expect(200);
        let channels: Vec<_> =
            rows(&notices).iter().map(|row| (&row["channel"], &row["status"])).collect();
        let sent = json!("sent");
        assert_eq!(channels, [(&json!("email"), &sent), (&json!("inapp"), &sent)]);
        assert_eq!(deliver(house), 0, "nothing is sent twice");
        assert_eq!(server.letters().len(), before + 2);
    });
}

fn only(by: &Client) -> Value {
    let [message] = &messages(by, "")[..] else { panic!("one message") };
    message.clone()
}

#[test]
fn what_is_refused_for_good_is_an_exception_until_it_is_sent_again() {
    let server = SmtpServer::start();
    with_mail(&server, |house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let member = member_with(&lending, &[("email", SITI)]);
        server.answer(SITI, 550);
        write_to(admin, member, "email", "Halo");
        assert_eq!(deliver(house), 1);
        let dead = only(admin);
        assert_eq!((&dead["status"], &dead["last_error"]), (&json!("dead"), &json!("smtp 550")));
        let noted = "/logs/exceptions?source=notifications.delivery";
        let exceptions = admin.get(noted).expect(200);
        assert_eq!(rows(&exceptions)[0]["payload"]["delivery_id"], dead["id"]);
        assert!(!exceptions.to_string().contains(SITI), "an exception names nobody");

        house.pass(TimeDelta::days(1));
        assert_eq!(send(house), 0, "it is given up");
        server.answer(SITI, 250);
        let retry = format!("/notifications/deliveries/{}/retry", id(&dead));
        lending.staff.finance.post(&retry, &json!({})).refused(403, "permission_denied");
        let again = admin.send("POST", &retry, &[], None).expect(200);
        assert_eq!((&again["status"], &again["tries"]), (&json!("pending"), &json!(0)));
        let refused = admin.send("POST", &retry, &[], None).refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("pending"), &json!("pending")));
        assert_eq!(send(house), 1);
        assert_eq!(only(admin)["status"], "sent");
        let open = admin.get(&format!("{noted}&resolved=false")).expect(200);
        assert_eq!(rows(&open).len(), 0);
    });
}

#[test]
fn what_fails_for_now_is_tried_again_later_and_given_up_at_last() {
    let server = SmtpServer::start();
    with_mail(&server, |house| {
        house.configure("DELIVERY_MAX_TRIES", "2");
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let member = member_with(&lending, &[("email", SITI)]);
        server.answer(SITI, 451);
        write_to(admin, member, "email", "Halo");
        assert_eq!(deliver(house), 1);
        let waiting = only(admin);
        assert_eq!(
            (&waiting["status"], &waiting["tries"], &waiting["last_error"]),
            (&json!("pending"), &json!(1), &json!("smtp 451"))
        );
        assert_eq!(send(house), 0, "not at once");
        house.pass(TimeDelta::seconds(11));
        assert_eq!(send(house), 1);
        assert_eq!((&only(admin)["status"], &only(admin)["tries"]), (&json!("dead"), &json!(2)));
    });
}

#[test]
fn a_mail_server_that_is_not_there_loses_nothing() {
    let gone = SmtpServer::start();
    let port = gone.port();
    drop(gone);
    let port = port.to_string();
    let settings = [
        ("smtp_host", "127.0.0.1"),
        ("smtp_port", port.as_str()),
        ("smtp_tls", "none"),
        ("smtp_from", "koperasi@example.id"),
    ];
    in_each_house(&settings, |house| {
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("email", SITI)]);
        write_to(&lending.staff.admin, member, "email", "Halo");
        assert_eq!(deliver(house), 1);
        let waiting = only(&lending.staff.admin);
        assert_eq!(waiting["last_error"], "no connection");
        assert_eq!(waiting["status"], "pending");
    });
}

/// Users are told by hand too, one or many; of many, those without an address are left out.
#[test]
fn a_list_of_users_and_members_gets_a_letter_each() {
    let server = SmtpServer::start();
    with_mail(&server, |house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let before = server.letters().len();
        let with = member_with(&lending, &[("email", SITI)]);
        let without = lending.bare_member(json!({}));
        let to = |target: Value| json!({"broadcast": target, "channel": "email", "title": "Rapat", "body": "Besok."});
        let sent = admin.post("/notifications", &to(json!({"member_ids": [with, without]})));
        let sent = sent.expect(201);
        assert_eq!((&sent["recipients"], &sent["left_out"]), (&json!(1), &json!(1)));
        let unknown =
            admin.post("/notifications", &to(json!({"member_ids": [with, 999]}))).faults();
        assert_eq!(unknown, [("broadcast.member_ids".to_owned(), "unknown".to_owned())]);
        let finance = lending.staff.finance.get("/auth/me").expect(200)["user_id"].clone();
        let sent = admin.post("/notifications", &to(json!({"user_ids": [finance]}))).expect(201);
        assert_eq!(sent["recipients"], 1);
        let nobody = json!({"member_id": without, "channel": "email", "title": "A", "body": "B"});
        let refused = admin.post("/notifications", &nobody).faults();
        assert_eq!(refused, [("member_id".to_owned(), "not_reached".to_owned())]);
        assert_eq!(deliver(house), 2);
        assert_eq!(server.letters().len(), before + 2);
        let inbox = lending.staff.finance.get("/notifications").expect(200);
        assert_eq!(rows(&inbox).len(), 0, "a letter is not in the application's list");
    });
}

/// A house that asks for TLS of this kind, and trusts the test's authority or not.
fn with_secured_mail(server: &SmtpServer, tls: &str, trusts: bool, test: impl Fn(&House)) {
    let port = server.port().to_string();
    let settings = [
        ("smtp_host", "localhost"),
        ("smtp_port", port.as_str()),
        ("smtp_tls", tls),
        ("smtp_user", "koperasi"),
        ("smtp_password", "rahasia"),
        ("smtp_from", "koperasi@example.id"),
        ("smtp_authorities", if trusts { SmtpServer::AUTHORITY } else { "" }),
    ];
    in_each_house(&settings, test);
}

/// A letter that is tried once, as it stands afterwards.
fn tried(house: &House) -> Value {
    let lending = Lending::of(house);
    let member = member_with(&lending, &[("email", SITI)]);
    write_to(&lending.staff.admin, member, "email", "Halo");
    assert_eq!(deliver(house), 1);
    only(&lending.staff.admin)
}

#[test]
fn letters_go_by_tls_however_it_begins() {
    for (kind, tls) in [(Tls::StartTls, "starttls"), (Tls::Always, "tls")] {
        let server = SmtpServer::with(kind);
        with_secured_mail(&server, tls, true, |house| {
            assert_eq!(tried(house)["status"], "sent", "{tls}");
            assert!(server.letters().iter().all(|letter| letter.over == Over::Tls), "{tls}");
        });
    }
}

#[test]
fn nothing_is_said_to_a_server_that_cannot_be_trusted_or_speaks_in_clear() {
    let unknown = SmtpServer::with(Tls::StartTls);
    with_secured_mail(&unknown, "starttls", false, |house| {
        let letter = tried(house);
        assert_eq!(letter["status"], "pending");
        assert!(["tls", "no connection"].contains(&letter["last_error"].as_str().unwrap()));
    });
    assert!(unknown.letters().is_empty());
    let clear = SmtpServer::start();
    with_secured_mail(&clear, "starttls", true, |house| {
        assert_eq!(tried(house)["status"], "pending");
    });
    assert!(clear.letters().is_empty());
}

#[test]
fn a_password_that_is_no_longer_ours_loses_no_letter() {
    let server = SmtpServer::with(Tls::StartTls);
    with_secured_mail(&server, "starttls", true, |house| {
        server.answer(SmtpServer::SIGN_IN, 535);
        let before = server.letters().len();
        let letter = tried(house);
        assert_eq!(
            (&letter["status"], &letter["last_error"]),
            (&json!("pending"), &json!("smtp 535"))
        );
        server.answer(SmtpServer::SIGN_IN, 250);
        house.pass(TimeDelta::minutes(1));
        assert_eq!(send(house), 1);
        assert_eq!(server.letters().len(), before + 1);
    });
}
