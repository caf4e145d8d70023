//! `pensipro demo`: what an empty database holds afterwards.

use std::process::Command;

use pensipro_persistence::testing::TEST_MASTER_KEY;
use pensipro_server::clock::hex;
use serde_json::Value;

use crate::support::{
    House, PASSWORD,
    lending::{id, rows},
    on_each_backend,
};

/// Fills the house's database with twelve loans over three months.
pub(crate) fn fill(house: &House) {
    fill_with(house, &["--loans", "12", "--months", "2"]);
}

fn fill_with(house: &House, options: &[&str]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let filled = Command::new(env!("CARGO_BIN_EXE_pensipro"))
        .args(["demo", "--seed", "7", "--password", PASSWORD])
        .args(options)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("PENSIPRO_DATABASE_URL", house.database.url())
        .env("PENSIPRO_DATA_DIR", folder.path())
        .env("PENSIPRO_MASTER_KEY", hex(&TEST_MASTER_KEY))
        .env("PENSIPRO_BUSINESS_DATE", "2026-06-30")
        .env("PENSIPRO_BCRYPT_COST", "4")
        .output()
        .expect("the program runs");
    assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));
}

fn numbers(list: &Value, field: &str) -> Vec<i64> {
    rows(list).iter().map(|row| row[field].as_i64().unwrap()).collect()
}

#[test]
fn a_demonstration_has_loans_and_people_who_sold_them() {
    on_each_backend(|house| {
        fill(house);
        house.set_today("2026-06-30");
        let manager = house.sign_in("melati");
        assert_eq!(rows(&manager.get("/loans?limit=200").expect(200)).len(), 12);
        assert_eq!(rows(&manager.get("/sales-branches").expect(200)).len(), 3);

        let ranking = manager.get("/sales-ranking?from=2026-04&to=2026-06").expect(200);
        assert_eq!(numbers(&ranking, "disbursed_count").iter().sum::<i64>(), 12);
        assert!(numbers(&ranking, "visits").iter().sum::<i64>() > 12);
        assert!(rows(&ranking).iter().all(|row| row["achievement_pct"] != Value::Null));

        // What was earned is paid in the month after, and what is left waits.
        let commissions = |query: &str| {
            let list = manager.get(&format!("/sales-commissions?limit=200&{query}")).expect(200);
            rows(&list).len()
        };
        let counts = ["periode=2026-06&status=unpaid", "status=unpaid", "status=paid"];
        assert_eq!(counts.map(commissions), [4, 4, 8]);

        // The sales person who signs in is one of them.
        let seller = house.sign_in("sari");
        let user = seller.get("/auth/me").expect(200)["user_id"].clone();
        let own = manager.get(&format!("/sales?user_id={user}")).expect(200);
        let own = id(&rows(&own)[0]);
        let visits = seller.get(&format!("/sales/{own}/visits")).expect(200);
        assert!(!rows(&visits).is_empty());
    });
}

/// Taken over in bulk, by the rules of every single loan: the books agree, and cuts were paid.
#[test]
fn a_portfolio_taken_over_is_in_order() {
    on_each_backend(|house| {
        fill_with(house, &["--loans", "90", "--in-bulk"]);
        house.set_today("2026-06-30");
        let manager = house.sign_in("melati");
        let loans = manager.get("/loans?limit=200").expect(200);
        assert_eq!(rows(&loans).len(), 90);
        let first = manager.get("/loans/1").expect(200);
        assert_eq!(first["status"], "active");
        let schedule = manager.get("/loans/1/schedules").expect(200);
        assert_eq!(rows(&schedule).len() as u64, first["tenor"].as_u64().unwrap());
        let application = format!("/applications/{}", first["application_id"]);
        assert_eq!(manager.get(&application).expect(200)["status"], "disbursed");
        let member = format!("/members/{}", first["member_id"]);
        let contacts = manager.get(&format!("{member}/contacts")).expect(200);
        assert_eq!(rows(&contacts)[0]["is_primary"], true);
        let accounts = manager.get(&format!("{member}/bank-accounts")).expect(200);
        assert_eq!(rows(&accounts)[0]["is_default"], true);
        assert!(!rows(&manager.get("/loans/1/payments").expect(200)).is_empty());
        crate::verify::assert_proved(house);
    });
}
