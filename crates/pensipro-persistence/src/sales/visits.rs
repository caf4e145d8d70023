//! Visits.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, MemberId, Page, PageRequest, Position, SalesId, Scope, StorageError, UserId, VisitId,
};
use pensipro_sales::{SalesPerson, Visit, VisitDetails, VisitFilter, VisitRepository, Visited};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::{code, from_time, search_form, unreadable},
    schema::{members, sales_visits},
    scope::seen_visits,
    sql::{after, columns, like_pattern},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = sales_visits)]
struct Row {
    id: i64,
    sales_id: i64,
    branch_id: i64,
    visited_on: NaiveDate,
    member_id: Option<i64>,
    prospect_name: Option<String>,
    result: String,
    notes: Option<String>,
    next_action_on: Option<NaiveDate>,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

impl TryFrom<Row> for Visit {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            sales_id,
            branch_id,
            visited_on,
            member_id,
            prospect_name,
            result,
            notes,
            next_action_on,
            created_at,
            created_by,
        } = row;
        let visited = match (member_id, prospect_name) {
            (Some(member), None) => Visited::Member(MemberId::new(member)),
            (None, Some(name)) => Visited::Prospect(name),
            _ => return Err(unreadable("sales_visits.member_id")),
        };
        let result = code("sales_visits.result", &result)?;
        Ok(Self {
            id: VisitId::new(id),
            sales_id: SalesId::new(sales_id),
            branch_id: BranchId::new(branch_id),
            details: VisitDetails { visited_on, visited, result, notes, next_action_on },
            created_at: from_time(created_at),
            created_by: created_by.map(UserId::new),
        })
    }
}

type Query = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::LeftJoin<sales_visits::table, members::table>,
    MultiBackend,
>;

fn filtered(sales: SalesId, filter: &VisitFilter, scope: Scope) -> Query {
    let VisitFilter { periode, result, member_id, q } = filter.clone();
    let mut query = sales_visits::table
        .left_join(members::table)
        .filter(sales_visits::sales_id.eq(sales.get()))
        .filter(seen_visits(scope))
        .into_boxed();
    if let Some(periode) = periode {
        let days = (periode.first_day(), periode.last_day());
        query = query.filter(sales_visits::visited_on.between(days.0, days.1));
    }
    if let Some(result) = result {
        query = query.filter(sales_visits::result.eq(result.code()));
    }
    if let Some(member) = member_id {
        query = query.filter(sales_visits::member_id.eq(member.get()));
    }
    if let Some(q) = q {
        let pattern = like_pattern(&search_form(&q));
        let of_prospect = sales_visits::prospect_search.like(pattern.clone()).escape('\\');
        let of_member = members::name_search.nullable().like(pattern).escape('\\');
        // A name that is NULL holds no text.
        query = query.filter(of_prospect.or(of_member).assume_not_null());
    }
    query
}

impl VisitRepository for Tx<'_> {
    fn add_visit(
        &mut self,
        person: &SalesPerson,
        details: &VisitDetails,
        by: Option<UserId>,
    ) -> Result<Visit, StorageError> {
        let VisitDetails { visited_on, visited, result, notes, next_action_on } = details.clone();
        let (member, prospect) = match visited {
            Visited::Member(member) => (Some(member.get()), None),
            Visited::Prospect(name) => (None, Some(name)),
        };
        let now = self.now();
        let row: Row = self.run(|conn| {
            diesel::insert_into(sales_visits::table)
                .values((
                    sales_visits::sales_id.eq(person.id.get()),
                    sales_visits::branch_id.eq(person.details.branch_id.get()),
                    sales_visits::visited_on.eq(visited_on),
                    sales_visits::member_id.eq(member),
                    sales_visits::prospect_search.eq(prospect.as_deref().map(search_form)),
                    sales_visits::prospect_name.eq(prospect),
                    sales_visits::result.eq(result.code()),
                    sales_visits::notes.eq(notes),
                    sales_visits::next_action_on.eq(next_action_on),
                    sales_visits::created_at.eq(now),
                    sales_visits::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn visits(
        &mut self,
        sales: SalesId,
        filter: &VisitFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Visit>, StorageError> {
        use sales_visits::{id, visited_on};
        let mut query = filtered(sales, filter, scope);
        if let Some(last) = page.after.clone() {
            let day: NaiveDate = last.key.parse().map_err(|_| unreadable("a page's sort key"))?;
            query = after!(query, falling, visited_on, id, day, last.id);
        }
        let query = query
            .order((visited_on.desc(), id.desc()))
            .limit(i64::from(page.limit) + 1)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let visits = rows.into_iter().map(Visit::try_from).collect::<Result<_, _>>()?;
        let mut visits = Page::from_rows(visits, page.limit, |visit: &Visit| Position {
            key: visit.details.visited_on.to_string(),
            id: visit.id.get(),
        });
        if page.count {
            let query = filtered(sales, filter, scope);
            visits.total = Some(self.run(|conn| query.count().get_result(conn))?);
        }
        Ok(visits)
    }

    fn visits_to(&mut self, member: MemberId) -> Result<Vec<Visit>, StorageError> {
        let query = sales_visits::table
            .filter(sales_visits::member_id.eq(member.get()))
            .order(sales_visits::id)
            .select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Visit::try_from).collect()
    }
}
