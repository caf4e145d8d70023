//! Active, inactive or deceased: who may record it, and what it does to loans.

use chrono::NaiveDate;
use pensipro_kernel::{
    Actor, AuditValue, Faults, FieldFault, UserId, codes, optional_text, read_code,
};

use crate::{Member, MemberError, Obligations};

codes! {
    /// A member's status.
    pub enum MemberStatus {
        /// May borrow.
        Active = "aktif",
        /// May not borrow.
        Inactive = "nonaktif",
        /// Deceased.
        Deceased = "meninggal",
    }
}

codes! {
    /// What becomes of open loans when a member is no longer active.
    pub enum LoanResolution {
        /// Kept open, taken off the pension cut, to be paid by heirs or an insurer.
        HeirSettlement = "heir_settlement",
        /// Set to default.
        Default = "default",
        /// Left as they are.
        Keep = "keep",
    }
}

/// A member's status with what belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// May borrow.
    Active,
    /// May not borrow.
    Inactive,
    /// Deceased.
    Deceased(Death),
}

/// A recorded death. Only another person than the one who recorded it can correct it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// The day he died.
    pub deceased_on: NaiveDate,
    /// Who recorded it; `None` for the system.
    pub recorded_by: Option<UserId>,
}

/// The status asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewStatus {
    /// May borrow (again).
    Active,
    /// May no longer borrow.
    Inactive,
    /// Died on this day.
    Deceased(NaiveDate),
}

/// A checked change of status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusCommand {
    /// The status asked for.
    pub to: NewStatus,
    /// What is to become of open loans.
    pub loan_resolution: Option<LoanResolution>,
    /// Why; a correction of a death needs it.
    pub reason: Option<String>,
}

/// The status fields of a change as they came in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of StatusCommand, unchecked")]
pub struct RawStatus {
    pub status: Option<String>,
    pub deceased_on: Option<NaiveDate>,
    pub loan_resolution: Option<String>,
    pub reason: Option<String>,
}

/// What a change of status does, to be carried out in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusDecision {
    /// The member's new standing.
    pub standing: Standing,
    /// What becomes of every open loan; `None` leaves them alone.
    pub open_loans: Option<LoanResolution>,
    /// What every open loan learns of a death.
    pub death: DeathNotice,
    /// What becomes of open applications and loans not yet disbursed.
    pub unfinished: Unfinished,
}

/// What every open loan learns of a member's death.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeathNotice {
    /// Nothing.
    None,
    /// He died on this day.
    Died(NaiveDate),
    /// The day that was recorded is reversed; he died on this one.
    Redated(NaiveDate),
    /// The death that was recorded is reversed.
    Reversed,
}

/// What becomes of open applications and loans not yet disbursed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// They stay.
    Keep,
    /// They are cancelled, for good.
    Cancel,
}

impl Standing {
    /// The status alone.
    pub const fn status(&self) -> MemberStatus {
        match self {
            Self::Active => MemberStatus::Active,
            Self::Inactive => MemberStatus::Inactive,
            Self::Deceased(_) => MemberStatus::Deceased,
        }
    }

    /// The recorded death.
    pub const fn death(&self) -> Option<Death> {
        match self {
            Self::Deceased(death) => Some(*death),
            Self::Active | Self::Inactive => None,
        }
    }

    /// From stored columns; `None` for a deceased member without a date of death.
    pub fn from_stored(status: MemberStatus, death: Option<Death>) -> Option<Self> {
        match status {
            MemberStatus::Active => Some(Self::Active),
            MemberStatus::Inactive => Some(Self::Inactive),
            MemberStatus::Deceased => death.map(Self::Deceased),
        }
    }

    pub(crate) fn audit_view(&self, view: AuditValue) -> AuditValue {
        let view = view.with("status", self.status().code());
        match self.death() {
            Some(death) => view.personal("deceased_on", death.deceased_on.to_string()),
            None => view,
        }
    }
}

impl RawStatus {
    /// True if none of the status fields was given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl StatusCommand {
    /// Checks the status fields of a body; `today` is the business day.
    pub fn check(raw: &RawStatus, today: NaiveDate) -> Result<Self, Faults> {
        let mut faults = Faults::new();
        let to = faults.take(new_status(raw, today));
        let loan_resolution = faults.take(
            raw.loan_resolution
                .as_deref()
                .map(|code| read_code("loan_resolution", code))
                .transpose(),
        );
        let reason = faults.take(optional_text("reason", raw.reason.as_deref(), 500));
        let command = || Some(Self { to: to?, loan_resolution: loan_resolution?, reason: reason? });
        faults.finish(command())
    }
}

fn new_status(raw: &RawStatus, today: NaiveDate) -> Result<NewStatus, FieldFault> {
    let code = raw.status.as_deref().ok_or_else(|| FieldFault::required("status"))?;
    match (read_code("status", code)?, raw.deceased_on) {
        (MemberStatus::Active, None) => Ok(NewStatus::Active),
        (MemberStatus::Inactive, None) => Ok(NewStatus::Inactive),
        (MemberStatus::Deceased, None) => Err(FieldFault::required("deceased_on")),
        (MemberStatus::Deceased, Some(day)) if day <= today => Ok(NewStatus::Deceased(day)),
        (MemberStatus::Deceased, Some(_)) => {
            Err(FieldFault::new("deceased_on", "invalid_date", "is not in the future"))
        }
        (MemberStatus::Active | MemberStatus::Inactive, Some(_)) => Err(FieldFault::new(
            "deceased_on",
            "not_applicable",
            "belongs to the status meninggal alone",
        )),
    }
}

/// Decides a change of status from what the member has running. `None` when the member has that
/// status already.
///
/// Leaving `aktif` resolves open loans as the command says (a death without a word: by heirs) and
/// cancels what is not finished. A recorded death is corrected by another person alone, with a
/// reason; what it cancelled stays cancelled.
pub fn decide_status_change(
    member: &Member,
    has: Obligations,
    by: &Actor,
    command: &StatusCommand,
) -> Result<Option<StatusDecision>, MemberError> {
    let standing = standing_after(command.to, by);
    let decision = match (member.standing, command.to) {
        (Standing::Active, NewStatus::Active) | (Standing::Inactive, NewStatus::Inactive) => None,
        (Standing::Deceased(death), NewStatus::Deceased(day)) if death.deceased_on == day => None,
        (Standing::Deceased(death), to) => {
            may_correct(death, by, command)?;
            let death = match to {
                NewStatus::Deceased(day) => DeathNotice::Redated(day),
                NewStatus::Active | NewStatus::Inactive => DeathNotice::Reversed,
            };
            let open_loans = command.loan_resolution;
            Some(StatusDecision { standing, open_loans, death, unfinished: Unfinished::Keep })
        }
        (Standing::Active, NewStatus::Inactive) => {
            if has.open_loans > 0 && command.loan_resolution.is_none() {
                return Err(MemberError::LoanResolutionRequired);
            }
            let open_loans = command.loan_resolution;
            let death = DeathNotice::None;
            Some(StatusDecision { standing, open_loans, death, unfinished: Unfinished::Cancel })
        }
        (Standing::Active | Standing::Inactive, NewStatus::Deceased(day)) => {
            let open_loans =
                Some(command.loan_resolution.unwrap_or(LoanResolution::HeirSettlement));
            let death = DeathNotice::Died(day);
            Some(StatusDecision { standing, open_loans, death, unfinished: Unfinished::Cancel })
        }
        (Standing::Inactive, NewStatus::Active) => Some(StatusDecision {
            standing,
            open_loans: None,
            death: DeathNotice::None,
            unfinished: Unfinished::Keep,
        }),
    };
    match command.to {
        NewStatus::Deceased(day) if day < member.details.birth_date => {
            let mut faults = Faults::new();
            faults.add("deceased_on", "invalid_date", "is not before the birth date");
            Err(faults.into())
        }
        _ => Ok(decision),
    }
}

fn standing_after(to: NewStatus, by: &Actor) -> Standing {
    match to {
        NewStatus::Active => Standing::Active,
        NewStatus::Inactive => Standing::Inactive,
        NewStatus::Deceased(deceased_on) => {
            Standing::Deceased(Death { deceased_on, recorded_by: by.user_id })
        }
    }
}

fn may_correct(death: Death, by: &Actor, command: &StatusCommand) -> Result<(), MemberError> {
    if by.is_user(death.recorded_by) {
        return Err(MemberError::SamePerson);
    }
    if command.reason.is_none() {
        let mut faults = Faults::new();
        faults.add("reason", "required", "a recorded death is corrected with a reason");
        return Err(faults.into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{actor, member, today};
    use pensipro_kernel::DomainError;

    const FREE: Obligations = Obligations { open_applications: 0, pending_loans: 0, open_loans: 0 };
    const BORROWS: Obligations = Obligations { open_loans: 1, ..FREE };
    const APPLIES: Obligations = Obligations { open_applications: 1, ..FREE };

    fn to(to: NewStatus) -> StatusCommand {
        StatusCommand { to, loan_resolution: None, reason: None }
    }

    fn dead(recorder: i64) -> Member {
        let death = Death { deceased_on: today(), recorded_by: Some(UserId::new(recorder)) };
        Member { standing: Standing::Deceased(death), ..member() }
    }

    #[test]
    fn the_status_fields_are_checked_together() {
        let check = |status: &str, deceased_on| {
            let raw =
                RawStatus { status: Some(status.into()), deceased_on, ..RawStatus::default() };
            StatusCommand::check(&raw, today()).map_err(|faults| faults.list()[0].code)
        };
        assert_eq!(check("aktif", None), Ok(to(NewStatus::Active)));
        assert_eq!(check("meninggal", Some(today())), Ok(to(NewStatus::Deceased(today()))));
        assert_eq!(check("meninggal", None), Err("required"));
        assert_eq!(check("meninggal", today().succ_opt()), Err("invalid_date"));
        assert_eq!(check("nonaktif", Some(today())), Err("not_applicable"));
        assert_eq!(check("gone", None), Err("unknown_value"));
    }

    #[test]
    fn leaving_active_with_a_loan_needs_a_resolution() {
        let decide = |has, command| decide_status_change(&member(), has, &actor(1), &command);
        let error = decide(BORROWS, to(NewStatus::Inactive)).unwrap_err();
        assert_eq!(error.kind().code, "loan_resolution_required");
        let keep = StatusCommand {
            loan_resolution: Some(LoanResolution::Keep),
            ..to(NewStatus::Inactive)
        };
        let decided = decide(BORROWS, keep).unwrap().unwrap();
        assert_eq!(decided.open_loans, Some(LoanResolution::Keep));
        assert_eq!(decided.unfinished, Unfinished::Cancel);
        let decided = decide(APPLIES, to(NewStatus::Inactive)).unwrap().unwrap();
        assert_eq!((decided.open_loans, decided.unfinished), (None, Unfinished::Cancel));
    }

    #[test]
    fn a_death_is_settled_by_heirs_unless_told_otherwise() {
        let decided =
            decide_status_change(&member(), BORROWS, &actor(1), &to(NewStatus::Deceased(today())))
                .unwrap()
                .unwrap();
        assert_eq!(decided.open_loans, Some(LoanResolution::HeirSettlement));
        assert_eq!(decided.death, DeathNotice::Died(today()));
        assert_eq!(decided.standing.death().unwrap().recorded_by, Some(UserId::new(1)));
    }

    #[test]
    fn only_another_person_corrects_a_death_and_says_why() {
        let code = |by: i64, reason: Option<&str>| {
            let command =
                StatusCommand { reason: reason.map(str::to_owned), ..to(NewStatus::Active) };
            decide_status_change(&dead(1), FREE, &actor(by), &command)
                .map(|decided| decided.unwrap().death)
                .map_err(|error| error.kind().code)
        };
        assert_eq!(code(1, Some("wrong person")), Err("same_person"));
        assert_eq!(code(2, None), Err("validation_failed"));
        assert_eq!(code(2, Some("wrong person")), Ok(DeathNotice::Reversed));
    }

    #[test]
    fn the_same_status_changes_nothing() {
        let same = |member: &Member, to_status| {
            decide_status_change(member, BORROWS, &actor(1), &to(to_status)).unwrap()
        };
        assert_eq!(same(&member(), NewStatus::Active), None);
        assert_eq!(same(&dead(1), NewStatus::Deceased(today())), None);
    }

    #[test]
    fn nobody_dies_before_birth() {
        let early = to(NewStatus::Deceased("1900-01-02".parse().unwrap()));
        let error = decide_status_change(&member(), FREE, &actor(1), &early).unwrap_err();
        assert_eq!(error.fields()[0].field, "deceased_on");
    }
}
