-- INSERT OR REPLACE deletes what stands in its way without firing the triggers that refuse it. What can stand in
-- the way of a row is looked for before it is written: by the key, and by every other rule of uniqueness. The
-- program gives rows positive numbers; before a row without one is written its number reads as -1.

CREATE TRIGGER audit_trails_no_replace BEFORE INSERT ON audit_trails
  WHEN NEW.id > 0 AND EXISTS (SELECT 1 FROM audit_trails WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'audit_trails is append-only'); END;
CREATE TRIGGER audit_seals_no_replace BEFORE INSERT ON audit_seals
  WHEN NEW.seal_no > 0 AND EXISTS (SELECT 1 FROM audit_seals WHERE seal_no = NEW.seal_no)
  BEGIN SELECT RAISE(ABORT, 'audit_seals is append-only'); END;
CREATE TRIGGER audit_seal_entries_no_replace BEFORE INSERT ON audit_seal_entries
  WHEN NEW.audit_id > 0 AND EXISTS (SELECT 1 FROM audit_seal_entries WHERE audit_id = NEW.audit_id)
  BEGIN SELECT RAISE(ABORT, 'audit_seal_entries is append-only'); END;

CREATE TRIGGER loan_transactions_no_replace BEFORE INSERT ON loan_transactions
  WHEN NEW.id > 0 AND EXISTS (SELECT 1 FROM loan_transactions WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'loan_transactions is append-only'); END;
-- A second reversal is refused by name, as on PostgreSQL: a trigger's INSERT meets a conflict as the statement does
-- that fired it, so that a plain one ends here by the rule of uniqueness, and one that replaces goes on and is refused.
CREATE TRIGGER loan_transactions_no_replaced_reversal BEFORE INSERT ON loan_transactions
  WHEN NEW.reverses IS NOT NULL AND EXISTS (SELECT 1 FROM loan_transactions WHERE reverses = NEW.reverses)
  BEGIN
    INSERT INTO loan_transactions (loan_id, kind, effective_on, booked_on, reverses, reason, created_at)
      SELECT loan_id, kind, effective_on, booked_on, reverses, reason, created_at
      FROM loan_transactions WHERE reverses = NEW.reverses;
    SELECT RAISE(ABORT, 'loan_transactions is append-only');
  END;
CREATE TRIGGER loan_transaction_allocations_no_replace BEFORE INSERT ON loan_transaction_allocations
  WHEN EXISTS (SELECT 1 FROM loan_transaction_allocations
    WHERE transaction_id = NEW.transaction_id AND caused_by = NEW.caused_by AND made_by = NEW.made_by
    AND no = NEW.no AND component = NEW.component)
  BEGIN SELECT RAISE(ABORT, 'loan_transaction_allocations is append-only'); END;

-- No second row of one kept figure.
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
CREATE TRIGGER aging_reports_no_replace BEFORE INSERT ON aging_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM aging_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM aging_reports
    WHERE periode = NEW.periode AND grouped_by = NEW.grouped_by AND is_total = NEW.is_total
    AND COALESCE(group_id, 0) = COALESCE(NEW.group_id, 0)
    AND COALESCE(group_name, '') = COALESCE(NEW.group_name, '') AND bucket = NEW.bucket)
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;
CREATE TRIGGER quality_reports_no_replace BEFORE INSERT ON quality_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM quality_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM quality_reports
    WHERE periode = NEW.periode AND kind = NEW.kind AND mark = NEW.mark)
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;
