//! Nobody makes the program call its own house.

use chrono::TimeDelta;
use pensipro_adapters::testing::{Answering, HttpReceiver};
use serde_json::json;

use super::{deliver, in_each_house, messages, webhook};
use crate::support::lending::Lending;

#[test]
fn urls_that_lead_inside_are_refused_when_they_are_saved() {
    in_each_house(&[], |house| {
        let admin = house.admin();
        let refused = |url: &str| {
            let body = json!({"url": url, "events": ["*"]});
            let faults = admin.post("/webhooks", &body).faults();
            assert_eq!(faults.len(), 1, "{url}");
            (faults[0].0.clone(), faults[0].1.clone())
        };
        for (url, code) in [
            ("https://127.0.0.1/hook", "private_address"),
            ("https://2130706433/hook", "private_address"),
            ("https://0x7f000001/hook", "private_address"),
            ("https://[::1]/hook", "private_address"),
            ("https://[::ffff:10.0.0.1]/hook", "private_address"),
            ("https://169.254.169.254/latest/meta-data", "private_address"),
            ("https://localhost/hook", "private_address"),
            ("https://nobody.invalid/hook", "not_resolved"),
            ("http://8.8.8.8/hook", "not_https"),
            ("gopher://8.8.8.8/", "invalid_url"),
        ] {
            assert_eq!(refused(url), ("url".to_owned(), code.to_owned()), "{url}");
        }
        let made = admin.post("/webhooks", &json!({"url": "https://8.8.8.8/", "events": ["*"]}));
        let path = format!("/webhooks/{}", made.expect(201)["id"]);
        let faults = admin.put(&path, &json!({"url": "https://10.0.0.1/"})).faults();
        assert_eq!(faults, [("url".to_owned(), "private_address".to_owned())]);
    });
}

/// What leads inside only by now (its name was given another address) is not sent.
#[test]
fn urls_that_lead_inside_are_refused_when_something_is_sent() {
    let receiver = HttpReceiver::start(Answering::Status(200));
    in_each_house(&[], |house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        for host in ["127.0.0.1", "localhost"] {
            webhook(admin, "https://8.8.8.8/hook", &["loan.disbursed"]);
            let url = format!("https://{host}:{}/hook", receiver.port());
            let sql = format!("UPDATE webhooks SET url = '{url}' WHERE url LIKE '%8.8.8.8%'");
            house.database.execute(&sql).expect("it leads elsewhere");
        }
        lending.disbursed();
        assert_eq!(deliver(house), 2);
        let told = messages(admin, "status=dead");
        assert_eq!(told.len(), 2, "{told:#?}");
        for message in told {
            assert_eq!(message["last_error"], "private_address");
        }
        assert_eq!(receiver.posted().len(), 0);
    });
}

#[test]
fn nobody_is_followed_elsewhere() {
    let inside = HttpReceiver::start(Answering::Status(200));
    let receiver = HttpReceiver::start(Answering::Elsewhere(inside.port()));
    in_each_house(&[("private_receivers", "true")], |house| {
        let lending = Lending::of(house);
        webhook(&lending.staff.admin, &receiver.url(), &["loan.disbursed"]);
        lending.disbursed();
        assert_eq!(deliver(house), 1);
        let told = messages(&lending.staff.admin, "");
        assert_eq!(
            (&told[0]["status"], &told[0]["last_error"]),
            (&json!("pending"), &json!("status 307"))
        );
        house.pass(TimeDelta::seconds(11));
        deliver(house);
        assert_eq!(inside.posted().len(), 0);
    });
}
