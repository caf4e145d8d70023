//! The offer letter and the loan agreement, as a reader of the file finds them.

use serde_json::json;

use crate::support::{Response, lending::Lending, on_each_backend};

/// The words of a PDF that was sent to be saved.
fn words(answer: Response, name: &str) -> String {
    assert_eq!(answer.header("content-type"), Some("application/pdf"), "{}", answer.text());
    let disposition = answer.header("content-disposition").unwrap().to_owned();
    assert!(disposition.contains(name), "{disposition}");
    let file = lopdf::Document::load_mem(&answer.bytes).expect("a PDF");
    let pages = file.get_pages();
    let page = |number: &u32| file.extract_text(&[*number]).expect("text");
    let text: String = pages.keys().map(page).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_approved_application_has_an_offer_letter() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        house.configure("LETTERHEAD", r#"["KSP Sejahtera", "Jl. Merdeka 1, Bandung"]"#);
        let application = lending.analysed();
        let path = format!("/applications/{application}/offer-letter");
        let auditor = &lending.staff.auditor;
        auditor.get(&path).refused(409, "application_not_approved");
        let body = json!({"decision": "conditional", "conditions": ["Asli SK diserahkan"]});
        lending.decide(&lending.staff.spv, application, &body);
        lending.decide(&lending.staff.manager, application, &json!({"decision": "approve"}));
        let number = format!("APP-2026-{application:06}");
        let words = words(auditor.get(&path), &format!("penawaran-{number}.pdf"));
        for stated in [
            "KSP Sejahtera",
            "SURAT PENAWARAN KREDIT",
            &number,
            "Rp50.000.000",
            "36 bulan",
            "12% per tahun",
            "Rp1.660.716",
            // 1 % and Rp 250,000 are deducted.
            "750.000,00",
            "Rp49.250.000",
            "Asli SK diserahkan",
            "sampai dengan 15 Juli 2026",
            "01-06-2029",
        ] {
            assert!(words.contains(stated), "{stated} is missing in {words}");
        }
        lending.staff.finance.get(&path).refused(403, "permission_denied");
        // Who was shown it is noted.
        actix_web::rt::System::new().block_on(house.app.write_readings()).unwrap();
        let noted = "SELECT action AS text FROM access_logs WHERE action LIKE '%offer_letter%'";
        assert_eq!(house.database.texts(noted), ["application.offer_letter.read"]);
    });
}

#[test]
fn a_loan_has_an_agreement_with_its_own_dates() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (application, loan) = lending.approved();
        let path = format!("/loans/{loan}/agreement");
        let finance = &lending.staff.finance;
        let name = format!("perjanjian-LN-2026-{loan:06}.pdf");
        let before = words(finance.get(&path), &name);
        assert!(before.contains("15 Juni 2026"), "{before}");
        house.set_today("2026-06-20");
        let path_of_money = format!("/loans/{loan}/disbursements");
        let body = json!({"first_due_date": "2026-07-25"});
        finance.post(&path_of_money, &body).expect(201);
        let after = words(finance.get(&path), &name);
        let rows = finance.get(&format!("/loans/{loan}/schedules")).expect(200);
        let rows = rows["data"].as_array().unwrap();
        assert_eq!(rows.last().unwrap()["due_date"], "2029-06-25");
        for stated in [
            "PERJANJIAN KREDIT",
            "20 Juni 2026",
            "25-07-2026",
            "25-06-2029",
            "Rp1.660.716",
            "denda 0,1% per hari",
            "Peminjam",
        ] {
            assert!(after.contains(stated), "{stated} is missing in {after}");
        }
        assert_eq!(finance.get(&path).bytes, finance.get(&path).bytes);

        let (gone, cancelled) = lending.approved();
        let withdraw = format!("/applications/{gone}/cancel");
        lending.staff.sales.post(&withdraw, &json!({"reason": "batal"})).expect(200);
        let path = format!("/loans/{cancelled}/agreement");
        finance.get(&path).refused(422, "loan_cancelled");
        assert_ne!(application, gone);
    });
}
