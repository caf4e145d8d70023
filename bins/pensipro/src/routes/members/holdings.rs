//! What is held of a member, section by section, as bodies of the interface show it.

use pensipro_audit::{AccessFilter, AccessRepository, member_rectifications, member_timeline};
use pensipro_kernel::{Actor, MemberId, Moment, Page, PageRequest, Scope};
use pensipro_members::{
    BankAccountRepository, ConsentRepository, ContactRepository, MemberDocumentRepository,
};
use pensipro_notifications::{NotificationFilter, NotificationRepository, PreferenceRepository};
use pensipro_origination::{
    ApplicationFilter,
    usecases::{list_applications, list_documents},
};
use pensipro_persistence::Tx;
use pensipro_sales::VisitRepository;
use pensipro_servicing::{
    LoanFilter, RefundFilter, RefundRepository, list_loans, list_transactions,
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    bodies::{
        applications::ApplicationDocumentBody,
        billing::RefundBody,
        loans::{LoanBody, TransactionBody},
        logs::AccessBody,
        members::{
            AccountBody, ConsentBody, ContactBody, DocumentBody, RectificationBody,
            TimelineEventBody,
        },
        messages::PreferencesBody,
        notifications::NotificationBody,
        sales::VisitBody,
    },
    http::Problem,
    policy::Policies,
    routes::applications,
};

/// A section's name, and how a page of it is read.
pub(super) type Section = (&'static str, Read);

type Read = fn(
    &mut Tx<'_>,
    &Actor,
    MemberId,
    &PageRequest,
    (&Policies, Moment),
) -> Result<Page<Value>, Problem>;

/// Everything but the member himself.
pub(super) const SECTIONS: &[Section] = &[
    ("contacts", |tx, _, member, _, _| whole(tx.contacts(member)?, ContactBody::from)),
    ("bank_accounts", |tx, _, member, _, _| whole(tx.bank_accounts(member)?, AccountBody::from)),
    ("documents", |tx, _, member, _, _| whole(tx.member_documents(member)?, DocumentBody::from)),
    ("consents", |tx, _, member, _, _| whole(tx.consents(member)?, ConsentBody::from)),
    ("notification_preferences", |tx, _, member, _, _| {
        let chosen = tx.preferences_of(&[member])?.into_values();
        whole(chosen.collect(), PreferencesBody::from)
    }),
    ("notifications", |tx, _, member, page, _| {
        let filter =
            NotificationFilter { member_id: Some(member), ..NotificationFilter::default() };
        let notices = tx.notifications(&filter, page, Scope::WholeHouse)?;
        page_of(notices, |notice| value(NotificationBody::from(notice)))
    }),
    ("visits", |tx, _, member, _, _| whole(tx.visits_to(member)?, VisitBody::from)),
    ("applications", applied),
    ("loans", borrowed),
    ("refunds", |tx, _, member, page, _| {
        let filter = RefundFilter { member_id: Some(member), ..RefundFilter::default() };
        page_of(tx.refunds(&filter, page)?, |refund| value(RefundBody::from(refund)))
    }),
    ("timeline", |tx, _, member, page, _| {
        let found = member_timeline(tx, member, page)?;
        page_of(found.page, |event| value(TimelineEventBody::of(event, &found.actors)))
    }),
    ("rectifications", |tx, _, member, page, _| {
        let found = member_rectifications(tx, member, page)?;
        page_of(found.page, |made| value(RectificationBody::of(made, &found.actors)))
    }),
    ("accesses", |tx, _, member, page, _| {
        let filter = AccessFilter { member_id: Some(member), ..AccessFilter::default() };
        page_of(tx.accesses(&filter, page)?, |row| value(AccessBody::from(row)))
    }),
];

fn value(body: impl Serialize) -> Result<Value, Problem> {
    serde_json::to_value(body)
        .map_err(|error| Problem::internal(format!("a body cannot be written: {error}")))
}

fn page_of<T>(
    page: Page<T>,
    body: impl FnMut(T) -> Result<Value, Problem>,
) -> Result<Page<Value>, Problem> {
    let Page { data, next, total } = page;
    let data = data.into_iter().map(body).collect::<Result<_, _>>()?;
    Ok(Page { data, next, total })
}

/// A section that is read at once: a member has few of these.
fn whole<T, B: Serialize>(
    things: Vec<T>,
    mut body: impl FnMut(T) -> B,
) -> Result<Page<Value>, Problem> {
    let page = Page { data: things, next: None, total: None };
    page_of(page, |thing| value(body(thing)))
}

/// Applications with what was said of them and the papers that belong to them.
fn applied(
    tx: &mut Tx<'_>,
    reader: &Actor,
    member: MemberId,
    page: &PageRequest,
    (policies, _): (&Policies, Moment),
) -> Result<Page<Value>, Problem> {
    let filter = ApplicationFilter { member_id: Some(member), ..ApplicationFilter::default() };
    let found = list_applications(tx, reader, &filter, page)?;
    page_of(found, |application| {
        let (detail, _) = applications::detail(tx, reader, application.id, policies)?;
        let papers = list_documents(tx, reader, application.id)?;
        let papers: Vec<_> = papers.into_iter().map(ApplicationDocumentBody::from).collect();
        with(value(detail)?, "documents", value(papers)?)
    })
}

/// Loans with everything that was done to them.
fn borrowed(
    tx: &mut Tx<'_>,
    reader: &Actor,
    member: MemberId,
    page: &PageRequest,
    (policies, at): (&Policies, Moment),
) -> Result<Page<Value>, Problem> {
    let filter = LoanFilter { member_id: Some(member), ..LoanFilter::default() };
    let found = list_loans(tx, reader.scope, &filter, page)?;
    page_of(found, |summary| {
        let figures = summary.figures(&policies.servicing.kolektibilitas, at.today);
        let done = list_transactions(tx, reader.scope, summary.loan.id)?;
        let done: Vec<_> = done.into_iter().map(TransactionBody::from).collect();
        with(value(LoanBody::of(summary.loan, figures))?, "transactions", value(done)?)
    })
}

fn with(mut object: Value, field: &str, part: Value) -> Result<Value, Problem> {
    match object.as_object_mut() {
        Some(fields) => fields.insert(field.to_owned(), part),
        None => return Err(Problem::internal("a body is no object")),
    };
    Ok(object)
}
