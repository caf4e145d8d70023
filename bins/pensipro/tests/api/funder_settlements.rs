//! Months are settled with funders: their share to the sen, fees, corrections, papers.

use serde_json::{Value, json};

use crate::{
    funders::{contract, funder},
    support::{
        House, PASSWORD, Response,
        lending::{Lending, id, rows, with},
        on_each_backend,
    },
    verify::assert_proved,
};

/// A bank that holds 70 % of a loan, and takes 70 % of the interest on that; it pays 1 % for what it was
/// brought and 2 % of its interest for the service, with 11 % tax, of which it withholds 2 %.
struct Month {
    lending: Lending,
    bank: i64,
    loan: i64,
}

impl Month {
    fn of(house: &House) -> Self {
        let lending = Lending::of(house);
        house.configure("FUNDER_FEE_PPN", "11");
        house.configure("FUNDER_FEE_PPH23", "2");
        let bank = funder(&lending.staff.admin, "BBM");
        let fee = json!({"fee_originator_pct": "1"});
        contract(&lending.staff.admin, bank, &fee).expect(201);
        let loan = lending.disbursed();
        let share = json!({"funder_id": bank, "kind": "participation"});
        let path = format!("/loans/{loan}/allocate-funder");
        lending.staff.finance.post(&path, &share).expect(200);
        Self { lending, bank, loan }
    }

    fn path(&self) -> String {
        format!("/funders/{}/settlements", self.bank)
    }

    fn settle(&self, body: &Value) -> Response {
        self.lending.staff.finance.post(&self.path(), body)
    }

    /// The settlement of a month that is not closed.
    fn settled(&self, periode: &str) -> Value {
        self.settle(&json!({"periode": periode, "include_open_month": true})).expect(201)
    }

    fn change(&self, settlement: &Value, change: &Value) -> Response {
        let path = format!("{}/{}", self.path(), id(settlement));
        self.lending.staff.finance.put(&path, change)
    }

    fn fixed(&self, periode: &str) -> Value {
        let settlement = self.settled(periode);
        self.change(&settlement, &json!({"status": "final"})).expect(200)
    }
}

fn sen(value: &Value) -> i64 {
    let text = value.as_str().expect("an amount");
    text.replace('.', "").parse().expect("an amount")
}

/// Half away from zero.
fn part(amount: i64, numerator: i64, denominator: i64) -> i64 {
    let twice = 2 * amount * numerator;
    (twice + denominator * twice.signum()) / (2 * denominator)
}

/// Principal and interest that a payment paid.
fn paid(payment: &Value) -> (i64, i64) {
    let of = |component: &str| -> i64 {
        let parts = payment["allocations"].as_array().expect("its parts").iter();
        parts.filter(|it| it["component"] == component).map(|it| sen(&it["amount"])).sum()
    };
    (of("principal"), of("interest"))
}

fn sum(settlement: &Value, figure: &str) -> i64 {
    let lines = settlement["lines"].as_array().expect("its lines");
    lines.iter().map(|line| sen(&line[figure])).sum()
}

fn kinds(settlement: &Value) -> Vec<String> {
    let lines = settlement["lines"].as_array().expect("its lines");
    lines.iter().map(|line| line["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_month_comes_to_the_funder_s_share_less_fees_and_taxes() {
    on_each_backend(|house| {
        let month = Month::of(house);
        house.set_today("2026-08-05");
        let payment = month.lending.pay(month.loan, "2026-08-03", "2500000");
        let (principal, interest) = paid(&payment);
        let made = month.settled("2026-08");
        assert_eq!(
            (&made["status"], &made["booked_through"]),
            (&json!("draft"), &json!("2026-08-05"))
        );

        let on_share = part(interest, 7, 10);
        let taken = part(on_share, 7, 10);
        let figures = ["principal", "interest_on_share", "interest", "fee_originator"];
        let expected = [part(principal, 7, 10), on_share, taken, 35_000_000];
        assert_eq!(figures.map(|figure| sen(&made[figure])), expected);
        for figure in figures.iter().chain(&["fee_servicing"]) {
            assert_eq!(sum(&made, figure), sen(&made[*figure]), "{figure}");
        }
        assert_eq!(sen(&made["paid_by_members"]["principal"]), principal);
        assert_eq!(sen(&made["held_by_others"]["interest"]), interest - taken);

        let service = part(taken, 2, 100);
        let fees = 35_000_000 + service;
        let (ppn, pph23) = (part(fees, 11, 100), part(fees, 2, 100));
        let told = ["fee_servicing", "ppn", "pph23"].map(|figure| sen(&made[figure]));
        assert_eq!(told, [service, ppn, pph23]);
        let net = part(principal, 7, 10) + taken - fees - ppn + pph23;
        assert_eq!(sen(&made["net_to_funder"]), net);

        // The instalments of July and August: the one was late by a month.
        let mut kinds = kinds(&made);
        kinds.sort_unstable();
        assert_eq!(kinds, ["instalment", "late", "origination"]);
        assert_proved(house);
    });
}

#[test]
fn what_is_taken_back_after_a_final_settlement_falls_into_the_next() {
    on_each_backend(|house| {
        let month = Month::of(house);
        house.set_today("2026-07-20");
        let payment = month.lending.pay(month.loan, "2026-07-16", "1660715");
        let july = month.fixed("2026-07");
        let (principal, interest) = paid(&payment);
        assert_eq!(sen(&july["principal"]), part(principal, 7, 10));

        house.set_today("2026-08-10");
        let path = format!("/loans/{}/payments/{}/reverse", month.loan, id(&payment));
        month.lending.staff.finance.post(&path, &json!({"reason": "cek kosong"})).expect(200);
        let again = month.lending.pay(month.loan, "2026-08-09", "1000000");
        let august = month.settled("2026-08");
        assert_eq!(august["follows"], july["id"]);
        let lines = august["lines"].as_array().expect("its lines");
        let back = lines.iter().find(|line| line["kind"] == "reversal").expect("a reversal");
        assert_eq!(
            (&back["corrects"], sen(&back["principal"])),
            (&july["id"], -sen(&july["principal"]))
        );
        assert_eq!(sen(&back["paid_by_members"]["interest"]), -interest);
        assert!(lines.iter().all(|line| line["kind"] != "origination"), "the fee is taken once");
        // Both months together hold the share of what stands.
        let (principal, _) = paid(&again);
        let both = sen(&july["principal"]) + sen(&august["principal"]);
        assert_eq!(both, part(principal, 7, 10));
        assert_proved(house);
    });
}

#[test]
fn a_settlement_goes_its_way_and_no_other() {
    on_each_backend(|house| {
        let month = Month::of(house);
        house.set_today("2026-08-20");
        month.lending.pay(month.loan, "2026-07-16", "1660715");
        month.settle(&json!({"periode": "2026-07"})).refused(422, "period_open");
        month.settle(&json!({})).refused(422, "validation_failed");
        let faults = month.settle(&json!({"periode": "2026-09"})).faults();
        assert_eq!(faults, [("periode".to_owned(), "date_in_future".to_owned())]);

        let correct = json!({"corrections": [{"amount": "-15000", "reason": "selisih Juni"}]});
        let july = month.settled("2026-07");
        let corrected = month.change(&july, &correct).expect(200);
        assert_eq!(sen(&corrected["net_to_funder"]), sen(&july["net_to_funder"]) - 1_500_000);
        // Made anew, it keeps what was corrected by hand.
        let anew = month.settled("2026-07");
        assert_eq!(
            (&anew["id"], &anew["net_to_funder"]),
            (&july["id"], &corrected["net_to_funder"])
        );
        let august = month.settled("2026-08");
        let final_ = json!({"status": "final"});
        let first = month.change(&august, &final_).refused(409, "earlier_settlement_open");
        assert!(first["detail"].as_str().unwrap_or_default().contains("2026-07"));
        let twice = json!({"status": "paid"});
        month.change(&july, &twice).refused(409, "invalid_transition");
        month.change(&july, &final_).expect(200);
        let again = month.change(&july, &final_).refused(409, "invalid_transition");
        assert_eq!((&again["from"], &again["to"]), (&json!("final"), &json!("final")));
        month.change(&july, &correct).refused(409, "invalid_transition");
        let open = json!({"periode": "2026-07", "include_open_month": true});
        let refused = month.settle(&open).refused(409, "settlement_final");
        assert_eq!(refused["existing_id"], july["id"]);
        // August was made before July stood.
        month.change(&august, &final_).refused(409, "settlement_outdated");
        let august = month.settled("2026-08");
        month.change(&august, &final_).expect(200);
        let earlier = json!({"periode": "2026-06", "include_open_month": true});
        month.settle(&earlier).refused(409, "later_settlement");

        month.change(&july, &twice).refused(422, "same_person");
        let path = format!("{}/{}", month.path(), id(&july));
        let paid = month.lending.staff.admin.put(&path, &twice).expect(200);
        assert_eq!((&paid["status"], paid["paid_by"].is_i64()), (&json!("paid"), true));
        let list = month.lending.staff.auditor.get(&month.path()).expect(200);
        let told: Vec<_> =
            rows(&list).iter().map(|row| (&row["periode"], &row["status"])).collect();
        assert_eq!(
            told,
            [(&json!("2026-08"), &json!("final")), (&json!("2026-07"), &json!("paid"))]
        );
        let odd = json!({"status": "draft", "corrections": [{"amount": "0"}]});
        let fields: Vec<_> =
            month.change(&august, &odd).faults().into_iter().map(|it| it.0).collect();
        assert_eq!(fields, ["status", "corrections[0].reason", "corrections[0].amount"]);
    });
}

#[test]
fn a_settlement_is_handed_out_and_the_margin_told() {
    on_each_backend(|house| {
        let month = Month::of(house);
        house.set_today("2026-07-20");
        month.lending.pay(month.loan, "2026-07-16", "1660715");
        let july = month.settled("2026-07");
        let auditor = &month.lending.staff.auditor;
        let path = format!("{}/{}", month.path(), id(&july));
        let shown = auditor.get(&path).expect(200);
        assert_eq!(with(&shown, &july), shown);
        let lines = auditor.get(&format!("{path}/lines?limit=1&count=true")).expect(200);
        assert_eq!((rows(&lines).len(), &lines["total"]), (1, &july["lines_total"]));
        let listed = auditor.get(&format!("{}?periode=2026-07", month.path())).expect(200);
        assert_eq!(rows(&listed)[0]["lines"], july["lines"]);

        let csv = auditor.get(&format!("{path}?format=csv"));
        assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
        let text = csv.text();
        let last = text.trim_end().lines().last().expect("the sums");
        let sums = [&july["principal"], &july["interest_on_share"], &july["interest"]];
        let sums = sums.map(|sum| sum.as_str().expect("an amount")).join(";");
        assert!(last.starts_with("Jumlah;") && last.contains(&sums), "{last}");
        let xlsx = auditor.get(&format!("{path}?format=xlsx"));
        assert_eq!((xlsx.status, &xlsx.bytes[..2]), (200, &b"PK"[..]));
        let pdf = auditor.get(&format!("{path}?format=pdf"));
        assert_eq!((pdf.status, &pdf.bytes[..5]), (200, &b"%PDF-"[..]));
        assert_eq!(
            pdf.header("content-disposition"),
            Some("attachment; filename=\"settlement-BBM-2026-07.pdf\"")
        );

        let margins = auditor.get("/reports/funder-margin?periode=2026-07").expect(200);
        let row = &margins["rows"][0];
        let figure = |name: &str| sen(&row[name]);
        assert_eq!(figure("interest_received"), sen(&july["interest_on_share"]));
        let kept = figure("interest_received") - figure("funder_share");
        let margin = kept + figure("fee_originator") + figure("fee_servicing");
        assert_eq!((figure("margin"), kept > 0), (margin, true));
        let ahead = auditor.get("/reports/funder-margin?periode=2099-01").faults();
        assert_eq!(ahead, [("periode".to_owned(), "date_in_future".to_owned())]);
        let none = auditor.get("/reports/funder-margin?periode=2026-06").expect(200);
        assert_eq!(none["rows"], json!([]));
    });
}

#[test]
fn a_portfolio_shows_arrears_and_what_is_outstanding_against_the_limit() {
    on_each_backend(|house| {
        let month = Month::of(house);
        house.set_today("2026-09-05");
        let path = format!("/funders/{}/portfolio", month.bank);
        let shown = month.lending.staff.auditor.get(&path).expect(200);
        assert_eq!(
            (&shown["limit"], &shown["exposure"]),
            (&json!("5000000000.00"), &json!("35000000.00"))
        );
        let expected = json!({"loan_id": month.loan, "kind": "participation", "share_pct": "70",
            "plafon_share": "35000000.00", "outstanding_principal_share": "35000000.00",
            "bucket": "61-90", "status": "active"});
        let row = &rows(&shown)[0];
        assert_eq!(&with(row, &expected), row);
        let list = |query: &str| {
            rows(&month.lending.staff.auditor.get(&format!("{path}{query}")).expect(200)).len()
        };
        let found = ["?dpd_from=66", "?dpd_from=67", "?status=pending", "?status=active"].map(list);
        assert_eq!(found, [1, 0, 0, 1]);
        let buy_back = json!({"funder_id": null});
        let back = format!("/loans/{}/allocate-funder", month.loan);
        month.lending.staff.finance.post(&back, &buy_back).expect(200);
        assert_eq!(list(""), 0);
    });
}

#[test]
fn a_funder_s_people_see_his_loans_and_settlements_alone() {
    on_each_backend(|house| {
        let month = Month::of(house);
        let staff = &month.lending.staff;
        let other = funder(&staff.admin, "KSP");
        contract(&staff.admin, other, &json!({})).expect(201);
        let foreign = month.lending.disbursed();
        for (loan, bank) in [(foreign, other), (month.loan, other)] {
            let share = json!({"funder_id": bank, "kind": "participation", "share_pct": "30"});
            staff.finance.post(&format!("/loans/{loan}/allocate-funder"), &share).expect(200);
        }
        house.set_today("2026-07-20");
        month.lending.pay(month.loan, "2026-07-16", "1660715");
        let july = month.settled("2026-07");
        let body = json!({"username": "bank", "email": "bank@example.com", "full_name": "Bank",
            "password": PASSWORD, "funder_id": month.bank,
            "role_ids": [house.role_id(&staff.admin, "FUNDER")]});
        staff.admin.post("/users", &body).expect(201);
        let theirs = house.sign_in("bank");
        let settlement = format!("{}/{}", month.path(), id(&july));
        assert_eq!(theirs.get(&settlement).expect(200)["net_to_funder"], july["net_to_funder"]);
        theirs.put(&settlement, &json!({"status": "final"})).refused(403, "permission_denied");
        let elsewhere = format!("/funders/{other}");
        for path in ["settlements", "portfolio"] {
            theirs.get(&format!("{elsewhere}/{path}")).refused(404, "not_found");
        }
        let elsewhere = format!("{elsewhere}/settlements/{}", id(&july));
        staff.auditor.get(&elsewhere).refused(404, "not_found");
        let portfolio = theirs.get(&format!("/funders/{}/portfolio", month.bank)).expect(200);
        assert_eq!(rows(&portfolio).len(), 1);
        let shares = |loan| theirs.get(&format!("/loans/{loan}/allocations"));
        let seen = shares(month.loan).expect(200);
        assert_eq!(
            rows(&seen).iter().map(|row| &row["funder_id"]).collect::<Vec<_>>(),
            [month.bank]
        );
        shares(foreign).refused(404, "not_found");
    });
}

#[test]
fn a_contract_s_paper_comes_with_it_and_is_given_out() {
    on_each_backend(|house| {
        let admin = house.admin();
        let bank = funder(&admin, "BBM");
        let path = format!("/funders/{bank}/contracts");
        let fields = [
            ("number", "PKS-07"),
            ("scheme", "channeling"),
            ("valid_from", "2026-01-01"),
            ("valid_to", "2026-12-31"),
        ];
        let paper = crate::support::people::pdf("perjanjian");
        let made = admin.upload(&path, &[], &fields, ("pks.pdf", &paper)).expect(201);
        assert_eq!(made["document"]["content_type"], "application/pdf");
        assert_eq!(made["document"]["size"], json!(paper.len()));
        let content = format!("{path}/{}/document", id(&made));
        let given = admin.get(&content);
        assert_eq!((given.status, &given.bytes[..]), (200, &paper[..]));
        let spoiled = admin.upload(&path, &[], &fields, ("pks.pdf", b"MZ not a paper"));
        spoiled.refused(415, "unsupported_file_type");
        let faults = admin.upload(&path, &[], &fields[1..], ("pks.pdf", &paper)).faults();
        assert_eq!(faults, [("number".to_owned(), "required".to_owned())]);
        let bare = contract(&admin, bank, &json!({})).expect(201);
        assert_eq!(bare["document"], Value::Null);
        admin.get(&format!("{path}/{}/document", id(&bare))).refused(404, "not_found");
    });
}
