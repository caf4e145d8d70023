//! Applications from the draft to the committee's door: entering, editing, handing in, sending back,
//! withdrawing.

use serde_json::{Value, json};

use crate::support::{
    lending::{Lending, analysis, id, make_product, rows, verified_document, with},
    on_each_backend,
    people::{branch, clerk, pdf},
};

/// The rules of a pre-check that do not hold.
fn failing(precheck: &Value) -> Vec<&str> {
    let rules = precheck["rules"].as_array().expect("rules").iter();
    let failing = rules.filter(|rule| rule["passed"] == false);
    failing.map(|rule| rule["rule"].as_str().expect("a code")).collect()
}

#[test]
fn a_draft_takes_over_the_product_s_terms_and_can_be_edited() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.member();
        let sales = &lending.staff.sales;
        let body = json!({"member_id": member, "product_id": lending.product, "plafon": "50000000",
            "tenor": 36, "purpose": "renovasi rumah", "other_obligations": 250000});
        let made = sales.post("/applications", &body);
        let path = made.header("location").unwrap().to_owned();
        assert_eq!(made.header("etag"), Some("\"1\""));
        let draft = made.expect(201);
        assert_eq!(path, format!("/applications/{}", id(&draft)));
        assert_eq!(draft["number"], format!("APP-2026-{:06}", id(&draft)));
        assert_eq!((&draft["status"], &draft["plafon"]), (&json!("draft"), &json!("50000000.00")));
        assert_eq!((&draft["interest_rate"], &draft["method"]), (&json!("12"), &json!("anuitas")));
        assert_eq!(draft["other_obligations"], "250000.00");
        assert_eq!(draft["fees"].as_array().unwrap().len(), 2);
        assert_eq!((&draft["entered_on"], &draft["loan_id"]), (&json!("2026-06-15"), &Value::Null));
        assert_eq!(sales.get(&path).expect(200), draft);

        let change = json!({"plafon": "60000000.00", "tenor": 48, "purpose": null});
        let changed = sales.put(&path, &change);
        assert_eq!(changed.header("etag"), Some("\"2\""));
        let changed = changed.expect(200);
        assert_eq!((&changed["plafon"], &changed["tenor"]), (&json!("60000000.00"), &json!(48)));
        assert_eq!((&changed["purpose"], &changed["status"]), (&Value::Null, &json!("draft")));
        assert_eq!(changed["other_obligations"], "250000.00");

        let stale = sales.json("PUT", &path, &[("If-Match", "\"1\"")], &json!({"tenor": 24}));
        stale.refused(412, "stale");
        sales.json("PUT", &path, &[("If-Match", "\"2\"")], &json!({"tenor": 24})).expect(200);
    });
}

#[test]
fn every_fault_of_an_application_is_told_at_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = &lending.staff.sales;
        let faults = |body: &Value| {
            let faults = sales.post("/applications", body).faults();
            faults.into_iter().map(|(field, code)| format!("{field} {code}")).collect::<Vec<_>>()
        };
        let all =
            ["member_id required", "product_id required", "plafon required", "tenor required"];
        assert_eq!(faults(&json!({})), all);
        let body = json!({"member_id": 1, "product_id": 1, "plafon": "0", "tenor": -3,
            "purpose": "x".repeat(301), "other_obligations": "-1",
            "fees": [{"kind": "tip", "basis": "fixed", "value": "x"}]});
        let all = [
            "fees[0].kind unknown_value",
            "fees[0].value invalid",
            "plafon not_positive",
            "tenor out_of_range",
            "purpose too_long",
            "other_obligations negative",
        ];
        assert_eq!(faults(&body), all);
        let member = lending.member();
        let named = |member: i64, product: i64| json!({"member_id": member, "product_id": product, "plafon": "50000000", "tenor": 36});
        assert_eq!(faults(&named(999_999, lending.product)), ["member_id unknown"]);
        assert_eq!(faults(&named(member, 999_999)), ["product_id unknown"]);
        let sold = with(&named(member, lending.product), &json!({"sales_id": 999_999}));
        assert_eq!(faults(&sold), ["sales_id unknown"]);
        for body in [
            json!({"plafon": "1e9"}),
            json!({"plafon": "50.000.000"}),
            json!({"tenor": "36"}),
            json!({"member": member}),
            json!({"tenor": 36.5}),
        ] {
            sales.post("/applications", &body).refused(400, "unreadable_body");
        }
        assert_eq!(sales.get("/applications?count=true").expect(200)["total"], 0);
    });
}

#[test]
fn terms_of_its_own_need_the_right_to_them_and_stay_within_the_cap() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.member();
        let (sales, admin) = (&lending.staff.sales, &lending.staff.admin);
        let body = json!({"member_id": member, "product_id": lending.product, "plafon": "50000000",
            "tenor": 36, "interest_rate": "10.5"});
        let refused = sales.post("/applications", &body).refused(403, "permission_denied");
        assert_eq!(refused["permission"], "EDIT_PRODUCT");
        let draft = admin.post("/applications", &body).expect(201);
        assert_eq!(draft["interest_rate"], "10.5");
        let above = with(&body, &json!({"interest_rate": "25"}));
        let faults = admin.post("/applications", &above).faults();
        assert_eq!(faults, [("interest_rate".into(), "interest_cap_exceeded".into())]);
        let free = with(&body, &json!({"interest_rate": "12", "fees": []}));
        sales.post("/applications", &free).refused(403, "permission_denied");
        assert_eq!(admin.post("/applications", &free).expect(201)["fees"], json!([]));
        // What was granted stays when somebody else edits the rest.
        let path = format!("/applications/{}", id(&draft));
        let edited = sales.put(&path, &json!({"tenor": 24})).expect(200);
        assert_eq!(edited["interest_rate"], "10.5");
    });
}

#[test]
fn only_active_members_and_products_take_part() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (sales, admin) = (&lending.staff.sales, &lending.staff.admin);
        let old = make_product(admin, &json!({"code": "OLD", "is_active": false}));
        let member = lending.member();
        let usual = json!({"member_id": member, "product_id": lending.product,
            "plafon": "50000000", "tenor": 36});
        let off = with(&usual, &json!({"product_id": old}));
        sales.post("/applications", &off).refused(422, "product_not_active");
        let body = json!({"status": "nonaktif", "reason": "pindah"});
        lending.staff.manager.put(&format!("/members/{member}"), &body).expect(200);
        sales.post("/applications", &usual).refused(422, "member_not_active");
        assert_eq!(sales.get("/applications?count=true").expect(200)["total"], 0);
    });
}

#[test]
fn a_failing_precheck_is_stored_and_leaves_a_draft_and_the_key_unused() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = &lending.staff.sales;
        let member = lending.bare_member(json!({}));
        let draft = lending.draft(member, &json!({}));
        let path = format!("/applications/{draft}/submit");
        let key = [("Idempotency-Key", "hand-in-1")];
        let submit = || sales.post_with(&path, &key, &json!({}));
        let refused = submit().refused(422, "precheck_failed");
        assert_eq!(refused["precheck"]["passed"], false);
        assert_eq!(failing(&refused["precheck"]), ["documents_verified"]);
        let stored = lending.application(draft);
        assert_eq!(
            (&stored["status"], &stored["precheck"]["passed"]),
            (&json!("draft"), &json!(false))
        );
        assert_eq!(stored["precheck"]["rules"], refused["precheck"]["rules"]);

        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            verified_document(&lending.staff, member, kind);
        }
        let passed = submit();
        assert_eq!(passed.header("idempotent-replayed"), None);
        let passed = passed.expect(200);
        assert_eq!(
            (&passed["status"], &passed["precheck"]["passed"]),
            (&json!("analyzing"), &json!(true))
        );
        let again = submit();
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(200), passed);
        let twice = sales.post(&path, &json!({})).refused(409, "invalid_transition");
        assert_eq!((&twice["from"], &twice["to"]), (&json!("analyzing"), &json!("submitted")));
    });
}

#[test]
fn the_precheck_names_every_rule_that_fails_with_its_figures() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = &lending.staff.sales;
        let submit = |draft: i64| {
            let answer = sales.post(&format!("/applications/{draft}/submit"), &json!({}));
            answer.refused(422, "precheck_failed")["precheck"].clone()
        };
        let member = lending.member();
        let large = lending.draft(member, &json!({"plafon": "400000000", "tenor": 121}));
        let precheck = submit(large);
        assert_eq!(failing(&precheck), ["plafon_range", "tenor_range", "dsr", "age"]);
        let rules = precheck["rules"].as_array().unwrap();
        let range = rules.iter().find(|rule| rule["rule"] == "plafon_range").unwrap();
        assert_eq!(range["actual"], "400000000.00");
        assert_eq!(range["limit"], "5000000.00..300000000.00");

        let indebted = lending.draft(member, &json!({"other_obligations": "1489285"}));
        assert_eq!(failing(&submit(indebted)), ["dsr"]);
        let long = lending.draft(member, &json!({"tenor": 75}));
        assert_eq!(failing(&submit(long)), ["age"]);
        let short = lending.draft(member, &json!({"plafon": "26000000", "tenor": 6}));
        assert_eq!(failing(&submit(short)), ["dsr", "max_benefit"]);

        lending.submit(lending.draft(member, &json!({})));
        let second = lending.draft(member, &json!({"plafon": "10000000"}));
        assert_eq!(failing(&submit(second)), ["double_financing"]);
    });
}

#[test]
fn a_running_loan_counts_against_the_next_one() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (application, _) = lending.approved();
        let member = lending.application(application)["member_id"].as_i64().unwrap();
        let more = json!({"code": "KP-2", "max_active_loans": 2});
        let more = make_product(&lending.staff.admin, &more);
        let second = lending.draft(member, &json!({"product_id": more}));
        let submit = format!("/applications/{second}/submit");
        let refused = lending.staff.sales.post(&submit, &json!({})).refused(422, "precheck_failed");
        // Two instalments of Rp 1,660,716 of Rp 4.5 million.
        assert_eq!(failing(&refused["precheck"]), ["dsr"]);
        let rules = refused["precheck"]["rules"].as_array().unwrap();
        let dsr = rules.iter().find(|rule| rule["rule"] == "dsr").unwrap();
        assert_eq!(dsr["actual"], "73.8096");
    });
}

#[test]
fn an_application_goes_back_only_as_far_as_its_state_allows() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let analyst = &lending.staff.analyst;
        let application = lending.analysed();
        let path = format!("/applications/{application}/status");
        let set = |status: &str| {
            analyst.put(&path, &json!({"status": status, "reason": "slip pensiun lama"}))
        };
        let refused = set("draft").refused(409, "invalid_transition");
        assert_eq!((&refused["from"], &refused["to"]), (&json!("committee"), &json!("draft")));
        let refused = set("approved").refused(409, "invalid_transition");
        assert_eq!(refused["endpoint"], "POST /applications/{id}/decide");
        let back = set("analyzing").expect(200);
        assert_eq!(
            (&back["status"], &back["reason"]),
            (&json!("analyzing"), &json!("slip pensiun lama"))
        );
        assert_eq!(set("draft").expect(200)["status"], "draft");
        let faults = analyst.put(&path, &json!({"status": "gone"})).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["status", "reason"]);

        // Through again, with a second analysis; after the first decision there is no way back.
        lending.submit(application);
        lending.analyse(application);
        assert_eq!(lending.application(application)["analyses"].as_array().unwrap().len(), 2);
        lending.decide(&lending.staff.spv, application, &json!({"decision": "approve"}));
        set("analyzing").refused(409, "invalid_transition");
        assert_eq!(set("cancelled").expect(200)["status"], "cancelled");
    });
}

#[test]
fn withdrawing_an_offer_cancels_its_loan() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = &lending.staff.sales;
        let (application, loan) = lending.approved();
        let path = format!("/applications/{application}/cancel");
        assert_eq!(sales.post(&path, &json!({})).faults(), [("reason".into(), "required".into())]);
        let stale = sales.post_with(&path, &[("If-Match", "\"1\"")], &json!({"reason": "batal"}));
        stale.refused(412, "stale");
        let gone = sales.post(&path, &json!({"reason": "batal menikah"})).expect(200);
        assert_eq!(
            (&gone["status"], &gone["reason"]),
            (&json!("cancelled"), &json!("batal menikah"))
        );
        assert_eq!(lending.loan(loan)["status"], "cancelled");
        sales.post(&path, &json!({"reason": "lagi"})).refused(409, "invalid_transition");
        let disburse = format!("/loans/{loan}/disbursements");
        lending.staff.finance.post(&disburse, &json!({})).refused(409, "invalid_transition");

        let loan = lending.disbursed();
        let application = lending.loan(loan)["application_id"].as_i64().unwrap();
        let path = format!("/applications/{application}/cancel");
        sales.post(&path, &json!({"reason": "terlambat"})).refused(409, "invalid_transition");
    });
}

#[test]
fn documents_come_back_as_they_were_and_are_judged_by_content() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let sales = &lending.staff.sales;
        let draft = lending.draft(lending.member(), &json!({}));
        let path = format!("/applications/{draft}/documents");
        let form = pdf("formulir");
        let upload = |kind: &str, name: &str, bytes: &[u8]| {
            sales.upload(&path, &[("Idempotency-Key", name)], &[("kind", kind)], (name, bytes))
        };
        let made = upload("FORMULIR", "form.pdf", &form);
        let location = made.header("location").unwrap().to_owned();
        let made = made.expect(201);
        assert_eq!((&made["kind"], &made["size"]), (&json!("FORMULIR"), &json!(form.len())));
        let again = upload("FORMULIR", "form.pdf", &form);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.expect(201), made);
        assert_eq!(rows(&sales.get(&path).expect(200)), [made]);

        let content = lending.staff.auditor.get(&location);
        assert_eq!(content.header("content-type"), Some("application/pdf"));
        assert!(content.header("content-disposition").unwrap().starts_with("attachment; "));
        assert_eq!(content.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(content.bytes, form);
        actix_web::rt::System::new().block_on(house.app.write_readings()).unwrap();
        let noted = "SELECT action AS text FROM access_logs WHERE action LIKE 'application%'";
        assert_eq!(house.database.texts(noted), ["application.document.read"]);

        upload("FORMULIR", "x.pdf", b"MZ this is no PDF").refused(415, "unsupported_file_type");
        upload("KTP", "ktp.pdf", &form).refused(422, "validation_failed");
        let other = lending.draft(lending.member(), &json!({}));
        let elsewhere = location.replace(&format!("/{draft}/"), &format!("/{other}/"));
        sales.get(&elsewhere).refused(404, "not_found");
        sales
            .post(&format!("/applications/{draft}/cancel"), &json!({"reason": "batal"}))
            .expect(200);
        upload("LAINNYA", "late.pdf", &form).refused(409, "application_closed");
    });
}

#[test]
fn a_branch_sees_its_own_applications_and_lists_go_on_where_they_ended() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let (north, south) = (branch(house, 1), branch(house, 2));
        let member = lending.bare_member(json!({"branch_id": north}));
        let drafts: Vec<i64> = (0..3).map(|_| lending.draft(member, &json!({}))).collect();
        let elsewhere = lending.draft(lending.bare_member(json!({})), &json!({}));
        let (near, far) = (clerk(house, north, "SALES"), clerk(house, south, "SALES"));
        let path = format!("/applications/{}", drafts[0]);
        near.get(&path).expect(200);
        far.get(&path).refused(404, "not_found");
        far.put(&path, &json!({"tenor": 12})).refused(404, "not_found");
        far.post(&format!("{path}/submit"), &json!({})).refused(404, "not_found");
        near.get(&format!("/applications/{elsewhere}")).refused(404, "not_found");
        assert_eq!(far.get("/applications?count=true").expect(200)["total"], 0);

        let first = near.get("/applications?sort=created_at&limit=2&count=true").expect(200);
        assert_eq!(first["total"], 3);
        let cursor = first["next_cursor"].as_str().unwrap();
        let rest = near.get(&format!("/applications?sort=created_at&limit=2&cursor={cursor}"));
        let rest = rest.expect(200);
        let seen: Vec<i64> = rows(&first).iter().chain(rows(&rest)).map(id).collect();
        assert_eq!((seen, &rest["next_cursor"]), (drafts, &Value::Null));

        let sales = &lending.staff.sales;
        let of = format!("/applications?member_id={member}&status=draft");
        assert_eq!(rows(&sales.get(&of).expect(200)).len(), 3);
        assert_eq!(rows(&sales.get("/applications?status=approved").expect(200)).len(), 0);
        for query in ["status=open", "sort=plafon", "member=1", "limit=0"] {
            sales.get(&format!("/applications?{query}")).refused(400, "invalid_query");
        }
    });
}

#[test]
fn an_analysis_is_whole_and_comes_once() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let application = lending.submitted();
        let path = format!("/applications/{application}/analyze");
        let analyst = &lending.staff.analyst;
        let body = json!({"income": "0", "other_obligations": "-1", "risk_score": 101,
            "recommendation": "maybe"});
        let faults = analyst.post(&path, &body).faults();
        let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
        let all = ["income", "other_obligations", "risk_score", "recommendation", "notes"];
        assert_eq!(fields, all);
        lending.staff.sales.post(&path, &analysis()).refused(403, "permission_denied");
        let analysed =
            analyst.post(&path, &with(&analysis(), &json!({"other_obligations": "500000"})));
        let analysed = analysed.expect(200);
        assert_eq!(
            (&analysed["status"], &analysed["next_level"]),
            (&json!("committee"), &json!(1))
        );
        // Rp 1,660,716 and Rp 500,000 of Rp 4.5 million, rounded up.
        assert_eq!(analysed["analyses"][0]["dsr"], "48.016");
        assert_eq!(analysed["analyses"][0]["risk_score"], 72);
        analyst.post(&path, &analysis()).refused(409, "invalid_transition");
    });
}

#[test]
fn two_entered_at_once_do_not_both_pass() {
    on_each_backend(|house| {
        let lending = Lending::of(house);
        let member = lending.member();
        let drafts = [lending.draft(member, &json!({})), lending.draft(member, &json!({}))];
        let sales = &lending.staff.sales;
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let tries = drafts.map(|draft| {
                scope.spawn(move || {
                    sales.post(&format!("/applications/{draft}/submit"), &json!({})).status
                })
            });
            tries.into_iter().map(|each| each.join().unwrap()).collect()
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 422]);
    });
}
