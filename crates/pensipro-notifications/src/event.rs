//! The events that people are told of: which values they carry, and who is told.

/// What a template that belongs to no event is for: notices written by hand.
pub const MANUAL: &str = "manual";

pensipro_kernel::codes! {
    /// What events are about, as a member chooses which channels may tell him of them.
    pub enum EventGroup {
        /// What becomes of an application.
        Application = "application",
        /// Disbursement and settlement.
        Loan = "loan",
        /// Payments that came.
        Payment = "payment",
        /// Instalments that are due or late.
        Reminder = "reminder",
        /// Money that goes back.
        Refund = "refund",
        /// What becomes of a request to restructure.
        Restructure = "restructure",
        /// Notices that somebody writes.
        Manual = "manual",
    }
}

/// An event that people are told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventKind {
    /// Its name in the outbox.
    pub name: &'static str,
    /// What it is about.
    pub group: EventGroup,
    /// The values that a template may name.
    pub placeholders: &'static [(&'static str, Shape)],
    /// Who is told.
    pub audience: &'static [Audience],
}

/// How a value is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// As it is.
    Text,
    /// `Rp1.500.000`.
    Amount,
    /// `10 Maret 2026`.
    Date,
}

/// Who is told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The sales person who brought the application or loan: as the user as whom he signs in, else by
    /// his own e-mail address and telephone number.
    Sales,
    /// The member whom it concerns.
    Member,
    /// Who holds one of the roles that the event's `roles` lists, in the thing's branch or the house.
    Roles,
    /// The users of the funder that the event's `funder_id` names, and its contact.
    Funder,
}

use Audience::{Funder, Member, Roles, Sales};
use EventGroup::{Application, Loan, Payment, Refund, Reminder, Restructure};
use Shape::{Amount, Date, Text};

const OF_APPLICATION: &[(&str, Shape)] = &[("number", Text), ("plafon", Amount), ("tenor", Text)];
const OF_REFUND: &[(&str, Shape)] = &[("amount", Amount)];

const EVENTS: &[EventKind] = &[
    kind("application.approved", Application, OF_APPLICATION, &[Sales, Member]),
    kind("application.rejected", Application, OF_APPLICATION, &[Sales, Member]),
    kind("application.cancelled", Application, OF_APPLICATION, &[Sales, Member]),
    kind(
        "application.deadline_passed",
        Application,
        &[("number", Text), ("plafon", Amount), ("level", Text), ("waiting_since", Date)],
        &[Roles],
    ),
    kind(
        "funder.settlement_generated",
        Loan,
        &[("periode", Text), ("funder", Text), ("amount", Amount)],
        &[Roles, Funder],
    ),
    kind(
        "loan.disbursed",
        Loan,
        &[
            ("loan_number", Text),
            ("amount", Amount),
            ("net_amount", Amount),
            ("disbursed_on", Date),
        ],
        &[Sales, Member],
    ),
    kind("loan.settled", Loan, &[("loan_number", Text), ("amount", Amount)], &[Member]),
    kind(
        "loan.due_soon",
        Reminder,
        &[("loan_number", Text), ("due_date", Date), ("days", Text), ("amount", Amount)],
        &[Member],
    ),
    kind(
        "loan.overdue",
        Reminder,
        &[("loan_number", Text), ("due_date", Date), ("dpd", Text), ("amount", Amount)],
        &[Member],
    ),
    kind(
        "payment.received",
        Payment,
        &[("loan_number", Text), ("amount", Amount), ("paid_on", Date)],
        &[Member],
    ),
    kind("refund.approved", Refund, OF_REFUND, &[Member]),
    kind("refund.paid", Refund, OF_REFUND, &[Member]),
    kind("refund.rejected", Refund, OF_REFUND, &[Member]),
    kind(
        "restructure.approved",
        Restructure,
        &[("loan_number", Text), ("effective_on", Date), ("instalment", Amount)],
        &[Member],
    ),
    kind(
        "restructure.rejected",
        Restructure,
        &[("loan_number", Text), ("effective_on", Date)],
        &[Member],
    ),
];

const fn kind(
    name: &'static str,
    group: EventGroup,
    placeholders: &'static [(&'static str, Shape)],
    audience: &'static [Audience],
) -> EventKind {
    EventKind { name, group, placeholders, audience }
}

impl EventKind {
    /// Every one.
    pub const ALL: &[Self] = EVENTS;

    /// The event of a name; `None` for one that nobody is told of.
    pub fn named(name: &str) -> Option<&'static Self> {
        EVENTS.iter().find(|event| event.name == name)
    }

    /// How a value is printed; `None` for one that the event does not carry.
    pub fn shape_of(&self, placeholder: &str) -> Option<Shape> {
        self.placeholders.iter().find(|(name, _)| *name == placeholder).map(|(_, shape)| *shape)
    }
}
