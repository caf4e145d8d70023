//! What members want to be told by which channel.

use pensipro_adapters::testing::{Answering, HttpReceiver};
use serde_json::{Value, json};

use super::{add_contacts, deliver, gateway::with_gateway};
use crate::support::{
    House,
    lending::{Lending, rows},
};

fn channels_to(house: &House, member: &Value) -> Vec<String> {
    let path = format!("/notifications?member_id={member}&event=payment.received");
    let told = house.admin().get(&path).expect(200);
    rows(&told).iter().map(|row| row["channel"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_member_is_told_by_the_channels_that_he_left_on() {
    let gateway = HttpReceiver::start(Answering::Status(200));
    with_gateway(&gateway, |house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        let member = lending.loan(loan)["member_id"].clone();
        add_contacts(&lending, member.as_i64().expect("an id"), &[("phone", "081234567890")]);
        let path = format!("/members/{member}/notification-preferences");
        let sales = &lending.staff.sales;
        let shown = sales.get(&path);
        assert_eq!(shown.header("etag"), Some("\"0\""));
        let shown = shown.expect(200);
        assert_eq!(
            shown["groups"]["payment"],
            json!({"email": true, "sms": true, "whatsapp": true})
        );
        assert_eq!(shown["updated_at"], Value::Null);

        let off = json!({"groups": {"payment": {"sms": false}}});
        let changed = sales.json("PUT", &path, &[("If-Match", "\"0\"")], &off);
        assert_eq!(changed.header("etag"), Some("\"1\""));
        let changed = changed.expect(200);
        assert_eq!(changed["groups"]["payment"]["sms"], false);
        assert_eq!(changed["groups"]["refund"]["sms"], true);
        sales.json("PUT", &path, &[("If-Match", "\"0\"")], &off).refused(412, "stale");
        let faults = sales.put(&path, &json!({"groups": {"payment": {"pigeon": true}}})).faults();
        assert_eq!(faults, [("groups.payment.pigeon".to_owned(), "unknown_value".to_owned())]);
        lending.staff.auditor.put(&path, &off).refused(403, "permission_denied");

        lending.pay(loan, "2026-06-15", "1500000");
        deliver(house);
        assert_eq!(channels_to(house, &member), ["whatsapp", "inapp"]);
        let by_hand = json!({"groups": {"manual": {"whatsapp": false}}});
        sales.put(&path, &by_hand).expect(200);
        let body = json!({"member_id": member, "channel": "whatsapp", "title": "A", "body": "B"});
        let refused = lending.staff.admin.post("/notifications", &body).faults();
        assert_eq!(refused, [("member_id".to_owned(), "not_reached".to_owned())]);
        let trail = "/logs/audit-trails?action=member.preferences.update";
        let trail = lending.staff.admin.get(trail).expect(200);
        let off = &rows(&trail)[0]["new_value"]["off"];
        assert_eq!(*off, json!(["payment:sms", "manual:whatsapp"]));
    });
}
