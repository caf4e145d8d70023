//! Pre-checks and analyses.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{AnalysisId, ApplicationId, Money, Rate, StorageError, UserId};
use pensipro_origination::{
    Analysis, AssessmentRepository, Findings, NewAnalysis, Precheck, RiskScore,
};

use crate::{
    Tx,
    convert::{code, from_json, from_time, to_json, unreadable},
    schema::{analysis, precheck_results},
    sql::columns,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = analysis)]
struct AnalysisRow {
    id: i64,
    application_id: i64,
    income: i64,
    other_obligations: i64,
    dsr: Option<i64>,
    risk_score: i32,
    recommendation: String,
    notes: String,
    analysed_at: NaiveDateTime,
    analysed_by: Option<i64>,
    score: Option<String>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = precheck_results)]
struct PrecheckRow {
    occasion: String,
    rules: String,
    checked_at: NaiveDateTime,
    checked_by: Option<i64>,
}

impl TryFrom<PrecheckRow> for Precheck {
    type Error = StorageError;

    fn try_from(row: PrecheckRow) -> Result<Self, StorageError> {
        let PrecheckRow { occasion, rules, checked_at, checked_by } = row;
        Ok(Self {
            occasion: code("precheck_results.occasion", &occasion)?,
            rules: from_json("precheck_results.rules", &rules)?,
            checked_at: from_time(checked_at),
            checked_by: checked_by.map(UserId::new),
        })
    }
}

impl TryFrom<AnalysisRow> for Analysis {
    type Error = StorageError;

    fn try_from(row: AnalysisRow) -> Result<Self, StorageError> {
        let AnalysisRow {
            id,
            application_id,
            income,
            other_obligations,
            dsr,
            risk_score,
            recommendation,
            notes,
            analysed_at,
            analysed_by,
            score,
        } = row;
        let score = score.map(|json| from_json("analysis.score", &json)).transpose()?;
        let findings = Findings {
            income: Money::from_sen(income),
            other_obligations: Money::from_sen(other_obligations),
            risk_score: RiskScore::new(risk_score.into())
                .ok_or_else(|| unreadable("analysis.risk_score"))?,
            recommendation: code("analysis.recommendation", &recommendation)?,
            notes,
        };
        Ok(Self {
            id: AnalysisId::new(id),
            content: NewAnalysis {
                application_id: ApplicationId::new(application_id),
                findings,
                dsr: dsr.map(Rate::from_units),
                score,
                analysed_by: analysed_by.map(UserId::new),
            },
            analysed_at: from_time(analysed_at),
        })
    }
}

impl AssessmentRepository for Tx<'_> {
    fn add_precheck(
        &mut self,
        application: ApplicationId,
        result: &Precheck,
    ) -> Result<(), StorageError> {
        use precheck_results::dsl;
        let Precheck { occasion, rules, checked_at, checked_by } = result;
        let rules = to_json(rules)?;
        self.run(|conn| {
            diesel::insert_into(dsl::precheck_results)
                .values((
                    dsl::application_id.eq(application.get()),
                    dsl::occasion.eq(occasion.code()),
                    dsl::passed.eq(result.passed()),
                    dsl::rules.eq(rules),
                    dsl::checked_at.eq(checked_at.naive_utc()),
                    dsl::checked_by.eq(checked_by.map(UserId::get)),
                ))
                .execute(conn)
                .map(drop)
        })
    }

    fn latest_precheck(
        &mut self,
        application: ApplicationId,
    ) -> Result<Option<Precheck>, StorageError> {
        let row: Option<PrecheckRow> = self.run(|conn| {
            precheck_results::table
                .filter(precheck_results::application_id.eq(application.get()))
                .order(precheck_results::id.desc())
                .select(PrecheckRow::as_select())
                .first(conn)
                .optional()
        })?;
        row.map(Precheck::try_from).transpose()
    }

    fn prechecks(&mut self, application: ApplicationId) -> Result<Vec<Precheck>, StorageError> {
        let rows: Vec<PrecheckRow> = self.run(|conn| {
            precheck_results::table
                .filter(precheck_results::application_id.eq(application.get()))
                .order(precheck_results::id)
                .select(PrecheckRow::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(Precheck::try_from).collect()
    }

    fn add_analysis(&mut self, new: &NewAnalysis) -> Result<Analysis, StorageError> {
        use analysis::dsl;
        let NewAnalysis { application_id, findings, dsr, score, analysed_by } = new;
        let score = score.as_ref().map(to_json).transpose()?;
        let Findings { income, other_obligations, risk_score, recommendation, notes } = findings;
        let now = self.now();
        let row: AnalysisRow = self.run(|conn| {
            diesel::insert_into(dsl::analysis)
                .values((
                    dsl::application_id.eq(application_id.get()),
                    dsl::income.eq(income.sen()),
                    dsl::other_obligations.eq(other_obligations.sen()),
                    dsl::dsr.eq(dsr.map(Rate::units)),
                    dsl::risk_score.eq(i32::from(risk_score.get())),
                    dsl::recommendation.eq(recommendation.code()),
                    dsl::notes.eq(notes),
                    dsl::score.eq(score),
                    dsl::analysed_at.eq(now),
                    dsl::analysed_by.eq(analysed_by.map(UserId::get)),
                ))
                .returning(columns::<AnalysisRow>())
                .get_result(conn)
        })?;
        Analysis::try_from(row)
    }

    fn analyses(&mut self, application: ApplicationId) -> Result<Vec<Analysis>, StorageError> {
        let rows: Vec<AnalysisRow> = self.run(|conn| {
            analysis::table
                .filter(analysis::application_id.eq(application.get()))
                .order(analysis::id)
                .select(AnalysisRow::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(Analysis::try_from).collect()
    }
}
