//! What sales people and branches achieved. One statement counts everything of an owner: each part
//! of it is a range of an index that begins with the owner and holds what is summed.

use diesel::{QueryableByName, RunQueryDsl, sql_types};
use pensipro_kernel::{BranchId, Money, SalesId, Scope, StorageError};
use pensipro_sales::{
    Contender, Figures, Goal, Months, Owner, PerformanceRepository, PipelineStage, Realised,
};

use crate::{
    Tx,
    convert::{code, count},
    sql::{Raw, Value},
};

#[derive(QueryableByName)]
struct FiguresRow {
    #[diesel(sql_type = sql_types::BigInt)]
    visits: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    applications: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    approved: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    disbursed_count: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    disbursed_amount: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    targets: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    target_count: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    target_amount: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    commission: i64,
}

#[derive(QueryableByName)]
struct ContenderRow {
    #[diesel(sql_type = sql_types::BigInt)]
    id: i64,
    #[diesel(sql_type = sql_types::Text)]
    code: String,
    #[diesel(sql_type = sql_types::Text)]
    name: String,
    #[diesel(sql_type = sql_types::BigInt)]
    branch_id: i64,
    #[diesel(sql_type = sql_types::Bool)]
    is_active: bool,
    #[diesel(embed)]
    figures: FiguresRow,
}

#[derive(QueryableByName)]
struct StageRow {
    #[diesel(sql_type = sql_types::Text)]
    status: String,
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    plafon: i64,
}

impl TryFrom<FiguresRow> for Figures {
    type Error = StorageError;

    fn try_from(row: FiguresRow) -> Result<Self, StorageError> {
        let FiguresRow {
            visits,
            applications,
            approved,
            disbursed_count,
            disbursed_amount,
            targets,
            target_count,
            target_amount,
            commission,
        } = row;
        let number = |number| count("a count", number);
        let goal = Goal { amount: Money::from_sen(target_amount), count: number(target_count)? };
        let disbursed =
            Realised { amount: Money::from_sen(disbursed_amount), count: number(disbursed_count)? };
        Ok(Self {
            visits: number(visits)?,
            applications: number(applications)?,
            approved: number(approved)?,
            disbursed,
            goal: (targets > 0).then_some(goal),
            commission: Money::from_sen(commission),
        })
    }
}

/// The figures of the row `o` of a table, whose id others hold in the column `owner`. Parameters: the
/// first and the last day, the first and the last month.
fn figures_of(owner: &str) -> String {
    let counted = |table: &str, day: &str, what: &str, name: &str| {
        format!(
            "(SELECT {what} FROM {table} t WHERE t.{owner} = o.id \
             AND t.{day} >= $1 AND t.{day} <= $2) AS {name}"
        )
    };
    let summed = |table: &str, what: &str, condition: &str, name: &str| {
        format!(
            "(SELECT {what} FROM {table} t WHERE t.{owner} = o.id \
             AND t.periode >= $3 AND t.periode <= $4 AND {condition}) AS {name}"
        )
    };
    let sum = |column: &str| format!("CAST(COALESCE(sum(t.{column}), 0) AS BIGINT)");
    let approved = "t.status = 'approved'";
    [
        counted("sales_visits", "visited_on", "count(*)", "visits"),
        counted("applications", "entered_on", "count(*)", "applications"),
        counted("loans", "approved_on", "count(*)", "approved"),
        counted("loans", "disbursed_on", "count(*)", "disbursed_count"),
        counted("loans", "disbursed_on", &sum("plafon"), "disbursed_amount"),
        summed("sales_targets", "count(*)", approved, "targets"),
        summed("sales_targets", &sum("target_count"), approved, "target_count"),
        summed("sales_targets", &sum("target_amount"), approved, "target_amount"),
        summed("sales_commissions", &sum("amount"), "t.status <> 'void'", "commission"),
    ]
    .join(", ")
}

/// The table of an owner, the column in which others hold its id, and the id.
const fn place(owner: Owner) -> (&'static str, &'static str, i64) {
    match owner {
        Owner::Sales(id) => ("sales", "sales_id", id.get()),
        Owner::Branch(id) => ("sales_branches", "branch_id", id.get()),
    }
}

fn bounds(months: Months) -> [Value; 4] {
    let (first, last) = months.days();
    let (from, to) = (months.from().to_string(), months.to().to_string());
    [first.into(), last.into(), from.into(), to.into()]
}

impl PerformanceRepository for Tx<'_> {
    fn figures(&mut self, owner: Owner, months: Months) -> Result<Figures, StorageError> {
        let (table, column, id) = place(owner);
        let sql = format!("SELECT {} FROM {table} o WHERE o.id = $5", figures_of(column));
        let row: FiguresRow =
            self.run(|conn| Raw::new(&sql)?.bind_all(bounds(months)).bind(id).get_result(conn))?;
        row.try_into()
    }

    fn pipeline(&mut self, owner: Owner) -> Result<Vec<PipelineStage>, StorageError> {
        let (_, column, id) = place(owner);
        let sql = format!(
            "SELECT status, count(*) AS number, CAST(sum(plafon) AS BIGINT) AS plafon \
             FROM applications WHERE {column} = $1 \
             AND status IN ('draft', 'submitted', 'analyzing', 'committee', 'approved') \
             GROUP BY status"
        );
        let rows: Vec<StageRow> = self.run(|conn| Raw::new(&sql)?.bind(id).load(conn))?;
        let stage = |StageRow { status, number, plafon }| {
            Ok(PipelineStage {
                status: code("applications.status", &status)?,
                count: count("a count", number)?,
                plafon: Money::from_sen(plafon),
            })
        };
        rows.into_iter().map(stage).collect()
    }

    fn contenders(
        &mut self,
        months: Months,
        branch: Option<BranchId>,
        scope: Scope,
    ) -> Result<Vec<Contender>, StorageError> {
        let branch = match scope {
            Scope::WholeHouse => branch,
            Scope::Branch(own) if branch.is_none_or(|branch| branch == own) => Some(own),
            Scope::Branch(_) | Scope::Funder(_) => return Ok(Vec::new()),
        };
        let condition = branch.map_or("", |_| " WHERE o.branch_id = $5");
        let sql = format!(
            "SELECT o.id, o.code, o.name, o.branch_id, o.is_active, {} FROM sales o{condition}",
            figures_of("sales_id")
        );
        let branch = branch.map(|branch| Value::from(branch.get()));
        let rows: Vec<ContenderRow> =
            self.run(|conn| Raw::new(&sql)?.bind_all(bounds(months)).bind_all(branch).load(conn))?;
        rows.into_iter().map(Contender::try_from).collect()
    }
}

impl TryFrom<ContenderRow> for Contender {
    type Error = StorageError;

    fn try_from(row: ContenderRow) -> Result<Self, StorageError> {
        let ContenderRow { id, code, name, branch_id, is_active, figures } = row;
        Ok(Self {
            id: SalesId::new(id),
            code,
            name,
            branch_id: BranchId::new(branch_id),
            is_active,
            figures: figures.try_into()?,
        })
    }
}
