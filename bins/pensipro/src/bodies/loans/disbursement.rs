//! Disbursements.

use chrono::{DateTime, NaiveDate, Utc};
use pensipro_flows::{Disbursed, Netted};
use pensipro_kernel::{
    BankAccountId, ContractId, Faults, FieldFault, FunderId, Money, TransactionId, UserId,
};
use pensipro_servicing::{DisburseLoan, Disbursement, RawDisbursement, Source};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::bodies::{applications::TakeoverBody, fees::ChargeBody};

/// A disbursement to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisburseBody {
    /// Value date; today if absent.
    disbursed_on: Option<NaiveDate>,
    /// The member's account; his default one if absent.
    #[schema(value_type = Option<i64>)]
    account_id: Option<BankAccountId>,
    /// The first due date, which sets the due day; the product's rule decides if absent.
    first_due_date: Option<NaiveDate>,
    /// Who pays, adding up to the plafon; the cooperative the whole if absent.
    sources: Option<Vec<SourceInput>>,
    /// The bank's reference.
    reference: Option<String>,
}

/// Who is to pay a part of the plafon.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceInput {
    /// The funder; `null` for the cooperative itself.
    #[schema(value_type = Option<i64>)]
    funder_id: Option<FunderId>,
    /// The contract under which he pays.
    #[schema(value_type = Option<i64>)]
    contract_id: Option<ContractId>,
    /// How much.
    #[schema(value_type = String, example = "50000000.00")]
    amount: Option<Money>,
}

impl DisburseBody {
    /// The disbursement, or every fault.
    pub fn check(self, today: NaiveDate) -> Result<DisburseLoan, Faults> {
        let Self { disbursed_on, account_id, first_due_date, sources, reference } = self;
        let mut faults = Faults::new();
        let given = sources.unwrap_or_default();
        let mut sources = Vec::with_capacity(given.len());
        for (place, SourceInput { funder_id, contract_id, amount }) in given.into_iter().enumerate()
        {
            let field = || FieldFault::required(format!("sources[{place}].amount"));
            let amount = faults.take(amount.ok_or_else(field));
            sources.extend(amount.map(|amount| Source { funder_id, contract_id, amount }));
        }
        let raw = RawDisbursement { disbursed_on, first_due_date, account_id, sources, reference };
        let command = faults.take_all(DisburseLoan::check(raw, today));
        faults.finish(command)
    }
}

/// A disbursement.
#[derive(Debug, Serialize, ToSchema)]
#[expect(missing_docs, reason = "the fields speak for themselves")]
pub struct DisbursementBody {
    pub id: i64,
    pub transaction_id: i64,
    pub loan_id: i64,
    pub disbursed_on: NaiveDate,
    /// The plafon.
    #[schema(value_type = String)]
    pub amount: Money,
    /// As they came to; `blokir` is the deposit.
    pub fees: Vec<ChargeBody>,
    /// Fees deducted.
    #[schema(value_type = String)]
    pub upfront_fees: Money,
    /// The member's own money held back.
    #[schema(value_type = String)]
    pub deposit: Money,
    /// What the member receives.
    #[schema(value_type = String)]
    pub net_amount: Money,
    /// Another lender's loan that it paid off.
    pub takeover: Option<TakeoverBody>,
    /// The member's own loan that it paid off.
    pub topup: Option<TopUpBody>,
    pub account_id: i64,
    pub sources: Vec<SourceBody>,
    pub reference: Option<String>,
    /// The transaction that took it back.
    pub reversed_by: Option<i64>,
    pub created_at: DateTime<Utc>,
    pub created_by: Option<i64>,
}

/// The member's own loan that a disbursement paid off.
#[derive(Debug, Serialize, ToSchema)]
pub struct TopUpBody {
    /// The loan, closed with it.
    pub loan_id: i64,
    /// What settled it.
    #[schema(value_type = String)]
    pub payoff: Money,
}

impl From<Netted> for TopUpBody {
    fn from(Netted { loan_id, payoff }: Netted) -> Self {
        Self { loan_id: loan_id.get(), payoff }
    }
}

/// Who paid a part of the plafon.
#[derive(Debug, Serialize, ToSchema)]
pub struct SourceBody {
    /// The funder; `null` for the cooperative itself.
    pub funder_id: Option<i64>,
    /// The contract under which he paid.
    pub contract_id: Option<i64>,
    /// How much.
    #[schema(value_type = String)]
    pub amount: Money,
}

impl From<Disbursed> for DisbursementBody {
    fn from(disbursed: Disbursed) -> Self {
        let to_member = disbursed.to_member();
        let Disbursed { disbursement, takeover, topup } = disbursed;
        let Disbursement {
            id,
            transaction_id,
            loan_id,
            disbursed_on,
            amount,
            charges,
            upfront_fees,
            deposit,
            net_amount: _,
            account_id,
            sources,
            reference,
            reversed_by,
            created_at,
            created_by,
        } = disbursement;
        Self {
            id: id.get(),
            transaction_id: transaction_id.get(),
            loan_id: loan_id.get(),
            disbursed_on,
            amount,
            fees: charges.into_iter().map(ChargeBody::from).collect(),
            upfront_fees,
            deposit,
            net_amount: to_member,
            takeover: takeover.map(TakeoverBody::from),
            topup: topup.map(TopUpBody::from),
            account_id: account_id.get(),
            sources: sources.into_iter().map(SourceBody::from).collect(),
            reference,
            reversed_by: reversed_by.map(TransactionId::get),
            created_at,
            created_by: created_by.map(UserId::get),
        }
    }
}

impl From<Source> for SourceBody {
    fn from(Source { funder_id, contract_id, amount }: Source) -> Self {
        Self {
            funder_id: funder_id.map(FunderId::get),
            contract_id: contract_id.map(ContractId::get),
            amount,
        }
    }
}
