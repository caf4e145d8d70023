//! The one place that turns a caller's scope into a condition on rows. Every query that takes a
//! [`Scope`] filters by one of these, whether it reads one row or a list.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, QueryDsl, QueryResult,
    expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping},
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Bool, Nullable},
};
use pensipro_kernel::{BranchId, FunderId, Scope};

use crate::{
    connection::MultiBackend,
    schema::{
        applications, funders, loans, member_intakes, members, notifications, sales,
        sales_branches, sales_commissions, sales_visits, sys_users,
    },
};

/// Members of the caller's branch.
pub(crate) fn seen_members(scope: Scope) -> Seen<members::branch_id, Nobodys> {
    Seen::new(members::branch_id, Nobodys, scope)
}

/// Spreadsheets of members that were sent from the caller's branch.
pub(crate) fn seen_intakes(scope: Scope) -> Seen<member_intakes::sent_from, Nobodys> {
    Seen::new(member_intakes::sent_from, Nobodys, scope)
}

/// Applications of the caller's branch.
pub(crate) fn seen_applications(scope: Scope) -> Seen<applications::branch_id, Nobodys> {
    Seen::new(applications::branch_id, Nobodys, scope)
}

/// Loans of the caller's branch, or those in which his funder has or had a share.
pub(crate) fn seen_loans(scope: Scope) -> Seen<loans::branch_id, HeldLoans> {
    Seen::new(loans::branch_id, HeldLoans, scope)
}

/// The caller's branch.
pub(crate) fn seen_branches(scope: Scope) -> Seen<sales_branches::id, Nobodys> {
    Seen::new(sales_branches::id, Nobodys, scope)
}

/// Sales people of the caller's branch.
pub(crate) fn seen_sales(scope: Scope) -> Seen<sales::branch_id, Nobodys> {
    Seen::new(sales::branch_id, Nobodys, scope)
}

/// Visits made for the caller's branch.
pub(crate) fn seen_visits(scope: Scope) -> Seen<sales_visits::branch_id, Nobodys> {
    Seen::new(sales_visits::branch_id, Nobodys, scope)
}

/// Commissions earned for the caller's branch.
pub(crate) fn seen_commissions(scope: Scope) -> Seen<sales_commissions::branch_id, Nobodys> {
    Seen::new(sales_commissions::branch_id, Nobodys, scope)
}

/// Users who are tied to what the caller is tied to.
pub(crate) fn seen_users(scope: Scope) -> Seen<sys_users::branch_id, Of<sys_users::funder_id>> {
    Seen::new(sys_users::branch_id, Of(sys_users::funder_id), scope)
}

/// A list of funders.
pub(crate) type FunderQuery =
    diesel::helper_types::IntoBoxed<'static, funders::table, MultiBackend>;

/// Every funder, but for a funder's own people, who see him alone.
pub(crate) fn seen_funders(query: FunderQuery, scope: Scope) -> FunderQuery {
    match scope {
        Scope::WholeHouse | Scope::Branch(_) => query,
        Scope::Funder(funder) => query.filter(funders::id.eq(funder.get())),
    }
}

/// A list of notices.
pub(crate) type NoticeQuery =
    diesel::helper_types::IntoBoxed<'static, notifications::table, MultiBackend>;

/// Notices to users and members of the caller's branch, or to users of his funder.
pub(crate) fn seen_notices(query: NoticeQuery, scope: Scope) -> NoticeQuery {
    use notifications::{member_id, user_id};
    let users = sys_users::table.select(sys_users::id.nullable());
    match scope {
        Scope::WholeHouse => query,
        Scope::Branch(branch) => {
            let users = users.filter(sys_users::branch_id.eq(branch.get()));
            let members = members::table
                .filter(members::branch_id.eq(branch.get()))
                .select(members::id.nullable());
            query.filter(
                user_id
                    .eq_any(users)
                    .assume_not_null()
                    .or(member_id.eq_any(members).assume_not_null()),
            )
        }
        Scope::Funder(funder) => {
            query.filter(user_id.eq_any(users.filter(sys_users::funder_id.eq(funder.get()))))
        }
    }
}

/// True where a row lies within a scope: everything, rows of a branch by the column `B`, or rows of
/// a funder by the rule `F`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<B, F> {
    branch: B,
    funder: F,
    bound: Bound,
    sign: &'static str,
}

/// What the rows' column must be.
#[derive(Debug, Clone, Copy)]
enum Bound {
    Nothing,
    Branch(i64),
    Funder(i64),
}

/// Says which rows are a funder's.
pub(crate) trait Owned {
    /// Writes the condition for a funder.
    fn owned<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>, funder: &'b i64) -> QueryResult<()>;
}

/// Stands for a column that a table does not have: its rows are nobody's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nobodys;

/// Rows whose column names the funder.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<C>(C);

/// Loans in which the funder has or had a share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HeldLoans;

impl Owned for Nobodys {
    fn owned<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>, _: &'b i64) -> QueryResult<()> {
        out.push_sql("FALSE");
        Ok(())
    }
}

impl<C: QueryFragment<MultiBackend>> Owned for Of<C> {
    fn owned<'b>(
        &'b self,
        mut out: AstPass<'_, 'b, MultiBackend>,
        funder: &'b i64,
    ) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" = ");
        out.push_bind_param::<BigInt, _>(funder)
    }
}

impl Owned for HeldLoans {
    fn owned<'b>(
        &'b self,
        mut out: AstPass<'_, 'b, MultiBackend>,
        funder: &'b i64,
    ) -> QueryResult<()> {
        loans::id.walk_ast(out.reborrow())?;
        out.push_sql(" IN (SELECT loan_id FROM funder_allocations WHERE funder_id = ");
        out.push_bind_param::<BigInt, _>(funder)?;
        out.push_sql(")");
        Ok(())
    }
}

impl<B, F> Seen<B, F> {
    const fn new(branch: B, funder: F, scope: Scope) -> Self {
        let bound = match scope {
            Scope::WholeHouse => Bound::Nothing,
            Scope::Branch(id) => Bound::Branch(BranchId::get(id)),
            Scope::Funder(id) => Bound::Funder(FunderId::get(id)),
        };
        Self { branch, funder, bound, sign: "" }
    }

    /// With a sign before the column: `+` keeps SQLite from walking the column's index.
    pub(crate) const fn behind(self, sign: &'static str) -> Self
    where
        B: Copy,
        F: Copy,
    {
        Self { sign, ..self }
    }
}

impl<B: QueryFragment<MultiBackend>, F: Owned> QueryFragment<MultiBackend> for Seen<B, F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        match &self.bound {
            Bound::Nothing => {
                out.push_sql("TRUE");
                Ok(())
            }
            Bound::Branch(id) => {
                out.push_sql(self.sign);
                self.branch.walk_ast(out.reborrow())?;
                out.push_sql(" = ");
                out.push_bind_param::<BigInt, _>(id)
            }
            Bound::Funder(id) => self.funder.owned(out, id),
        }
    }
}

impl<B, F> Expression for Seen<B, F> {
    type SqlType = Nullable<Bool>;
}

impl<B: AppearsOnTable<QS>, F, QS> AppearsOnTable<QS> for Seen<B, F> {}
impl<B: SelectableExpression<QS>, F, QS> SelectableExpression<QS> for Seen<B, F> {}

impl<B: ValidGrouping<GB>, F, GB> ValidGrouping<GB> for Seen<B, F> {
    type IsAggregate = B::IsAggregate;
}

impl<B, F> QueryId for Seen<B, F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}
