//! Every route, and how it answers people who are tied to a part of the house. A new route is a new
//! line here; what its path names is made in `world.rs`.

/// How far a route reaches for people of a branch or a funder who hold every permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Open to anybody, or about the caller himself.
    Own,
    /// Of no branch: everybody who holds the permission is served alike.
    Shared,
    /// The house's as a whole: refused with `whole_house_only`.
    House,
    /// Of the branch of what its path names: to others that is not there.
    Hidden,
    /// A list of a branch's things: others' are not in it.
    Listed,
    /// Its body names a thing of a branch in this field: to others that is unknown.
    Names(&'static str),
}

/// A line: the route, how far it reaches, what is sent.
///
/// What is sent is nothing, a query (`?…`), a JSON body (`{…}`), or a form with a file, a paper
/// (`file kind=KTP`), a table (`sheet kind=asuransi`) or a list of members (`people branch_id=1`).
/// `$members` stands for the id of the member in the world, and so on.
pub(super) type Line = (&'static str, Reach, &'static str);

use Reach::{Hidden, House, Listed, Names, Own, Shared};

#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    // The house itself.
    ("GET /docs", Own, ""),
    ("GET /health/live", Own, ""),
    ("GET /health/ready", Own, ""),
    ("GET /metrics", Own, ""),
    ("GET /openapi.json", Own, ""),
    // Users and access.
    ("GET /.well-known/jwks.json", Own, ""),
    ("POST /auth/login", Own, ""),
    ("POST /auth/refresh", Own, ""),
    ("POST /auth/logout", Own, ""),
    ("GET /auth/me", Own, ""),
    ("PUT /auth/password", Own, ""),
    ("POST /users", Names("branch_id"), r#"{"username": "baru$", "email": "baru$@example.com", "full_name": "Baru", "password": "rahasia-123", "branch_id": 1}"#),
    ("GET /users", Listed, ""),
    ("GET /users/{id}", Hidden, ""),
    ("PUT /users/{id}", Hidden, r#"{"full_name": "Lain"}"#),
    ("DELETE /users/{id}", Hidden, ""),
    ("GET /users/{id}/sessions", Hidden, ""),
    ("DELETE /users/{id}/sessions", Hidden, ""),
    ("PUT /users/{id}/password", Hidden, r#"{"new_password": "rahasia-lain"}"#),
    ("POST /users/{id}/roles", Hidden, r#"{"role_id": $roles}"#),
    ("DELETE /users/{id}/roles/{role_id}", Hidden, ""),
    ("POST /roles", House, r#"{"role_name": "Baru"}"#),
    ("GET /roles", Shared, ""),
    ("GET /roles/{id}", Shared, ""),
    ("PUT /roles/{id}", House, r#"{"description": "Lain"}"#),
    ("DELETE /roles/{id}", House, ""),
    ("POST /roles/{id}/permissions", House, r#"{"permission_id": $permissions}"#),
    ("DELETE /roles/{id}/permissions/{perm_id}", House, ""),
    ("POST /permissions", House, r#"{"permission_code": "BARU"}"#),
    ("GET /permissions", Shared, ""),
    ("GET /permissions/{id}", Shared, ""),
    ("POST /modules", House, r#"{"module_code": "BARU", "name": "Baru"}"#),
    ("GET /modules", Shared, ""),
    ("GET /modules/{id}", Shared, ""),
    ("PUT /modules/{id}/status", House, r#"{"is_active": true}"#),
    ("POST /configurations", House, r#"{"config_key": "BARU", "config_value": "1", "value_type": "integer"}"#),
    ("GET /configurations", Shared, ""),
    ("GET /configurations/{id}", Shared, ""),
    ("PUT /configurations/{id}", House, r#"{"config_value": 5}"#),
    // Members.
    ("POST /members", Names("branch_id"), r#"{"nik": "317305170857900$", "no_pensiun": "140012345679$", "name": "Suparman", "birth_place": "Solo", "birth_date": "1957-08-17", "sex": "L", "address": "Jl. Melati 4", "payer": "TASPEN", "monthly_benefit": "4500000.00", "branch_id": 1}"#),
    ("GET /members", Listed, ""),
    ("POST /members/import", Names("branch_id"), "people branch_id=1"),
    ("GET /members/import", Listed, ""),
    ("GET /members/import/{id}", Hidden, ""),
    ("GET /members/{id}", Hidden, ""),
    ("PUT /members/{id}", Hidden, r#"{"pay_office": "BRI"}"#),
    ("DELETE /members/{id}", Hidden, ""),
    ("GET /members/{id}/contacts", Hidden, ""),
    ("POST /members/{id}/contacts", Hidden, r#"{"kind": "phone", "value": "081234567891"}"#),
    ("PUT /members/{id}/contacts/{contact_id}", Hidden, r#"{"value": "081234567892"}"#),
    ("DELETE /members/{id}/contacts/{contact_id}", Hidden, ""),
    ("GET /members/{id}/bank-accounts", Hidden, ""),
    ("POST /members/{id}/bank-accounts", Hidden, r#"{"bank_code": "002", "bank_name": "BRI", "account_number": "001201000123457", "account_name": "Suparman"}"#),
    ("POST /members/{id}/bank-accounts/{account_id}/default", Hidden, "{}"),
    ("GET /members/{id}/documents", Hidden, ""),
    ("POST /members/{id}/documents", Hidden, "file kind=NPWP"),
    ("GET /members/{id}/documents/{doc_id}/content", Hidden, ""),
    ("PUT /members/{id}/documents/{doc_id}/verify", Hidden, r#"{"status": "verified"}"#),
    ("GET /members/{id}/applications", Hidden, ""),
    ("GET /members/{id}/loans", Hidden, ""),
    // Sales.
    ("POST /sales-branches", House, r#"{"code": "X", "name": "Cabang X"}"#),
    ("GET /sales-branches", Listed, ""),
    ("GET /sales-branches/{id}", Hidden, ""),
    ("PUT /sales-branches/{id}", House, r#"{"address": "Jl. Anggrek 7"}"#),
    ("GET /sales-branches/{id}/performance", Hidden, ""),
    ("GET /sales-branches/{id}/targets", Hidden, ""),
    ("POST /sales-branches/{id}/targets", Hidden, r#"{"periode": "2026-07", "target_count": 9}"#),
    ("POST /sales-branches/{id}/targets/{target_id}/approve", Hidden, "{}"),
    ("POST /sales", Names("branch_id"), r#"{"branch_id": 1, "code": "B$", "name": "Budi", "commission_pct": "1"}"#),
    ("GET /sales", Listed, ""),
    ("GET /sales/{id}", Hidden, ""),
    ("PUT /sales/{id}", Hidden, r#"{"phone": "081234567890"}"#),
    ("GET /sales/{id}/visits", Hidden, ""),
    ("POST /sales/{id}/visits", Hidden, r#"{"visited_on": "2026-06-15", "prospect_name": "Siti", "result": "interested"}"#),
    ("GET /sales/{id}/targets", Hidden, ""),
    ("POST /sales/{id}/targets", Hidden, r#"{"periode": "2026-07", "target_count": 9}"#),
    ("POST /sales/{id}/targets/{target_id}/approve", Hidden, "{}"),
    ("GET /sales/{id}/commissions", Hidden, ""),
    ("POST /sales/{id}/commissions", Hidden, r#"{"amount": "50000", "reason": "bonus"}"#),
    ("POST /sales/{id}/commissions/{commission_id}/pay", Hidden, r#"{"paid_on": "2026-06-15", "payroll_periode": "2026-06"}"#),
    ("GET /sales/{id}/performance", Hidden, ""),
    ("GET /sales-commissions", Listed, ""),
    ("GET /sales-ranking", Listed, ""),
    // Loan products.
    ("POST /loan-products", House, r#"{"code": "X", "name": "X", "plafon_min": "1000000", "plafon_max": "2000000", "tenor_min": 6, "tenor_max": 12, "interest_rate": "12", "method": "flat", "umur_maksimal": 75}"#),
    ("GET /loan-products", Shared, ""),
    ("GET /loan-products/{id}", Shared, ""),
    ("PUT /loan-products/{id}", House, r#"{"name": "Lain"}"#),
    ("POST /loan-products/{id}/fees", House, r#"{"kind": "meterai", "basis": "fixed", "value": "10000"}"#),
    ("POST /loan-products/{id}/penalty-rules", House, r#"{"kind": "early_settlement", "basis": "percent_once", "value": "1"}"#),
    ("POST /loan-products/{id}/fees/table", House, "sheet kind=lainnya"),
    ("GET /loan-products/{id}/fees/{fee_id}/table", Shared, ""),
    ("DELETE /loan-products/{id}/fees/{fee_id}", House, ""),
    ("DELETE /loan-products/{id}/penalty-rules/{rule_id}", House, ""),
    ("GET /loan-products/{id}/history", Shared, ""),
    ("GET /loan-products/{id}/simulation", Shared, "?plafon=50000000&tenor=12&birth_date=1957-08-17"),
    ("GET /loan-products/{id}/brochure", Shared, "?tenors=12"),
    ("GET /loan-products/{id}/max-plafon", Shared, "?birth_date=1957-08-17&monthly_benefit=4500000"),
    ("GET /loan-products/{id}/comparison", Shared, "?plafon=50000000&tenor=12&birth_date=1957-08-17"),
    // Applications.
    ("POST /applications", Names("member_id"), r#"{"member_id": $members, "product_id": $loan-products, "plafon": "10000000", "tenor": 12}"#),
    ("GET /applications", Listed, ""),
    ("GET /applications/{id}", Hidden, ""),
    ("GET /applications/{id}/prechecks", Hidden, ""),
    ("PUT /applications/{id}", Hidden, r#"{"purpose": "Renovasi rumah"}"#),
    ("POST /applications/{id}/submit", Hidden, "{}"),
    ("GET /applications/{id}/documents", Hidden, ""),
    ("POST /applications/{id}/documents", Hidden, "file kind=LAINNYA"),
    ("GET /applications/{id}/documents/{doc_id}/content", Hidden, ""),
    ("POST /applications/{id}/analyze", Hidden, r#"{"income": "4500000", "other_obligations": "0", "risk_score": 72, "recommendation": "approve", "notes": "layak"}"#),
    ("POST /applications/{id}/decide", Hidden, r#"{"decision": "approve"}"#),
    ("POST /applications/{id}/conditions/{condition_id}/fulfil", Hidden, r#"{"notes": "diterima"}"#),
    ("PUT /applications/{id}/status", Hidden, r#"{"status": "draft", "reason": "diperbaiki"}"#),
    ("POST /applications/{id}/cancel", Hidden, r#"{"reason": "batal"}"#),
    // Loans.
    ("GET /loans", Listed, ""),
    ("GET /loans/{id}", Hidden, ""),
    ("GET /loans/{id}/disbursements", Hidden, ""),
    ("POST /loans/{id}/disbursements", Hidden, "{}"),
    ("PUT /loans/{id}/status", Hidden, r#"{"collection": "heir", "reason": "dibayar ahli waris"}"#),
    ("GET /loans/{id}/schedules", Hidden, ""),
    ("GET /loans/{id}/outstanding", Hidden, ""),
    ("GET /loans/{id}/payments", Hidden, ""),
    ("POST /loans/{id}/payments", Hidden, r#"{"paid_on": "2026-06-15", "amount": "1000.00", "channel": "tunai"}"#),
    ("POST /loans/{id}/payments/{payment_id}/reverse", Hidden, r#"{"reason": "salah catat"}"#),
    ("GET /loans/{id}/transactions", Hidden, ""),
    ("POST /loans/{id}/transactions/{transaction_id}/reverse", Hidden, r#"{"reason": "salah catat"}"#),
    // Pension cuts.
    ("POST /billing/export", House, r#"{"periode": "2026-07", "payer": "TASPEN"}"#),
    ("GET /billing/export", House, ""),
    ("GET /billing/export/{id}", House, ""),
    ("GET /billing/export/{id}/file", House, ""),
    ("POST /billing/export/{id}/sent", House, r#"{"sent_on": "2026-06-15"}"#),
    ("POST /billing/import", House, "file payer=TASPEN&periode=2026-07"),
    ("GET /billing/import", House, ""),
    ("GET /billing/import/{id}", House, ""),
    ("DELETE /billing/import/{id}", House, ""),
    ("GET /billing/unmatched", House, "?periode=2026-07"),
    ("GET /billing/refunds", House, ""),
    ("GET /billing/member/{member_id}", Hidden, ""),
    // Logs.
    ("GET /logs/audit-trails", House, ""),
    ("GET /logs/exceptions", House, ""),
];
