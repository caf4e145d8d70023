//! How long to wait before another try, and when to give up.

use chrono::TimeDelta;

/// Before the second try, at most.
const FIRST: TimeDelta = TimeDelta::seconds(10);

/// Before any further one, at most.
const LONGEST: TimeDelta = TimeDelta::hours(1);

/// The pause after so many tries: up to 10 seconds after the first, twice as long after each further
/// one, up to an hour; by chance between half of that and the whole, so that what failed together does
/// not come back together.
pub fn pause(tries: u32, chance: u16) -> TimeDelta {
    let doubled = 1_i32.checked_shl(tries.saturating_sub(1)).filter(|factor| *factor > 0);
    let whole = doubled.and_then(|factor| FIRST.checked_mul(factor)).unwrap_or(LONGEST);
    let half = whole.min(LONGEST) / 2;
    let share = half.num_milliseconds().saturating_mul(i64::from(chance)) / i64::from(u16::MAX);
    half + TimeDelta::milliseconds(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let longest = |tries| pause(tries, u16::MAX).num_seconds();
        let seconds: Vec<i64> = [1, 2, 3, 8, 9, 10, 40, u32::MAX].map(longest).to_vec();
        assert_eq!(seconds, [10, 20, 40, 1_280, 2_560, 3_600, 3_600, 3_600]);
        assert_eq!(pause(1, 0).num_seconds(), 5);
    }

    proptest! {
        #[test]
        fn a_pause_lies_between_half_and_the_whole_and_never_shrinks(
            tries in 1_u32..200, chance: u16,
        ) {
            let (least, most) = (pause(tries, 0), pause(tries, u16::MAX));
            prop_assert_eq!(least * 2, most);
            prop_assert!((least..=most).contains(&pause(tries, chance)));
            prop_assert!(pause(tries + 1, 0) >= least && most <= LONGEST);
        }
    }
}
