//! `pensipro billing reconcile` and `retry`.

use clap::Args;
use pensipro_billing::{RawReconcile, RawRetry, RetryRepository, RetryTally};
use pensipro_flows::{open_retry, reconcile_line};
use pensipro_kernel::{Actor, ImportLineId, LoanId};

use crate::{App, http::Problem, jobs::Job};

/// A line is settled once: its money pays the loan that is named.
#[derive(Debug, Args)]
pub(super) struct Reconcile {
    /// The line's number in the interface.
    line: i64,
    /// The loan.
    #[arg(long)]
    loan: i64,
    /// How it was found out.
    #[arg(long)]
    notes: String,
}

impl Reconcile {
    pub(super) async fn run(self, app: &App) -> Result<(), Problem> {
        let raw = RawReconcile { loan_id: Some(LoanId::new(self.loan)), notes: Some(self.notes) };
        let command = pensipro_billing::Reconcile::check(&raw)?;
        let (line, policy) = (ImportLineId::new(self.line), app.policies().servicing);
        let settled = app.change("reconcile_line", move |tx, at| {
            Ok(reconcile_line(tx, &Actor::system(), line, &command, &policy, at)?)
        });
        let settled = settled.await?.line;
        println!(
            "line {line} is {}: {} applied, {} to be refunded",
            settled.outcome.kind(),
            settled.split.applied,
            settled.split.to_refund
        );
        Ok(())
    }
}

/// In their own month first, then in the present one. Repeating it pays nothing twice.
#[derive(Debug, Args)]
pub(super) struct Retry {
    /// The month of their imports, such as 2026-10.
    #[arg(long)]
    from_periode: String,
    /// Only this payer's.
    #[arg(long)]
    payer: Option<String>,
}

impl Retry {
    pub(super) async fn run(self, app: &App) -> Result<(), Problem> {
        let raw = RawRetry { from_periode: self.from_periode, payer: self.payer };
        let of = pensipro_billing::Retry::check(&raw)?;
        let run = app.change("begin_retry", move |tx, _| Ok(open_retry(tx, &Actor::system(), of)?));
        let id = run.await?.id;
        app.see_through(Job::Retry(id)).await?;
        let tally = app.load(move |tx, _| Ok(tx.retry(id)?.tally)).await?;
        let RetryTally { retried, matched, duplicate } = tally;
        println!(
            "{retried} lines were tried again: {matched} matched, {duplicate} duplicates, {} still \
             unmatched",
            tally.still_unmatched()
        );
        Ok(())
    }
}
