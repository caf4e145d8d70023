//! Open loans, counted by how they stand.

use std::collections::{BTreeMap, btree_map::Entry};

use chrono::NaiveDate;
use diesel::{
    prelude::*,
    sql_types::{BigInt, Date, Integer, Nullable, Text},
};
use pensipro_funding::HeldLoan;
use pensipro_kernel::{BranchId, Money, Scope, StorageError};
use pensipro_servicing::{
    Kolektibilitas,
    reports::{AsOf, Figures, GroupBy, GroupKey, Standing, StandingRepository, StandingsByBranch},
};

use crate::{
    Tx,
    convert::{count, unreadable},
    schema::loans,
    sql::{Raw, Value},
};

/// A way in which loans of a part stand, or one loan's.
#[derive(QueryableByName)]
struct Row {
    /// None where branches are counted together, too.
    #[diesel(sql_type = Nullable<BigInt>)]
    branch_id: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    group_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    group_name: Option<String>,
    /// Who holds this share of it, where it is one loan.
    #[diesel(sql_type = Nullable<BigInt>)]
    holder_id: Option<i64>,
    #[diesel(sql_type = Nullable<Text>)]
    holder_name: Option<String>,
    #[diesel(sql_type = Nullable<Date>)]
    due: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Integer>)]
    dpd: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    quality: Option<i32>,
    /// How many loans; the loan's id, where it is one.
    #[diesel(sql_type = BigInt)]
    loans: i64,
    #[diesel(sql_type = BigInt)]
    outstanding: i64,
    /// The funder's part of the plafon.
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = BigInt)]
    plafon: i64,
}

/// Whether loans are counted by branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Branches {
    Together,
    Apart,
}

/// By what loans are parted, as columns and their join.
struct Part {
    id: &'static str,
    name: &'static str,
    join: &'static str,
}

impl Part {
    /// Holders are parted loan by loan.
    const fn of(by: Option<GroupBy>) -> Self {
        let (id, name, join) = match by {
            Some(GroupBy::Branch) => {
                ("b.id", "b.name", "LEFT JOIN sales_branches b ON b.id = s.branch_id")
            }
            Some(GroupBy::Payer) => {
                ("CAST(NULL AS BIGINT)", "m.payer", "JOIN members m ON m.id = s.member_id")
            }
            Some(GroupBy::Product) => {
                ("p.id", "p.name", "JOIN loan_products p ON p.id = s.product_id")
            }
            Some(GroupBy::Sales) => ("a.id", "a.name", "LEFT JOIN sales a ON a.id = s.sales_id"),
            Some(GroupBy::Funder) | None => ("CAST(NULL AS BIGINT)", "CAST(NULL AS TEXT)", ""),
        };
        Self { id, name, join }
    }
}

/// The loans of a day and a scope as `standing`, with the parameters.
struct Source {
    sql: String,
    values: Vec<Value>,
}

impl Source {
    fn new(as_of: AsOf, scope: Scope) -> Self {
        let mut source = Self { sql: String::new(), values: Vec::new() };
        let (stands, from) = match as_of {
            AsOf::Today(_) => (
                "l.oldest_unpaid_due AS due, CAST(NULL AS INTEGER) AS dpd, \
                 CAST(NULL AS INTEGER) AS quality, l.principal AS outstanding",
                "loans l WHERE l.status IN ('active', 'default')".to_owned(),
            ),
            AsOf::MonthEnd(day) => {
                let day = source.bind(day);
                (
                    "CAST(NULL AS DATE) AS due, m.dpd AS dpd, m.kolektibilitas AS quality, \
                     m.outstanding AS outstanding",
                    format!(
                        "loan_month_ends m JOIN loans l ON l.id = m.loan_id WHERE m.day = {day}"
                    ),
                )
            }
        };
        let seen = match scope {
            Scope::WholeHouse => String::new(),
            Scope::Branch(branch) => format!(" AND l.branch_id = {}", source.bind(branch.get())),
            Scope::Funder(funder) => format!(
                " AND l.id IN (SELECT loan_id FROM funder_allocations WHERE funder_id = {})",
                source.bind(funder.get())
            ),
        };
        source.sql = format!(
            "WITH standing AS (SELECT l.id, l.branch_id, l.member_id, l.product_id, l.sales_id, \
             l.plafon, {stands} FROM {from}{seen}) "
        );
        source
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// Counted by how they stand, by a part, and by branch or all branches together.
    fn counted(mut self, by: Option<GroupBy>, branches: Branches) -> Self {
        let Part { id, name, join } = Part::of(by);
        let branch = match branches {
            Branches::Together => "CAST(NULL AS BIGINT)",
            Branches::Apart => "s.branch_id",
        };
        self.sql += &format!(
            "SELECT {branch} AS branch_id, {id} AS group_id, {name} AS group_name, s.due, s.dpd, \
             s.quality, COUNT(*) AS loans, CAST(SUM(s.outstanding) AS BIGINT) AS outstanding, \
             CAST(NULL AS BIGINT) AS holder_id, CAST(NULL AS TEXT) AS holder_name, \
             CAST(0 AS BIGINT) AS part, CAST(0 AS BIGINT) AS plafon \
             FROM standing s {join} GROUP BY 1, 2, 3, 4, 5, 6"
        );
        self
    }

    /// Loan by loan, with every funder's share of it on the day: loans after one and through another.
    fn shared(mut self, on: NaiveDate, by: Option<GroupBy>, (after, through): (i64, i64)) -> Self {
        let Part { id, name, join } = Part::of(by);
        let (from, until) = (self.bind(on), self.bind(on));
        let (after, through) = (self.bind(after), self.bind(through));
        self.sql += &format!(
            "SELECT s.branch_id, {id} AS group_id, {name} AS group_name, s.due, s.dpd, s.quality, \
             s.id AS loans, s.outstanding AS outstanding, h.funder_id AS holder_id, \
             f.name AS holder_name, COALESCE(h.principal, 0) AS part, s.plafon \
             FROM standing s {join} LEFT JOIN funder_allocations h ON h.loan_id = s.id \
             AND h.valid_from <= {from} AND (h.ended_on IS NULL OR h.ended_on > {until}) \
             LEFT JOIN funders f ON f.id = h.funder_id \
             WHERE s.id > {after} AND s.id <= {through} ORDER BY s.id"
        );
        self
    }

    fn load(self, tx: &mut Tx<'_>) -> Result<Vec<Row>, StorageError> {
        let Self { sql, values } = self;
        tx.run(|conn| Raw::new(&sql)?.bind_all(values).load(conn))
    }
}

impl StandingRepository for Tx<'_> {
    fn standings(
        &mut self,
        as_of: AsOf,
        by: Option<GroupBy>,
        scope: Scope,
    ) -> Result<Vec<Standing>, StorageError> {
        let branches = count_by_branch(self, as_of, by, (scope, Branches::Together))?;
        Ok(branches.into_values().flatten().collect())
    }

    fn standings_by_branch(
        &mut self,
        as_of: AsOf,
        by: Option<GroupBy>,
    ) -> Result<StandingsByBranch, StorageError> {
        count_by_branch(self, as_of, by, (Scope::WholeHouse, Branches::Apart))
    }
}

/// Open loans by how they stand; under no branch, where branches are counted together.
fn count_by_branch(
    tx: &mut Tx<'_>,
    as_of: AsOf,
    by: Option<GroupBy>,
    (scope, branches): (Scope, Branches),
) -> Result<StandingsByBranch, StorageError> {
    if by == Some(GroupBy::Funder) || matches!(scope, Scope::Funder(_)) {
        return by_holder(tx, as_of, by, (scope, branches));
    }
    let mut found = StandingsByBranch::new();
    for row in Source::new(as_of, scope).counted(by, branches).load(tx)? {
        let key = GroupKey { name: row.group_name.clone(), id: row.group_id };
        let figures = Figures {
            count: count("loans", row.loans)?,
            outstanding: Money::from_sen(row.outstanding),
        };
        let standing = row.standing(by.map(|_| key), figures)?;
        found.entry(row.branch_id.map(BranchId::new)).or_default().push(standing);
    }
    Ok(found)
}

impl Row {
    fn standing(
        &self,
        group: Option<GroupKey>,
        figures: Figures,
    ) -> Result<Standing, StorageError> {
        let unread = || unreadable("loan_month_ends.kolektibilitas");
        let written = self.dpd.zip(self.quality).map(|(dpd, quality)| {
            let quality = u8::try_from(quality).ok().and_then(Kolektibilitas::at_level);
            Ok::<_, StorageError>((count("dpd", dpd)?, quality.ok_or_else(unread)?))
        });
        let (oldest_unpaid_due, written) = (self.due, written.transpose()?);
        Ok(Standing { group, oldest_unpaid_due, written, figures })
    }
}

/// Loans whose shares are read at once: memory holds these, and what they come to.
const LOANS_AT_ONCE: i64 = 20_000;

/// What holders have of loans, stretch by stretch, counted by how these stand: of a funder's people his share
/// alone.
fn by_holder(
    tx: &mut Tx<'_>,
    as_of: AsOf,
    by: Option<GroupBy>,
    (scope, branches): (Scope, Branches),
) -> Result<StandingsByBranch, StorageError> {
    let mut counted: BTreeMap<_, Standing> = BTreeMap::new();
    let mut after = 0;
    while let Some(through) = stretch(tx, after)? {
        let rows = Source::new(as_of, scope).shared(as_of.date(), by, (after, through)).load(tx)?;
        for share in shares(&rows) {
            if matches!(scope, Scope::Funder(funder) if share.holder.id != Some(funder.get())) {
                continue;
            }
            let standing = share.standing(by)?;
            let branch = share.row.branch_id.filter(|_| branches == Branches::Apart);
            let level = standing.written.map(|(dpd, quality)| (dpd, quality.level()));
            let key = (branch, standing.group.clone(), standing.oldest_unpaid_due, level);
            match counted.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(standing);
                }
                Entry::Occupied(mut like) => {
                    let sum = like.get().figures.and(standing.figures);
                    like.get_mut().figures = sum;
                }
            }
        }
        after = through;
    }
    let mut found = StandingsByBranch::new();
    for ((branch, ..), standing) in counted {
        found.entry(branch.map(BranchId::new)).or_default().push(standing);
    }
    Ok(found)
}

/// The last of the next loans.
fn stretch(tx: &mut Tx<'_>, after: i64) -> Result<Option<i64>, StorageError> {
    let ids = loans::table.filter(loans::id.gt(after)).order(loans::id).select(loans::id);
    let ids: Vec<i64> = tx.run(|conn| ids.limit(LOANS_AT_ONCE).load(conn))?;
    Ok(ids.last().copied())
}

/// What a holder has of a loan.
struct Share<'a> {
    /// A row of the loan.
    row: &'a Row,
    /// None for the cooperative.
    holder: GroupKey,
    outstanding: Money,
}

impl Share<'_> {
    fn standing(&self, by: Option<GroupBy>) -> Result<Standing, StorageError> {
        let group = match by {
            None => None,
            Some(GroupBy::Funder) => Some(self.holder.clone()),
            Some(_) => Some(GroupKey { name: self.row.group_name.clone(), id: self.row.group_id }),
        };
        self.row.standing(group, Figures { count: 1, outstanding: self.outstanding })
    }
}

/// Every funder's share of each loan, and what is left of it for the cooperative.
fn shares(rows: &[Row]) -> Vec<Share<'_>> {
    let mut shares = Vec::with_capacity(rows.len());
    for loan in rows.chunk_by(|one, other| one.loans == other.loans) {
        let Some(first) = loan.first() else { continue };
        let mut left = Money::from_sen(first.outstanding);
        let mut parts = BTreeMap::new();
        for row in loan.iter().filter(|row| row.holder_id.is_some()) {
            let part = HeldLoan {
                outstanding: Money::from_sen(row.outstanding),
                principal: Money::from_sen(row.part),
                plafon: Money::from_sen(row.plafon),
            };
            let part = part.share().min(left);
            left = left.minus_or_zero(part);
            let key = GroupKey { name: row.holder_name.clone(), id: row.holder_id };
            parts.insert(key, part);
        }
        if left.is_positive() {
            parts.insert(GroupKey { name: None, id: None }, left);
        }
        let share = |(holder, outstanding)| Share { row: first, holder, outstanding };
        shares.extend(parts.into_iter().map(share));
    }
    shares
}
