//! Members are not disturbed in quiet hours.

use chrono::TimeDelta;
use pensipro_adapters::testing::{Answering, HttpReceiver};
use serde_json::json;

use super::{deliver, gateway::with_gateway, member_with, messages, send, statuses, write_to};
use crate::support::{House, lending::Lending};

/// Quiet hours around the present time of the house, so many hours to each side.
fn around_now(house: &House, hours: i64) -> String {
    let now = house.app.clock.now().with_timezone(&chrono_tz::Tz::Asia__Jakarta);
    let time = |hours: i64| (now + TimeDelta::hours(hours)).format("%H:%M");
    format!("{}-{}", time(-hours), time(hours))
}

#[test]
fn a_member_is_told_at_the_end_of_the_night_and_a_user_at_once() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        house.configure("QUIET_HOURS", &around_now(house, 2));
        let member = member_with(&lending, &[("phone", "081234567890")]);
        write_to(admin, member, "whatsapp", "Halo");
        let body = json!({"username": "ratna", "email": "ratna@example.id", "full_name": "Ratna",
            "password": crate::support::PASSWORD, "phone": "081200000001"});
        let user = admin.post("/users", &body).expect(201)["id"].clone();
        let body =
            json!({"user_id": user, "channel": "whatsapp", "title": "Halo", "body": "Rapat"});
        admin.post("/notifications", &body).expect(201);
        assert_eq!(deliver(house), 1, "the user alone");
        assert_eq!(messages(admin, "status=pending")[0]["member_id"], member);
        house.pass(TimeDelta::minutes(121));
        assert_eq!(send(house), 1);
        assert_eq!(gateway.posted().len(), before + 2);
    });
}

/// A message that was ready by day and is still there at night waits for the morning, and its try does
/// not count.
#[test]
fn what_the_night_overtakes_waits() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let before = gateway.posted().len();
        let lending = Lending::of(house);
        let member = member_with(&lending, &[("phone", "081234567890")]);
        write_to(&lending.staff.admin, member, "sms", "Halo");
        house.configure("QUIET_HOURS", &around_now(house, 1));
        send(house);
        let waiting = messages(&lending.staff.admin, "");
        assert_eq!((&waiting[0]["status"], &waiting[0]["tries"]), (&json!("pending"), &json!(0)));
        assert_eq!(gateway.posted().len(), before);
        house.pass(TimeDelta::minutes(61));
        assert_eq!(send(house), 1);
        assert_eq!(statuses(&messages(&lending.staff.admin, "")), ["sent"]);
    });
}
