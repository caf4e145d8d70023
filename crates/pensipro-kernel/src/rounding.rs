//! Integer division that says how it rounds.

/// How a division that does not come out even is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rounding {
    /// To the nearest, a half away from zero: the rule wherever no other is named.
    HalfAwayFromZero,
    /// To the nearest, a half to the even neighbour.
    HalfEven,
    /// Away from zero.
    Up,
    /// Towards zero.
    Down,
}

/// `numerator / denominator`, rounded once; `None` when the denominator is zero or the quotient
/// does not fit.
pub fn div_round(numerator: i128, denominator: i128, rounding: Rounding) -> Option<i128> {
    let quotient = numerator.checked_div(denominator)?;
    let remainder = numerator.checked_rem(denominator)?;
    if remainder == 0 {
        return Some(quotient);
    }
    let twice = remainder.unsigned_abs().checked_mul(2)?;
    let whole = denominator.unsigned_abs();
    let away = match rounding {
        Rounding::HalfAwayFromZero => twice >= whole,
        Rounding::HalfEven => twice > whole || (twice == whole && quotient & 1 == 1),
        Rounding::Up => true,
        Rounding::Down => false,
    };
    let step = if (numerator < 0) == (denominator < 0) { 1 } else { -1 };
    if away { quotient.checked_add(step) } else { Some(quotient) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Rounding::{Down, HalfAwayFromZero, HalfEven, Up};

    #[test]
    fn each_rule_at_the_half_and_beside_it() {
        for (numerator, half_away, half_even, up, down) in [
            (5, 3, 2, 3, 2),
            (7, 4, 4, 4, 3),
            (-5, -3, -2, -3, -2),
            (-7, -4, -4, -4, -3),
            (4, 2, 2, 2, 2),
        ] {
            assert_eq!(div_round(numerator, 2, HalfAwayFromZero), Some(half_away), "{numerator}");
            assert_eq!(div_round(numerator, 2, HalfEven), Some(half_even), "{numerator}");
            assert_eq!(div_round(numerator, 2, Up), Some(up), "{numerator}");
            assert_eq!(div_round(numerator, 2, Down), Some(down), "{numerator}");
        }
        assert_eq!(div_round(1, 3, HalfAwayFromZero), Some(0));
        assert_eq!(div_round(-1, 3, Up), Some(-1));
        assert_eq!(div_round(1, 0, Up), None);
        assert_eq!(div_round(i128::MIN, -1, Up), None);
    }
}
