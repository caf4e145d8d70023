//! What is done to an account by hand: penalties, waivers, the deposit, write-offs, the end of interest.

use chrono::NaiveDate;
use pensipro_kernel::{Actor, Faults, LoanId, Moment};
use pensipro_persistence::Tx;
use pensipro_servicing::{
    ServicingError, ServicingPolicy, Transaction, UseDeposit, WaiveOwed, apply_deposit,
    charge_penalty, freeze_interest, list_penalties, release_deposit, waive, write_off,
};

use super::table;
use crate::{
    App,
    bodies::loans::{
        ChargePenaltyBody, DepositBody, FreezeBody, LoanPenaltyBody, TransactionBody, WaiverBody,
        WriteOffBody,
    },
    http::{
        Allowed, Created, Id, List, Reply, Routes, Valid,
        right::{EditLoan, ViewLoan},
    },
};

pub(super) fn routes() -> Routes {
    table()
        .get("/loans/{id}/penalties", "Lists a loan's penalties, of rows and by hand", penalties)
        .post("/loans/{id}/penalties", "Charges a penalty by hand", charge)
        .post("/loans/{id}/waivers", "Waives what has accrued", forgive)
        .post("/loans/{id}/deposits/apply", "Pays what is due with the deposit", apply)
        .post("/loans/{id}/deposits/release", "Gives the deposit back to the member", release)
        .post("/loans/{id}/write-offs", "Gives a loan up; what comes later is recovery", give_up)
        .post("/loans/{id}/interest-freezes", "Stops interest from a day on", freeze)
}

async fn penalties(
    app: App,
    by: Allowed<ViewLoan>,
    id: Id<LoanId>,
) -> Reply<List<LoanPenaltyBody>> {
    let policy = app.policies().servicing;
    app.read_snapshot(move |tx, at| {
        let penalties = list_penalties(tx, by.scope, *id, &policy, at.today)?;
        Ok(List::whole(penalties, LoanPenaltyBody::from))
    })
    .await
}

async fn charge(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<ChargePenaltyBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "charge_penalty",
        check: ChargePenaltyBody::check,
        run: |tx, by, loan, command, policy, at| charge_penalty(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

async fn forgive(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<WaiverBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "waive",
        check: |body, _| WaiveOwed::try_from(body),
        run: |tx, by, loan, command, policy, at| waive(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

async fn apply(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<DepositBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "apply_deposit",
        check: |body, _| UseDeposit::try_from(body),
        run: |tx, by, loan, command, policy, at| apply_deposit(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

async fn release(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<DepositBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "release_deposit",
        check: |body, _| UseDeposit::try_from(body),
        run: |tx, by, loan, command, policy, at| release_deposit(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

async fn give_up(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<WriteOffBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "write_off",
        check: WriteOffBody::check,
        run: |tx, by, loan, command, policy, at| write_off(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

async fn freeze(
    app: App,
    by: Allowed<EditLoan>,
    id: Id<LoanId>,
    body: Valid<FreezeBody>,
) -> Reply<Created<TransactionBody>> {
    Act {
        name: "freeze_interest",
        check: FreezeBody::check,
        run: |tx, by, loan, command, policy, at| freeze_interest(tx, by, loan, command, policy, at),
    }
    .post(app, by, id, body)
    .await
}

/// What people do to an account by hand: a command, and the use case that posts it.
struct Act<B, C> {
    name: &'static str,
    /// Checks the body on the business day.
    check: fn(B, NaiveDate) -> Result<C, Faults>,
    run: UseCase<C>,
}

type UseCase<C> = fn(
    &mut Tx<'_>,
    &Actor,
    LoanId,
    &C,
    &ServicingPolicy,
    Moment,
) -> Result<Transaction, ServicingError>;

impl<B, C: Send + 'static> Act<B, C> {
    async fn post(
        self,
        app: App,
        by: Allowed<EditLoan>,
        id: Id<LoanId>,
        body: Valid<B>,
    ) -> Reply<Created<TransactionBody>> {
        let Self { name, check, run } = self;
        let (once, body) = body.split();
        let command = check(body, app.clock.today())?;
        let policy = app.policies().servicing;
        app.post(name, once, move |tx, at| {
            let transaction = run(tx, &by, *id, &command, &policy, at)?;
            Ok(Created::new(format!("/loans/{}/transactions", *id), transaction.into()))
        })
        .await
    }
}
