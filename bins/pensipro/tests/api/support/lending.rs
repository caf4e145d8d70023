//! What tests of lending begin with: the people of a cooperative, a product, a pensioner, and an
//! application or a loan as far on as the test needs it.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::{
    Client, House,
    people::{pdf, registration_with},
};

/// The people of a cooperative, each with his part.
pub(crate) struct Staff {
    pub(crate) admin: Client,
    pub(crate) sales: Client,
    pub(crate) supervisor: Client,
    pub(crate) analyst: Client,
    pub(crate) spv: Client,
    pub(crate) manager: Client,
    pub(crate) director: Client,
    pub(crate) finance: Client,
    pub(crate) auditor: Client,
}

/// A cooperative that lends: Rp 50 million over 36 months at 12 % a year, unless told otherwise.
pub(crate) struct Lending {
    pub(crate) staff: Staff,
    pub(crate) product: i64,
    members: AtomicU32,
}

impl Staff {
    pub(crate) fn of(house: &House) -> Self {
        Self {
            admin: house.admin(),
            sales: house.user(&["SALES"]),
            supervisor: house.user(&["SUPERVISOR"]),
            analyst: house.user(&["ANALIS"]),
            spv: house.user(&["SPV"]),
            manager: house.user(&["MANAGER"]),
            director: house.user(&["DIREKSI"]),
            finance: house.user(&["FINANCE"]),
            auditor: house.user(&["AUDITOR"]),
        }
    }
}

impl Lending {
    pub(crate) fn of(house: &House) -> Self {
        let staff = Staff::of(house);
        let product = make_product(&staff.admin, &json!({}));
        Self { staff, product, members: AtomicU32::new(0) }
    }

    /// A pensioner with verified papers and a bank account.
    pub(crate) fn member(&self) -> i64 {
        let member = self.bare_member(json!({}));
        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            verified_document(&self.staff, member, kind);
        }
        add_account(&self.staff.sales, member);
        member
    }

    /// A pensioner without papers or account.
    pub(crate) fn bare_member(&self, other: Value) -> i64 {
        let number = self.members.fetch_add(1, Ordering::Relaxed) + 1;
        let body = registration_with(number, other);
        id(&self.staff.sales.post("/members", &body).expect(201))
    }

    /// A draft, and what it asks for in place of the usual.
    pub(crate) fn draft(&self, member: i64, other: &Value) -> i64 {
        let usual = json!({"member_id": member, "product_id": self.product,
            "plafon": "50000000", "tenor": 36});
        id(&self.staff.sales.post("/applications", &with(&usual, other)).expect(201))
    }

    /// An application with the analyst.
    pub(crate) fn submitted(&self) -> i64 {
        let application = self.draft(self.member(), &json!({}));
        self.submit(application);
        application
    }

    pub(crate) fn submit(&self, application: i64) {
        let path = format!("/applications/{application}/submit");
        self.staff.sales.post(&path, &json!({})).expect(200);
    }

    /// An application with the committee.
    pub(crate) fn analysed(&self) -> i64 {
        let application = self.submitted();
        self.analyse(application);
        application
    }

    pub(crate) fn analyse(&self, application: i64) {
        let path = format!("/applications/{application}/analyze");
        self.staff.analyst.post(&path, &analysis()).expect(200);
    }

    /// An approved application and its pending loan.
    pub(crate) fn approved(&self) -> (i64, i64) {
        let application = self.analysed();
        (application, self.approve(application))
    }

    /// Both levels approve; gives the loan.
    pub(crate) fn approve(&self, application: i64) -> i64 {
        self.decide(&self.staff.spv, application, &json!({"decision": "approve"}));
        let last = self.decide(&self.staff.manager, application, &json!({"decision": "approve"}));
        last["loan_id"].as_i64().expect("a loan")
    }

    pub(crate) fn decide(&self, by: &Client, application: i64, body: &Value) -> Value {
        by.post(&format!("/applications/{application}/decide"), body).expect(200)
    }

    /// A loan that was paid out today.
    pub(crate) fn disbursed(&self) -> i64 {
        let (_, loan) = self.approved();
        self.disburse(loan);
        loan
    }

    pub(crate) fn disburse(&self, loan: i64) -> Value {
        self.staff.finance.post(&format!("/loans/{loan}/disbursements"), &json!({})).expect(201)
    }

    /// A payment in cash.
    pub(crate) fn pay(&self, loan: i64, paid_on: &str, amount: &str) -> Value {
        let body = json!({"paid_on": paid_on, "amount": amount, "channel": "tunai"});
        self.staff.finance.post(&format!("/loans/{loan}/payments"), &body).expect(201)
    }

    pub(crate) fn loan(&self, loan: i64) -> Value {
        self.staff.auditor.get(&format!("/loans/{loan}")).expect(200)
    }

    pub(crate) fn application(&self, application: i64) -> Value {
        self.staff.auditor.get(&format!("/applications/{application}")).expect(200)
    }
}

/// The id of a thing.
#[track_caller]
pub(crate) fn id(thing: &Value) -> i64 {
    thing["id"].as_i64().expect("an id")
}

/// An object with other fields in place of its own.
pub(crate) fn with(usual: &Value, other: &Value) -> Value {
    let mut all = usual.as_object().expect("an object").clone();
    all.extend(other.as_object().expect("an object").clone());
    all.into()
}

/// The rows of a list.
#[track_caller]
pub(crate) fn rows(list: &Value) -> &[Value] {
    list["data"].as_array().expect("a list")
}

/// An annuity of 12 % a year, due on the 1st, with a provision and an administration fee deducted.
pub(crate) fn make_product(admin: &Client, other: &Value) -> i64 {
    let usual = json!({
        "code": "KP-12", "name": "Kredit Pensiun", "plafon_min": "5000000",
        "plafon_max": "300000000", "tenor_min": 6, "tenor_max": 120, "interest_rate": "12",
        "method": "anuitas", "dsr_limit": "70", "umur_maksimal": 75, "due_day": 1,
    });
    let product = id(&admin.post("/loan-products", &with(&usual, other)).expect(201));
    let fees = format!("/loan-products/{product}/fees");
    for fee in [
        json!({"kind": "provisi", "basis": "percent", "value": "1"}),
        json!({"kind": "admin", "basis": "fixed", "value": "250000"}),
    ] {
        admin.post(&fees, &fee).expect(201);
    }
    let late = json!({"kind": "late", "basis": "percent_per_day", "value": "0.1", "grace_days": 3});
    admin.post(&format!("/loan-products/{product}/penalty-rules"), &late).expect(201);
    product
}

pub(crate) fn analysis() -> Value {
    json!({"income": "4500000", "other_obligations": "0", "risk_score": 72,
        "recommendation": "approve", "notes": "Pensiun tetap, rumah sendiri."})
}

/// Sales uploads a paper of the member's, the supervisor verifies it.
pub(crate) fn verified_document(staff: &Staff, member: i64, kind: &str) {
    let path = format!("/members/{member}/documents");
    let upload = staff.sales.upload(&path, &[], &[("kind", kind)], ("paper.pdf", &pdf(kind)));
    let path = format!("{path}/{}/verify", id(&upload.expect(201)));
    staff.supervisor.put(&path, &json!({"status": "verified"})).expect(200);
}

pub(crate) fn add_account(by: &Client, member: i64) -> i64 {
    let account = json!({"bank_code": "002", "bank_name": "BRI", "account_number": "001201000123456",
        "account_name": "Suparman Hadi"});
    id(&by.post(&format!("/members/{member}/bank-accounts"), &account).expect(201))
}
