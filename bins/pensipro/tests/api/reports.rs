//! Reports on the portfolio.

use serde_json::{Value, json};

use crate::{
    funders::{contract, funder},
    support::{
        Client, House, PASSWORD,
        lending::{Lending, rows},
        on_each_backend,
        people::{branch, clerk},
        running::until,
    },
    verify::assert_proved,
};

/// Counts and unpaid principal of the buckets, and of all.
fn told(aging: &Value) -> (Vec<i64>, String) {
    let counts = aging["buckets"].as_array().expect("buckets").iter();
    let counts = counts.map(|bucket| bucket["count"].as_i64().expect("a count")).collect();
    (counts, aging["total"]["outstanding_principal"].as_str().expect("an amount").to_owned())
}

/// The counts of the buckets.
fn counts_of(aging: &Value) -> Vec<i64> {
    told(aging).0
}

/// An amount in sen.
fn sen(amount: &Value) -> i64 {
    let digits = amount.as_str().expect("an amount").replace('.', "");
    digits.parse().expect("a number")
}

/// An amount of every group, together.
fn sen_of_groups(parted: &Value, pointer: &str) -> i64 {
    let groups = parted["groups"].as_array().expect("its parts").iter();
    groups.map(|group| sen(group.pointer(pointer).expect("an amount"))).sum()
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
        for by in ["branch", "payer", "product", "sales", "funder"] {
            let parted = auditor.get(&format!("/reports/loan-quality?group_by={by}")).expect(200);
            assert_eq!(
                sen_of_groups(&parted, "/total/outstanding_principal"),
                sen(&json!(total)),
                "{by}"
            );
            assert_eq!(sen_of_groups(&parted, "/provision"), sen(&parted["provision"]), "{by}");
            assert_eq!(parted["npl_ratio"], quality["npl_ratio"], "{by}");
        }
        let csv = auditor.get("/reports/loan-quality?group_by=funder&format=csv").text();
        assert!(csv.contains("Bank Bina Mitra;1;20000000.00;"), "{csv}");
        let last = csv.trim_end().lines().last().expect("the sums");
        assert!(last.starts_with("Jumlah;") && last.contains(&format!(";{total};")), "{last}");

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

#[test]
fn the_end_of_a_month_closes_it_and_keeps_what_it_came_to() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let bank = funder(admin, "BBM");
        contract(admin, bank, &json!({})).expect(201);
        let loan = lending.disbursed();
        let share = json!({"funder_id": bank, "kind": "participation"});
        lending.staff.finance.post(&format!("/loans/{loan}/allocate-funder"), &share).expect(200);
        house.set_today("2026-07-10");
        lending.pay(loan, "2026-07-10", "1700000");
        let july = json!({"periode": "2026-07"});
        admin.post("/jobs/end-of-month", &july).refused(422, "period_not_over");
        house.set_today("2026-08-02");
        admin.post("/jobs/end-of-month", &july).refused(422, "end_of_day_behind");
        let end_of_day = json!({"date": "2026-08-01"});
        admin.post("/jobs/end-of-day", &end_of_day).expect(201);
        let long_ago = json!({"periode": "2016-07"});
        admin.post("/jobs/end-of-month", &long_ago).refused(422, "period_before_first");
        // A draft that was made before the month was closed is made anew.
        let open = json!({"periode": "2026-07", "include_open_month": true});
        let settlements = format!("/funders/{bank}/settlements");
        lending.staff.finance.post(&settlements, &open).expect(201);

        let run = admin.post("/jobs/end-of-month", &json!({})).expect(201);
        assert_eq!((&run["job"], &run["date"]), (&json!("end-of-month"), &json!("2026-07-31")));
        assert_eq!((run["aging"].as_i64() > Some(0), &run["settlements"]), (true, &json!(1)));
        let drafted = until("the settlement is drafted", || {
            let list = lending.staff.auditor.get(&settlements).expect(200);
            let draft = rows(&list)[0].clone();
            (draft["status"] == "draft").then_some(draft)
        });
        assert_eq!(
            (&drafted["open_month"], &drafted["periode"]),
            (&json!(false), &json!("2026-07"))
        );
        // Nothing is booked in it any more, and what was kept stays.
        let aging = "/reports/aging?periode=2026-07&group_by=product";
        let kept = lending.staff.auditor.get(aging).expect(200);
        assert_eq!(told(&kept).0, [1, 0, 0, 0]);
        let columns =
            "periode, grouped_by, is_total, group_id, group_name, bucket, loans, outstanding";
        let twice =
            format!("INSERT INTO aging_reports ({columns}) SELECT {columns} FROM aging_reports");
        let replace = "INSERT OR REPLACE INTO aging_reports SELECT * FROM aging_reports";
        let (update, delete) = ("UPDATE aging_reports SET loans = 7", "DELETE FROM aging_reports");
        for statement in [update, delete, twice.as_str(), replace] {
            assert!(house.database.execute(statement).is_err(), "{statement}");
        }
        let again = admin.post("/jobs/end-of-month", &july).expect(201);
        assert_eq!((&again["aging"], &again["settlements"]), (&json!(0), &json!(0)));
        assert_eq!(lending.staff.auditor.get(aging).expect(200), kept);
        admin
            .post("/jobs/end-of-month", &json!({"periode": "Juli"}))
            .refused(422, "validation_failed");
        let auditor = lending.staff.auditor.post("/jobs/end-of-month", &july);
        auditor.refused(403, "permission_denied");
    });
}

#[test]
fn the_quality_of_closed_months_is_kept_and_their_trend_is_told() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (admin, auditor) = (&lending.staff.admin, &lending.staff.auditor);
        let loan = lending.disbursed();
        let trends = ["/reports/loan-quality/trend", "/reports/aging/trend?months=2"];
        for trend in trends {
            assert_eq!(auditor.get(trend).expect(200)["months"], json!([]));
        }
        let july = "/reports/loan-quality?periode=2026-07";
        for (today, month) in [("2026-08-02", "2026-07"), ("2026-09-02", "2026-08")] {
            house.set_today(today);
            let first = format!("{}-01", &today[..7]);
            admin.post("/jobs/end-of-day", &json!({"date": first})).expect(201);
            let before = auditor.get(&format!("/reports/loan-quality?periode={month}")).expect(200);
            let run = admin.post("/jobs/end-of-month", &json!({"periode": month})).expect(201);
            // Of all loans and of those of no branch: whole, and five times parts and their total.
            assert_eq!(run["quality"], 2 * (1 + 5 * 2) * 8);
            // What was kept is what the loans said.
            let kept = auditor.get(&format!("/reports/loan-quality?periode={month}")).expect(200);
            assert_eq!(kept, before);
            let again = admin.post("/jobs/end-of-month", &json!({"periode": month})).expect(201);
            assert_eq!(again["quality"], 0);
        }
        for statement in ["UPDATE quality_reports SET loans = 7", "DELETE FROM quality_reports"] {
            assert!(house.database.execute(statement).is_err(), "{statement}");
        }
        let kept = auditor.get(july).expect(200);
        // Other rates for what is set aside leave a closed month as it was.
        house.configure("PROVISION_PERCENT", "[\"0\",\"0\",\"0\",\"0\",\"100\"]");
        lending.pay(loan, "2026-09-02", "8000000");
        assert_eq!(auditor.get(july).expect(200), kept);

        let trend = auditor.get(trends[0]).expect(200);
        let months = trend["months"].as_array().expect("months");
        let told: Vec<_> = months.iter().map(|month| month["periode"].clone()).collect();
        assert_eq!(told, [json!("2026-07"), json!("2026-08")]);
        assert_eq!(months[0], kept);
        let one = auditor.get("/reports/loan-quality/trend?months=1").expect(200);
        assert_eq!(one["months"], json!([months[1].clone()]));
        let aging = auditor.get(trends[1]).expect(200);
        // Due on the 1st of July: 30 days late at its end, 61 at the end of August.
        assert_eq!(told_of(&aging), [vec![1, 0, 0, 0], vec![0, 0, 1, 0]]);
        let csv = auditor.get("/reports/loan-quality/trend?format=csv").text();
        assert_eq!(csv.lines().count(), 3, "{csv}");
        assert!(csv.starts_with("Periode;Jumlah pinjaman;"), "{csv}");
        for trend in ["/reports/loan-quality/trend", "/reports/aging/trend"] {
            let xlsx = auditor.get(&format!("{trend}?format=xlsx"));
            assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, &b"PK"[..]));
            auditor.get(&format!("{trend}?months=0")).refused(422, "validation_failed");
            assert_eq!(auditor.get(&format!("{trend}?periode=2026-07")).status, 400);
        }
        assert_proved(house);
    });
}

/// What a branch's people and the whole house were told of a month stays, wherever its loans go.
#[test]
fn a_closed_month_stays_for_every_branch_and_part() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (admin, whole) = (&lending.staff.admin, &lending.staff.auditor);
        let (north, south, west) = (branch(house, 1), branch(house, 2), branch(house, 3));
        let loans = [lending.disbursed(), lending.disbursed(), lending.disbursed()];
        let moved = |loan: i64, to: i64| {
            let sql = format!("UPDATE loans SET branch_id = {to} WHERE id = {loan}");
            house.database.execute(&sql).expect("the loan is moved");
        };
        moved(loans[0], north);
        moved(loans[1], south);
        let people = [
            whole.with_token(whole.token()),
            clerk(house, north, "AUDITOR"),
            clerk(house, west, "AUDITOR"),
        ];
        house.set_today("2026-08-02");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        let parts = ["", "&group_by=branch", "&group_by=payer", "&group_by=funder"];
        let told = || {
            let of = |by: &Client, report: &str, part: &str| {
                by.get(&format!("/reports/{report}?periode=2026-07{part}")).expect(200)
            };
            let reports = ["aging", "loan-quality"].into_iter();
            let reports = reports.flat_map(|report| parts.map(|part| (report, part)));
            let told =
                reports.flat_map(|(report, part)| people.each_ref().map(|by| of(by, report, part)));
            told.collect::<Vec<_>>()
        };
        let before = told();
        let counts: Vec<_> =
            before[..3].iter().map(|told| told["total"]["count"].clone()).collect();
        assert_eq!(counts, [3, 1, 0]);
        admin.post("/jobs/end-of-month", &json!({})).expect(201);
        assert_eq!(told(), before, "what was kept is what the loans said");
        moved(loans[0], west);
        house.database.execute("UPDATE members SET payer = 'ASABRI'").expect("members change");
        house.database.execute("UPDATE sales_branches SET name = 'Lain'").expect("names change");
        house.configure("PROVISION_PERCENT", "[\"0\",\"0\",\"0\",\"0\",\"100\"]");
        assert_eq!(told(), before, "whatever changes later");
        assert_proved(house);
    });
}

/// The counts of each month's buckets.
fn told_of(trend: &Value) -> Vec<Vec<i64>> {
    trend["months"].as_array().expect("months").iter().map(|month| told(month).0).collect()
}

/// Looks whether the end of a month is due, and begins it.
fn begin_due_month(house: &House) -> bool {
    let begun = house.app.begin_due_month();
    actix_web::rt::System::new().block_on(begun).expect("it is looked at")
}

#[test]
fn missed_ends_of_months_are_caught_up_the_oldest_first() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        lending.disbursed();
        let ended = || {
            house.database.texts(
                "SELECT CAST(business_date AS TEXT) AS text FROM job_runs \
                 WHERE job = 'end-of-month' AND status = 'done' ORDER BY id",
            )
        };
        house.set_today("2026-08-02");
        assert!(!begin_due_month(house), "no day was ended");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        // June was never ended, as in a house that is new.
        assert!(begin_due_month(house));
        until("July is ended", || (ended().len() == 1).then_some(()));
        assert!(!begin_due_month(house), "August is not over");
        house.set_today("2026-10-02");
        assert!(!begin_due_month(house), "the days are behind");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-10-01"})).expect(201);
        for months in 2..=3 {
            assert!(begin_due_month(house));
            until("a missed month is ended", || (ended().len() == months).then_some(()));
        }
        assert!(!begin_due_month(house), "none is left");
        assert_eq!(ended(), ["2026-07-31", "2026-08-31", "2026-09-30"]);
        // A month that is ended by hand leaves no gap before it.
        house.set_today("2026-12-02");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-12-01"})).expect(201);
        admin.post("/jobs/end-of-month", &json!({"periode": "2026-11"})).expect(201);
        assert!(begin_due_month(house));
        until("the gap is caught up", || (ended().len() == 5).then_some(()));
        assert_eq!(ended()[3..], ["2026-11-30", "2026-10-31"]);
        assert!(!begin_due_month(house), "none is left");
    });
}

#[test]
fn a_month_is_not_closed_while_its_end_left_a_loan_out() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        let (loan, lost) = (lending.disbursed(), lending.disbursed());
        house.set_today("2026-08-02");
        // What comes later makes the month's end read the loan's terms.
        for id in [loan, lost] {
            lending.pay(id, "2026-08-02", "1700000");
        }
        let set_terms = |id: i64, value: &str| {
            let sql = format!("UPDATE loan_terms SET terms = {value} WHERE loan_id = {id}");
            house.database.execute(&sql).expect("the terms are set");
        };
        let end_of_day =
            || admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        set_terms(loan, "'x' || terms");
        set_terms(lost, "'x' || terms");
        assert!(end_of_day()["failed"].as_u64() > Some(1));
        let refused = admin.post("/jobs/end-of-month", &json!({}));
        assert_eq!(refused.refused(409, "month_end_incomplete")["loans"], 2);
        assert!(!begin_due_month(house));
        // One is given up for the months that it was lost in: nobody is told of it again.
        let told = "/logs/exceptions?source=loans.month_end&resolved=false";
        let told = || rows(&admin.get(told).expect(200)).to_vec();
        let about = |id: i64| move |row: &&Value| row["payload"]["loan_id"] == id;
        for row in told().iter().filter(about(lost)) {
            let path = format!("/logs/exceptions/{}/resolve", row["id"]);
            admin.post(&path, &json!({"note": "berkas hilang"})).expect(200);
        }
        // The end of the day writes the other down once it can be read, and the month can be closed.
        set_terms(loan, "substr(terms, 2)");
        assert!(end_of_day()["failed"].as_u64() > Some(0));
        assert_eq!(told().iter().filter(about(lost)).count(), 0);
        let run = admin.post("/jobs/end-of-month", &json!({})).expect(201);
        assert_eq!(
            (&run["date"], &run["quality"]),
            (&json!("2026-07-31"), &json!(2 * (1 + 5 * 2) * 8))
        );
        let july = lending.staff.auditor.get("/reports/aging?periode=2026-07").expect(200);
        assert_eq!(counts_of(&july), [1, 0, 0, 0]);
        // The books miss it no more than people do.
        set_terms(lost, "substr(terms, 2)");
        assert_proved(house);
    });
}

/// A funder's people see what he holds of loans, as far as he holds it, and nobody else's part.
#[test]
fn a_funder_s_people_see_his_shares_alone() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (admin, finance) = (&lending.staff.admin, &lending.staff.finance);
        let (bank, other) = (funder(admin, "BBM"), funder(admin, "KSP"));
        let (shared, sold) = (lending.disbursed(), lending.disbursed());
        lending.disbursed();
        for (holder, pct) in [(bank, "40"), (other, "50")] {
            contract(admin, holder, &json!({})).expect(201);
            let share = json!({"funder_id": holder, "kind": "participation", "share_pct": pct});
            finance.post(&format!("/loans/{shared}/allocate-funder"), &share).expect(200);
        }
        let all = json!({"funder_id": bank, "kind": "participation"});
        let path = format!("/loans/{sold}/allocate-funder");
        finance.post(&path, &all).expect(200);
        house.set_today("2026-06-20");
        finance.post(&path, &json!({"funder_id": null})).expect(200);
        let body = json!({"username": "bank", "email": "bank@example.com", "full_name": "Bank",
            "password": PASSWORD, "funder_id": bank, "role_ids": [house.role_id(admin, "AUDITOR")]});
        admin.post("/users", &body).expect(201);
        let theirs = house.sign_in("bank");
        house.set_today("2026-08-02");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-01"})).expect(201);
        let told = |report: &str| {
            ["", "&group_by=funder", "&group_by=payer"].map(|part| {
                let path = format!("/reports/{report}?periode=2026-07{part}");
                let told = theirs.get(&path).expect(200);
                assert!(!told.to_string().contains("KSP"), "{told}");
                let groups = told["groups"].as_array().map_or(0, Vec::len);
                assert_eq!(groups, usize::from(!part.is_empty()), "{told}");
                (told["total"].clone(), told["groups"][0]["total"].clone())
            })
        };
        let held = json!({"count": 1, "outstanding_principal": "20000000.00"});
        let expected = [&Value::Null, &held, &held].map(|group| (held.clone(), group.clone()));
        for report in ["aging", "loan-quality"] {
            assert_eq!(told(report), expected, "before the month is closed: {report}");
        }
        admin.post("/jobs/end-of-month", &json!({})).expect(201);
        for report in ["aging", "loan-quality"] {
            assert_eq!(told(report), expected, "after it: {report}");
            let trend = theirs.get(&format!("/reports/{report}/trend")).expect(200);
            assert_eq!(trend["months"][0]["total"], held, "{trend}");
        }
        let now = theirs.get("/reports/aging").expect(200);
        assert_eq!(now["total"], held);
    });
}

#[test]
fn the_next_months_exports_are_made_on_their_day_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let admin = &lending.staff.admin;
        lending.disbursed();
        let exports = || rows(&admin.get("/billing/export").expect(200)).to_vec();
        let due = || {
            let made = house.app.make_due_exports();
            actix_web::rt::System::new().block_on(made).expect("it is looked at")
        };
        house.set_today("2026-07-20");
        assert_eq!(due(), 0, "nobody asked for it");
        house.configure("BILLING_EXPORT_DAY", "21");
        assert_eq!(due(), 0, "its day has not come");
        house.set_today("2026-07-21");
        assert_eq!((due(), due()), (1, 0));
        let made = until("the export is made", || {
            let made = exports();
            (made.len() == 1 && made[0]["status"] == "generated").then(|| made[0].clone())
        });
        assert_eq!((&made["payer"], &made["periode"]), (&json!("TASPEN"), &json!("2026-08")));
        assert_eq!(made["lines"], 1);
        // Past the cut-off people say why.
        house.configure("BILLING_CUT_OFF_DAY", "25");
        house.set_today("2026-08-26");
        assert_eq!(due(), 0);
        // The end of a month makes what is due, and nothing twice.
        house.configure("BILLING_CUT_OFF_DAY", "0");
        house.configure("BILLING_EXPORT_DAY", "1");
        admin.post("/jobs/end-of-day", &json!({"date": "2026-08-25"})).expect(201);
        let run = admin.post("/jobs/end-of-month", &json!({"periode": "2026-07"})).expect(201);
        assert_eq!((&run["exports"], &run["retries"]), (&json!(1), &json!(0)));
        let again = admin.post("/jobs/end-of-month", &json!({"periode": "2026-07"})).expect(201);
        assert_eq!(again["exports"], 0);
    });
}
