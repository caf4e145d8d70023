//! The comparisons: each gives a row for what it finds wrong.

use super::Of;

/// A comparison.
pub(super) struct Check {
    /// What is compared.
    pub(super) name: &'static str,
    pub(super) of: Of,
    /// Selects `thing`, `stored` and `expected`.
    pub(super) sql: &'static str,
}

pub(super) const fn check(name: &'static str, of: Of, sql: &'static str) -> Check {
    Check { name, of, sql }
}

/// The figures that a settlement, what it holds under a contract, and its lines have.
macro_rules! figures {
    ($table:literal) => {
        concat!(
            "'paid ' || COALESCE(",
            $table,
            "paid_principal, 0) || ', ' || COALESCE(",
            $table,
            "paid_interest, 0) || '; principal ' || COALESCE(",
            $table,
            "principal, 0) || '; interest ' || COALESCE(",
            $table,
            "interest_on_share, 0) || ', ' || COALESCE(",
            $table,
            "interest, 0) || '; fees ' || COALESCE(",
            $table,
            "fee_originator, 0) || ', ' || COALESCE(",
            $table,
            "fee_servicing, 0)"
        )
    };
}

/// The same of lines, together.
macro_rules! figure_sums {
    () => {
        "SUM(paid_principal) AS paid_principal, SUM(paid_interest) AS paid_interest, \
         SUM(principal) AS principal, SUM(interest_on_share) AS interest_on_share, \
         SUM(interest) AS interest, SUM(fee_originator) AS fee_originator, \
         SUM(fee_servicing) AS fee_servicing"
    };
}

pub(super) const CHECKS: &[Check] = &[
    // Payments, disbursements and their transactions.
    check(
        "payment.transaction",
        Of::Days,
        "SELECT 'payment ' || p.id AS thing, \
         'loan ' || p.loan_id || ', ' || p.paid_on || ', ' || p.amount AS stored, \
         COALESCE('loan ' || t.loan_id || ', ' || t.effective_on || ', ' || t.amount, 'no transaction') AS expected \
         FROM loan_payments p \
         LEFT JOIN loan_transactions t ON t.id = p.id AND t.kind IN ('payment', 'recovery') \
         WHERE p.paid_on BETWEEN $1 AND $2 AND (t.id IS NULL OR t.loan_id <> p.loan_id \
         OR t.effective_on <> p.paid_on OR t.amount <> p.amount)",
    ),
    check(
        "transaction.payment",
        Of::Days,
        "SELECT 'transaction ' || t.id AS thing, 'no payment' AS stored, \
         'a payment of ' || t.amount AS expected FROM loan_transactions t \
         LEFT JOIN loan_payments p ON p.id = t.id \
         WHERE t.kind IN ('payment', 'recovery') AND t.effective_on BETWEEN $1 AND $2 AND p.id IS NULL",
    ),
    check(
        "payment.reversed_by",
        Of::Days,
        "SELECT 'payment ' || p.id AS thing, COALESCE('' || p.reversed_by, 'none') AS stored, \
         COALESCE('' || r.id, 'none') AS expected FROM loan_payments p \
         LEFT JOIN loan_transactions r ON r.reverses = p.id \
         WHERE p.paid_on BETWEEN $1 AND $2 AND r.id IS DISTINCT FROM p.reversed_by",
    ),
    check(
        "disbursement.transaction",
        Of::Days,
        "SELECT 'disbursement ' || d.id AS thing, \
         'loan ' || d.loan_id || ', ' || d.disbursed_on || ', ' || d.amount AS stored, \
         COALESCE('loan ' || t.loan_id || ', ' || t.effective_on || ', ' || t.amount, 'no transaction') AS expected \
         FROM loan_disbursements d \
         LEFT JOIN loan_transactions t ON t.id = d.id AND t.kind = 'disbursement' \
         WHERE d.disbursed_on BETWEEN $1 AND $2 AND (t.id IS NULL OR t.loan_id <> d.loan_id \
         OR t.effective_on <> d.disbursed_on OR t.amount <> d.amount)",
    ),
    check(
        "disbursement.reversed_by",
        Of::Days,
        "SELECT 'disbursement ' || d.id AS thing, COALESCE('' || d.reversed_by, 'none') AS stored, \
         COALESCE('' || r.id, 'none') AS expected FROM loan_disbursements d \
         LEFT JOIN loan_transactions r ON r.reverses = d.id \
         WHERE d.disbursed_on BETWEEN $1 AND $2 AND r.id IS DISTINCT FROM d.reversed_by",
    ),
    // Rows and allocations belong to transactions of their own loan.
    check(
        "schedule.maker",
        Of::Days,
        "SELECT 'loan ' || s.loan_id || ' row ' || s.made_by || '/' || s.no AS thing, \
         COALESCE(t.kind || ' of loan ' || t.loan_id, 'no transaction') AS stored, \
         'a disbursement or restructure of loan ' || s.loan_id AS expected FROM loan_schedules s \
         LEFT JOIN loan_transactions t ON t.id = s.made_by \
         WHERE s.due_date BETWEEN $1 AND $2 AND s.made_by <> 0 AND (t.id IS NULL \
         OR t.loan_id <> s.loan_id OR t.kind NOT IN ('disbursement', 'restructure'))",
    ),
    check(
        "allocation.transaction",
        Of::Days,
        "SELECT 'payment ' || a.transaction_id || ' row ' || a.made_by || '/' || a.no AS thing, \
         'loan ' || a.loan_id || ', caused by ' || a.caused_by AS stored, \
         'loans ' || COALESCE('' || t.loan_id, 'none') || ' and ' || COALESCE('' || c.loan_id, 'none') AS expected \
         FROM loan_transaction_allocations a \
         LEFT JOIN loan_transactions t ON t.id = a.transaction_id \
         LEFT JOIN loan_transactions c ON c.id = a.caused_by \
         WHERE a.booked_on BETWEEN $1 AND $2 \
         AND (t.loan_id IS DISTINCT FROM a.loan_id OR c.loan_id IS DISTINCT FROM a.loan_id)",
    ),
    check(
        "allocation.row",
        Of::Days,
        "SELECT 'payment ' || a.transaction_id AS thing, 'row ' || a.made_by || '/' || a.no AS stored, \
         'a row of loan ' || a.loan_id AS expected FROM loan_transaction_allocations a \
         LEFT JOIN loan_schedules s ON s.loan_id = a.loan_id AND s.made_by = a.made_by AND s.no = a.no \
         WHERE a.booked_on BETWEEN $1 AND $2 AND a.made_by <> 0 AND s.loan_id IS NULL",
    ),
    // Deduction files.
    check(
        "export_line.rows",
        Of::Months,
        "SELECT 'export line ' || (l.export_id * 10000000 + l.line_no) AS thing, \
         '' || l.amount AS stored, '' || COALESCE(SUM(r.amount), 0) AS expected \
         FROM pension_cut_export_lines l \
         LEFT JOIN pension_cut_export_rows r ON r.export_id = l.export_id AND r.line_no = l.line_no \
         WHERE l.periode BETWEEN $1 AND $2 GROUP BY l.export_id, l.line_no, l.amount \
         HAVING COALESCE(SUM(r.amount), 0) <> l.amount",
    ),
    check(
        "export.lines",
        Of::Months,
        "SELECT 'export ' || e.id AS thing, e.lines || ' lines, ' || e.total_amount AS stored, \
         COUNT(l.line_no) || ' lines, ' || COALESCE(SUM(l.amount), 0) AS expected \
         FROM pension_cut_exports e LEFT JOIN pension_cut_export_lines l ON l.export_id = e.id \
         WHERE e.periode BETWEEN $1 AND $2 GROUP BY e.id, e.lines, e.total_amount \
         HAVING COUNT(l.line_no) <> e.lines OR COALESCE(SUM(l.amount), 0) <> e.total_amount",
    ),
    check(
        "import_line.payment",
        Of::Months,
        "SELECT 'import line ' || (l.import_id * 10000000 + l.line_no) AS thing, \
         'payment ' || l.payment_id || ', loan ' || l.loan_id || ', ' || l.amount AS stored, \
         CASE WHEN p.reversed_by IS NOT NULL THEN 'a payment that stands' ELSE \
         COALESCE('line ' || p.source_line || ', loan ' || p.loan_id || ', ' || p.amount, 'no payment') END AS expected \
         FROM pension_cut_import_lines l LEFT JOIN loan_payments p ON p.id = l.payment_id \
         WHERE l.periode BETWEEN $1 AND $2 AND l.payment_id IS NOT NULL AND (p.id IS NULL \
         OR p.reversed_by IS NOT NULL OR p.loan_id <> l.loan_id OR p.amount <> l.amount \
         OR p.source_line IS DISTINCT FROM l.import_id * 10000000 + l.line_no)",
    ),
    check(
        "payment.import_line",
        Of::Days,
        "SELECT 'payment ' || p.id AS thing, 'line ' || p.source_line AS stored, \
         COALESCE('payment ' || l.payment_id, 'no such line, or one without a payment') AS expected \
         FROM loan_payments p LEFT JOIN pension_cut_import_lines l \
         ON l.import_id = p.source_line / 10000000 AND l.line_no = p.source_line % 10000000 \
         WHERE p.paid_on BETWEEN $1 AND $2 AND p.source_line IS NOT NULL AND p.reversed_by IS NULL \
         AND l.payment_id IS DISTINCT FROM p.id",
    ),
    // What became of a month: by outcome of its live lines, and by where the money of each line went.
    check(
        "export.live_lines",
        Of::Months,
        "SELECT 'export ' || e.id AS thing, e.status || ', ' || e.total_amount AS stored, \
         COUNT(l.line_no) || ' live lines, ' || COALESCE(SUM(l.amount), 0) AS expected \
         FROM pension_cut_exports e \
         LEFT JOIN pension_cut_export_lines l ON l.export_id = e.id AND l.is_live \
         WHERE e.periode BETWEEN $1 AND $2 GROUP BY e.id, e.status, e.total_amount \
         HAVING COALESCE(SUM(l.amount), 0) <> \
         CASE e.status WHEN 'superseded' THEN 0 ELSE e.total_amount END",
    ),
    check(
        "export_line.paid",
        Of::Months,
        "SELECT 'export line ' || (l.export_id * 10000000 + l.line_no) AS thing, \
         '' || l.paid AS stored, '' || COALESCE(SUM(p.amount), 0) AS expected \
         FROM pension_cut_export_lines l LEFT JOIN loan_payments p ON p.loan_id = l.loan_id \
         AND p.cut_periode = l.periode AND p.reversed_by IS NULL \
         WHERE l.periode BETWEEN $1 AND $2 AND l.is_live AND (l.outcome IS NOT NULL OR l.paid <> 0) \
         GROUP BY l.export_id, l.line_no, l.paid HAVING COALESCE(SUM(p.amount), 0) <> l.paid",
    ),
    check(
        "export_line.outcome",
        Of::Months,
        "SELECT 'export line ' || (l.export_id * 10000000 + l.line_no) AS thing, l.outcome AS stored, \
         l.paid || ' of ' || l.amount || ', tolerance ' || i.tolerance AS expected \
         FROM pension_cut_export_lines l JOIN pension_cut_imports i ON i.id = l.import_id \
         WHERE l.periode BETWEEN $1 AND $2 AND l.is_live AND l.outcome <> 'failed' \
         AND l.outcome <> CASE WHEN l.paid - l.amount > i.tolerance THEN 'over' \
         WHEN l.amount - l.paid > i.tolerance THEN 'partial' ELSE 'matched' END",
    ),
    check(
        "import_line.split",
        Of::Months,
        "SELECT 'import line ' || (l.import_id * 10000000 + l.line_no) AS thing, \
         l.outcome || ': ' || l.applied || ' + ' || l.to_refund || ', held ' || l.held AS stored, \
         CASE WHEN l.outcome IN ('matched', 'partial', 'over') THEN 'a payment, nothing held' \
         ELSE 'no payment, nothing billed but for a failure' END AS expected \
         FROM pension_cut_import_lines l WHERE l.periode BETWEEN $1 AND $2 \
         AND CASE WHEN l.outcome IN ('matched', 'partial', 'over') \
         THEN l.payment_id IS NULL OR l.held <> 0 \
         ELSE l.payment_id IS NOT NULL OR l.applied + l.to_refund <> 0 \
         OR (l.outcome <> 'failed' AND l.billed <> 0) END",
    ),
    // Funders.
    check(
        "disbursement.sources",
        Of::Days,
        "SELECT 'disbursement ' || d.id AS thing, '' || d.amount AS stored, \
         '' || COALESCE(SUM(s.amount), 0) AS expected FROM loan_disbursements d \
         LEFT JOIN loan_disbursement_sources s ON s.disbursement_id = d.id \
         WHERE d.disbursed_on BETWEEN $1 AND $2 GROUP BY d.id, d.amount \
         HAVING COALESCE(SUM(s.amount), 0) <> d.amount",
    ),
    check(
        "disbursement.shares",
        Of::Days,
        "SELECT 'disbursement ' || d.id AS thing, \
         'funder ' || s.funder_id || ' paid ' || s.amount AS stored, 'a share of loan ' || d.loan_id AS expected \
         FROM loan_disbursements d JOIN loan_disbursement_sources s ON s.disbursement_id = d.id \
         WHERE d.disbursed_on BETWEEN $1 AND $2 AND d.reversed_by IS NULL AND s.contract_id IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM funder_allocations a WHERE a.loan_id = d.loan_id \
         AND a.funder_id = s.funder_id AND a.contract_id = s.contract_id)",
    ),
    check(
        "funder_shares.sum",
        Of::Days,
        "SELECT 'loan ' || a.loan_id || ' on ' || a.valid_from AS thing, '' || SUM(b.principal) AS stored, \
         'at most ' || l.plafon AS expected FROM funder_allocations a \
         JOIN loans l ON l.id = a.loan_id \
         JOIN funder_allocations b ON b.loan_id = a.loan_id AND b.valid_from <= a.valid_from \
         AND (b.ended_on IS NULL OR b.ended_on > a.valid_from) \
         WHERE a.valid_from BETWEEN $1 AND $2 AND (a.ended_on IS NULL OR a.ended_on > a.valid_from) \
         GROUP BY a.id, a.loan_id, a.valid_from, l.plafon HAVING SUM(b.principal) > l.plafon",
    ),
    check(
        "contract.allocated",
        Of::Days,
        "SELECT 'contract ' || c.id AS thing, '' || c.allocated AS stored, \
         '' || COALESCE(SUM(a.principal), 0) AS expected FROM funder_contracts c \
         LEFT JOIN funder_allocations a ON a.contract_id = c.id AND a.ended_on IS NULL \
         WHERE c.valid_to >= $1 AND c.valid_from <= $2 GROUP BY c.id, c.allocated \
         HAVING COALESCE(SUM(a.principal), 0) <> c.allocated",
    ),
    check(
        "settlement.lines",
        Of::Months,
        concat!(
            "SELECT 'settlement ' || s.id AS thing, s.lines || ' lines, ' || ",
            figures!("s."),
            " AS stored, COALESCE(l.lines, 0) || ' lines, ' || ",
            figures!("l."),
            " AS expected FROM funder_settlements s LEFT JOIN \
             (SELECT settlement_id, COUNT(*) AS lines, ",
            figure_sums!(),
            " FROM funder_settlement_lines GROUP BY settlement_id) l ON l.settlement_id = s.id \
             WHERE s.periode BETWEEN $1 AND $2 AND s.status <> 'generating' \
             AND (s.lines <> COALESCE(l.lines, 0) OR ",
            figures!("s."),
            " <> ",
            figures!("l."),
            ")"
        ),
    ),
    check(
        "settlement.contracts",
        Of::Months,
        concat!(
            "SELECT 'settlement ' || s.id || ', contract ' || c.contract_id AS thing, ",
            figures!("c."),
            " AS stored, ",
            figures!("l."),
            " AS expected FROM funder_settlements s \
             JOIN funder_settlement_contracts c ON c.settlement_id = s.id LEFT JOIN \
             (SELECT settlement_id, contract_id, ",
            figure_sums!(),
            " FROM funder_settlement_lines GROUP BY settlement_id, contract_id) l \
             ON l.settlement_id = c.settlement_id AND l.contract_id = c.contract_id \
             WHERE s.periode BETWEEN $1 AND $2 AND s.status <> 'generating' AND ",
            figures!("c."),
            " <> ",
            figures!("l.")
        ),
    ),
    // What final settlements of closed months hold of a payment is what it paid, or nothing where the funder
    // has no share of it any more.
    check(
        "settlement.payment",
        Of::Months,
        "SELECT thing, '' || held AS stored, '' || paid AS expected FROM (\
         SELECT 'settlement ' || s.id || ', transaction ' || l.transaction_id AS thing, \
         (SELECT COALESCE(SUM(e.paid_principal + e.paid_interest), 0) FROM funder_settlement_lines e \
         JOIN funder_settlements f ON f.id = e.settlement_id \
         WHERE e.transaction_id = l.transaction_id AND f.funder_id = s.funder_id \
         AND f.periode <= s.periode AND f.status IN ('final', 'paid')) AS held, \
         (SELECT COALESCE(SUM(a.amount), 0) FROM loan_transaction_allocations a \
         WHERE a.transaction_id = l.transaction_id AND a.component IN ('principal', 'interest') \
         AND a.booked_on <= s.booked_through) AS paid \
         FROM funder_settlements s JOIN funder_settlement_lines l ON l.settlement_id = s.id \
         WHERE s.periode BETWEEN $1 AND $2 AND s.status IN ('final', 'paid') \
         AND s.open_month = FALSE AND l.transaction_id IS NOT NULL \
         GROUP BY s.id, s.funder_id, s.periode, s.booked_through, l.transaction_id) AS settled \
         WHERE held NOT IN (0, paid)",
    ),
];
