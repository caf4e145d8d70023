-- What plain SQL takes for the rows that an import writes: the payer's answer, that everything was cut,
-- comes by psql's standard input; payments, transactions, allocations and import lines are inserted from
-- joins, schedule rows, loans and billed lines are updated. It judges nothing, seals nothing, and leaves
-- no audit row. Variables: periode.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN;
CREATE TEMP TABLE answer (
    reference TEXT, periode TEXT, payer TEXT, pay_office TEXT, no_pensiun TEXT, nik TEXT, name TEXT,
    loan_number TEXT, instalment_no INTEGER, due_date DATE, amount NUMERIC
) ON COMMIT DROP;
\copy answer FROM pstdin WITH (FORMAT csv, DELIMITER ';', HEADER)
INSERT INTO pension_cut_imports
    (payer, periode, profile, paid_on, tolerance, sha256, bytes, status, lines, lines_done, last_line, summary, created_at, updated_at)
SELECT min(payer), min(periode), 'GENERIC', (min(periode) || '-01')::date, 0, '\x00', 0, 'done', count(*), count(*), count(*), '{}', now(), now()
FROM answer;
CREATE TEMP TABLE cut ON COMMIT DROP AS
SELECT row_number() OVER () AS import_line_no,
    nextval(pg_get_serial_sequence('loan_transactions', 'id')) AS id,
    currval(pg_get_serial_sequence('pension_cut_imports', 'id')) AS import_id,
    a.reference, (a.periode || '-01')::date AS paid_on, l.periode, l.export_id, l.line_no, l.loan_id,
    l.member_id, l.amount, l.due_from, l.due_date, s.made_by, s.no,
    least(s.interest - s.interest_paid, l.amount) AS interest,
    l.amount - least(s.interest - s.interest_paid, l.amount) AS principal
FROM answer a
JOIN pension_cut_export_lines l ON l.loan_id = substr(a.reference, 12)::bigint AND l.periode = :'periode' AND l.is_live
JOIN pension_cut_export_rows r ON r.export_id = l.export_id AND r.line_no = l.line_no AND r.no = l.instalment_no
JOIN loan_schedules s ON s.loan_id = r.loan_id AND s.made_by = r.made_by AND s.no = r.no;
INSERT INTO loan_transactions
    (id, loan_id, kind, effective_on, booked_on, amount, due_through, tolerance, excess_to, paid_as, created_at)
SELECT id, loan_id, 'payment', paid_on, paid_on, amount, due_date, 0, 'refund', 'pension_cut', now() FROM cut;
INSERT INTO loan_payments (id, loan_id, paid_on, amount, channel, reference, source_line, cut_periode)
SELECT id, loan_id, paid_on, amount, 'potong_pensiun', reference, import_id * 10000000 + import_line_no, periode FROM cut;
INSERT INTO loan_transaction_allocations (transaction_id, caused_by, made_by, no, component, amount, booked_on, loan_id)
SELECT id, id, made_by, no, 'interest', interest, paid_on, loan_id FROM cut WHERE interest > 0
UNION ALL
SELECT id, id, made_by, no, 'principal', principal, paid_on, loan_id FROM cut WHERE principal > 0;
UPDATE loan_schedules s SET interest_paid = s.interest_paid + cut.interest, principal_paid = s.principal_paid + cut.principal,
    is_open = s.due_date > cut.paid_on
FROM cut WHERE s.loan_id = cut.loan_id AND s.made_by = cut.made_by AND s.no = cut.no;
UPDATE loans SET principal = loans.principal - cut.principal, state_on = cut.paid_on, state_id = cut.id,
    touched_through = greatest(touched_through, cut.due_date), version = version + 1, updated_at = now()
FROM cut WHERE loans.id = cut.loan_id;
UPDATE pension_cut_export_lines l SET outcome = 'matched', paid = cut.amount, import_id = cut.import_id, import_line_no = cut.import_line_no
FROM cut WHERE l.export_id = cut.export_id AND l.line_no = cut.line_no;
INSERT INTO pension_cut_import_lines
    (import_id, line_no, periode, reference_periode, reference_loan_id, claims_key, amount, billed, difference, outcome,
     applied, to_refund, held, export_id, export_line_no, loan_id, member_id, payment_id)
SELECT import_id, import_line_no, periode, periode, loan_id, FALSE, amount, amount, 0, 'matched',
    amount, 0, 0, export_id, line_no, loan_id, member_id, id
FROM cut;
SELECT 'yardstick lines=' || count(*) FROM cut;
COMMIT;
