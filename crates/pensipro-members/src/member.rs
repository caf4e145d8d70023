//! The member: a pensioner who borrows, with what the cooperative holds about him.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{AuditValue, BranchId, MemberId, Money, SalesId, UserId, Version, codes};

use crate::{MemberStatus, Nik, NikWarning, NoPensiun, Standing};

codes! {
    /// A person's sex, as identity cards state it.
    pub enum Sex {
        /// Laki-laki.
        Male = "L",
        /// Perempuan.
        Female = "P",
    }
}

codes! {
    /// Who pays the pension.
    pub enum Payer {
        /// PT TASPEN: civil servants.
        Taspen = "TASPEN",
        /// PT ASABRI: the armed forces and the police.
        Asabri = "ASABRI",
        /// Another payer.
        Other = "LAINNYA",
    }
}

/// A member as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// What staff enter and correct.
    pub details: MemberDetails,
    /// Active, inactive or deceased.
    pub standing: Standing,
    /// The row's version.
    pub version: Version,
    /// When he was registered.
    pub created_at: DateTime<Utc>,
    /// When the row was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who registered him; `None` for the system.
    pub created_by: Option<UserId>,
}

/// What staff enter of a member, checked by [`MemberDetails::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberDetails {
    /// Identity number; no two members share one.
    pub nik: Nik,
    /// Number at the payer; no two members share one.
    pub no_pensiun: NoPensiun,
    /// Full name.
    pub name: String,
    /// Place of birth.
    pub birth_place: String,
    /// Date of birth.
    pub birth_date: NaiveDate,
    /// Sex.
    pub sex: Sex,
    /// Home address, on one line.
    pub address: String,
    /// Who pays the pension.
    pub payer: Payer,
    /// The payer's bank or post office that pays it out.
    pub pay_office: Option<String>,
    /// Rank on retirement (golongan).
    pub rank: Option<String>,
    /// Number of the pension decree (SK pensiun).
    pub sk_number: Option<String>,
    /// Date of the pension decree.
    pub sk_date: Option<NaiveDate>,
    /// Gross pension a month; positive.
    pub monthly_benefit: Money,
    /// The sales person who looks after him.
    pub sales_id: Option<SalesId>,
    /// The branch he belongs to.
    pub branch_id: Option<BranchId>,
}

/// What a member still has running; decides whether he may be deleted or change status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Obligations {
    /// Applications before approval.
    pub open_applications: i64,
    /// Loans approved and not yet disbursed.
    pub pending_loans: i64,
    /// Loans that are active or in default.
    pub open_loans: i64,
}

impl Member {
    /// Active, inactive or deceased.
    pub const fn status(&self) -> MemberStatus {
        self.standing.status()
    }

    /// Where the NIK contradicts the record.
    pub fn warnings(&self) -> Vec<NikWarning> {
        self.details.nik.contradictions(self.details.birth_date, self.details.sex)
    }

    /// What the audit trail stores of a member.
    pub fn audit_view(&self) -> AuditValue {
        self.standing.audit_view(self.details.audit_view())
    }
}

impl MemberDetails {
    fn audit_view(&self) -> AuditValue {
        let Self {
            nik,
            no_pensiun,
            name,
            birth_place,
            birth_date,
            sex,
            address,
            payer,
            pay_office,
            rank,
            sk_number,
            sk_date,
            monthly_benefit,
            sales_id,
            branch_id,
        } = self;
        AuditValue::new()
            .personal("nik", nik.as_str())
            .personal("no_pensiun", no_pensiun.as_str())
            .personal("name", name.as_str())
            .personal("birth_place", birth_place.as_str())
            .personal("birth_date", birth_date.to_string())
            .personal("sex", sex.code())
            .personal("address", address.as_str())
            .personal("rank", rank.clone())
            .personal("sk_number", sk_number.clone())
            .personal("sk_date", sk_date.map(|date| date.to_string()))
            .personal("monthly_benefit", monthly_benefit.to_string())
            .with("payer", payer.code())
            .with("pay_office", pay_office.clone())
            .with("sales_id", sales_id.map(SalesId::get))
            .with("branch_id", branch_id.map(BranchId::get))
    }
}

impl Obligations {
    /// True if nothing is open: no application, and every loan closed or cancelled.
    pub const fn are_none(self) -> bool {
        self.open_applications == 0 && self.pending_loans == 0 && self.open_loans == 0
    }
}
