//! Settlements with funders.

use diesel::prelude::*;
use pensipro_funding::{
    Settlement, SettlementFilter, SettlementRepository, SettlementStatus, SettlementWindow,
    settlement::{
        ContractTotals, Coverage, KindTotals, SettledLoan, SettlementLine, StatementLine, TaxRates,
    },
};
use pensipro_kernel::{
    ContractId, FunderId, FunderSettlementId, Moment, Page, PageRequest, Period, Position,
    StorageError, UserId, Version,
};

use super::{
    settled, settlement_lines,
    settlement_rows::{Header, TotalsRow},
};
use crate::{
    Tx,
    connection::MultiBackend,
    convert::code,
    schema::{
        funder_allocations as allocations, funder_settlement_contracts as contracts,
        funder_settlement_lines as lines,
        funder_settlements::{self, dsl},
        funders,
    },
    sql::{Locked, RowLock, after},
};

const FINAL: [SettlementStatus; 2] = [SettlementStatus::Final, SettlementStatus::Paid];
const UNSETTLED: [SettlementStatus; 2] = [SettlementStatus::Generating, SettlementStatus::Draft];

type Query = diesel::helper_types::IntoBoxed<'static, funder_settlements::table, MultiBackend>;

/// The codes of settlements that stand.
pub(super) fn final_codes() -> [&'static str; 2] {
    FINAL.map(SettlementStatus::code)
}

fn read(row: Option<Header>, id: FunderSettlementId) -> Result<Settlement, StorageError> {
    row.ok_or(StorageError::not_found("settlement", id.get()))?.try_into()
}

impl SettlementRepository for Tx<'_> {
    fn settlement(
        &mut self,
        funder: FunderId,
        id: FunderSettlementId,
    ) -> Result<Settlement, StorageError> {
        let query = dsl::funder_settlements
            .find(id.get())
            .filter(dsl::funder_id.eq(funder.get()))
            .select(Header::as_select());
        read(self.run(|conn| query.first(conn).optional())?, id)
    }

    fn any_settlement(&mut self, id: FunderSettlementId) -> Result<Settlement, StorageError> {
        let query = dsl::funder_settlements.find(id.get()).select(Header::as_select());
        read(self.run(|conn| query.first(conn).optional())?, id)
    }

    fn lock_settlement(&mut self, id: FunderSettlementId) -> Result<Settlement, StorageError> {
        let query = dsl::funder_settlements.find(id.get()).select(Header::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "funder_settlements");
        read(self.run(|conn| locked.get_result(conn).optional())?, id)
    }

    fn settlement_of(
        &mut self,
        funder: FunderId,
        periode: Period,
    ) -> Result<Option<Settlement>, StorageError> {
        let query = dsl::funder_settlements
            .filter(dsl::funder_id.eq(funder.get()))
            .filter(dsl::periode.eq(periode.to_string()))
            .select(Header::as_select());
        let locked = Locked::new(query, RowLock::ForUpdate, "funder_settlements");
        let row: Option<Header> = self.run(|conn| locked.get_result(conn).optional())?;
        row.map(Settlement::try_from).transpose()
    }

    fn last_final_settlement(
        &mut self,
        funder: FunderId,
    ) -> Result<Option<Settlement>, StorageError> {
        let query = dsl::funder_settlements
            .filter(dsl::funder_id.eq(funder.get()))
            .filter(dsl::status.eq_any(final_codes()))
            .order(dsl::periode.desc())
            .select(Header::as_select());
        let row: Option<Header> = self.run(|conn| query.first(conn).optional())?;
        row.map(Settlement::try_from).transpose()
    }

    fn earliest_unsettled(&mut self, funder: FunderId) -> Result<Option<Period>, StorageError> {
        let query = dsl::funder_settlements
            .filter(dsl::funder_id.eq(funder.get()))
            .filter(dsl::status.eq_any(UNSETTLED.map(SettlementStatus::code)))
            .order(dsl::periode)
            .select(dsl::periode);
        let periode: Option<String> = self.run(|conn| query.first(conn).optional())?;
        periode.map(|periode| code("funder_settlements.periode", &periode)).transpose()
    }

    fn funders_with_loans(&mut self) -> Result<Vec<FunderId>, StorageError> {
        let query = funders::table
            .filter(diesel::dsl::exists(
                allocations::table.filter(allocations::funder_id.eq(funders::id)),
            ))
            .order(funders::id)
            .select(funders::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(FunderId::new).collect())
    }

    fn unfinished_settlements(&mut self) -> Result<Vec<FunderSettlementId>, StorageError> {
        let query = dsl::funder_settlements
            .filter(dsl::status.eq("generating"))
            .order(dsl::id)
            .select(dsl::id);
        let ids: Vec<i64> = self.run(|conn| query.load(conn))?;
        Ok(ids.into_iter().map(FunderSettlementId::new).collect())
    }

    fn settlements(
        &mut self,
        funder: FunderId,
        filter: &SettlementFilter,
        page: &PageRequest,
    ) -> Result<Page<Settlement>, StorageError> {
        let mut query = filtered(funder, filter);
        if let Some(Position { key, id }) = page.after.clone() {
            query = after!(query, falling, dsl::periode, dsl::id, key, id);
        }
        let query = query
            .order((dsl::periode.desc(), dsl::id.desc()))
            .limit(i64::from(page.limit) + 1)
            .select(Header::as_select());
        let rows: Vec<Header> = self.run(|conn| query.load(conn))?;
        let rows = rows.into_iter().map(Settlement::try_from).collect::<Result<_, _>>()?;
        let position = |settlement: &Settlement| Position {
            key: settlement.coverage.periode.to_string(),
            id: settlement.id.get(),
        };
        let mut found = Page::from_rows(rows, page.limit, position);
        if page.count {
            let total = self.run(|conn| filtered(funder, filter).count().get_result(conn))?;
            found.total = Some(total);
        }
        Ok(found)
    }

    fn settlements_of_month(&mut self, periode: Period) -> Result<Vec<Settlement>, StorageError> {
        let query = dsl::funder_settlements
            .filter(dsl::periode.eq(periode.to_string()))
            .order(dsl::id)
            .select(Header::as_select());
        let rows: Vec<Header> = self.run(|conn| query.load(conn))?;
        rows.into_iter().map(Settlement::try_from).collect()
    }

    fn add_settlement(
        &mut self,
        coverage: &Coverage,
        by: Option<UserId>,
        at: Moment,
    ) -> Result<Settlement, StorageError> {
        let Coverage { funder_id, periode, through, open_month, follows, months, tax_rates } =
            *coverage;
        let TaxRates { ppn, pph23 } = tax_rates;
        let nothing = (
            dsl::lines.eq(0),
            dsl::paid_principal.eq(0_i64),
            dsl::paid_interest.eq(0_i64),
            dsl::principal.eq(0_i64),
            dsl::interest_on_share.eq(0_i64),
            dsl::interest.eq(0_i64),
            dsl::fee_originator.eq(0_i64),
            dsl::fee_servicing.eq(0_i64),
            dsl::ppn.eq(0_i64),
            dsl::pph23.eq(0_i64),
            dsl::corrections.eq("[]"),
        );
        let row: Header = self.run(|conn| {
            diesel::insert_into(dsl::funder_settlements)
                .values((
                    dsl::funder_id.eq(funder_id.get()),
                    dsl::periode.eq(periode.to_string()),
                    dsl::status.eq(SettlementStatus::Generating.code()),
                    dsl::booked_through.eq(through),
                    dsl::open_month.eq(open_month),
                    dsl::follows.eq(follows.map(FunderSettlementId::get)),
                    dsl::months.eq(i32::from(months)),
                    dsl::ppn_pct.eq(ppn.units()),
                    dsl::pph23_pct.eq(pph23.units()),
                    nothing,
                    dsl::generated_at.eq(at.now.naive_utc()),
                    dsl::generated_by.eq(by.map(UserId::get)),
                    dsl::version.eq(Version::FIRST.get()),
                ))
                .returning(crate::sql::columns::<Header>())
                .get_result(conn)
        })?;
        row.try_into()
    }

    fn clear_settlement(&mut self, id: FunderSettlementId) -> Result<(), StorageError> {
        let (lines, contracts) = (
            lines::table.filter(lines::settlement_id.eq(id.get())),
            contracts::table.filter(contracts::settlement_id.eq(id.get())),
        );
        self.run(|conn| diesel::delete(lines).execute(conn))?;
        self.run(|conn| diesel::delete(contracts).execute(conn)).map(drop)
    }

    fn save_settlement(&mut self, settlement: &Settlement) -> Result<Version, StorageError> {
        let row = Header::new(settlement)?;
        let changed = self.run(|conn| {
            diesel::update(dsl::funder_settlements.find(settlement.id.get()))
                .filter(dsl::version.eq(settlement.version.get()))
                .set(&row)
                .execute(conn)
        })?;
        match changed {
            0 => Err(StorageError::Stale { thing: "settlement" }),
            _ => Ok(settlement.version.next()),
        }
    }

    fn settled_loans(
        &mut self,
        window: &SettlementWindow<'_>,
    ) -> Result<Vec<SettledLoan>, StorageError> {
        settled::loans(self, window)
    }

    fn add_settlement_lines(
        &mut self,
        id: FunderSettlementId,
        lines: &[SettlementLine],
    ) -> Result<(), StorageError> {
        settlement_lines::add(self, id, lines)
    }

    fn contract_totals(
        &mut self,
        id: FunderSettlementId,
    ) -> Result<Vec<ContractTotals>, StorageError> {
        let query = contracts::table
            .filter(contracts::settlement_id.eq(id.get()))
            .order(contracts::contract_id)
            .select(TotalsRow::as_select());
        let rows: Vec<TotalsRow> = self.run(|conn| query.load(conn))?;
        Ok(rows.into_iter().map(ContractTotals::from).collect())
    }

    fn save_contract_totals(
        &mut self,
        id: FunderSettlementId,
        totals: &[ContractTotals],
    ) -> Result<(), StorageError> {
        let stored = contracts::table.filter(contracts::settlement_id.eq(id.get()));
        self.run(|conn| diesel::delete(stored).execute(conn))?;
        self.insert_all(totals.iter().map(|totals| TotalsRow::new(id, totals)).collect())
    }

    fn served_contracts(&mut self, coverage: &Coverage) -> Result<Vec<ContractId>, StorageError> {
        settled::served_contracts(self, coverage)
    }

    fn kind_totals(&mut self, id: FunderSettlementId) -> Result<Vec<KindTotals>, StorageError> {
        settlement_lines::by_kind(self, id)
    }

    fn settlement_lines(
        &mut self,
        id: FunderSettlementId,
        after: u32,
        limit: u32,
    ) -> Result<Vec<StatementLine>, StorageError> {
        settlement_lines::load(self, id, after, limit)
    }
}

fn filtered(funder: FunderId, filter: &SettlementFilter) -> Query {
    let mut query = dsl::funder_settlements.filter(dsl::funder_id.eq(funder.get())).into_boxed();
    if let Some(periode) = filter.periode {
        query = query.filter(dsl::periode.eq(periode.to_string()));
    }
    if let Some(status) = filter.status {
        query = query.filter(dsl::status.eq(status.code()));
    }
    query
}
