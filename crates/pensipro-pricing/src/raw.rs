//! What callers state of products, fees and penalty rules, and how it is checked: every fault at once.

use std::str::FromStr;

use chrono::NaiveDate;
use pensipro_kernel::{Faults, FunderId, Money, Rate, UnknownCode, read_code};

use crate::codes::*;
use crate::{Limits, ProductDetails, ProductParts, ScheduleRuleParts, ScheduleRules, Validity};

/// What a change says of an optional field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Nothing: it stays.
    #[default]
    Keep,
    /// It goes.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T> Patch<T> {
    fn over(self, present: Option<T>) -> Option<T> {
        match self {
            Self::Keep => present,
            Self::Clear => None,
            Self::Set(value) => Some(value),
        }
    }
}

/// A product as a caller states it: for a new one absent fields take their defaults, for a change they
/// stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(missing_docs, reason = "the fields are those of ProductParts, unchecked")]
pub struct RawProduct {
    pub code: Option<String>,
    pub name: Option<String>,
    pub plafon_min: Option<Money>,
    pub plafon_max: Option<Money>,
    pub plafon_step: Option<Money>,
    pub tenor_min: Option<i64>,
    pub tenor_max: Option<i64>,
    pub interest_rate: Option<Rate>,
    pub method: Option<String>,
    pub day_count: Option<String>,
    pub rounding: Option<String>,
    pub instalment_unit: Option<Money>,
    pub interest_unit: Option<Money>,
    pub last_instalment: Option<String>,
    pub principal_grace: Option<i64>,
    pub broken_period: Option<String>,
    pub due_day: Patch<i64>,
    pub allocation_order: Option<String>,
    pub max_active_loans: Option<i64>,
    pub dsr_limit: Option<Rate>,
    pub umur_maksimal: Option<i64>,
    pub max_benefit_pct: Option<Rate>,
    pub freeze_interest_on_death: Option<bool>,
    pub funder_id: Patch<FunderId>,
    pub is_active: Option<bool>,
    pub valid_from: Patch<NaiveDate>,
    pub valid_to: Patch<NaiveDate>,
    pub interest_cap_reason: Patch<String>,
}

/// What the installation prescribes for products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProductPolicy {
    /// The DSR limit of a product that states none.
    pub dsr_default: Rate,
    /// The highest nominal effective yearly rate; above it only with right and reason.
    pub interest_cap: Rate,
}

impl Default for ProductPolicy {
    /// 90 % of the pension; 24 % a year.
    fn default() -> Self {
        Self { dsr_default: Rate::percent(90), interest_cap: Rate::percent(24) }
    }
}

impl RawProduct {
    /// A new product.
    pub fn check(self, policy: &ProductPolicy) -> Result<ProductDetails, Faults> {
        let mut faults = Faults::new();
        for (absent, field) in [
            (self.code.is_none(), "code"),
            (self.name.is_none(), "name"),
            (self.plafon_min.is_none(), "plafon_min"),
            (self.plafon_max.is_none(), "plafon_max"),
            (self.tenor_min.is_none(), "tenor_min"),
            (self.tenor_max.is_none(), "tenor_max"),
            (self.interest_rate.is_none(), "interest_rate"),
            (self.method.is_none(), "method"),
            (self.umur_maksimal.is_none(), "umur_maksimal"),
        ] {
            faults.require(!absent, field, "required", "must be given");
        }
        let defaults = self.defaults(policy);
        self.merged(defaults, faults)
    }

    /// A product with these fields changed.
    pub fn over(self, present: ProductDetails) -> Result<ProductDetails, Faults> {
        self.merged(present.into_parts(), Faults::new())
    }

    /// What absent fields become. Where a field is required, something that breaks no rule, so that the
    /// other fields' faults show.
    fn defaults(&self, policy: &ProductPolicy) -> ProductParts {
        let tenor = |months: Option<i64>| months.and_then(|months| u16::try_from(months).ok());
        let tenor_min = tenor(self.tenor_min).or(tenor(self.tenor_max)).unwrap_or(1);
        let plafon_min = self.plafon_min.or(self.plafon_max).unwrap_or(Money::from_sen(1));
        ProductParts {
            code: "-".to_owned(),
            name: "-".to_owned(),
            limits: Limits {
                plafon_min,
                plafon_max: plafon_min,
                plafon_step: DEFAULT_STEP,
                tenor_min,
                tenor_max: tenor_min,
                dsr_limit: policy.dsr_default,
                umur_maksimal: 75,
                max_benefit_pct: Rate::percent(95),
            },
            rules: ScheduleRules::neutral(),
            allocation_order: AllocationOrder::RowFirst,
            max_active_loans: 1,
            freeze_interest_on_death: false,
            funder_id: None,
            is_active: true,
            validity: Validity::default(),
            interest_cap_reason: None,
        }
    }

    fn merged(self, present: ProductParts, mut faults: Faults) -> Result<ProductDetails, Faults> {
        let rules = self.rules(&present.rules, &mut faults);
        let limits = self.limits(present.limits, &mut faults);
        let allocation_order =
            code(&mut faults, "allocation_order", self.allocation_order, present.allocation_order);
        let max_active_loans =
            small(&mut faults, "max_active_loans", self.max_active_loans, present.max_active_loans);
        let parts = ProductParts {
            code: self.code.map_or(present.code, |code| code.trim().to_owned()),
            name: self.name.map_or(present.name, |name| name.trim().to_owned()),
            limits,
            rules: faults.take_all(ScheduleRules::new(rules)).unwrap_or(present.rules),
            allocation_order,
            max_active_loans,
            freeze_interest_on_death: self
                .freeze_interest_on_death
                .unwrap_or(present.freeze_interest_on_death),
            funder_id: self.funder_id.over(present.funder_id),
            is_active: self.is_active.unwrap_or(present.is_active),
            validity: Validity {
                valid_from: self.valid_from.over(present.validity.valid_from),
                valid_to: self.valid_to.over(present.validity.valid_to),
            },
            interest_cap_reason: self
                .interest_cap_reason
                .over(present.interest_cap_reason)
                .map(|reason| reason.trim().to_owned())
                .filter(|reason| !reason.is_empty()),
        };
        let details = faults.take_all(ProductDetails::new(parts));
        faults.finish(details)
    }

    fn limits(&self, present: Limits, faults: &mut Faults) -> Limits {
        Limits {
            plafon_min: self.plafon_min.unwrap_or(present.plafon_min),
            plafon_max: self.plafon_max.unwrap_or(present.plafon_max),
            plafon_step: self.plafon_step.unwrap_or(present.plafon_step),
            tenor_min: small(faults, "tenor_min", self.tenor_min, present.tenor_min),
            tenor_max: small(faults, "tenor_max", self.tenor_max, present.tenor_max),
            dsr_limit: self.dsr_limit.unwrap_or(present.dsr_limit),
            umur_maksimal: small(
                faults,
                "umur_maksimal",
                self.umur_maksimal,
                present.umur_maksimal,
            ),
            max_benefit_pct: self.max_benefit_pct.unwrap_or(present.max_benefit_pct),
        }
    }

    fn rules(&self, present: &ScheduleRuleParts, faults: &mut Faults) -> ScheduleRuleParts {
        let text = |field: &Option<String>| field.clone();
        ScheduleRuleParts {
            interest_rate: self.interest_rate.unwrap_or(present.interest_rate),
            method: code(faults, "method", text(&self.method), present.method),
            day_count: code(faults, "day_count", text(&self.day_count), present.day_count),
            rounding: code(faults, "rounding", text(&self.rounding), present.rounding),
            instalment_unit: unit(
                faults,
                "instalment_unit",
                self.instalment_unit,
                InstalmentUnit::of,
                present.instalment_unit,
            ),
            interest_unit: unit(
                faults,
                "interest_unit",
                self.interest_unit,
                InterestUnit::of,
                present.interest_unit,
            ),
            last_instalment: code(
                faults,
                "last_instalment",
                text(&self.last_instalment),
                present.last_instalment,
            ),
            principal_grace: small(
                faults,
                "principal_grace",
                self.principal_grace,
                present.principal_grace,
            ),
            broken_period: code(
                faults,
                "broken_period",
                text(&self.broken_period),
                present.broken_period,
            ),
            due_day: match self.due_day {
                Patch::Keep => present.due_day,
                Patch::Clear => None,
                // What is no day at all fails the rules' own check as day 0 does.
                Patch::Set(day) => Some(u8::try_from(day).unwrap_or(0)),
            },
        }
    }
}

/// Rp 100,000.
const DEFAULT_STEP: Money = Money::from_sen(10_000_000);

fn code<T: FromStr<Err = UnknownCode>>(
    faults: &mut Faults,
    field: &str,
    text: Option<String>,
    absent: T,
) -> T {
    match text {
        Some(text) => faults.take(read_code(field, &text)).unwrap_or(absent),
        None => absent,
    }
}

fn unit<T>(
    faults: &mut Faults,
    field: &str,
    amount: Option<Money>,
    read: fn(Money) -> Option<T>,
    absent: T,
) -> T {
    let Some(amount) = amount else { return absent };
    read(amount).unwrap_or_else(|| {
        faults.add(field, "unknown_value", "there is no such unit");
        absent
    })
}

/// A whole number of 16 bits; what does not fit is a fault of its own.
pub(crate) fn small(faults: &mut Faults, field: &str, number: Option<i64>, absent: u16) -> u16 {
    let Some(number) = number else { return absent };
    u16::try_from(number).unwrap_or_else(|_| {
        faults.add(field, "out_of_range", "must be a whole number from 0 to 65535");
        absent
    })
}

/// Reads a value's text; the fault says what it should be.
pub(crate) fn literal<T: FromStr<Err: ToString>>(
    faults: &mut Faults,
    field: &str,
    text: &str,
) -> Option<T> {
    text.trim()
        .parse()
        .map_err(|error: T::Err| faults.add(field, "invalid", error.to_string()))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawProduct {
        RawProduct {
            code: Some(" PENSIUN-A ".to_owned()),
            name: Some("Pensiun Sejahtera".to_owned()),
            plafon_min: Some("5000000".parse().unwrap()),
            plafon_max: Some("300000000".parse().unwrap()),
            tenor_min: Some(6),
            tenor_max: Some(120),
            interest_rate: Some(Rate::percent(12)),
            method: Some("anuitas".to_owned()),
            umur_maksimal: Some(75),
            ..RawProduct::default()
        }
    }

    #[test]
    fn absent_fields_take_their_defaults() {
        let details = raw().check(&ProductPolicy::default()).unwrap();
        assert_eq!(details.code, "PENSIUN-A");
        assert_eq!(details.limits.dsr_limit, Rate::percent(90));
        assert_eq!(details.limits.max_benefit_pct, Rate::percent(95));
        assert_eq!(*details.rules, ScheduleRuleParts::usual(Method::Anuitas, Rate::percent(12)));
        assert!(details.is_active);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let fields = |raw: RawProduct| {
            let faults = raw.check(&ProductPolicy::default()).unwrap_err();
            faults.list().iter().map(|fault| fault.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(fields(RawProduct::default()).len(), 9);
        let broken = RawProduct {
            name: None,
            plafon_max: Some(Money::from_sen(1)),
            tenor_max: Some(-1),
            method: Some("bullet".to_owned()),
            instalment_unit: Some(Money::from_sen(7)),
            due_day: Patch::Set(400),
            dsr_limit: Some(Rate::ZERO),
            valid_from: Patch::Set("2026-02-01".parse().unwrap()),
            valid_to: Patch::Set("2026-01-31".parse().unwrap()),
            ..raw()
        };
        let expected = [
            "name",
            "method",
            "instalment_unit",
            "tenor_max",
            "due_day",
            "plafon_max",
            "dsr_limit",
            "valid_to",
        ];
        assert_eq!(fields(broken), expected);
    }

    #[test]
    fn a_change_leaves_the_rest() {
        let product = raw().check(&ProductPolicy::default()).unwrap();
        let due = RawProduct { due_day: Patch::Set(25), ..RawProduct::default() };
        let changed = due.over(product.clone()).unwrap();
        assert_eq!(changed.rules.due_day, Some(25));
        assert_eq!(changed.limits, product.limits);
        let clear = RawProduct { due_day: Patch::Clear, ..RawProduct::default() };
        assert_eq!(clear.over(changed).unwrap(), product);
    }

    #[test]
    fn a_blank_reason_is_none() {
        let reason = |text: &str| {
            let interest_cap_reason = Patch::Set(text.to_owned());
            let product = RawProduct { interest_cap_reason, ..raw() };
            product.check(&ProductPolicy::default()).unwrap().interest_cap_reason.clone()
        };
        assert_eq!(reason("   "), None);
        assert_eq!(reason(" disetujui direksi "), Some("disetujui direksi".to_owned()));
    }
}
