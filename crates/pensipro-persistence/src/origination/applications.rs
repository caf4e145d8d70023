//! Applications.

use chrono::NaiveDate;
use diesel::prelude::*;
use pensipro_kernel::{
    ApplicationId, BranchId, LoanId, MemberId, Money, Page, PageRequest, Position, SalesId, Scope,
    StorageError, UserId, Version,
};
use pensipro_origination::{
    Application, ApplicationDraft, ApplicationFilter, ApplicationRepository, ApplicationSort,
    ApplicationStatus, OpenLoanFacts,
};
use pensipro_servicing::LoanStatus;

use super::{
    application_rows::{ApplicationRow, RequestColumns},
    desk::on_desk,
};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::{count, parse_time_key, time_key, to_json},
    schema::{applications, loans},
    scope::seen_applications,
    sql::{Locked, Raw, RowLock, after, columns},
};

pub(super) type ApplicationQuery =
    diesel::helper_types::IntoBoxed<'static, applications::table, MultiBackend>;

fn filtered(filter: &ApplicationFilter, scope: Scope) -> ApplicationQuery {
    let ApplicationFilter { status, member_id, sales_id, product_id, desk, level, sort } =
        filter.clone();
    let mut query = applications::table.filter(seen_applications(scope)).into_boxed();
    if let Some(status) = status {
        query = query.filter(applications::status.eq(status.code()));
    }
    if let Some(member) = member_id {
        query = query.filter(applications::member_id.eq(member.get()));
    }
    if let Some(sales) = sales_id {
        query = query.filter(applications::sales_id.eq(sales.get()));
    }
    if let Some(product) = product_id {
        query = query.filter(applications::product_id.eq(product.get()));
    }
    if let Some(level) = level {
        query = query.filter(applications::due_level.eq(i32::from(level.get())));
    }
    if sort == ApplicationSort::WaitingSince {
        query = query.filter(applications::waiting_since.is_not_null());
    }
    match desk {
        Some(desk) => on_desk(query, desk),
        None => query,
    }
}

fn paged(
    query: ApplicationQuery,
    sort: ApplicationSort,
    page: &PageRequest,
) -> Result<ApplicationQuery, StorageError> {
    use applications::{created_at, id, waiting_since};
    let query = match (sort, page.after.clone()) {
        (_, None) => query,
        (ApplicationSort::CreatedAt, Some(last)) => {
            after!(query, rising, created_at, id, parse_time_key(&last.key)?, last.id)
        }
        (ApplicationSort::CreatedAtDescending, Some(last)) => {
            after!(query, falling, created_at, id, parse_time_key(&last.key)?, last.id)
        }
        (ApplicationSort::WaitingSince, Some(last)) => {
            after!(query, rising, waiting_since, id, parse_time_key(&last.key)?, last.id)
        }
    };
    let query = match sort {
        ApplicationSort::CreatedAt => query.order((created_at.asc(), id.asc())),
        ApplicationSort::CreatedAtDescending => query.order((created_at.desc(), id.desc())),
        ApplicationSort::WaitingSince => query.order((waiting_since.asc(), id.asc())),
    };
    Ok(query.limit(i64::from(page.limit) + 1))
}

fn position(sort: ApplicationSort, application: &Application) -> Position {
    let key = match (sort, application.waiting) {
        (ApplicationSort::WaitingSince, Some(waiting)) => waiting.since,
        _ => application.created_at,
    };
    Position { key: time_key(key), id: application.id.get() }
}

#[derive(QueryableByName)]
struct OpenLoans {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    loans: i64,
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    instalments: i64,
}

impl Tx<'_> {
    fn one_application(
        &mut self,
        id: ApplicationId,
        scope: Scope,
        lock: Option<RowLock>,
    ) -> Result<Application, StorageError> {
        let query = applications::table
            .find(id.get())
            .filter(seen_applications(scope))
            .select(ApplicationRow::as_select());
        let row: Option<ApplicationRow> = self.run(|conn| match lock {
            Some(lock) => Locked::new(query, lock, "applications").get_result(conn).optional(),
            None => query.get_result(conn).optional(),
        })?;
        row.ok_or(StorageError::not_found("application", id.get()))?.try_into()
    }
}

impl ApplicationRepository for Tx<'_> {
    fn application(
        &mut self,
        id: ApplicationId,
        scope: Scope,
    ) -> Result<Application, StorageError> {
        self.one_application(id, scope, None)
    }

    fn lock_application(
        &mut self,
        id: ApplicationId,
        scope: Scope,
    ) -> Result<Application, StorageError> {
        self.one_application(id, scope, Some(RowLock::ForUpdate))
    }

    fn applications(
        &mut self,
        filter: &ApplicationFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Application>, StorageError> {
        let query = paged(filtered(filter, scope), filter.sort, page)?;
        let rows: Vec<ApplicationRow> =
            self.run(|conn| query.select(ApplicationRow::as_select()).load(conn))?;
        let rows = rows.into_iter().map(Application::try_from).collect::<Result<_, _>>()?;
        let mut applications = Page::from_rows(rows, page.limit, |row| position(filter.sort, row));
        if page.count {
            let query = filtered(filter, scope);
            applications.total = Some(self.run(|conn| query.count().get_result(conn))?);
        }
        Ok(applications)
    }

    fn add_application(
        &mut self,
        draft: &ApplicationDraft,
        by: Option<UserId>,
    ) -> Result<Application, StorageError> {
        use applications::dsl;
        let ApplicationDraft {
            member_id,
            product_id,
            sales_id,
            branch_id,
            request,
            terms,
            entered_on,
        } = draft;
        let terms = to_json(terms)?;
        let now = self.now();
        let row: ApplicationRow = self.run(|conn| {
            diesel::insert_into(dsl::applications)
                .values((
                    RequestColumns::from(request),
                    dsl::member_id.eq(member_id.get()),
                    dsl::product_id.eq(product_id.get()),
                    dsl::sales_id.eq(sales_id.map(SalesId::get)),
                    dsl::branch_id.eq(branch_id.map(BranchId::get)),
                    dsl::terms.eq(terms),
                    dsl::status.eq(ApplicationStatus::Draft.code()),
                    dsl::entered_on.eq(entered_on),
                    dsl::version.eq(Version::FIRST.get()),
                    dsl::created_at.eq(now),
                    dsl::updated_at.eq(now),
                    dsl::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<ApplicationRow>())
                .get_result(conn)
        })?;
        Application::try_from(row)
    }

    fn add_disbursed_applications(
        &mut self,
        drafts: &[ApplicationDraft],
        by: Option<UserId>,
    ) -> Result<Vec<ApplicationId>, StorageError> {
        let (ids, now) = (self.reserve_ids("applications", drafts.len())?, self.now());
        let each = ids.iter().zip(drafts);
        let rows = each.map(|(id, draft)| ApplicationRow::disbursed(*id, draft, by, now));
        let rows = rows.collect::<Result<_, _>>()?;
        self.insert_all::<ApplicationRow>(rows)?;
        Ok(ids.into_iter().map(ApplicationId::new).collect())
    }

    fn save_application(&mut self, application: &Application) -> Result<Version, StorageError> {
        use applications::dsl;
        let Application {
            id,
            member_id: _,
            product_id,
            sales_id,
            branch_id,
            request,
            terms,
            status,
            reason,
            entered_on: _,
            approved_on,
            waiting,
            version,
            created_at: _,
            updated_at: _,
            created_by: _,
        } = application;
        let due_level = waiting.and_then(|waiting| waiting.level);
        let terms = to_json(terms)?;
        let now = self.now();
        let changed = self.run(|conn| {
            diesel::update(dsl::applications.find(id.get()))
                .filter(dsl::version.eq(version.get()))
                .set((
                    RequestColumns::from(request),
                    dsl::product_id.eq(product_id.get()),
                    dsl::sales_id.eq(sales_id.map(SalesId::get)),
                    dsl::branch_id.eq(branch_id.map(BranchId::get)),
                    dsl::terms.eq(terms),
                    dsl::status.eq(status.code()),
                    dsl::reason.eq(reason),
                    dsl::approved_on.eq(approved_on),
                    dsl::due_level.eq(due_level.map(|level| i32::from(level.get()))),
                    dsl::waiting_since.eq(waiting.map(|waiting| waiting.since.naive_utc())),
                    dsl::version.eq(version.next().get()),
                    dsl::updated_at.eq(now),
                ))
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "application" }),
            _ => Ok(version.next()),
        }
    }

    fn offers_approved_before(
        &mut self,
        day: NaiveDate,
        limit: u16,
    ) -> Result<Vec<ApplicationId>, StorageError> {
        use applications::dsl;
        let ids: Vec<i64> = self.run(|conn| {
            dsl::applications
                .filter(dsl::status.eq(ApplicationStatus::Approved.code()))
                .filter(dsl::approved_on.lt(day))
                .order((dsl::approved_on, dsl::id))
                .limit(limit.into())
                .select(dsl::id)
                .load(conn)
        })?;
        Ok(ids.into_iter().map(ApplicationId::new).collect())
    }

    fn unfinished_applications(
        &mut self,
        member: MemberId,
    ) -> Result<Vec<ApplicationId>, StorageError> {
        use applications::dsl;
        let unfinished = ApplicationStatus::ALL
            .iter()
            .filter(|status| status.is_open() || **status == ApplicationStatus::Approved);
        let unfinished: Vec<&str> = unfinished.map(|status| status.code()).collect();
        let ids: Vec<i64> = self.run(|conn| {
            dsl::applications
                .filter(dsl::member_id.eq(member.get()))
                .filter(dsl::status.eq_any(unfinished))
                .order(dsl::id)
                .select(dsl::id)
                .load(conn)
        })?;
        Ok(ids.into_iter().map(ApplicationId::new).collect())
    }

    /// A loan's instalment is the largest of its rows that are not paid yet.
    fn open_loan_facts(
        &mut self,
        member: MemberId,
        beside: ApplicationId,
        topup: Option<LoanId>,
    ) -> Result<OpenLoanFacts, StorageError> {
        let OpenLoans { loans, instalments } = self.run(|conn| {
            Raw::new(
                "SELECT count(*) AS loans, \
                 CAST(COALESCE(sum(open_loans.instalment), 0) AS BIGINT) AS instalments \
                 FROM (SELECT l.id, (SELECT max(s.principal + s.interest) FROM loan_schedules s \
                 WHERE s.loan_id = l.id AND s.state = 'live' AND s.principal_paid + \
                 s.interest_paid < s.principal + s.interest) AS instalment FROM loans l \
                 WHERE l.member_id = $1 AND l.application_id <> $2 AND l.id <> $3 \
                 AND l.status IN ('pending', 'active', 'default')) AS open_loans",
            )?
            .bind(member.get())
            .bind(beside.get())
            .bind(topup.map_or(0, LoanId::get))
            .get_result(conn)
        })?;
        let under_way = ApplicationStatus::ALL.iter().filter(|status| status.is_under_way());
        let under_way: Vec<&str> = under_way.map(|status| status.code()).collect();
        let applications: i64 = self.run(|conn| {
            applications::table
                .filter(applications::member_id.eq(member.get()))
                .filter(applications::id.ne(beside.get()))
                .filter(applications::status.eq_any(under_way))
                .count()
                .get_result(conn)
        })?;
        Ok(OpenLoanFacts {
            loans: count("loans", loans)?,
            instalments: Money::from_sen(instalments),
            applications: count("applications", applications)?,
        })
    }

    fn has_active_loan(&mut self, member: MemberId, loan: LoanId) -> Result<bool, StorageError> {
        use loans::dsl;
        let active = dsl::loans
            .find(loan.get())
            .filter(dsl::member_id.eq(member.get()))
            .filter(dsl::status.eq(LoanStatus::Active.code()));
        self.run(|conn| diesel::select(diesel::dsl::exists(active)).get_result(conn))
    }
}
