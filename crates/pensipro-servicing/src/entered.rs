//! What was entered to a loan, and what was known of it on a day.

use chrono::NaiveDate;

use crate::input::Input;

/// What was entered to a loan: the inputs that stand, and those that were taken back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entered {
    /// The inputs that stand.
    pub inputs: Vec<Input>,
    /// The inputs that were reversed.
    pub taken_back: Vec<TakenBack>,
}

/// An input that a reversal took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenBack {
    /// The input.
    pub input: Input,
    /// The business date on which the reversal was entered.
    pub on: NaiveDate,
}

impl Entered {
    /// The inputs whose two dates lie on or before the day, without those that a reversal entered by
    /// then took back.
    pub fn known_on(&self, day: NaiveDate) -> impl Iterator<Item = &Input> {
        let standing = self.inputs.iter().filter(move |input| is_known(input, day));
        standing.chain(self.taken_back_later(day))
    }

    /// True where what was known on the day are the inputs that stand up to it: none of them was
    /// entered later, and none was taken back later.
    pub fn stood_as_now(&self, day: NaiveDate) -> bool {
        let late = |input: &Input| input.effective_on <= day && input.booked_on > day;
        !self.inputs.iter().any(late) && self.taken_back_later(day).next().is_none()
    }

    fn taken_back_later(&self, day: NaiveDate) -> impl Iterator<Item = &Input> {
        let later = self.taken_back.iter().filter(move |gone| gone.on > day);
        later.map(|gone| &gone.input).filter(move |input| is_known(input, day))
    }
}

fn is_known(input: &Input, day: NaiveDate) -> bool {
    input.effective_on <= day && input.booked_on <= day
}
