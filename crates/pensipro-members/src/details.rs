//! Checking what staff enter of a member: all faults at once.

use chrono::{Datelike, NaiveDate};
use pensipro_kernel::{
    BranchId, Faults, FieldFault, Money, SalesId, clean_text, optional_text, read_code,
};

use crate::{MemberDetails, Nik, NoPensiun};

/// The fields of a registration as they came in. A field that the interface requires is `None`
/// when it was not given.
#[derive(Clone, Default)]
#[expect(missing_docs, reason = "the fields of MemberDetails, unchecked")]
pub struct RawMember {
    pub nik: Option<String>,
    pub no_pensiun: Option<String>,
    pub name: Option<String>,
    pub birth_place: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub sex: Option<String>,
    pub address: Option<String>,
    pub payer: Option<String>,
    pub pay_office: Option<String>,
    pub rank: Option<String>,
    pub sk_number: Option<String>,
    pub sk_date: Option<NaiveDate>,
    pub monthly_benefit: Option<Money>,
    pub sales_id: Option<SalesId>,
    pub branch_id: Option<BranchId>,
}

/// The fields of a change as they came in: `None` keeps what stands; of an optional field,
/// `Some(None)` clears it.
#[derive(Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of MemberDetails, unchecked")]
pub struct RawMemberChange {
    pub nik: Option<String>,
    pub no_pensiun: Option<String>,
    pub name: Option<String>,
    pub birth_place: Option<String>,
    pub birth_date: Option<NaiveDate>,
    pub sex: Option<String>,
    pub address: Option<String>,
    pub payer: Option<String>,
    pub pay_office: Option<Option<String>>,
    pub rank: Option<Option<String>>,
    pub sk_number: Option<Option<String>>,
    pub sk_date: Option<Option<NaiveDate>>,
    pub monthly_benefit: Option<Money>,
    pub sales_id: Option<Option<SalesId>>,
    pub branch_id: Option<Option<BranchId>>,
}

/// Nobody alive was born before this year.
const EARLIEST_BIRTH_YEAR: i32 = 1900;

impl MemberDetails {
    /// Checks a registration; `today` is the business day.
    pub fn check(raw: RawMember, today: NaiveDate) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let nik = faults.take(given("nik", raw.nik, Nik::read));
        let no_pensiun = faults.take(given("no_pensiun", raw.no_pensiun, NoPensiun::read));
        let name = faults.take(given("name", raw.name, line::<120>));
        let birth_place = faults.take(given("birth_place", raw.birth_place, line::<100>));
        let birth_date = faults.take(birth_date(raw.birth_date, today));
        let sex = faults.take(given("sex", raw.sex, read_code));
        let address = faults.take(given("address", raw.address, line::<300>));
        let payer = faults.take(given("payer", raw.payer, read_code));
        let pay_office = faults.take(optional_text("pay_office", raw.pay_office.as_deref(), 100));
        let rank = faults.take(optional_text("rank", raw.rank.as_deref(), 40));
        let sk_number = faults.take(optional_text("sk_number", raw.sk_number.as_deref(), 60));
        let sk_date = faults.take(decree_date(raw.sk_date, today));
        let monthly_benefit = faults.take(benefit(raw.monthly_benefit));
        let details = || {
            Some(Self {
                nik: nik?,
                no_pensiun: no_pensiun?,
                name: name?,
                birth_place: birth_place?,
                birth_date: birth_date?,
                sex: sex?,
                address: address?,
                payer: payer?,
                pay_office: pay_office?,
                rank: rank?,
                sk_number: sk_number?,
                sk_date: sk_date?,
                monthly_benefit: monthly_benefit?,
                sales_id: raw.sales_id,
                branch_id: raw.branch_id,
            })
        };
        faults.finish(details())
    }

    /// These details with a change applied, checked as a whole.
    pub fn changed(&self, change: RawMemberChange, today: NaiveDate) -> Result<Self, Faults> {
        let present = self.clone();
        let raw = RawMember {
            nik: change.nik.or(Some(present.nik.as_str().to_owned())),
            no_pensiun: change.no_pensiun.or(Some(present.no_pensiun.as_str().to_owned())),
            name: change.name.or(Some(present.name)),
            birth_place: change.birth_place.or(Some(present.birth_place)),
            birth_date: change.birth_date.or(Some(present.birth_date)),
            sex: change.sex.or(Some(present.sex.code().to_owned())),
            address: change.address.or(Some(present.address)),
            payer: change.payer.or(Some(present.payer.code().to_owned())),
            pay_office: change.pay_office.unwrap_or(present.pay_office),
            rank: change.rank.unwrap_or(present.rank),
            sk_number: change.sk_number.unwrap_or(present.sk_number),
            sk_date: change.sk_date.unwrap_or(present.sk_date),
            monthly_benefit: change.monthly_benefit.or(Some(present.monthly_benefit)),
            sales_id: change.sales_id.unwrap_or(present.sales_id),
            branch_id: change.branch_id.unwrap_or(present.branch_id),
        };
        Self::check(raw, today)
    }
}

impl RawMemberChange {
    /// True if no field is to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Reads a field that must be given.
pub(crate) fn given<T>(
    field: &str,
    text: Option<String>,
    read: impl FnOnce(&str, &str) -> Result<T, FieldFault>,
) -> Result<T, FieldFault> {
    read(field, &text.ok_or_else(|| FieldFault::required(field))?)
}

/// A text on one line: runs of white space, line breaks among them, become one blank.
pub(crate) fn line<const MAX: usize>(field: &str, text: &str) -> Result<String, FieldFault> {
    let words: Vec<&str> = text.split_whitespace().collect();
    clean_text(field, &words.join(" "), MAX)
}

fn birth_date(date: Option<NaiveDate>, today: NaiveDate) -> Result<NaiveDate, FieldFault> {
    let date = date.ok_or_else(|| FieldFault::required("birth_date"))?;
    if date < today && date.year() >= EARLIEST_BIRTH_YEAR {
        return Ok(date);
    }
    Err(FieldFault::new("birth_date", "invalid_date", "lies before today and after 1899"))
}

fn decree_date(date: Option<NaiveDate>, today: NaiveDate) -> Result<Option<NaiveDate>, FieldFault> {
    match date {
        Some(date) if date > today || date.year() < EARLIEST_BIRTH_YEAR => {
            Err(FieldFault::new("sk_date", "invalid_date", "is not in the future nor before 1900"))
        }
        other => Ok(other),
    }
}

fn benefit(amount: Option<Money>) -> Result<Money, FieldFault> {
    let amount = amount.ok_or_else(|| FieldFault::required("monthly_benefit"))?;
    if amount.is_positive() && amount <= Money::MAX_INPUT {
        Ok(amount)
    } else {
        Err(FieldFault::new("monthly_benefit", "not_positive", "is more than zero"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{raw_member, today};

    #[test]
    fn a_full_registration_is_taken_and_cleaned() {
        let raw = RawMember { address: Some("Jl. Melati 4\nRT 02  RW 05".into()), ..raw_member() };
        let details = MemberDetails::check(raw, today()).unwrap();
        assert_eq!(details.address, "Jl. Melati 4 RT 02 RW 05");
        assert_eq!(details.nik.as_str(), "3173051708570001");
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let raw = RawMember {
            nik: Some("123".into()),
            no_pensiun: Some("1".into()),
            name: Some("a\u{0}b".into()),
            sex: Some("X".into()),
            payer: None,
            birth_date: Some(today()),
            sk_date: today().succ_opt(),
            monthly_benefit: Some(Money::ZERO),
            rank: Some("x".repeat(41)),
            ..raw_member()
        };
        let faults = MemberDetails::check(raw, today()).unwrap_err();
        let named: Vec<(&str, &str)> =
            faults.list().iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(
            named,
            [
                ("nik", "invalid_nik"),
                ("no_pensiun", "invalid_no_pensiun"),
                ("name", "control_character"),
                ("birth_date", "invalid_date"),
                ("sex", "unknown_value"),
                ("payer", "required"),
                ("rank", "too_long"),
                ("sk_date", "invalid_date"),
                ("monthly_benefit", "not_positive"),
            ]
        );
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_clears_what_it_nulls() {
        let details = MemberDetails::check(raw_member(), today()).unwrap();
        assert_eq!(details.changed(RawMemberChange::default(), today()), Ok(details.clone()));
        let change = RawMemberChange {
            name: Some("Suparman".into()),
            pay_office: Some(None),
            ..RawMemberChange::default()
        };
        let changed = details.changed(change, today()).unwrap();
        assert_eq!(changed, MemberDetails { name: "Suparman".into(), pay_office: None, ..details });
    }
}
