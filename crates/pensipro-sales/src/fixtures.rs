//! Things that several tests need.

use std::sync::Arc;

use chrono::{NaiveDate, TimeZone, Utc};
use pensipro_kernel::{
    Actor, BranchId, CommissionId, LoanId, Moment, Origin, Permission, Rate, SalesId, Scope,
    UserId, Version,
};

use crate::{
    Commission, CommissionEntry, CommissionOrigin, CommissionState, RawSales, RawVisit,
    SalesDetails, SalesPerson,
};

pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 6, 15).unwrap()
}

pub(crate) fn at() -> Moment {
    Moment { now: Utc.with_ymd_and_hms(2026, 6, 15, 2, 0, 0).unwrap(), today: today() }
}

pub(crate) fn actor(user: i64) -> Actor {
    Actor {
        user_id: Some(UserId::new(user)),
        roles: Arc::from([]),
        permissions: Arc::from(Permission::ALL),
        scope: Scope::WholeHouse,
        origin: Origin::default(),
    }
}

pub(crate) fn raw_sales() -> RawSales {
    RawSales {
        branch_id: Some(BranchId::new(1)),
        code: Some("S01".into()),
        name: Some("Sari Puspita".into()),
        phone: Some("0812-3456-7890".into()),
        email: Some("sari@koperasi.example".into()),
        commission_pct: Some(Rate::percent(1)),
        user_id: None,
    }
}

pub(crate) fn sales_person() -> SalesPerson {
    SalesPerson {
        id: SalesId::new(4),
        details: SalesDetails::check(raw_sales(), Scope::WholeHouse).unwrap(),
        version: Version::FIRST,
        created_at: at().now,
        updated_at: at().now,
    }
}

pub(crate) fn raw_visit() -> RawVisit {
    RawVisit {
        visited_on: Some(today()),
        member_id: None,
        prospect_name: Some(" Hartini ".into()),
        result: Some("interested".into()),
        notes: None,
        next_action_on: Some(today()),
    }
}

/// An unpaid commission that user 6 entered.
pub(crate) fn commission(origin: CommissionOrigin) -> Commission {
    Commission {
        id: CommissionId::new(1),
        entry: CommissionEntry {
            sales_id: SalesId::new(4),
            branch_id: BranchId::new(1),
            loan_id: Some(LoanId::new(3)),
            origin,
            periode: "2026-06".parse().unwrap(),
            amount: "500000".parse().unwrap(),
            reason: None,
        },
        state: CommissionState::Unpaid,
        version: Version::FIRST,
        created_at: at().now,
        updated_at: at().now,
        created_by: Some(UserId::new(6)),
    }
}
