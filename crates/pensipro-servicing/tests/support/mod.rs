//! A loan and what storage would keep of it, for the tests of this crate.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod story;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Days, NaiveDate};
use pensipro_kernel::{
    ApplicationId, LoanId, MemberId, Money, ProductId, Rate, TransactionId, Version, add_months,
};
use pensipro_pricing::{
    AllocationOrder, FeeTerms, Method, PenaltyTerms, ScheduleRuleParts, ScheduleRules, Terms,
    TermsParts,
};
use pensipro_servicing::*;

pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn rupiah(amount: i64) -> Money {
    Money::from_rupiah(amount).unwrap()
}

pub(crate) fn tx(id: i64) -> TransactionId {
    TransactionId::new(id)
}

/// The day `days` after the one on which the loans here are disbursed.
pub(crate) fn on(days: u64) -> NaiveDate {
    day("2026-01-10").checked_add_days(Days::new(days)).unwrap()
}

pub(crate) fn terms(allocation_order: AllocationOrder, late: Option<PenaltyTerms>) -> Terms {
    terms_with_fees(allocation_order, late, Vec::new())
}

pub(crate) fn terms_with_fees(
    allocation_order: AllocationOrder,
    late: Option<PenaltyTerms>,
    fees: Vec<FeeTerms>,
) -> Terms {
    let rules = ScheduleRules::new(ScheduleRuleParts::usual(Method::Flat, Rate::percent(12)));
    Terms::new(TermsParts {
        rules: rules.unwrap(),
        allocation_order,
        freeze_interest_on_death: false,
        fees,
        late,
        early_settlement: None,
    })
    .unwrap()
}

/// The same terms, under which interest stops on the member's death.
pub(crate) fn freezing(terms: &Terms) -> Terms {
    Terms::new(TermsParts { freeze_interest_on_death: true, ..(**terms).clone() }).unwrap()
}

/// A pending loan of this plafon, approved on the day of [`on`]`(0)`.
pub(crate) fn pending_loan(id: i64, plafon: Money, terms: Terms) -> Loan {
    let at = DateTime::UNIX_EPOCH;
    Loan {
        id: LoanId::new(id),
        application_id: ApplicationId::new(1),
        member_id: MemberId::new(1),
        product_id: ProductId::new(1),
        sales_id: None,
        branch_id: None,
        plafon,
        tenor: 12,
        terms,
        approved_on: on(0),
        status: LoanStatus::Pending,
        collection: Collection::PensionCut,
        disbursed_on: None,
        first_due_date: on(31),
        maturity_date: on(365),
        version: Version::FIRST,
        created_at: at,
        updated_at: at,
    }
}

/// Rows due monthly from a month after `on(0)`.
pub(crate) fn rows(made_by: TransactionId, owed: &[Instalment]) -> Vec<Row> {
    (0..)
        .zip(owed)
        .map(|(no, owed)| {
            let (start, due) = (add_months(on(0), no), add_months(on(0), no + 1));
            Row::new(RowKey::new(made_by, u16::try_from(no + 1).unwrap()), start, due, *owed)
        })
        .collect()
}

/// Level rows without interest engine: `count` times the same principal and interest, in rupiah.
pub(crate) fn level(count: usize, principal: i64, interest: i64) -> Vec<Instalment> {
    let (principal, interest) = (rupiah(principal), rupiah(interest));
    vec![Instalment { principal, interest, fee: Money::ZERO }; count]
}

pub(crate) fn input(id: i64, effective_on: NaiveDate, kind: InputKind) -> Input {
    Input { id: tx(id), effective_on, booked_on: effective_on, kind }
}

pub(crate) fn disbursement(id: i64, date: NaiveDate, owed: &[Instalment]) -> Input {
    let disbursed = Disbursed { rows: rows(tx(id), owed), deposit: Money::ZERO };
    input(id, date, InputKind::Disbursement(disbursed))
}

/// The same disbursement with a deposit.
pub(crate) fn with_deposit(mut input: Input, deposit: Money) -> Input {
    if let InputKind::Disbursement(disbursed) = &mut input.kind {
        disbursed.deposit = deposit;
    }
    input
}

/// What a settlement takes.
pub(crate) fn cash_of_settlement(id: i64, date: NaiveDate, amount: Money) -> Input {
    let mut input = cash(id, date, amount);
    if let InputKind::Payment(payment) = &mut input.kind {
        payment.paid_as = PaidAs::Settlement;
    }
    input
}

/// Cash, for what is due when it is paid; the rest prepays.
pub(crate) fn cash(id: i64, date: NaiveDate, amount: Money) -> Input {
    let excess_to = ExcessTo::PrepayNext;
    let paid_as = PaidAs::Ordinary;
    let tolerance = Money::ZERO;
    let payment = PaymentInput { amount, due_through: date, tolerance, excess_to, paid_as };
    input(id, date, InputKind::Payment(payment))
}

pub(crate) fn cut(id: i64, date: NaiveDate, amount: Money, tolerance: Money) -> Input {
    let periode = pensipro_kernel::Period::of(date);
    input(id, date, InputKind::Payment(PaymentInput::of_cut(amount, periode, tolerance)))
}

/// What storage keeps of one loan.
pub(crate) struct Shelf {
    pub(crate) loan: Loan,
    pub(crate) balances: Option<LoanBalances>,
    pub(crate) rows: BTreeMap<RowKey, Row>,
    /// The rows that a query of open rows finds, judged when they were last written.
    pub(crate) open_rows: BTreeSet<RowKey>,
    pub(crate) sums: BTreeMap<(TransactionId, RowKey, Component), i64>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) taken_back: Vec<TakenBack>,
    pub(crate) reversals: Vec<TransactionId>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) policy: ServicingPolicy,
}

impl Shelf {
    pub(crate) fn new(loan: Loan, holds: Vec<Hold>, policy: ServicingPolicy) -> Self {
        Self {
            loan,
            balances: None,
            rows: BTreeMap::new(),
            open_rows: BTreeSet::new(),
            sums: BTreeMap::new(),
            inputs: Vec::new(),
            taken_back: Vec::new(),
            reversals: Vec::new(),
            holds,
            policy,
        }
    }

    pub(crate) fn rules(&self) -> Rules {
        Rules::of(&self.loan.terms, &self.policy)
    }

    /// The loan as a query gives it.
    pub(crate) fn stored(&self) -> StoredLoan {
        let state = self.balances.map(|balances| balances.state).unwrap_or_default();
        let rows = self.open_rows.iter().map(|key| self.rows[key].clone()).collect();
        StoredLoan { loan: self.loan.clone(), state, rows, holds: self.holds.clone() }
    }

    pub(crate) fn open(&self) -> OpenLoan {
        OpenLoan::new(self.stored(), &self.policy)
    }

    /// The fewest rows that are allowed.
    fn needs(&self, row: &Row, state_on: Option<NaiveDate>) -> bool {
        let ahead = state_on.is_none_or(|on| row.due_date > on);
        row.is_live() && (!row.is_paid(&self.rules()) || ahead)
    }

    pub(crate) fn open_with_history(&self) -> OpenLoan {
        let sums = self.sums.iter().filter(|(_, sum)| **sum != 0);
        let allocations = sums.map(|((transaction, row, component), sum)| Allocation {
            transaction: *transaction,
            row: *row,
            component: *component,
            amount: Money::from_sen(*sum),
        });
        self.open().with_history(LoanHistory {
            entered: Entered { inputs: self.inputs.clone(), taken_back: self.taken_back.clone() },
            reversals: self.reversals.clone(),
            allocations: allocations.collect(),
            rows: self.rows.values().cloned().collect(),
        })
    }

    /// Posts as the use cases do: in place where that is enough.
    pub(crate) fn post(&mut self, input: Input) -> Posted {
        let mut open = self.open();
        if open.needs_history_for(&input.order()) {
            open = self.open_with_history();
        }
        let mut batch = PostingBatch::new();
        let posted = open.post(input, &mut batch).unwrap();
        self.keep(&batch);
        posted
    }

    pub(crate) fn reverse(&mut self, id: i64, of: TransactionId) -> Result<Posted, ServicingError> {
        self.reverse_on(on(0), id, of)
    }

    /// Reverses on a business day.
    pub(crate) fn reverse_on(
        &mut self,
        today: NaiveDate,
        id: i64,
        of: TransactionId,
    ) -> Result<Posted, ServicingError> {
        let mut open = self.open_with_history();
        let mut batch = PostingBatch::new();
        let (_, posted) = open.post_reversal(tx(id), of, "wrong".into(), today, &mut batch)?;
        self.keep(&batch);
        Ok(posted)
    }

    pub(crate) fn keep(&mut self, batch: &PostingBatch) {
        for new in &batch.transactions {
            match &new.body {
                TransactionBody::Input(kind) => self.inputs.push(Input {
                    id: new.id,
                    effective_on: new.effective_on,
                    booked_on: new.booked_on,
                    kind: kind.clone(),
                }),
                TransactionBody::Reversal { of } => {
                    let on = new.booked_on;
                    let gone = self.inputs.extract_if(.., |input| input.id == *of);
                    self.taken_back.extend(gone.map(|input| TakenBack { input, on }));
                    self.reversals.push(new.id);
                }
            }
        }
        for delta in &batch.deltas {
            assert!(!delta.amount.is_zero());
            let key = (delta.transaction, delta.row, delta.component);
            *self.sums.entry(key).or_default() += delta.amount.sen();
        }
        for ((_, key), change) in &batch.rows {
            let row = change.row();
            let before = self.rows.insert(*key, row.clone());
            assert_eq!(matches!(change, RowChange::New(_)), before.is_none());
            if self.needs(row, batch.loans[&self.loan.id].state_on()) {
                self.open_rows.insert(*key);
            } else {
                self.open_rows.remove(key);
            }
        }
        self.balances = batch.loans.get(&self.loan.id).copied();
        self.loan.status = self.balances.unwrap().status;
        self.loan.collection = self.balances.unwrap().state.collection;
    }

    pub(crate) fn live_rows(&self) -> Vec<&Row> {
        self.rows.values().filter(|row| row.is_live()).collect()
    }

    /// The loan on a day, by what was entered so far.
    pub(crate) fn stands_on(&self, day: NaiveDate) -> Option<MonthEnd> {
        let (rules, holds) = (self.rules(), Holds::new(self.holds.clone()));
        let account = replay_as_of(&rules, &holds, &self.inputs, day).account;
        let owed = Outstanding::of(&account, &rules, &self.policy.kolektibilitas, day);
        account.status().is_open().then_some(MonthEnd {
            loan_id: self.loan.id,
            dpd: owed.dpd,
            kolektibilitas: owed.kolektibilitas,
            outstanding: owed.principal,
        })
    }

    /// All that is stored of it.
    pub(crate) fn book(&self, month_ends: Vec<WrittenMonthEnd>) -> LoanBook {
        LoanBook {
            stored: self.stored(),
            balances: self.balances.unwrap_or(self.open().balances()),
            history: self.open_with_history().history().unwrap().clone(),
            month_ends,
        }
    }

    /// What the whole history gives.
    pub(crate) fn replayed(&self) -> Replay {
        replay(&self.rules(), &Holds::new(self.holds.clone()), &self.inputs)
    }

    /// Proves that what is stored is what the whole history gives.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Replay { account, allocations } = self.replayed();
        let state = self.balances.map(|balances| balances.state).unwrap_or_default();
        same("state", &state, account.state())?;
        let kept: BTreeMap<_, _> = account.rows().iter().map(|row| (row.key, row)).collect();
        let stored = self.rows.iter().filter(|(key, row)| row.is_live() || kept.contains_key(key));
        same("rows", &stored.map(|(key, row)| (*key, row)).collect(), &kept)?;
        let mut sums = BTreeMap::new();
        for part in allocations {
            let key = (part.transaction, part.row, part.component);
            *sums.entry(key).or_default() += part.amount.sen();
        }
        sums.retain(|_, sum: &mut i64| *sum != 0);
        let stored = self.sums.clone().into_iter().filter(|(_, sum)| *sum != 0).collect();
        same("allocations", &stored, &sums)?;
        let open = self.open();
        let on = account.on().unwrap_or_default();
        let settles = |account| SettlementTotal::of(account, &self.rules(), on, on);
        same("settlement", &settles(open.account()), &settles(&account))?;
        same("balances", &self.balances.unwrap_or(open.balances()), &open.balances())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    stored: &T,
    replayed: &T,
) -> Result<(), String> {
    if stored == replayed {
        Ok(())
    } else {
        Err(format!("{what} stored {stored:#?}\nreplayed {replayed:#?}"))
    }
}
