//! Applications as they are shown.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_flows::ApplicationRecord;
use pensipro_kernel::{BranchId, LoanId, Moment, Money, Rate, SalesId, UserId};
use pensipro_origination::{
    Analysis, Application, Condition, Decision, Findings, Fulfilment, NewAnalysis, NewDecision,
    Precheck, Recusal, Request, Score, ScorePart, Takeover, usecases::ApplicationFile,
};
use pensipro_pricing::TermsParts;
use serde::Serialize;
use utoipa::ToSchema;

use crate::bodies::{fees::FeeBody, rules::RuleBody};

/// An application.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ApplicationBody {
    pub id: i64,
    /// What people call it.
    #[schema(example = "APP-2026-000123")]
    pub number: String,
    pub member_id: i64,
    pub product_id: i64,
    pub sales_id: Option<i64>,
    pub branch_id: Option<i64>,
    #[schema(value_type = String, example = "50000000.00")]
    pub plafon: Money,
    pub tenor: u16,
    /// Percent a year, as agreed.
    #[schema(value_type = String, example = "12")]
    pub interest_rate: Rate,
    /// `flat`, `anuitas` or `efektif`
    pub method: &'static str,
    /// As agreed.
    pub fees: Vec<FeeBody>,
    pub purpose: Option<String>,
    #[schema(value_type = String, example = "0.00")]
    pub other_obligations: Money,
    /// Another lender's loan that this one pays off.
    pub takeover: Option<TakeoverBody>,
    /// The member's own loan that this one tops up.
    pub topup_loan_id: Option<i64>,
    /// `draft`, `submitted`, `analyzing`, `committee`, `approved`, `rejected`, `disbursed` or
    /// `cancelled`
    pub status: &'static str,
    /// The loan, once approved.
    pub loan_id: Option<i64>,
    /// Why it was withdrawn, turned down or sent back last.
    pub reason: Option<String>,
    pub entered_on: NaiveDate,
    pub approved_on: Option<NaiveDate>,
    /// Since when somebody has to act on it: the analyst, a level of the committee, or finance.
    pub waiting_since: Option<DateTime<Utc>>,
    /// Whole days since then.
    pub waiting_days: Option<i64>,
    /// Whole days since its entry.
    pub age_days: i64,
    /// The committee's level that is due, while the committee has it.
    pub next_level: Option<u8>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

/// Another lender's loan, paid off from what is disbursed.
#[derive(Debug, Serialize, ToSchema)]
pub struct TakeoverBody {
    /// The lender.
    pub institution: String,
    /// What pays his loan off.
    #[schema(value_type = String, example = "20000000.00")]
    pub payoff: Money,
    /// The loan's number there.
    pub reference: Option<String>,
}

impl From<Takeover> for TakeoverBody {
    fn from(Takeover { institution, payoff, reference }: Takeover) -> Self {
        Self { institution, payoff, reference }
    }
}

/// An application with everything that was found and said of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationDetailBody {
    /// The application.
    #[serde(flatten)]
    pub application: ApplicationBody,
    /// The latest pre-check.
    pub precheck: Option<PrecheckBody>,
    /// Oldest first.
    pub analyses: Vec<AnalysisBody>,
    /// The committee's, by level.
    pub decisions: Vec<DecisionBody>,
    /// The committee's; a disbursement needs all of them met.
    pub conditions: Vec<ConditionBody>,
    /// Who stepped back from deciding, oldest first.
    pub recusals: Vec<RecusalBody>,
}

/// The result of a pre-check.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct PrecheckBody {
    /// What it was made for: `submit`, `analysis` or `approval`.
    pub occasion: &'static str,
    pub passed: bool,
    pub rules: Vec<RuleBody>,
    pub checked_at: DateTime<Utc>,
    pub checked_by: Option<i64>,
}

/// An analysis.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct AnalysisBody {
    pub id: i64,
    #[schema(value_type = String)]
    pub income: Money,
    #[schema(value_type = String)]
    pub other_obligations: Money,
    /// New and running instalments and other obligations over the monthly benefit, percent.
    #[schema(value_type = Option<String>, example = "36.9048")]
    pub dsr: Option<Rate>,
    /// The analyst's own.
    pub risk_score: u8,
    /// What the scorecard gave, if there was one.
    pub scorecard: Option<ScoreBody>,
    /// `approve`, `reject` or `conditional`
    pub recommendation: &'static str,
    pub notes: String,
    pub analysed_at: DateTime<Utc>,
    pub analysed_by: Option<i64>,
}

/// A score with each factor's part.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScoreBody {
    /// 0 to 100, the weighted mean of the factors' points.
    pub total: u8,
    /// Factor by factor.
    pub factors: Vec<ScorePartBody>,
}

/// A factor's part of a score.
#[derive(Debug, Serialize, ToSchema)]
pub struct ScorePartBody {
    /// `dsr`, `income_ratio`, `age_at_end`, `benefit_share`, `tenor` or `open_loans`
    pub factor: &'static str,
    /// The figure that was judged: percent, years, months or a count; `null` past any meaning.
    #[schema(value_type = Option<String>, example = "36.9048")]
    pub value: Option<Rate>,
    /// The band's, 0 to 100.
    pub points: u8,
    /// Its share is this over all weights.
    pub weight: u16,
    /// What it adds to the total.
    #[schema(value_type = String, example = "21")]
    pub contribution: Rate,
}

/// A committee level's decision.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct DecisionBody {
    pub id: i64,
    pub level: u8,
    /// `approve`, `reject` or `conditional`
    pub decision: &'static str,
    pub notes: Option<String>,
    pub decided_at: DateTime<Utc>,
    pub decided_by: Option<i64>,
}

/// Somebody of the committee who stepped back.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct RecusalBody {
    pub user_id: i64,
    /// The level that was due then.
    pub level: u8,
    pub reason: String,
    pub recused_at: DateTime<Utc>,
}

/// A condition that a level set.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct ConditionBody {
    pub id: i64,
    pub decision_id: i64,
    pub text: String,
    pub met: bool,
    pub met_by: Option<i64>,
    pub met_at: Option<DateTime<Utc>>,
    pub notes: Option<String>,
}

impl ApplicationBody {
    /// An application, and the loan that it became, as it stands at a moment.
    pub fn of(application: Application, loan_id: Option<LoanId>, at: Moment) -> Self {
        let (number, age_days) = (application.number(), application.age(at.today));
        let Application {
            id,
            member_id,
            product_id,
            sales_id,
            branch_id,
            request: Request { plafon, tenor, purpose, other_obligations, takeover, topup },
            terms,
            status,
            reason,
            entered_on,
            approved_on,
            waiting,
            version: _,
            created_at,
            updated_at,
            created_by,
        } = application;
        let TermsParts {
            rules,
            fees,
            allocation_order: _,
            freeze_interest_on_death: _,
            late: _,
            early_settlement: _,
        } = terms.into_parts();
        Self {
            id: id.get(),
            number,
            member_id: member_id.get(),
            product_id: product_id.get(),
            sales_id: sales_id.map(SalesId::get),
            branch_id: branch_id.map(BranchId::get),
            plafon,
            tenor,
            interest_rate: rules.interest_rate,
            method: rules.method.code(),
            fees: fees.into_iter().map(FeeBody::from).collect(),
            purpose,
            other_obligations,
            takeover: takeover.map(TakeoverBody::from),
            topup_loan_id: topup.map(LoanId::get),
            status: status.code(),
            loan_id: loan_id.map(LoanId::get),
            reason,
            entered_on,
            approved_on,
            waiting_since: waiting.map(|waiting| waiting.since),
            waiting_days: waiting.map(|waiting| waiting.days(at.now)),
            age_days,
            next_level: waiting.and_then(|waiting| waiting.level).map(|level| level.get()),
            created_at,
            updated_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

impl ApplicationDetailBody {
    /// One with all that was said of it, as it stands at a moment.
    pub fn of(ApplicationRecord { file, loan_id }: ApplicationRecord, at: Moment) -> Self {
        let ApplicationFile {
            application,
            precheck,
            analyses,
            decisions,
            conditions,
            recusals,
            next_level,
        } = file;
        let next_level = next_level.map(|level| level.get());
        Self {
            application: ApplicationBody {
                next_level,
                ..ApplicationBody::of(application, loan_id, at)
            },
            precheck: precheck.map(PrecheckBody::from),
            analyses: analyses.into_iter().map(AnalysisBody::from).collect(),
            decisions: decisions.into_iter().map(DecisionBody::from).collect(),
            conditions: conditions.into_iter().map(ConditionBody::from).collect(),
            recusals: recusals.into_iter().map(RecusalBody::from).collect(),
        }
    }
}

impl From<Precheck> for PrecheckBody {
    fn from(precheck: Precheck) -> Self {
        let passed = precheck.passed();
        let Precheck { occasion, rules, checked_at, checked_by } = precheck;
        let rules = rules.into_iter().map(RuleBody::from).collect();
        Self {
            occasion: occasion.code(),
            passed,
            rules,
            checked_at,
            checked_by: checked_by.map(UserId::get),
        }
    }
}

impl From<Analysis> for AnalysisBody {
    fn from(Analysis { id, content, analysed_at }: Analysis) -> Self {
        let NewAnalysis { application_id: _, findings, dsr, score, analysed_by } = content;
        let Findings { income, other_obligations, risk_score, recommendation, notes } = findings;
        Self {
            id: id.get(),
            income,
            other_obligations,
            dsr,
            risk_score: risk_score.get(),
            scorecard: score.map(ScoreBody::from),
            recommendation: recommendation.code(),
            notes,
            analysed_at,
            analysed_by: analysed_by.map(UserId::get),
        }
    }
}

impl From<Score> for ScoreBody {
    fn from(Score { total, factors }: Score) -> Self {
        Self { total, factors: factors.into_iter().map(ScorePartBody::from).collect() }
    }
}

impl From<ScorePart> for ScorePartBody {
    fn from(part: ScorePart) -> Self {
        let ScorePart { factor, value, points, weight, contribution } = part;
        Self { factor: factor.code(), value, points, weight, contribution }
    }
}

impl From<Decision> for DecisionBody {
    fn from(Decision { id, content, decided_at }: Decision) -> Self {
        let NewDecision { application_id: _, level, verdict, notes, decided_by } = content;
        Self {
            id: id.get(),
            level: level.get(),
            decision: verdict.code(),
            notes,
            decided_at,
            decided_by: decided_by.map(UserId::get),
        }
    }
}

impl From<Recusal> for RecusalBody {
    fn from(recusal: Recusal) -> Self {
        let Recusal { application_id: _, user_id, level, reason, recused_at } = recusal;
        Self { user_id: user_id.get(), level: level.get(), reason, recused_at }
    }
}

impl From<Condition> for ConditionBody {
    fn from(condition: Condition) -> Self {
        let Condition { id, application_id: _, decision_id, text, met } = condition;
        let is_met = met.is_some();
        let (by, at, notes) = match met {
            Some(Fulfilment { by, at, notes }) => (by, Some(at), notes),
            None => (None, None, None),
        };
        Self {
            id: id.get(),
            decision_id: decision_id.get(),
            text,
            met: is_met,
            met_by: by.map(UserId::get),
            met_at: at,
            notes,
        }
    }
}
