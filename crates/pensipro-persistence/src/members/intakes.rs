//! Spreadsheets of members, and the verdicts on their rows.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use pensipro_kernel::{
    BranchId, IntakeId, MemberId, Page, PageRequest, Position, SalesId, Scope, StorageError, UserId,
};
use pensipro_members::{
    Intake, IntakeCommand, IntakeFilter, IntakeRepository, IntakeStatus, NewIntake, Sha256,
    StoredVerdict, Tally, VerdictKind,
};

use crate::{
    Tx,
    convert::{code, count, digest, from_json, from_time, to_json},
    schema::{member_intake_rows, member_intakes},
    scope::seen_intakes,
    sql::{Locked, RowLock, batch_row, columns},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = member_intakes)]
struct Row {
    id: i64,
    mode: String,
    sent_from: Option<i64>,
    branch_id: Option<i64>,
    sales_id: Option<i64>,
    sha256: Vec<u8>,
    spool_key: Option<String>,
    status: String,
    rows: i32,
    last_row: i32,
    registered: i32,
    acceptable: i32,
    present: i32,
    refused: i32,
    created_at: NaiveDateTime,
    created_by: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = member_intake_rows)]
struct VerdictRow {
    row_no: i32,
    verdict: String,
    member_id: Option<i64>,
    faults: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = member_intake_rows)]
#[diesel(treat_none_as_default_value = false)]
struct NewVerdictRow {
    intake_id: i64,
    row_no: i32,
    verdict: &'static str,
    member_id: Option<i64>,
    faults: Option<String>,
}
batch_row!(NewVerdictRow => member_intake_rows);

fn to_count(number: u32) -> Result<i32, StorageError> {
    count("member_intakes", number)
}

fn from_count(number: i32) -> Result<u32, StorageError> {
    count("member_intakes", number)
}

impl TryFrom<Row> for Intake {
    type Error = StorageError;

    fn try_from(row: Row) -> Result<Self, StorageError> {
        let Row {
            id,
            mode,
            sent_from,
            branch_id,
            sales_id,
            sha256,
            spool_key,
            status,
            rows,
            last_row,
            registered,
            acceptable,
            present,
            refused,
            created_at,
            created_by,
        } = row;
        Ok(Self {
            id: IntakeId::new(id),
            command: IntakeCommand {
                mode: code("member_intakes.mode", &mode)?,
                branch_id: branch_id.map(BranchId::new),
                sales_id: sales_id.map(SalesId::new),
            },
            sent_from: sent_from.map(BranchId::new),
            sha256: Sha256(digest("member_intakes.sha256", sha256)?),
            rows: from_count(rows)?,
            spool_key,
            status: code("member_intakes.status", &status)?,
            last_row: from_count(last_row)?,
            tally: Tally {
                registered: from_count(registered)?,
                acceptable: from_count(acceptable)?,
                present: from_count(present)?,
                refused: from_count(refused)?,
            },
            created_by: created_by.map(UserId::new),
            created_at: from_time(created_at),
        })
    }
}

impl TryFrom<VerdictRow> for StoredVerdict {
    type Error = StorageError;

    fn try_from(row: VerdictRow) -> Result<Self, StorageError> {
        let VerdictRow { row_no, verdict, member_id, faults } = row;
        let faults =
            faults.map(|json| from_json("member_intake_rows.faults", &json)).transpose()?;
        Ok(Self {
            row: from_count(row_no)?,
            kind: code("member_intake_rows.verdict", &verdict)?,
            member_id: member_id.map(MemberId::new),
            faults: faults.unwrap_or_default(),
        })
    }
}

impl NewVerdictRow {
    fn of(intake: IntakeId, verdict: StoredVerdict) -> Result<Self, StorageError> {
        let StoredVerdict { row, kind, member_id, faults } = verdict;
        let refused = kind == VerdictKind::Refused;
        Ok(Self {
            intake_id: intake.get(),
            row_no: to_count(row)?,
            verdict: kind.code(),
            member_id: member_id.map(MemberId::get),
            faults: refused.then(|| to_json(&faults)).transpose()?,
        })
    }
}

impl IntakeRepository for Tx<'_> {
    fn add_intake(&mut self, new: &NewIntake, by: Option<UserId>) -> Result<Intake, StorageError> {
        use member_intakes::dsl;
        let NewIntake { command, sent_from, sha256, rows, spool_key } = new;
        let IntakeCommand { mode, branch_id, sales_id } = command;
        let (rows, now) = (to_count(*rows)?, self.now());
        let row: Row = self.run(|conn| {
            diesel::insert_into(dsl::member_intakes)
                .values((
                    dsl::mode.eq(mode.code()),
                    dsl::sent_from.eq(sent_from.map(BranchId::get)),
                    dsl::branch_id.eq(branch_id.map(BranchId::get)),
                    dsl::sales_id.eq(sales_id.map(SalesId::get)),
                    dsl::sha256.eq(sha256.0.as_slice()),
                    dsl::spool_key.eq(spool_key),
                    dsl::status.eq(IntakeStatus::Processing.code()),
                    dsl::rows.eq(rows),
                    (
                        dsl::last_row.eq(0),
                        dsl::registered.eq(0),
                        dsl::acceptable.eq(0),
                        dsl::present.eq(0),
                        dsl::refused.eq(0),
                    ),
                    dsl::created_at.eq(now),
                    dsl::updated_at.eq(now),
                    dsl::created_by.eq(by.map(UserId::get)),
                ))
                .returning(columns::<Row>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn intake(&mut self, id: IntakeId, scope: Scope) -> Result<Intake, StorageError> {
        let query = member_intakes::table
            .find(id.get())
            .filter(seen_intakes(scope))
            .select(Row::as_select());
        let row: Option<Row> = self.run(|conn| query.first(conn).optional())?;
        row.ok_or(StorageError::not_found("import", id.get()))?.try_into()
    }

    fn lock_intake(&mut self, id: IntakeId) -> Result<Intake, StorageError> {
        let query = member_intakes::table.find(id.get()).select(Row::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "member_intakes");
        let row: Option<Row> = self.run(|conn| locked.get_result(conn).optional())?;
        row.ok_or(StorageError::not_found("import", id.get()))?.try_into()
    }

    fn intakes(
        &mut self,
        filter: IntakeFilter,
        page: &PageRequest,
        scope: Scope,
    ) -> Result<Page<Intake>, StorageError> {
        use member_intakes::dsl;
        let IntakeFilter { status } = filter;
        let filtered = || {
            let query = dsl::member_intakes.filter(seen_intakes(scope)).into_boxed();
            match status {
                Some(status) => query.filter(dsl::status.eq(status.code())),
                None => query,
            }
        };
        let mut query = filtered();
        if let Some(last) = &page.after {
            query = query.filter(dsl::id.lt(last.id));
        }
        let query =
            query.order(dsl::id.desc()).limit(i64::from(page.limit) + 1).select(Row::as_select());
        let rows: Vec<Row> = self.run(|conn| query.load(conn))?;
        let intakes = rows.into_iter().map(Intake::try_from).collect::<Result<_, _>>()?;
        let mut intakes = Page::from_rows(intakes, page.limit, |intake: &Intake| Position {
            key: String::new(),
            id: intake.id.get(),
        });
        if page.count {
            intakes.total = Some(self.run(|conn| filtered().count().get_result(conn))?);
        }
        Ok(intakes)
    }

    fn unfinished_intakes(&mut self) -> Result<Vec<IntakeId>, StorageError> {
        use member_intakes::dsl;
        let query = dsl::member_intakes
            .filter(dsl::status.eq(IntakeStatus::Processing.code()))
            .order(dsl::id)
            .select(dsl::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(IntakeId::new).collect())
    }

    fn save_intake(&mut self, intake: &Intake) -> Result<(), StorageError> {
        use member_intakes::dsl;
        let Tally { registered, acceptable, present, refused } = intake.tally;
        let update = diesel::update(dsl::member_intakes.find(intake.id.get())).set((
            dsl::status.eq(intake.status.code()),
            dsl::spool_key.eq(intake.spool_key.clone()),
            dsl::last_row.eq(to_count(intake.last_row)?),
            dsl::registered.eq(to_count(registered)?),
            dsl::acceptable.eq(to_count(acceptable)?),
            dsl::present.eq(to_count(present)?),
            dsl::refused.eq(to_count(refused)?),
            dsl::updated_at.eq(self.now()),
        ));
        match self.run(|conn| update.execute(conn))? {
            0 => Err(StorageError::not_found("import", intake.id.get())),
            _ => Ok(()),
        }
    }

    fn add_verdicts(
        &mut self,
        id: IntakeId,
        verdicts: Vec<StoredVerdict>,
    ) -> Result<(), StorageError> {
        let rows = verdicts.into_iter().map(|verdict| NewVerdictRow::of(id, verdict));
        self.insert_all(rows.collect::<Result<_, _>>()?)
    }

    fn forget_verdicts(&mut self, id: IntakeId) -> Result<(), StorageError> {
        use member_intake_rows::dsl;
        let rows = dsl::member_intake_rows.filter(dsl::intake_id.eq(id.get()));
        self.run(|conn| diesel::delete(rows).execute(conn)).map(drop)
    }

    fn verdicts(
        &mut self,
        id: IntakeId,
        kind: Option<VerdictKind>,
        page: &PageRequest,
    ) -> Result<Page<StoredVerdict>, StorageError> {
        use member_intake_rows::dsl;
        let filtered = || {
            let query = dsl::member_intake_rows.filter(dsl::intake_id.eq(id.get())).into_boxed();
            match kind {
                Some(kind) => query.filter(dsl::verdict.eq(kind.code())),
                None => query,
            }
        };
        let mut query = filtered();
        if let Some(last) = &page.after {
            query = query.filter(dsl::row_no.gt(count::<i64, i32>("a cursor", last.id)?));
        }
        let query = query
            .order(dsl::row_no)
            .limit(i64::from(page.limit) + 1)
            .select(VerdictRow::as_select());
        let rows: Vec<VerdictRow> = self.run(|conn| query.load(conn))?;
        let verdicts = rows.into_iter().map(StoredVerdict::try_from).collect::<Result<_, _>>()?;
        let mut verdicts = Page::from_rows(verdicts, page.limit, |verdict: &StoredVerdict| {
            Position { key: String::new(), id: verdict.row.into() }
        });
        if page.count {
            verdicts.total = Some(self.run(|conn| filtered().count().get_result(conn))?);
        }
        Ok(verdicts)
    }
}
