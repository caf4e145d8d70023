//! Things that tests start from.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    Actor, AnalysisId, ApplicationId, BranchId, DecisionId, MemberDocumentId, MemberId, Moment,
    Money, Origin, Permission, ProductId, Rate, Scope, UserId, Version,
};
use pensipro_members::{
    ContentType, DocumentKind, MemberDocument, Review, Reviewer, Sha256, StoredFile,
};
use pensipro_pricing::{
    AllocationOrder, Limits, LoanProduct, Method, ProductDetails, ProductParts, ScheduleRuleParts,
    ScheduleRules, Validity,
};

use crate::{
    Analysis, Application, ApplicationStatus, Decision, Findings, Level, NewAnalysis, NewDecision,
    Recommendation, Request, RiskScore, Verdict,
};

pub(crate) fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-10T03:00:00Z".parse().unwrap()
}

pub(crate) fn at() -> Moment {
    Moment { now: now(), today: today() }
}

pub(crate) fn rupiah(rupiah: i64) -> Money {
    Money::from_rupiah(rupiah).unwrap()
}

pub(crate) fn actor(user: i64, roles: &[&str]) -> Actor {
    Actor {
        user_id: Some(UserId::new(user)),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        permissions: Arc::from(Permission::ALL),
        scope: Scope::WholeHouse,
        origin: Origin::default(),
    }
}

/// An annuity of 12 % a year, Rp 5 to 300 million over 6 to 120 months.
pub(crate) fn product() -> LoanProduct {
    let usual = ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12));
    let parts = ProductParts {
        code: "KP-12".into(),
        name: "Kredit Pensiun".into(),
        limits: Limits {
            plafon_min: rupiah(5_000_000),
            plafon_max: rupiah(300_000_000),
            plafon_step: rupiah(1_000_000),
            tenor_min: 6,
            tenor_max: 120,
            dsr_limit: Rate::percent(70),
            umur_maksimal: 75,
            max_benefit_pct: Rate::percent(95),
        },
        rules: ScheduleRules::new(usual).unwrap(),
        allocation_order: AllocationOrder::RowFirst,
        max_active_loans: 1,
        freeze_interest_on_death: false,
        funder_id: None,
        is_active: true,
        validity: Validity::default(),
        interest_cap_reason: None,
    };
    LoanProduct {
        id: ProductId::new(1),
        version: Version::FIRST,
        details: ProductDetails::new(parts).unwrap(),
        fees: vec![],
        penalty_rules: vec![],
        created_at: now(),
        updated_at: now(),
        created_by: None,
    }
}

/// A draft of Rp 50 million over 36 months, entered by user 1.
pub(crate) fn application() -> Application {
    let plafon = Some(rupiah(50_000_000));
    Application {
        id: ApplicationId::new(123),
        member_id: MemberId::new(1),
        product_id: ProductId::new(1),
        sales_id: None,
        branch_id: Some(BranchId::new(1)),
        request: Request::check(plafon, Some(36), None, None).unwrap(),
        terms: product().terms().unwrap(),
        status: ApplicationStatus::Draft,
        reason: None,
        entered_on: today(),
        approved_on: None,
        waiting: None,
        version: Version::FIRST,
        created_at: now(),
        updated_at: now(),
        created_by: Some(UserId::new(1)),
    }
}

pub(crate) fn analysis(by: i64) -> Analysis {
    let findings = Findings {
        income: rupiah(4_500_000),
        other_obligations: Money::ZERO,
        risk_score: RiskScore::new(70).unwrap(),
        recommendation: Recommendation::Approve,
        notes: "Pensiun tetap".into(),
    };
    let content = NewAnalysis {
        application_id: ApplicationId::new(123),
        findings,
        dsr: Some(Rate::percent(37)),
        score: None,
        analysed_by: Some(UserId::new(by)),
    };
    Analysis { id: AnalysisId::new(1), content, analysed_at: now() }
}

pub(crate) fn decision(level: i64, by: i64) -> Decision {
    let content = NewDecision {
        application_id: ApplicationId::new(123),
        level: Level::new(level).unwrap(),
        verdict: Verdict::Approve,
        notes: None,
        decided_by: Some(UserId::new(by)),
    };
    Decision { id: DecisionId::new(level), content, decided_at: now() }
}

/// Verified documents of the kinds required by default.
pub(crate) fn documents() -> Vec<MemberDocument> {
    let verified = |kind| MemberDocument {
        id: MemberDocumentId::new(1),
        member_id: MemberId::new(1),
        kind,
        file: StoredFile {
            key: "members/ab/abcd".parse().unwrap(),
            content_type: ContentType::Pdf,
            size: 1000,
            sha256: Sha256([7; 32]),
        },
        review: Review::Verified(Reviewer { by: None, at: now() }),
        uploaded_at: now(),
        uploaded_by: None,
    };
    [DocumentKind::Ktp, DocumentKind::Kk, DocumentKind::SkPensiun].map(verified).into()
}
