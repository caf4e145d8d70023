//! The committee's decisions and conditions.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;
use pensipro_kernel::{ApplicationId, ConditionId, DecisionId, StorageError, UserId};
use pensipro_origination::{
    Application, CommitteeRepository, Condition, Decision, Fulfilment, Level, NewDecision, Recusal,
};

use crate::{
    Tx,
    convert::{code, from_time, unreadable},
    schema::{application_conditions, committee_decisions},
    sql::columns,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = committee_decisions)]
struct DecisionRow {
    id: i64,
    application_id: i64,
    level: i32,
    decision: String,
    notes: Option<String>,
    decided_at: NaiveDateTime,
    decided_by: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = application_conditions)]
struct ConditionRow {
    id: i64,
    application_id: i64,
    decision_id: i64,
    text: String,
    met_at: Option<NaiveDateTime>,
    met_by: Option<i64>,
    notes: Option<String>,
}

impl TryFrom<DecisionRow> for Decision {
    type Error = StorageError;

    fn try_from(row: DecisionRow) -> Result<Self, StorageError> {
        let DecisionRow { id, application_id, level, decision, notes, decided_at, decided_by } =
            row;
        Ok(Self {
            id: DecisionId::new(id),
            content: NewDecision {
                application_id: ApplicationId::new(application_id),
                level: Level::new(level.into())
                    .ok_or_else(|| unreadable("committee_decisions.level"))?,
                verdict: code("committee_decisions.decision", &decision)?,
                notes,
                decided_by: decided_by.map(UserId::new),
            },
            decided_at: from_time(decided_at),
        })
    }
}

impl From<ConditionRow> for Condition {
    fn from(row: ConditionRow) -> Self {
        let ConditionRow { id, application_id, decision_id, text, met_at, met_by, notes } = row;
        let met = |at| Fulfilment { by: met_by.map(UserId::new), at: from_time(at), notes };
        Self {
            id: ConditionId::new(id),
            application_id: ApplicationId::new(application_id),
            decision_id: DecisionId::new(decision_id),
            text,
            met: met_at.map(met),
        }
    }
}

impl CommitteeRepository for Tx<'_> {
    fn add_decision(
        &mut self,
        decision: &NewDecision,
        conditions: &[String],
    ) -> Result<Decision, StorageError> {
        let NewDecision { application_id, level, verdict, notes, decided_by } = decision;
        let now = self.now();
        let row: DecisionRow = self.run(|conn| {
            use committee_decisions::dsl;
            diesel::insert_into(dsl::committee_decisions)
                .values((
                    dsl::application_id.eq(application_id.get()),
                    dsl::level.eq(i32::from(level.get())),
                    dsl::decision.eq(verdict.code()),
                    dsl::notes.eq(notes),
                    dsl::decided_at.eq(now),
                    dsl::decided_by.eq(decided_by.map(UserId::get)),
                ))
                .returning(columns::<DecisionRow>())
                .get_result(conn)
        })?;
        for text in conditions {
            use application_conditions::dsl;
            self.run(|conn| {
                diesel::insert_into(dsl::application_conditions)
                    .values((
                        dsl::application_id.eq(application_id.get()),
                        dsl::decision_id.eq(row.id),
                        dsl::text.eq(text),
                    ))
                    .execute(conn)
            })?;
        }
        Decision::try_from(row)
    }

    fn decisions(&mut self, application: ApplicationId) -> Result<Vec<Decision>, StorageError> {
        let rows: Vec<DecisionRow> = self.run(|conn| {
            committee_decisions::table
                .filter(committee_decisions::application_id.eq(application.get()))
                .order(committee_decisions::level)
                .select(DecisionRow::as_select())
                .load(conn)
        })?;
        rows.into_iter().map(Decision::try_from).collect()
    }

    fn conditions(&mut self, application: ApplicationId) -> Result<Vec<Condition>, StorageError> {
        let rows: Vec<ConditionRow> = self.run(|conn| {
            application_conditions::table
                .filter(application_conditions::application_id.eq(application.get()))
                .order(application_conditions::id)
                .select(ConditionRow::as_select())
                .load(conn)
        })?;
        Ok(rows.into_iter().map(Condition::from).collect())
    }

    fn recusals(&mut self, application: ApplicationId) -> Result<Vec<Recusal>, StorageError> {
        self.stored_recusals(application)
    }

    fn add_recusal(&mut self, recusal: &Recusal) -> Result<(), StorageError> {
        self.insert_recusal(recusal)
    }

    fn overdue(
        &mut self,
        level: Level,
        since: DateTime<Utc>,
        limit: u16,
    ) -> Result<Vec<Application>, StorageError> {
        self.overdue_applications(level, since, limit)
    }

    fn note_deadline(&mut self, application: &Application) -> Result<bool, StorageError> {
        self.insert_deadline(application)
    }

    fn save_condition(&mut self, condition: &Condition) -> Result<(), StorageError> {
        use application_conditions::dsl;
        let Condition { id, met, .. } = condition;
        let met = met.as_ref();
        let changed = self.run(|conn| {
            diesel::update(dsl::application_conditions.find(id.get()))
                .set((
                    dsl::met_at.eq(met.map(|met| met.at.naive_utc())),
                    dsl::met_by.eq(met.and_then(|met| met.by).map(UserId::get)),
                    dsl::notes.eq(met.and_then(|met| met.notes.as_deref())),
                ))
                .execute(conn)
        })?;
        if changed == 0 { Err(StorageError::not_found("condition", id.get())) } else { Ok(()) }
    }
}
