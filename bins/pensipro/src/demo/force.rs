//! The demonstration's branches and sales people: what they are to reach, whom they visit, what they
//! are paid.

use chrono::{Days, NaiveDate};
use pensipro_kernel::{
    BranchId, MemberId, Moment, Money, PageRequest, Period, Rate, SalesId, UserId,
};
use pensipro_persistence::Tx;
use pensipro_sales::{
    BranchDetails, CommissionFilter, CommissionStatus, Owner, PayCommission, RawBranch,
    RawPayCommission, RawSales, RawTarget, RawVisit, SalesDetails, SetTarget, VisitDetails,
    usecases as sales,
};

use super::{people, staff::Staff};
use crate::http::Problem;

/// Code, name, address.
const BRANCHES: &[(&str, &str, &str)] = &[
    ("JKT", "Cabang Jakarta", "Jl. Gajah Mada 12, Jakarta Barat"),
    ("BDG", "Cabang Bandung", "Jl. Merdeka 45, Bandung"),
    ("SBY", "Cabang Surabaya", "Jl. Pahlawan 8, Surabaya"),
];

/// Code, name, index of the branch, of ten members how many he brings. The first one is the user
/// `sari`.
const PEOPLE: &[(&str, &str, usize, usize)] = &[
    ("JKT-01", "Sari Puspita", 0, 3),
    ("JKT-02", "Rudi Hartono", 0, 1),
    ("BDG-01", "Asep Sunandar", 1, 2),
    ("BDG-02", "Neneng Komala", 1, 1),
    ("SBY-01", "Bagus Prakoso", 2, 2),
    ("SBY-02", "Wulan Dari", 2, 1),
];

/// Commissions paid in a transaction.
const BATCH: u16 = 200;

/// Who sells, and where.
pub(super) struct Force {
    branches: Vec<BranchId>,
    people: Vec<SalesId>,
    /// Ten places, each the sales person of every tenth member.
    turns: Vec<(SalesId, BranchId)>,
}

impl Force {
    /// Makes branches and sales people; `sari` is the user who sells.
    pub(super) fn make(tx: &mut Tx<'_>, staff: &Staff) -> Result<Self, Problem> {
        let manager = staff.of("MANAGER");
        let mut force = Self { branches: Vec::new(), people: Vec::new(), turns: Vec::new() };
        for (code, name, address) in BRANCHES {
            let [code, name, address] = [code, name, address].map(|text| Some(text.to_string()));
            let details = BranchDetails::check(RawBranch { code, name, address })?;
            force.branches.push(sales::create_branch(tx, manager, &details)?.id);
        }
        let mut user = staff.of("SALES").user_id;
        for (code, name, branch, share) in PEOPLE {
            let branch = force.branches[*branch];
            let details =
                SalesDetails::check(person(code, name, branch, user.take()), manager.scope)?;
            let id = sales::create_sales_person(tx, manager, &details)?.id;
            force.people.push(id);
            force.turns.extend(std::iter::repeat_n((id, branch), *share));
        }
        Ok(force)
    }

    /// Who brings the `number`th member.
    pub(super) fn of_member(&self, number: u32) -> (SalesId, BranchId) {
        // 7 has no divisor in common with 10: each ten numbers go round all turns.
        let turn = usize::try_from(number).unwrap_or(0).wrapping_mul(7);
        self.turns[turn % self.turns.len()]
    }

    /// Sets the month's targets and has them approved: of the loans to come, everybody an equal share.
    pub(super) fn set_targets(
        &self,
        tx: &mut Tx<'_>,
        staff: &Staff,
        periode: Period,
        loans: u32,
        at: Moment,
    ) -> Result<(), Problem> {
        let branches = self.branches.iter().map(|id| Owner::Branch(*id));
        let people = self.people.iter().map(|id| Owner::Sales(*id));
        let (of_a_branch, of_a_person) = (share(loans, BRANCHES.len()), share(loans, PEOPLE.len()));
        let targets = branches
            .map(|owner| (owner, of_a_branch))
            .chain(people.map(|owner| (owner, of_a_person)));
        for (owner, count) in targets {
            let set = SetTarget::check(RawTarget {
                periode: Some(periode),
                target_amount: Money::from_rupiah(count * 60_000_000),
                target_count: Some(count),
            })?;
            let id = sales::set_target(tx, staff.of("SUPERVISOR"), owner, set, at)?.target.id;
            sales::approve_target(tx, staff.of("MANAGER"), owner, id, at)?;
        }
        Ok(())
    }

    /// Pays the commissions of the month before with the month's payroll.
    pub(super) fn pay_commissions(
        tx: &mut Tx<'_>,
        staff: &Staff,
        periode: Period,
        at: Moment,
    ) -> Result<usize, Problem> {
        let finance = staff.of("FINANCE");
        let filter = CommissionFilter {
            status: Some(CommissionStatus::Unpaid),
            periode: Some(periode.previous()),
            ..CommissionFilter::default()
        };
        let page = PageRequest { limit: BATCH, ..PageRequest::default() };
        let due = sales::list_commissions(tx, finance, &filter, &page)?.data;
        let paid = due.len();
        for line in due {
            let raw = RawPayCommission {
                paid_on: Some(at.today),
                payroll_periode: Some(periode),
                reference: Some(format!("GAJI-{periode}")),
            };
            let command = PayCommission::check(raw, at.today)?;
            let ids = (line.commission.entry.sales_id, line.commission.id);
            sales::pay_commission(tx, finance, ids, command, at)?;
        }
        Ok(paid)
    }
}

/// The visits behind the `number`th member: the one that made him ask for a loan, and, to every
/// third, one to a neighbour who asked for none.
pub(super) fn visit(
    tx: &mut Tx<'_>,
    staff: &Staff,
    (number, member): (u32, MemberId),
    person: SalesId,
    today: NaiveDate,
) -> Result<(), Problem> {
    let seller = staff.of("SALES");
    let before = |days| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let to_member = RawVisit {
        visited_on: Some(before(6)),
        member_id: Some(member),
        result: Some("interested".to_owned()),
        notes: Some("Minta simulasi angsuran".to_owned()),
        next_action_on: Some(today),
        ..RawVisit::default()
    };
    let results = ["follow_up", "declined", "not_met"];
    let neighbour = number.is_multiple_of(3).then(|| RawVisit {
        visited_on: Some(before(6)),
        prospect_name: Some(people::prospect(number)),
        result: results
            .get(usize::try_from(number / 3 % 3).unwrap_or(0))
            .map(|text| (*text).to_owned()),
        ..RawVisit::default()
    });
    for raw in std::iter::once(to_member).chain(neighbour) {
        sales::record_visit(tx, seller, person, &VisitDetails::check(raw, today)?)?;
    }
    Ok(())
}

fn person(code: &str, name: &str, branch: BranchId, user: Option<UserId>) -> RawSales {
    RawSales {
        branch_id: Some(branch),
        code: Some(code.to_owned()),
        name: Some(name.to_owned()),
        phone: None,
        email: None,
        commission_pct: Some(Rate::percent(1)),
        user_id: user,
    }
}

/// An equal share, at least one.
fn share(loans: u32, among: usize) -> i64 {
    let among = i64::try_from(among).unwrap_or(1);
    (i64::from(loans) / among).max(1)
}
