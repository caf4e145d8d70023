//! The hours in which nobody is disturbed.

use chrono::{Days, NaiveDateTime, NaiveTime};

/// A stretch of every day, by the clock on the wall: from its first minute until just before its last.
/// It may pass midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuietHours {
    from: NaiveTime,
    until: NaiveTime,
}

impl QuietHours {
    /// From one time of the day until another; `None` where they are the same.
    pub fn new(from: NaiveTime, until: NaiveTime) -> Option<Self> {
        (from != until).then_some(Self { from, until })
    }

    /// True within them.
    pub fn hold(&self, at: NaiveDateTime) -> bool {
        let time = at.time();
        match self.from < self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        }
    }

    /// When what is ready at this time may go: at once, or at the end of the quiet hours.
    pub fn release(&self, at: NaiveDateTime) -> NaiveDateTime {
        if !self.hold(at) {
            return at;
        }
        let today = at.date().and_time(self.until);
        match today > at {
            true => today,
            false => today.checked_add_days(Days::new(1)).unwrap_or(today),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{NaiveDate, TimeDelta};
    use proptest::prelude::*;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn at(day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 6, day).unwrap().and_time(time(hour, minute))
    }

    #[test]
    fn a_night_ends_in_the_morning() {
        let night = QuietHours::new(time(21, 0), time(7, 0)).unwrap();
        for (ready, goes) in [
            (at(15, 20, 59), at(15, 20, 59)),
            (at(15, 21, 0), at(16, 7, 0)),
            (at(15, 23, 59), at(16, 7, 0)),
            (at(16, 0, 0), at(16, 7, 0)),
            (at(16, 6, 59), at(16, 7, 0)),
            (at(16, 7, 0), at(16, 7, 0)),
        ] {
            assert_eq!(night.release(ready), goes, "{ready}");
        }
        let noon = QuietHours::new(time(12, 0), time(13, 0)).unwrap();
        assert_eq!(noon.release(at(15, 12, 30)), at(15, 13, 0));
        assert_eq!(noon.release(at(15, 23, 30)), at(15, 23, 30));
        assert_eq!(QuietHours::new(time(7, 0), time(7, 0)), None);
    }

    proptest! {
        #[test]
        fn what_is_held_goes_once_within_a_day(
            from in 0_u32..1_440, until in 0_u32..1_440, minutes in 0_i64..100_000,
        ) {
            prop_assume!(from != until);
            let quiet = QuietHours::new(time(from / 60, from % 60), time(until / 60, until % 60));
            let quiet = quiet.unwrap();
            let ready = at(1, 0, 0) + TimeDelta::minutes(minutes);
            let goes = quiet.release(ready);
            prop_assert!(!quiet.hold(goes));
            prop_assert_eq!(quiet.release(goes), goes);
            prop_assert_eq!(goes == ready, !quiet.hold(ready));
            prop_assert!(goes >= ready && goes - ready < TimeDelta::days(1));
            // Nothing between the two is free: it goes at the first minute that is.
            if goes > ready {
                prop_assert!(quiet.hold(goes - TimeDelta::minutes(1)));
            }
        }
    }
}
