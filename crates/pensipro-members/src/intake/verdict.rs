//! What became of each row.

use pensipro_kernel::{Faults, MemberId, codes};
use serde::{Deserialize, Serialize};

codes! {
    /// What became of a row.
    pub enum VerdictKind {
        /// Its person is a member now.
        Registered = "registered",
        /// Its person would be registered: nothing was stored.
        Acceptable = "acceptable",
        /// Its person was a member already. Nothing was changed.
        Present = "present",
        /// It cannot be taken.
        Refused = "refused",
    }
}

/// What became of a registration, one of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registration {
    /// Its person is a member now.
    Registered(MemberId),
    /// Its person would be registered: nothing was stored.
    Acceptable,
    /// Its person was a member already; in a dry run he may be that of an earlier row.
    Present(Option<MemberId>),
    /// It cannot be taken.
    Refused(Faults),
}

/// The verdict on a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowVerdict {
    /// The row's number in the sheet.
    pub row: u32,
    /// What became of it.
    pub registration: Registration,
}

/// A row's fault as it is stored: it never repeats what the row holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFault {
    /// The field.
    pub field: String,
    /// Stable, snake_case.
    pub code: String,
    /// What is wrong, for people.
    pub message: String,
}

/// A verdict as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVerdict {
    /// The row's number in the sheet.
    pub row: u32,
    /// What became of it.
    pub kind: VerdictKind,
    /// The member that it is.
    pub member_id: Option<MemberId>,
    /// What is wrong with it.
    pub faults: Vec<RowFault>,
}

/// How many rows came to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Members now.
    pub registered: u32,
    /// Members, were it no dry run.
    pub acceptable: u32,
    /// Members before.
    pub present: u32,
    /// Not taken.
    pub refused: u32,
}

impl Registration {
    /// What became of the row.
    pub const fn kind(&self) -> VerdictKind {
        match self {
            Self::Registered(_) => VerdictKind::Registered,
            Self::Acceptable => VerdictKind::Acceptable,
            Self::Present(_) => VerdictKind::Present,
            Self::Refused(_) => VerdictKind::Refused,
        }
    }
}

impl From<RowVerdict> for StoredVerdict {
    fn from(RowVerdict { row, registration }: RowVerdict) -> Self {
        let kind = registration.kind();
        let (member_id, faults) = match registration {
            Registration::Registered(member) => (Some(member), Vec::new()),
            Registration::Present(member) => (member, Vec::new()),
            Registration::Acceptable => (None, Vec::new()),
            Registration::Refused(faults) => (None, stored(&faults)),
        };
        Self { row, kind, member_id, faults }
    }
}

fn stored(faults: &Faults) -> Vec<RowFault> {
    let faults = faults.list().iter().cloned();
    let fault = |fault: pensipro_kernel::FieldFault| RowFault {
        field: fault.field,
        code: fault.code.to_owned(),
        message: fault.message,
    };
    faults.map(fault).collect()
}

impl Tally {
    /// With these verdicts counted.
    #[must_use]
    pub fn with(mut self, verdicts: &[RowVerdict]) -> Self {
        for RowVerdict { row: _, registration } in verdicts {
            let count = match registration.kind() {
                VerdictKind::Registered => &mut self.registered,
                VerdictKind::Acceptable => &mut self.acceptable,
                VerdictKind::Present => &mut self.present,
                VerdictKind::Refused => &mut self.refused,
            };
            *count = count.saturating_add(1);
        }
        self
    }

    /// All rows counted.
    pub const fn rows(self) -> u32 {
        let Self { registered, acceptable, present, refused } = self;
        registered.saturating_add(acceptable).saturating_add(present).saturating_add(refused)
    }
}
