//! Things that tests start from.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    Actor, BranchId, MemberDocumentId, MemberId, Money, Origin, Permission, Scope, UserId, Version,
};

use crate::{
    ContentType, DocumentKind, Member, MemberDetails, MemberDocument, RawMember, Review, Sha256,
    Standing, StoredFile,
};

pub(crate) fn today() -> NaiveDate {
    "2026-03-10".parse().unwrap()
}

pub(crate) fn now() -> DateTime<Utc> {
    "2026-03-10T03:00:00Z".parse().unwrap()
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

pub(crate) fn raw_member() -> RawMember {
    RawMember {
        nik: Some("3173051708570001".into()),
        no_pensiun: Some("140012345678901".into()),
        name: Some("Suparman Hadi".into()),
        birth_place: Some("Yogyakarta".into()),
        birth_date: "1957-08-17".parse().ok(),
        sex: Some("L".into()),
        address: Some("Jl. Melati 4, Jakarta Barat".into()),
        payer: Some("TASPEN".into()),
        pay_office: Some("BRI KCP Palmerah".into()),
        monthly_benefit: Money::from_rupiah(4_500_000),
        branch_id: Some(BranchId::new(1)),
        ..RawMember::default()
    }
}

pub(crate) fn member() -> Member {
    Member {
        id: MemberId::new(1),
        details: MemberDetails::check(raw_member(), today()).unwrap(),
        standing: Standing::Active,
        version: Version::FIRST,
        created_at: now(),
        updated_at: now(),
        created_by: Some(UserId::new(1)),
    }
}

pub(crate) fn document(kind: DocumentKind) -> MemberDocument {
    MemberDocument {
        id: MemberDocumentId::new(1),
        member_id: MemberId::new(1),
        kind,
        file: StoredFile {
            key: "members/ab/abcd".parse().unwrap(),
            content_type: ContentType::Pdf,
            size: 1000,
            sha256: Sha256([7; 32]),
        },
        review: Review::Pending,
        uploaded_at: now(),
        uploaded_by: Some(UserId::new(1)),
    }
}
