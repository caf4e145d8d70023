//! Bodies of the reports on the portfolio.

use chrono::NaiveDate;
use pensipro_kernel::{Money, Period, Rate};
use pensipro_servicing::reports::{
    Aging, AgingRow, Figures, GroupBy, GroupKey, LevelRow, LoanQuality, PartedQuality,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::FileFormat;

/// Which month, parted by what, and how it is written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AgingQuery {
    /// The month, `YYYY-MM`; the present one, as it is today, where none is named.
    #[param(value_type = Option<String>, example = "2026-10")]
    pub periode: Option<Period>,
    /// `branch`, `payer`, `product`, `funder` (each his share) or `sales`
    #[param(value_type = Option<String>)]
    pub group_by: Option<GroupBy>,
    /// `json`, `csv`, `xlsx` or `pdf`
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// Which month, parted by what, and how it is written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct QualityQuery {
    /// The month, `YYYY-MM`; the present one, as it is today, where none is named.
    #[param(value_type = Option<String>, example = "2026-10")]
    pub periode: Option<Period>,
    /// `branch`, `payer`, `product`, `funder` (each his share) or `sales`
    #[param(value_type = Option<String>)]
    pub group_by: Option<GroupBy>,
    /// `json`, `csv`, `xlsx` or `pdf`
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// Loans, and their unpaid principal.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct FiguresBody {
    pub count: u64,
    #[schema(value_type = String, example = "23463000.00")]
    pub outstanding_principal: Money,
}

impl From<Figures> for FiguresBody {
    fn from(Figures { count, outstanding }: Figures) -> Self {
        Self { count, outstanding_principal: outstanding }
    }
}

/// Loans so many days past due.
#[derive(Debug, Serialize, ToSchema)]
pub struct BucketBody {
    /// `0-30`, `31-60`, `61-90` or `>90`
    pub bucket: &'static str,
    /// Them.
    #[serde(flatten)]
    pub figures: FiguresBody,
}

/// A portfolio, or a part of one, by days past due.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgingRowBody {
    /// By days past due.
    pub buckets: Vec<BucketBody>,
    /// Of the first bucket, the loans that are not past due at all.
    pub current: FiguresBody,
    /// All buckets together.
    pub total: FiguresBody,
}

impl From<&AgingRow> for AgingRowBody {
    fn from(row: &AgingRow) -> Self {
        let bucket = |(bucket, figures): (pensipro_servicing::reports::AgingBucket, Figures)| {
            BucketBody { bucket: bucket.code(), figures: figures.into() }
        };
        Self {
            buckets: row.iter().map(bucket).collect(),
            current: row.current.into(),
            total: row.total().into(),
        }
    }
}

/// A part of a portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgingGroupBody {
    /// Its id; `null` for a payer, and for loans without such a thing (those that no funder holds).
    pub id: Option<i64>,
    /// What it is called.
    pub name: Option<String>,
    /// Its figures.
    #[serde(flatten)]
    pub row: AgingRowBody,
}

/// The aging of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgingBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// The day that the figures are of.
    pub as_of: NaiveDate,
    /// Everything.
    #[serde(flatten)]
    pub total: AgingRowBody,
    /// The parts, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<AgingGroupBody>>,
}

impl AgingBody {
    /// The aging of a day, with its parts if it is parted.
    pub fn new(periode: Period, as_of: NaiveDate, by: Option<GroupBy>, aging: &Aging) -> Self {
        let group = |(GroupKey { name, id }, row): (&GroupKey, &AgingRow)| AgingGroupBody {
            id: *id,
            name: name.clone(),
            row: row.into(),
        };
        let groups = by.map(|_| aging.groups.iter().map(group).collect());
        Self { periode, as_of, total: (&aging.total).into(), groups }
    }
}

/// How many months back, and how they are written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct TrendQuery {
    /// Months back from the last one that is over, 1 to 120; 24 where none are said.
    pub months: Option<u16>,
    /// `json`, `csv`, `xlsx` or `pdf`
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// The quality of closed months, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityTrendBody {
    /// Of each month that was closed.
    pub months: Vec<QualityBody>,
}

impl QualityTrendBody {
    /// Of these months.
    pub fn new(months: &[(Period, LoanQuality)]) -> Self {
        let body = |(periode, quality): &(Period, LoanQuality)| {
            QualityBody::new(*periode, periode.last_day(), quality)
        };
        Self { months: months.iter().map(body).collect() }
    }
}

/// The aging of a closed month.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgingMonthBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// Its last day.
    pub as_of: NaiveDate,
    /// Everything.
    #[serde(flatten)]
    pub total: AgingRowBody,
}

/// The aging of closed months, the oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgingTrendBody {
    /// Of each month that was closed.
    pub months: Vec<AgingMonthBody>,
}

impl AgingTrendBody {
    /// Of these months.
    pub fn new(months: &[(Period, AgingRow)]) -> Self {
        let body = |(periode, row): &(Period, AgingRow)| AgingMonthBody {
            periode: *periode,
            as_of: periode.last_day(),
            total: row.into(),
        };
        Self { months: months.iter().map(body).collect() }
    }
}

/// The loans of a level.
#[derive(Debug, Serialize, ToSchema)]
pub struct LevelBody {
    /// 1 to 5.
    pub level: u8,
    /// Them.
    #[serde(flatten)]
    pub figures: FiguresBody,
    /// What is set aside for them.
    #[schema(value_type = String)]
    pub provision: Money,
}

/// The quality of a portfolio, or of a part of one.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityRowBody {
    /// By level.
    pub kolektibilitas: Vec<LevelBody>,
    /// Everything.
    pub total: FiguresBody,
    /// What is set aside for all levels.
    #[schema(value_type = String)]
    pub provision: Money,
    /// Unpaid principal of levels 3 to 5, percent of all.
    #[schema(value_type = String, example = "2.5")]
    pub npl_ratio: Rate,
    /// More than 30 days past due, percent of all.
    #[schema(value_type = String)]
    pub par30: Rate,
    /// More than 60.
    #[schema(value_type = String)]
    pub par60: Rate,
    /// More than 90.
    #[schema(value_type = String)]
    pub par90: Rate,
}

impl From<&LoanQuality> for QualityRowBody {
    fn from(quality: &LoanQuality) -> Self {
        let level = |LevelRow { level, figures, provision, rate: _ }| LevelBody {
            level,
            figures: figures.into(),
            provision,
        };
        let LoanQuality { levels, total, late: _, npl_ratio, par: [par30, par60, par90] } =
            *quality;
        Self {
            kolektibilitas: levels.map(level).into(),
            total: total.into(),
            provision: quality.provision(),
            npl_ratio,
            par30,
            par60,
            par90,
        }
    }
}

/// A part of a portfolio.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityGroupBody {
    /// Its id; `null` for a payer, and for loans without such a thing (those that no funder holds).
    pub id: Option<i64>,
    /// What it is called.
    pub name: Option<String>,
    /// Its quality.
    #[serde(flatten)]
    pub row: QualityRowBody,
}

/// The quality of a month.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityBody {
    /// The month.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// The day that the figures are of.
    pub as_of: NaiveDate,
    /// Everything.
    #[serde(flatten)]
    pub row: QualityRowBody,
    /// The parts, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<QualityGroupBody>>,
}

impl QualityBody {
    /// The quality of a day.
    pub fn new(periode: Period, as_of: NaiveDate, quality: &LoanQuality) -> Self {
        Self { periode, as_of, row: quality.into(), groups: None }
    }

    /// The quality of a day, with its parts if it is parted.
    pub fn parted(
        periode: Period,
        as_of: NaiveDate,
        by: Option<GroupBy>,
        quality: &PartedQuality,
    ) -> Self {
        let group = |(GroupKey { name, id }, part): (&GroupKey, &LoanQuality)| QualityGroupBody {
            id: *id,
            name: name.clone(),
            row: part.into(),
        };
        let groups = by.map(|_| quality.groups.iter().map(group).collect());
        Self { groups, ..Self::new(periode, as_of, &quality.total) }
    }
}
