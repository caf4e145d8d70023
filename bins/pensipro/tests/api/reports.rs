//! Reports on the portfolio.

use serde_json::{Value, json};

use crate::{
    funders::{contract, funder},
    support::{lending::Lending, on_each_backend},
};

/// Counts and unpaid principal of the buckets, and of all.
fn told(aging: &Value) -> (Vec<i64>, String) {
    let counts = aging["buckets"].as_array().expect("buckets").iter();
    let counts = counts.map(|bucket| bucket["count"].as_i64().expect("a count")).collect();
    (counts, aging["total"]["outstanding_principal"].as_str().expect("an amount").to_owned())
}

#[test]
fn aging_and_quality_are_of_today_and_their_parts_add_up() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loans = [lending.disbursed(), lending.disbursed(), lending.disbursed()];
        let bank = funder(&lending.staff.admin, "BBM");
        contract(&lending.staff.admin, bank, &json!({})).expect(201);
        let share = json!({"funder_id": bank, "kind": "participation", "share_pct": "40"});
        let path = format!("/loans/{}/allocate-funder", loans[0]);
        lending.staff.finance.post(&path, &share).expect(200);
        lending.approved();
        house.set_today("2026-10-05");
        // The first has paid nothing since July, the second until August, the third everything.
        lending.pay(loans[1], "2026-10-05", "4000000");
        lending.pay(loans[2], "2026-10-05", "8000000");
        let auditor = &lending.staff.auditor;
        let aging = auditor.get("/reports/aging").expect(200);
        assert_eq!((&aging["periode"], &aging["as_of"]), (&json!("2026-10"), &json!("2026-10-05")));
        let (counts, total) = told(&aging);
        assert_eq!(counts, [1, 1, 0, 1]);
        assert_eq!(aging["current"]["count"], 1);
        for (by, parts) in
            [("branch", 1), ("payer", 1), ("product", 1), ("sales", 1), ("funder", 2)]
        {
            let parted = auditor.get(&format!("/reports/aging?group_by={by}")).expect(200);
            assert_eq!(told(&parted).1, total, "{by}");
            let groups = parted["groups"].as_array().expect("its parts");
            assert_eq!(groups.len(), parts, "{by}");
        }
        let funders = auditor.get("/reports/aging?group_by=funder").expect(200);
        let held = funders["groups"].as_array().expect("its parts").iter();
        let held: Vec<_> = held.filter(|group| group["id"] == bank).map(told).collect();
        assert_eq!(held, [(vec![0, 0, 0, 1], "20000000.00".to_owned())]);

        let quality = auditor.get("/reports/loan-quality").expect(200);
        let levels: Vec<_> = quality["kolektibilitas"]
            .as_array()
            .expect("levels")
            .iter()
            .map(|level| level["count"].as_i64().expect("a count"))
            .collect();
        assert_eq!(
            (levels, &quality["total"]["outstanding_principal"]),
            (vec![1, 1, 1, 0, 0], &json!(total))
        );
        assert_ne!(quality["npl_ratio"], "0");
        assert_eq!(quality["npl_ratio"], quality["par90"]);

        let csv = auditor.get("/reports/aging?group_by=product&format=csv").text();
        let last = csv.trim_end().lines().last().expect("the sums");
        assert!(last.starts_with("Jumlah;") && last.ends_with(&format!(";3;{total}")), "{last}");
        let xlsx = auditor.get("/reports/loan-quality?format=xlsx");
        assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, &b"PK"[..]));
    });
}

#[test]
fn a_past_month_is_as_its_end_wrote_it_down() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let loan = lending.disbursed();
        house.set_today("2026-08-05");
        let auditor = &lending.staff.auditor;
        let july = "/reports/aging?periode=2026-07";
        auditor.get(july).refused(422, "end_of_day_behind");
        lending.staff.admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        let before = auditor.get(july).expect(200);
        assert_eq!((told(&before).0, &before["as_of"]), (vec![1, 0, 0, 0], &json!("2026-07-31")));
        // What is paid later changes nothing of it.
        lending.pay(loan, "2026-08-05", "8000000");
        assert_eq!(auditor.get(july).expect(200), before);
        let quality = auditor.get("/reports/loan-quality?periode=2026-07").expect(200);
        assert_eq!(quality["kolektibilitas"][1]["count"], 1);
        auditor.get("/reports/aging?periode=2026-09").refused(422, "validation_failed");
        assert_eq!(auditor.get("/reports/aging?periode=2026-13").status, 400);
        assert_eq!(auditor.get("/reports/aging?group_by=colour").status, 400);
    });
}
