//! The choices that a product makes, each with the stable code that interface and storage use.

use pensipro_kernel::{Money, codes};

codes! {
    /// How interest and principal are spread over the instalments.
    pub enum Method {
        /// Interest on the plafon, the same each month.
        Flat = "flat",
        /// Equal instalments, interest on the balance.
        Anuitas = "anuitas",
        /// Equal principal, interest on the balance.
        Efektif = "efektif",
    }
}

codes! {
    /// How the days of a period make a share of the year.
    pub enum DayCount {
        /// Every month is a twelfth of the year.
        Thirty360 = "30_360",
        /// Each day over the length of its own year.
        ActAct = "act_act",
        /// Days over 365.
        Act365 = "act_365",
        /// Days over 360.
        Act360 = "act_360",
    }
}

codes! {
    /// How the instalment is rounded to its unit.
    pub enum InstalmentRounding {
        /// Upwards.
        Up = "up",
        /// To the nearest, a half upwards.
        Nearest = "nearest",
        /// To the nearest, a half to the even multiple.
        HalfEven = "half_even",
    }
}

codes! {
    /// What instalments are multiples of, in rupiah; the coarsest first.
    pub enum InstalmentUnit {
        /// Rp 1,000.
        Rupiah1000 = "1000",
        /// Rp 500.
        Rupiah500 = "500",
        /// Rp 100.
        Rupiah100 = "100",
        /// Rp 1.
        Rupiah1 = "1",
        /// One sen.
        Sen = "0.01",
    }
}

codes! {
    /// What the interest of a row is a multiple of, in rupiah.
    pub enum InterestUnit {
        /// Rp 1.
        Rupiah1 = "1",
        /// One sen.
        Sen = "0.01",
    }
}

codes! {
    /// What the last row does with the difference that rounding leaves.
    pub enum LastInstalment {
        /// The last instalment takes it.
        Adjust = "adjust",
        /// The last instalment stays level; the difference counts as interest.
        Level = "level",
    }
}

codes! {
    /// What the days beyond one month before the first due date cost.
    pub enum BrokenPeriod {
        /// Nothing.
        None = "none",
        /// Their interest, on row 1.
        Add = "add",
    }
}

codes! {
    /// In which order a payment pays what is due.
    pub enum AllocationOrder {
        /// Row by row from the oldest: penalty, fee, interest, principal.
        RowFirst = "row_first",
        /// Principal after everything else on all rows due.
        PrincipalLast = "principal_last",
    }
}

codes! {
    /// What a fee is for.
    pub enum FeeKind {
        /// Administration.
        Admin = "admin",
        /// Provision.
        Provisi = "provisi",
        /// Life insurance premium.
        Asuransi = "asuransi",
        /// Flagging of the pension with its payer.
        Flagging = "flagging",
        /// Handling.
        Tatalaksana = "tatalaksana",
        /// Stamp duty.
        Meterai = "meterai",
        /// Instalments of the member's own money held back: a deposit, no income.
        Blokir = "blokir",
        /// Anything else.
        Lainnya = "lainnya",
    }
}

codes! {
    /// When a fee is paid.
    pub enum Collection {
        /// Deducted at disbursement.
        Upfront = "upfront",
        /// Billed with the first instalment.
        FirstInstalment = "first_instalment",
    }
}

codes! {
    /// What a penalty punishes.
    pub enum PenaltyKind {
        /// Paying late.
        Late = "late",
        /// Paying off early.
        EarlySettlement = "early_settlement",
    }
}

impl InstalmentUnit {
    /// The unit.
    pub const fn money(self) -> Money {
        Money::from_sen(match self {
            Self::Rupiah1000 => 100_000,
            Self::Rupiah500 => 50_000,
            Self::Rupiah100 => 10_000,
            Self::Rupiah1 => 100,
            Self::Sen => 1,
        })
    }

    /// The unit of this amount, if there is one.
    pub fn of(amount: Money) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.money() == amount)
    }

    /// This unit and the finer ones, coarsest first.
    pub fn and_finer(self) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |unit| *unit >= self)
    }
}

impl InterestUnit {
    /// The unit.
    pub const fn money(self) -> Money {
        Money::from_sen(match self {
            Self::Rupiah1 => 100,
            Self::Sen => 1,
        })
    }

    /// The unit of this amount, if there is one.
    pub fn of(amount: Money) -> Option<Self> {
        Self::ALL.iter().copied().find(|unit| unit.money() == amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_both_ways_and_into_json() {
        for method in Method::ALL {
            assert_eq!(method.code().parse(), Ok(*method));
            let json = serde_json::to_string(method).unwrap();
            assert_eq!(json, format!("{:?}", method.code()));
            assert_eq!(serde_json::from_str::<Method>(&json).unwrap(), *method);
        }
        let fault = "bullet".parse::<Method>().unwrap_err();
        assert_eq!(fault.to_string(), "is one of flat, anuitas, efektif");
    }

    #[test]
    fn finer_units_come_coarsest_first() {
        let units: Vec<_> =
            InstalmentUnit::Rupiah500.and_finer().map(|u| u.money().sen()).collect();
        assert_eq!(units, [50_000, 10_000, 100, 1]);
        assert_eq!(InstalmentUnit::of(Money::from_sen(7)), None);
    }
}
