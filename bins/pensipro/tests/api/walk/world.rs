//! What the walk meets: one thing of each kind, all of the first branch, and four people who hold
//! every permission: of the house, of that branch, of another branch, of a funder.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::{
    Client, House, PASSWORD,
    lending::{Lending, add_account, id, rows, verified_document},
    people::pdf,
};
use crate::{access::permission_id, funders::funder};

/// The people and the things.
pub(super) struct World {
    pub(super) house: Client,
    pub(super) own_branch: Client,
    pub(super) other_branch: Client,
    pub(super) funder: Client,
    /// By the path that names them, without its ids: `members`, `members/contacts`.
    ids: HashMap<&'static str, i64>,
}

/// A spreadsheet with nobody in it.
pub(super) const SHEET: &str =
    "nik;no_pensiun;name;birth_place;birth_date;sex;address;payer;monthly_benefit\n";

impl World {
    pub(super) fn of(house: &House) -> Self {
        let lending = Lending::of(house);
        let admin = house.admin();
        // By the interface, so that ids go on behind them.
        for code in ["C1", "C2"] {
            let branch = json!({"code": code, "name": format!("Cabang {code}")});
            admin.post("/sales-branches", &branch).expect(201);
        }
        let funder = funder(&admin, "F1");
        let administrator = house.role_id(&admin, "ADMIN");
        let tied = |name: &str, field: &str, id: i64| {
            let mut body = json!({"username": name, "email": format!("{name}@example.com"),
                "full_name": name, "password": PASSWORD, "role_ids": [administrator]});
            body[field] = json!(id);
            admin.post("/users", &body).expect(201);
            house.sign_in(name)
        };
        let mut world = Self {
            own_branch: tied("own", "branch_id", 1),
            other_branch: tied("other", "branch_id", 2),
            funder: tied("funder", "funder_id", funder),
            ids: HashMap::new(),
            house: admin,
        };
        world.users(house);
        world.contract();
        world.profile();
        world.sales();
        world.member(&lending);
        world.application(&lending);
        world.loan(&lending);
        world.commission();
        world
    }

    /// The id of what a path names, by the path without its ids.
    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.ids.get(name).copied()
    }

    fn users(&mut self, house: &House) {
        let body = json!({"username": "clerk", "email": "clerk@example.com", "full_name": "Clerk",
            "password": PASSWORD, "branch_id": 1, "role_ids": [house.role_id(&self.house, "SALES")]});
        self.ids.insert("users", id(&self.house.post("/users", &body).expect(201)));
        self.ids.insert("roles", house.role_id(&self.house, "FUNDER"));
        self.ids.insert("users/roles", house.role_id(&self.house, "SALES"));
        let permission = permission_id(&self.house, "VIEW_LOAN");
        self.ids.extend([("permissions", permission), ("roles/permissions", permission)]);
        for (path, code, wanted) in [
            ("modules", "module_code", "REPORT"),
            ("configurations", "config_key", "MAX_LOGIN_ATTEMPTS"),
        ] {
            let list = self.house.get(&format!("/{path}?limit=200")).expect(200);
            let row = rows(&list).iter().find(|row| row[code] == wanted).expect("it is there");
            self.ids.insert(path, id(row));
        }
    }

    /// A payer profile of the installation's own.
    fn profile(&mut self) {
        let definition = crate::billing::profile_named("POS");
        let added = self.house.post("/billing/profiles", &json!({ "definition": definition }));
        self.ids.insert("billing/profiles", id(&added.expect(201)));
    }

    /// A contract of the funder's with its paper, and a settlement.
    fn contract(&mut self) {
        let fields = [
            ("number", "PKS-01"),
            ("scheme", "participation"),
            ("share_pct", "70"),
            ("valid_from", "2026-01-01"),
            ("valid_to", "2026-12-31"),
        ];
        let paper = ("kontrak.pdf", &pdf("kontrak")[..]);
        let contract = self.house.upload("/funders/1/contracts", &[], &fields, paper);
        let contract = id(&contract.expect(201));
        let body = json!({"periode": "2026-02", "include_open_month": true});
        let settlement = id(&self.house.post("/funders/1/settlements", &body).expect(201));
        self.ids.extend([
            ("funders", 1),
            ("funders/contracts", contract),
            ("funders/settlements", settlement),
        ]);
    }

    fn sales(&mut self) {
        let body = json!({"branch_id": 1, "code": "S", "name": "Sari", "commission_pct": "1"});
        let sales = id(&self.house.post("/sales", &body).expect(201));
        let target = |path: String| {
            let body = json!({"periode": "2026-06", "target_count": 3});
            id(&self.house.post(&path, &body).expect(201))
        };
        let targets =
            [target(format!("/sales/{sales}/targets")), target("/sales-branches/1/targets".into())];
        self.ids.extend([
            ("sales-branches", 1),
            ("sales-branches/targets", targets[1]),
            ("sales", sales),
            ("sales/targets", targets[0]),
            ("sales-ranking", sales),
        ]);
    }

    /// What the disbursement earned.
    fn commission(&mut self) {
        let path = format!("/sales/{}/commissions", self.ids["sales"]);
        let commission = id(&rows(&self.house.get(&path).expect(200))[0]);
        self.ids.extend([("sales/commissions", commission), ("sales-commissions", commission)]);
    }

    fn member(&mut self, lending: &Lending) {
        let member = lending.bare_member(json!({"branch_id": 1}));
        for kind in ["KTP", "KK", "SK_PENSIUN"] {
            verified_document(&lending.staff, member, kind);
        }
        let (path, sales) = (format!("/members/{member}"), &lending.staff.sales);
        let contact = json!({"kind": "phone", "value": "081234567890"});
        let contact = sales.post(&format!("{path}/contacts"), &contact).expect(201);
        let documents = sales.get(&format!("{path}/documents")).expect(200);
        let account = add_account(sales, member);
        let text = json!({"code": "data", "title": "Data pribadi", "body": "Saya setuju."});
        let text = id(&self.house.post("/consent-texts", &text).expect(201));
        let consent = json!({"text_id": text, "channel": "paper"});
        let consent = sales.post(&format!("{path}/consents"), &consent).expect(201);
        let sheet = ("a.csv", SHEET.as_bytes());
        let intake = self.own_branch.upload("/members/import", &[], &[], sheet).expect(201);
        let product = lending.product;
        let table = format!("/loan-products/{product}/fees/table");
        let file = ("premi.csv", b"Usia;120\n18-120;10\n".as_slice());
        let fee = self.house.upload(&table, &[], &[("kind", "asuransi")], file).expect(201);
        self.ids.extend([
            ("members", member),
            ("members/import", id(&intake)),
            ("billing/member", member),
            ("members/contacts", id(&contact)),
            ("members/documents", id(&rows(&documents)[0])),
            ("members/bank-accounts", account),
            ("members/consents", id(&consent)),
            ("consent-texts", text),
            ("loan-products", product),
            ("loan-products/fees", id(&fee)),
        ]);
    }

    fn application(&mut self, lending: &Lending) {
        let application =
            lending.draft(self.ids["members"], &json!({"sales_id": self.ids["sales"]}));
        let path = format!("/applications/{application}/documents");
        let fields = [("kind", "FORMULIR")];
        let file = ("formulir.pdf", &*pdf("formulir"));
        let document = lending.staff.sales.upload(&path, &[], &fields, file).expect(201);
        lending.submit(application);
        lending.analyse(application);
        let decision = json!({"decision": "conditional", "conditions": ["Asli SK diserahkan"]});
        let decided = lending.decide(&lending.staff.spv, application, &decision);
        let condition = id(&decided["conditions"][0]);
        self.ids.extend([
            ("applications", application),
            ("applications/documents", id(&document)),
            ("applications/conditions", condition),
        ]);
    }

    fn loan(&mut self, lending: &Lending) {
        let (application, condition) =
            (self.ids["applications"], self.ids["applications/conditions"]);
        let approved =
            lending.decide(&lending.staff.manager, application, &json!({"decision": "approve"}));
        let loan = approved["loan_id"].as_i64().expect("a loan");
        let fulfil = format!("/applications/{application}/conditions/{condition}/fulfil");
        lending.staff.supervisor.post(&fulfil, &json!({"notes": "diterima"})).expect(200);
        lending.disburse(loan);
        let payment: Value = lending.pay(loan, "2026-06-15", "100000.00");
        let transaction = payment["transaction_id"].as_i64().expect("an id");
        let asked = json!({"effective_on": "2026-06-15", "extra_months": 1, "arrears": "waive",
            "reason": "keringanan"});
        let path = format!("/loans/{loan}/restructures");
        let restructure = id(&lending.staff.finance.post(&path, &asked).expect(201));
        self.ids.extend([
            ("loans", loan),
            ("loans/payments", id(&payment)),
            ("loans/transactions", transaction),
            ("loans/restructures", restructure),
        ]);
    }
}
