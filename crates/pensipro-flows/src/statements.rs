//! What a member is handed of his account.

use pensipro_kernel::{
    Actor, LoanId, PaymentId,
    document::{Document, Report},
};
use pensipro_members::MemberRepository;
use pensipro_origination::Letterhead;
use pensipro_servicing::{
    LoanRepository, ReceiptFacts, ServicingPolicy, Statement, StatementPeriod, get_payment,
    loan_statement, payment_receipt, receipt_number, statement_report,
};

use crate::{FlowError, Paper};

/// A loan's account over a period, and the same as its borrower is handed it.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberStatement {
    /// The figures.
    pub statement: Statement,
    /// The same, in words that its borrower reads.
    pub report: Report,
}

impl MemberStatement {
    /// The same on the cooperative's paper.
    pub fn paper(self, letterhead: &Letterhead) -> Paper {
        let Self { statement, report } = self;
        let number = statement.loan.number();
        let footer = format!("{} - {number}", report.title);
        let letterhead = letterhead.all_lines();
        let document = Document { letterhead, footer, ..report.into() };
        Paper { document, member_id: statement.loan.member_id, number }
    }
}

/// A loan's account over a period.
pub fn member_statement<Tx>(
    tx: &mut Tx,
    by: &Actor,
    id: LoanId,
    period: StatementPeriod,
    policy: &ServicingPolicy,
) -> Result<MemberStatement, FlowError>
where
    Tx: LoanRepository + MemberRepository,
{
    let statement = loan_statement(tx, id, by.scope, policy, period)?;
    let member = tx.member(statement.loan.member_id, by.scope)?;
    let report = statement_report(&statement, &member.details.name);
    Ok(MemberStatement { statement, report })
}

/// The receipt of a payment: what it pays now, and what was owed of the principal after its day.
pub fn receipt_of_payment<Tx>(
    tx: &mut Tx,
    by: &Actor,
    (loan_id, id): (LoanId, PaymentId),
    letterhead: &Letterhead,
    policy: &ServicingPolicy,
) -> Result<Paper, FlowError>
where
    Tx: LoanRepository + MemberRepository,
{
    let payment = get_payment(tx, by.scope, loan_id, id)?;
    let period = StatementPeriod { from: payment.paid_on, to: payment.paid_on };
    let Statement { loan, closing, .. } = loan_statement(tx, loan_id, by.scope, policy, period)?;
    let member = tx.member(loan.member_id, by.scope)?;
    let document = payment_receipt(&ReceiptFacts {
        letterhead: &letterhead.all_lines(),
        borrower: &member.details.name,
        loan: &loan,
        payment: &payment,
        principal_left: closing.principal,
    });
    Ok(Paper { document, member_id: loan.member_id, number: receipt_number(&payment) })
}
