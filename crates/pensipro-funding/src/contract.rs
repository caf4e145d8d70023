//! A contract: on which terms a funder's money is lent, and from when to when.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_kernel::{
    AuditValue, ContractId, Faults, FieldFault, FunderId, Money, Rate, Version, clean_text,
    read_code,
};
use pensipro_members::StoredFile;

use crate::{Fee, OriginatorBase, Scheme, ServicingBase, Sharing, SharingTerms, terms::percentage};

/// A contract as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Whose it is.
    pub funder_id: FunderId,
    /// What was agreed.
    pub details: ContractDetails,
    /// The signed paper, if it was handed in.
    pub document: Option<StoredFile>,
    /// The row's version.
    pub version: Version,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// The days on which a contract takes loans, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// The first.
    pub from: NaiveDate,
    /// The last.
    pub to: NaiveDate,
}

impl Validity {
    /// True on its days.
    pub fn holds_on(self, date: NaiveDate) -> bool {
        (self.from..=self.to).contains(&date)
    }

    /// True if both hold on some day.
    pub fn overlaps(self, other: Self) -> bool {
        self.from <= other.to && other.from <= self.to
    }
}

/// What was agreed, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractDetails {
    /// The funder's and the cooperative's number of it; a funder has none twice.
    pub number: String,
    /// How the funder takes part.
    pub scheme: Scheme,
    /// The share of a loan that he takes unless told otherwise, percent.
    pub share_pct: Rate,
    /// How interest is shared.
    pub sharing: SharingTerms,
    /// For bringing loans.
    pub originator: Fee<OriginatorBase>,
    /// For serving them.
    pub servicing: Fee<ServicingBase>,
    /// The least that serving them costs a month, whatever the percentage comes to.
    pub servicing_minimum: Option<Money>,
    /// The most that may be outstanding under it.
    pub limit: Option<Money>,
    /// When it takes loans.
    pub validity: Validity,
}

/// The fields of a contract as they came in.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields of ContractDetails, unchecked")]
pub struct RawContract {
    pub number: Option<String>,
    pub scheme: Option<String>,
    pub share_pct: Option<Rate>,
    pub sharing: Option<String>,
    pub interest_share_pct: Option<Rate>,
    pub funder_rate: Option<Rate>,
    pub fee_originator_pct: Option<Rate>,
    pub fee_originator_base: Option<String>,
    pub fee_servicing_pct: Option<Rate>,
    pub fee_servicing_base: Option<String>,
    pub fee_servicing_minimum: Option<Money>,
    pub limit: Option<Money>,
    pub valid_from: Option<NaiveDate>,
    pub valid_to: Option<NaiveDate>,
}

/// A change of what stays open while a contract runs; `None` keeps, `Some(None)` clears. Scheme, shares
/// and fees are agreed once: another agreement is another contract.
#[derive(Debug, Clone, Default)]
pub struct RawContractChange {
    /// Another limit.
    pub limit: Option<Option<Money>>,
    /// Another last day.
    pub valid_to: Option<NaiveDate>,
}

impl ContractDetails {
    /// Checks the fields of a new contract, all at once.
    pub fn check(raw: RawContract) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let number = faults.take(clean_text("number", &raw.number.unwrap_or_default(), 64));
        let scheme = raw.scheme.ok_or_else(|| FieldFault::required("scheme"));
        let scheme: Option<Scheme> =
            faults.take(scheme.and_then(|code| read_code("scheme", &code)));
        let share_pct = scheme.and_then(|scheme| faults.take(scheme.check_share(raw.share_pct)));
        let sharing = optional_code::<Sharing>(&mut faults, "sharing", raw.sharing);
        let sharing = sharing.and_then(|sharing| {
            let terms = SharingTerms::check(sharing, raw.interest_share_pct, raw.funder_rate);
            faults.take_all(terms)
        });
        let originator = fee(
            &mut faults,
            ("fee_originator_pct", raw.fee_originator_pct),
            ("fee_originator_base", raw.fee_originator_base),
        );
        let servicing = fee(
            &mut faults,
            ("fee_servicing_pct", raw.fee_servicing_pct),
            ("fee_servicing_base", raw.fee_servicing_base),
        );
        let minimum = ("fee_servicing_minimum", raw.fee_servicing_minimum);
        for (field, amount) in [minimum, ("limit", raw.limit)] {
            check_amount(&mut faults, field, amount);
        }
        let validity = faults.take_all(validity(raw.valid_from, raw.valid_to));
        let details = || {
            Some(Self {
                number: number?,
                scheme: scheme?,
                share_pct: share_pct?,
                sharing: sharing?,
                originator: originator?,
                servicing: servicing?,
                servicing_minimum: raw.fee_servicing_minimum,
                limit: raw.limit,
                validity: validity?,
            })
        };
        let details = details();
        faults.finish(details)
    }

    /// These details with a change applied.
    pub fn changed(&self, change: RawContractChange) -> Result<Self, Faults> {
        let RawContractChange { limit, valid_to } = change;
        let mut faults = Faults::new();
        let limit = limit.unwrap_or(self.limit);
        check_amount(&mut faults, "limit", limit);
        let validity =
            validity(Some(self.validity.from), Some(valid_to.unwrap_or(self.validity.to)));
        let validity = faults.take_all(validity);
        faults.finish(validity.map(|validity| Self { limit, validity, ..self.clone() }))
    }

    /// True if the two cannot both run: of one funder, scheme and day there is one.
    pub fn conflicts_with(&self, other: &Self) -> bool {
        self.scheme == other.scheme && self.validity.overlaps(other.validity)
    }

    pub(crate) fn audit_view(&self) -> AuditValue {
        let Self {
            number,
            scheme,
            share_pct,
            sharing,
            originator,
            servicing,
            servicing_minimum,
            limit,
            validity,
        } = self;
        let text = |amount: &Option<Money>| amount.map(|amount| amount.to_string());
        AuditValue::new()
            .with("number", number.as_str())
            .with("scheme", scheme.code())
            .text("share_pct", share_pct)
            .with("sharing", sharing.sharing().code())
            .with("interest_share_pct", sharing.interest_share_pct().map(|pct| pct.to_string()))
            .with("funder_rate", sharing.funder_rate().map(|rate| rate.to_string()))
            .text("fee_originator_pct", originator.pct)
            .with("fee_originator_base", originator.base.code())
            .text("fee_servicing_pct", servicing.pct)
            .with("fee_servicing_base", servicing.base.code())
            .with("fee_servicing_minimum", text(servicing_minimum))
            .with("limit", text(limit))
            .text("valid_from", validity.from)
            .text("valid_to", validity.to)
    }
}

fn fee<B: std::str::FromStr<Err = pensipro_kernel::UnknownCode> + Default>(
    faults: &mut Faults,
    (pct_field, pct): (&str, Option<Rate>),
    (base_field, base): (&str, Option<String>),
) -> Option<Fee<B>> {
    let pct = faults.take(percentage(pct_field, pct.or(Some(Rate::percent(0)))));
    let base = optional_code(faults, base_field, base);
    Some(Fee { pct: pct?, base: base? })
}

fn optional_code<T: std::str::FromStr<Err = pensipro_kernel::UnknownCode> + Default>(
    faults: &mut Faults,
    field: &str,
    code: Option<String>,
) -> Option<T> {
    match code {
        Some(code) => faults.take(read_code(field, &code)),
        None => Some(T::default()),
    }
}

fn check_amount(faults: &mut Faults, field: &str, amount: Option<Money>) {
    let fits = amount.is_none_or(|amount| amount.is_positive() && amount <= Money::MAX_INPUT);
    faults.require(fits, field, "not_positive", "is more than zero");
}

fn validity(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Validity, Faults> {
    let mut faults = Faults::new();
    let from = faults.take(from.ok_or_else(|| FieldFault::required("valid_from")));
    let to = faults.take(to.ok_or_else(|| FieldFault::required("valid_to")));
    let validity = from.zip(to).map(|(from, to)| Validity { from, to });
    let in_order = validity.is_none_or(|validity| validity.from <= validity.to);
    faults.require(in_order, "valid_to", "before_start", "is not before valid_from");
    faults.finish(validity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawContract {
        RawContract {
            number: Some("PKS-01/2026".into()),
            scheme: Some("participation".into()),
            share_pct: Some(Rate::percent(70)),
            fee_servicing_pct: Some(Rate::percent(2)),
            limit: Money::from_rupiah(5_000_000_000),
            valid_from: Some("2026-01-01".parse().unwrap()),
            valid_to: Some("2026-12-31".parse().unwrap()),
            ..RawContract::default()
        }
    }

    fn faults(raw: RawContract) -> Vec<String> {
        let faults = ContractDetails::check(raw).unwrap_err();
        faults.list().iter().map(|it| format!("{} {}", it.field, it.code)).collect()
    }

    #[test]
    fn a_contract_is_pari_passu_and_without_an_originator_s_fee_unless_it_says_so() {
        let details = ContractDetails::check(raw()).unwrap();
        assert_eq!(details.sharing, SharingTerms::PariPassu);
        assert_eq!(
            details.originator,
            Fee { pct: Rate::percent(0), base: OriginatorBase::Principal }
        );
        assert_eq!(details.servicing, Fee { pct: Rate::percent(2), base: ServicingBase::Interest });
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let all =
            ["number required", "scheme required", "valid_from required", "valid_to required"];
        assert_eq!(faults(RawContract::default()), all);
        let odd = RawContract {
            sharing: Some("undian".into()),
            fee_originator_pct: Some(Rate::percent(101)),
            fee_servicing_base: Some("plafon".into()),
            limit: Some(Money::ZERO),
            valid_to: Some("2025-12-31".parse().unwrap()),
            ..raw()
        };
        assert_eq!(
            faults(odd),
            [
                "sharing unknown_value",
                "fee_originator_pct out_of_range",
                "fee_servicing_base unknown_value",
                "limit not_positive",
                "valid_to before_start"
            ]
        );
    }

    #[test]
    fn of_one_scheme_and_day_there_is_one() {
        let details = ContractDetails::check(raw()).unwrap();
        let until = |from: &str, to: &str| {
            let days = [from, to].map(|day| Some(day.parse().unwrap()));
            let [valid_from, valid_to] = days;
            ContractDetails::check(RawContract { valid_from, valid_to, ..raw() }).unwrap()
        };
        assert!(details.conflicts_with(&until("2026-12-31", "2027-12-31")));
        assert!(!details.conflicts_with(&until("2027-01-01", "2027-12-31")));
        let fronting = RawContract { scheme: Some("fronting".into()), share_pct: None, ..raw() };
        assert!(!details.conflicts_with(&ContractDetails::check(fronting).unwrap()));
        let validity = details.validity;
        let days = ["2025-12-31", "2026-01-01", "2026-12-31", "2027-01-01"];
        assert_eq!(
            days.map(|day| validity.holds_on(day.parse().unwrap())),
            [false, true, true, false]
        );
    }

    #[test]
    fn limit_and_last_day_alone_change() {
        let details = ContractDetails::check(raw()).unwrap();
        assert_eq!(details.changed(RawContractChange::default()), Ok(details.clone()));
        let change =
            RawContractChange { limit: Some(None), valid_to: Some("2026-06-30".parse().unwrap()) };
        let changed = details.changed(change).unwrap();
        assert_eq!((changed.limit, changed.validity.to.to_string()), (None, "2026-06-30".into()));
        let early = RawContractChange { valid_to: "2025-01-01".parse().ok(), limit: None };
        assert_eq!(details.changed(early).unwrap_err().list()[0].field, "valid_to");
    }
}
