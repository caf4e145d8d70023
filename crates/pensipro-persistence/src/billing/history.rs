//! A member's cuts, month by month.

use diesel::prelude::*;
use pensipro_billing::{CutHistory, MemberCut, OutcomeKind, Reference};
use pensipro_kernel::{
    ImportId, LoanId, MemberId, Money, Page, PageRequest, Position, Scope, StorageError,
};

use crate::{
    Tx,
    connection::MultiBackend,
    convert::code,
    schema::{members, pension_cut_export_lines as lines, pension_cut_exports as exports},
    scope::seen_members,
    sql::after,
};

#[derive(Queryable)]
struct Columns {
    periode: String,
    payer: String,
    loan_id: i64,
    billed: i64,
    paid: i64,
    outcome: Option<String>,
    import_id: Option<i64>,
}

type Query = diesel::helper_types::IntoBoxed<
    'static,
    diesel::helper_types::InnerJoin<lines::table, exports::table>,
    MultiBackend,
>;

impl CutHistory for Tx<'_> {
    fn member_cuts(
        &mut self,
        member: MemberId,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<MemberCut>, StorageError> {
        self.require_member(member, scope)?;
        let mut query = cuts(member);
        if let Some(last) = &page.after {
            let key = last.key.clone();
            query = after!(query, falling, lines::periode, lines::loan_id, key, last.id);
        }
        let query = query
            .order((lines::periode.desc(), lines::loan_id.desc()))
            .limit(i64::from(page.limit) + 1)
            .select((
                lines::periode,
                exports::payer,
                lines::loan_id,
                lines::amount,
                lines::paid,
                lines::outcome,
                lines::import_id,
            ));
        let rows: Vec<Columns> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(MemberCut::try_from).collect::<Result<_, _>>()?;
        let mut found = Page::from_rows(rows, page.limit, |cut: &MemberCut| Position {
            key: cut.periode.to_string(),
            id: cut.loan_id.get(),
        });
        if page.count {
            found.total = Some(self.run(|conn| cuts(member).count().get_result(conn))?);
        }
        Ok(found)
    }
}

impl Tx<'_> {
    fn require_member(&mut self, member: MemberId, scope: Scope) -> Result<(), StorageError> {
        let query = members::table
            .find(member.get())
            .filter(members::deleted_at.is_null())
            .filter(seen_members(scope))
            .select(members::id);
        let found: Option<i64> = self.run(|conn| query.get_result(conn).optional())?;
        found.map(drop).ok_or(StorageError::not_found("member", member.get()))
    }
}

fn cuts(member: MemberId) -> Query {
    lines::table
        .inner_join(exports::table)
        .filter(lines::member_id.eq(member.get()))
        .filter(lines::is_live)
        .into_boxed()
}

impl TryFrom<Columns> for MemberCut {
    type Error = StorageError;

    fn try_from(columns: Columns) -> Result<Self, StorageError> {
        let Columns { periode, payer, loan_id, billed, paid, outcome, import_id } = columns;
        let periode = code("pension_cut_export_lines.periode", &periode)?;
        let loan_id = LoanId::new(loan_id);
        let kind = |text: String| code::<OutcomeKind>("pension_cut_export_lines.outcome", &text);
        Ok(Self {
            periode,
            payer: code("pension_cut_exports.payer", &payer)?,
            reference: Reference { periode, loan_id },
            loan_id,
            billed: Money::from_sen(billed),
            paid: Money::from_sen(paid),
            outcome: outcome.map(kind).transpose()?,
            import_id: import_id.map(ImportId::new),
        })
    }
}
