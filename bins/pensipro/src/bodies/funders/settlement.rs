//! Bodies of settlements with funders.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_funding::{
    Settlement, SettlementFilter, SettlementStatus,
    settlement::{
        Correction, KindTotals, RawCorrection, RawSettlementChange, Received, SettlementLine,
        Statement, StatementLine,
    },
};
use pensipro_kernel::{FunderSettlementId, LoanId, Money, Period, Rate, TransactionId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::FileFormat;

/// A settlement that is wanted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSettlementBody {
    /// The month, `YYYY-MM`.
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Option<String>,
    /// `true` settles a month that is not closed, as far as it is booked.
    pub include_open_month: Option<bool>,
}

/// Which settlements are listed.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SettlementQuery {
    /// Of this month, with its lines.
    #[param(value_type = Option<String>, example = "2026-10")]
    pub periode: Option<Period>,
    /// `generating`, `draft`, `final` or `paid`
    #[param(value_type = Option<String>)]
    pub status: Option<SettlementStatus>,
}

impl From<SettlementQuery> for SettlementFilter {
    fn from(SettlementQuery { periode, status }: SettlementQuery) -> Self {
        Self { periode, status }
    }
}

/// How a settlement is written.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct StatementFormat {
    /// `json`, or the statement as `csv`, `xlsx` or `pdf`
    #[serde(default)]
    #[param(inline)]
    pub format: FileFormat,
}

/// What is to change of a settlement.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SettlementChangeBody {
    /// `final`, or, by another person, `paid`
    #[schema(example = "final")]
    status: Option<String>,
    /// All corrections, in place of those there, while it is a draft.
    corrections: Option<Vec<NewCorrectionBody>>,
}

/// A correction to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCorrectionBody {
    /// Added to what the funder gets; taken off it if below zero.
    #[schema(value_type = String, example = "-15000.00")]
    amount: Option<Money>,
    /// Why.
    #[schema(value_type = String)]
    reason: Option<String>,
}

impl From<SettlementChangeBody> for RawSettlementChange {
    fn from(SettlementChangeBody { status, corrections }: SettlementChangeBody) -> Self {
        let correction = |NewCorrectionBody { amount, reason }| RawCorrection { amount, reason };
        let corrections = corrections.map(|list| list.into_iter().map(correction).collect());
        Self { status, corrections }
    }
}

/// A settlement.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct FunderSettlementBody {
    pub id: i64,
    pub funder_id: i64,
    #[schema(value_type = String, example = "2026-10")]
    pub periode: Period,
    /// `generating`, `draft`, `final` or `paid`
    pub status: &'static str,
    /// The last day whose bookings it holds.
    pub booked_through: NaiveDate,
    /// True if the month was still open.
    pub open_month: bool,
    /// The funder's final settlement before it.
    pub follows: Option<i64>,
    /// How many lines it has.
    pub lines_total: u32,
    /// What members paid by its transactions.
    pub paid_by_members: PairBody,
    /// What of that others hold: the cooperative and other funders.
    pub held_by_others: PairBody,
    #[schema(value_type = String)]
    pub principal: Money,
    /// What the funder takes of the interest.
    #[schema(value_type = String)]
    pub interest: Money,
    /// The interest on his share; what he does not take is the cooperative's.
    #[schema(value_type = String)]
    pub interest_on_share: Money,
    #[schema(value_type = String)]
    pub fee_originator: Money,
    #[schema(value_type = String)]
    pub fee_servicing: Money,
    /// Value added tax on the fees, percent.
    #[schema(value_type = String, example = "11")]
    pub ppn_pct: Rate,
    #[schema(value_type = String)]
    pub ppn: Money,
    /// Income tax on the fees, which the funder withholds, percent.
    #[schema(value_type = String, example = "2")]
    pub pph23_pct: Rate,
    #[schema(value_type = String)]
    pub pph23: Money,
    /// The sum of the corrections.
    #[schema(value_type = String)]
    pub correction: Money,
    pub corrections: Vec<CorrectionBody>,
    /// Principal, interest and corrections, less the fees with their value added tax, plus the income tax
    /// withheld.
    #[schema(value_type = String)]
    pub net_to_funder: Money,
    pub generated_at: DateTime<Utc>,
    pub generated_by: Option<i64>,
    pub finalised_at: Option<DateTime<Utc>>,
    pub finalised_by: Option<i64>,
    pub paid_at: Option<DateTime<Utc>>,
    pub paid_by: Option<i64>,
}

/// Principal and interest.
#[derive(Debug, Serialize, ToSchema)]
pub struct PairBody {
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
}

/// A correction.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionBody {
    #[schema(value_type = String)]
    pub amount: Money,
    pub reason: String,
}

impl From<Settlement> for FunderSettlementBody {
    fn from(settlement: Settlement) -> Self {
        let (correction, net_to_funder) = (settlement.correction(), settlement.net_to_funder());
        let (received, coverage) = (settlement.received, settlement.coverage);
        let others = received.held_by_others();
        let by = |done: Option<(DateTime<Utc>, Option<UserId>)>| {
            (done.map(|(at, _)| at), done.and_then(|(_, by)| by).map(UserId::get))
        };
        let ((finalised_at, finalised_by), (paid_at, paid_by)) =
            (by(settlement.finalised), by(settlement.paid));
        let body = |Correction { amount, reason }| CorrectionBody { amount, reason };
        Self {
            id: settlement.id.get(),
            funder_id: coverage.funder_id.get(),
            periode: coverage.periode,
            status: settlement.status.code(),
            booked_through: coverage.through,
            open_month: coverage.open_month,
            follows: coverage.follows.map(FunderSettlementId::get),
            lines_total: settlement.lines,
            paid_by_members: PairBody {
                principal: received.paid_principal,
                interest: received.paid_interest,
            },
            held_by_others: PairBody { principal: others.0, interest: others.1 },
            principal: received.principal,
            interest: received.interest,
            interest_on_share: received.interest_on_share,
            fee_originator: settlement.fee_originator,
            fee_servicing: settlement.fee_servicing,
            ppn_pct: coverage.tax_rates.ppn,
            ppn: settlement.taxes.ppn,
            pph23_pct: coverage.tax_rates.pph23,
            pph23: settlement.taxes.pph23,
            correction,
            corrections: settlement.corrections.into_iter().map(body).collect(),
            net_to_funder,
            generated_at: settlement.generated.0,
            generated_by: settlement.generated.1.map(UserId::get),
            finalised_at,
            finalised_by,
            paid_at,
            paid_by,
        }
    }
}

/// A settlement with what it is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettlementDetailBody {
    /// The settlement.
    #[serde(flatten)]
    pub settlement: FunderSettlementBody,
    /// Its lines by kind.
    pub kinds: Vec<KindBody>,
    /// Its first 1,000 lines; all of them come in pages by `/lines`, or in the statement.
    pub lines: Vec<SettlementLineBody>,
}

impl From<Statement> for SettlementDetailBody {
    fn from(statement: Statement) -> Self {
        let Statement { funder: _, settlement, kinds, lines } = statement;
        Self {
            settlement: settlement.into(),
            kinds: kinds.into_iter().map(KindBody::from).collect(),
            lines: lines.into_iter().map(SettlementLineBody::from).collect(),
        }
    }
}

/// The lines of a kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindBody {
    pub kind: &'static str,
    pub count: u32,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    #[schema(value_type = String)]
    pub fee_originator: Money,
    #[schema(value_type = String)]
    pub fee_servicing: Money,
}

impl From<KindTotals> for KindBody {
    fn from(totals: KindTotals) -> Self {
        let KindTotals { kind, count, principal, interest, fee_originator, fee_servicing } = totals;
        let kind = kind.code();
        Self { kind, count, principal, interest, fee_originator, fee_servicing }
    }
}

/// A line: of a transaction what the funder gets and pays; changes are signed.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct SettlementLineBody {
    pub no: u32,
    pub contract_id: i64,
    pub loan_id: Option<i64>,
    pub loan_number: Option<String>,
    pub transaction_id: Option<i64>,
    /// The transaction's value date, by which it is shared.
    pub effective_on: Option<NaiveDate>,
    /// `instalment`, `late`, `payoff`, `claim`, `recovery`, `reversal`, `adjustment`, `origination` or `minimum`
    pub kind: &'static str,
    /// The final settlement that it corrects.
    pub corrects: Option<i64>,
    /// What the member paid.
    pub paid_by_members: PairBody,
    #[schema(value_type = String)]
    pub principal: Money,
    #[schema(value_type = String)]
    pub interest: Money,
    /// The interest on his share.
    #[schema(value_type = String)]
    pub interest_on_share: Money,
    #[schema(value_type = String)]
    pub fee_originator: Money,
    #[schema(value_type = String)]
    pub fee_servicing: Money,
}

impl From<StatementLine> for SettlementLineBody {
    fn from(StatementLine { line, loan_number, on }: StatementLine) -> Self {
        let SettlementLine { no, of, fee_originator, fee_servicing } = line;
        let Received { paid_principal, paid_interest, principal, interest_on_share, interest } =
            of.received;
        Self {
            no,
            contract_id: of.contract_id.get(),
            loan_id: of.loan_id.map(LoanId::get),
            loan_number,
            transaction_id: of.transaction.map(TransactionId::get),
            effective_on: on,
            kind: of.kind.code(),
            corrects: of.corrects.map(FunderSettlementId::get),
            paid_by_members: PairBody { principal: paid_principal, interest: paid_interest },
            principal,
            interest,
            interest_on_share,
            fee_originator,
            fee_servicing,
        }
    }
}
