//! A table of plafons and tenors, as sales people and pay offices hand it out.

use pensipro_kernel::document::{Cell, Column, Report, Table};
use pensipro_kernel::{Faults, Money, codes};

use super::circumstances::Circumstances;
use super::costing::Costing;
use crate::eligibility::{EligibilityFacts, judge, plafon_range};
use crate::{DueDates, FirstDuePolicy, Limits, LoanProduct, Schedule, Terms};

/// The most rows of a table.
const MOST_PLAFONS: usize = 100;
/// The most columns of a table.
const MOST_TENORS: usize = 60;
/// Rows and columns of a table for which none are named, at most.
const USUAL: (i64, u16) = (20, 15);

codes! {
    /// Which figure a printed table shows.
    #[derive(Default)]
    pub enum BrochureFigure {
        /// The regular instalment.
        #[default]
        Instalment = "instalment",
        /// What is paid out, after fees.
        NetDisbursement = "net_disbursement",
    }
}

/// What a table is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrochureRequest {
    /// Its rows; some of the product's own if none are named.
    pub plafons: Vec<Money>,
    /// Its columns; the product's own, a year apart, if none are named.
    pub tenors: Vec<u16>,
    /// When, and for whom.
    pub circumstances: Circumstances,
}

/// A table of loans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brochure {
    /// Months, one a column.
    pub tenors: Vec<u16>,
    /// One a plafon.
    pub rows: Vec<BrochureRow>,
}

/// The loans of a plafon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrochureRow {
    /// The plafon.
    pub plafon: Money,
    /// One a tenor; absent where the plafon cannot be repaid in that many instalments.
    pub cells: Vec<Option<BrochureCell>>,
}

/// A loan of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BrochureCell {
    /// The regular instalment.
    pub instalment: Money,
    /// All fees; absent where they depend on an age that is not known, or have no band for it.
    pub total_fees: Option<Money>,
    /// The plafon less upfront fees and the loan taken over.
    pub net_disbursement: Option<Money>,
    /// Whether the member may have it, where birth date and benefit are known.
    pub passed: Option<bool>,
}

/// Makes a table. Cost: one schedule without its rows for each cell.
pub fn brochure(
    terms: &Terms,
    limits: &Limits,
    request: BrochureRequest,
    policy: FirstDuePolicy,
) -> Result<Brochure, Faults> {
    let BrochureRequest { plafons, tenors, circumstances } = request;
    check(&plafons, &tenors, &circumstances, limits)?;
    let plafons = if plafons.is_empty() { usual_plafons(limits) } else { plafons };
    let tenors = if tenors.is_empty() { usual_tenors(limits) } else { tenors };
    let dates = circumstances.due_dates(&terms.rules, policy)?;
    let row = |plafon| {
        let cell = |tenor: &u16| cell(terms, limits, (plafon, *tenor), dates, &circumstances);
        BrochureRow { plafon, cells: tenors.iter().map(cell).collect() }
    };
    Ok(Brochure { rows: plafons.into_iter().map(row).collect(), tenors })
}

fn check(
    plafons: &[Money],
    tenors: &[u16],
    circumstances: &Circumstances,
    limits: &Limits,
) -> Result<(), Faults> {
    let mut faults = Faults::new();
    circumstances.check(&mut faults);
    let rows = plafons.len() <= MOST_PLAFONS;
    faults.require(rows, "plafons", "out_of_range", "are at most 100");
    let columns = tenors.len() <= MOST_TENORS;
    faults.require(columns, "tenors", "out_of_range", "are at most 60");
    for (place, plafon) in plafons.iter().enumerate() {
        let verdict = plafon_range(*plafon, limits);
        let message = format!("{} is outside {}", verdict.actual, verdict.limit);
        faults.require(verdict.passed, &format!("plafons[{place}]"), "out_of_range", &message);
    }
    super::check_tenors(tenors, limits, &mut faults);
    faults.finish(Some(()))
}

fn cell(
    terms: &Terms,
    limits: &Limits,
    (plafon, tenor): (Money, u16),
    dates: DueDates,
    circumstances: &Circumstances,
) -> Option<BrochureCell> {
    let schedule = Schedule::new(plafon, tenor, &terms.rules, dates).ok()?;
    let costing = Costing::of(schedule, &terms.fees, (plafon, tenor), circumstances.age()).ok();
    let net = |costing: &Costing| costing.after_fees.checked_sub(circumstances.takeover);
    Some(BrochureCell {
        instalment: schedule.instalment(),
        total_fees: costing.as_ref().map(|costing| costing.total_fees),
        net_disbursement: costing.as_ref().and_then(net),
        passed: passes(limits, (plafon, tenor), &schedule, circumstances),
    })
}

fn passes(
    limits: &Limits,
    (plafon, tenor): (Money, u16),
    schedule: &Schedule,
    circumstances: &Circumstances,
) -> Option<bool> {
    let facts = EligibilityFacts {
        plafon,
        tenor,
        instalment: schedule.instalment(),
        obligations: circumstances.obligations,
        monthly_benefit: circumstances.monthly_benefit?,
        birth_date: circumstances.birth_date?,
        last_due: schedule.maturity(),
    };
    Some(judge(&facts, limits).iter().all(|rule| rule.passed))
}

/// The least plafon, round ones above it, and the largest: at most twenty.
fn usual_plafons(limits: &Limits) -> Vec<Money> {
    let (least, most) = (limits.plafon_min.sen(), limits.plafon_max.sen());
    let apart = round_above((most - least) / (USUAL.0 - 1)).max(limits.plafon_step.sen());
    let first = (least / apart).saturating_add(1).saturating_mul(apart);
    let between = (0..USUAL.0).map_while(|no| apart.checked_mul(no)?.checked_add(first));
    let mut plafons = vec![least];
    plafons.extend(between.take_while(|plafon| *plafon < most));
    plafons.extend((least < most).then_some(most));
    plafons.into_iter().map(Money::from_sen).collect()
}

/// The least of 1, 2, 5, 10, 20, 50 … that is not below a number.
fn round_above(number: i64) -> i64 {
    let powers = std::iter::successors(Some(1_i64), |power| power.checked_mul(10));
    let round = powers.flat_map(|power| [1, 2, 5].map(|times| power.saturating_mul(times)));
    round.into_iter().find(|round| *round >= number).unwrap_or(i64::MAX)
}

/// Whole years between the product's shortest and longest tenor: at most fifteen.
pub(super) fn usual_tenors(limits: &Limits) -> Vec<u16> {
    let (first, last) = (limits.tenor_min.div_ceil(12), limits.tenor_max / 12);
    if first > last {
        return vec![limits.tenor_max];
    }
    let apart = usize::from((last - first) / USUAL.1) + 1;
    (first..=last).step_by(apart).map(|years| years.saturating_mul(12)).collect()
}

impl Brochure {
    /// The same as a report of one figure. What a known member may not have stays blank.
    pub fn report(
        &self,
        figure: BrochureFigure,
        product: &LoanProduct,
        circumstances: &Circumstances,
    ) -> Report {
        let mut columns = vec![Column::figures("plafon", "Plafon")];
        columns.extend(
            self.tenors
                .iter()
                .map(|tenor| Column::figures(tenor.to_string(), format!("{tenor} bulan"))),
        );
        let mut table = Table::new(columns);
        for BrochureRow { plafon, cells } in &self.rows {
            let shown = cells.iter().map(|cell| {
                let cell = cell.as_ref().filter(|cell| cell.passed != Some(false));
                Cell::from(cell.and_then(|cell| cell.figure(figure)))
            });
            table.push(std::iter::once(Cell::from(*plafon)).chain(shown).collect());
        }
        let title = match figure {
            BrochureFigure::Instalment => "Tabel angsuran",
            BrochureFigure::NetDisbursement => "Tabel dana diterima",
        };
        super::about(Report::new(title, table), product, circumstances)
    }
}

impl BrochureCell {
    fn figure(&self, figure: BrochureFigure) -> Option<Money> {
        match figure {
            BrochureFigure::Instalment => Some(self.instalment),
            BrochureFigure::NetDisbursement => self.net_disbursement,
        }
    }
}
