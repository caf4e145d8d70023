-- What is kept by branch, and the quality by part, is forgotten.
DROP TRIGGER quality_reports_no_delete;
DROP TRIGGER quality_reports_no_replace;
DELETE FROM quality_reports WHERE branch_id IS NOT NULL OR grouped_by <> '';
DROP INDEX quality_reports_periode_grouped_by_branch_id_id_idx;
DROP INDEX quality_reports_periode_grouped_by_is_total_kind_mark_key;
ALTER TABLE quality_reports DROP COLUMN group_name;
ALTER TABLE quality_reports DROP COLUMN group_id;
ALTER TABLE quality_reports DROP COLUMN is_total;
ALTER TABLE quality_reports DROP COLUMN grouped_by;
ALTER TABLE quality_reports DROP COLUMN branch_id;
ALTER TABLE quality_reports DROP COLUMN rate;
CREATE UNIQUE INDEX quality_reports_periode_kind_mark_key ON quality_reports (periode, kind, mark);
CREATE TRIGGER quality_reports_no_delete BEFORE DELETE ON quality_reports
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;
CREATE TRIGGER quality_reports_no_replace BEFORE INSERT ON quality_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM quality_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM quality_reports
    WHERE periode = NEW.periode AND kind = NEW.kind AND mark = NEW.mark)
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;

DROP TRIGGER aging_reports_no_delete;
DROP TRIGGER aging_reports_no_replace;
DELETE FROM aging_reports WHERE branch_id IS NOT NULL;
DROP INDEX aging_reports_periode_grouped_by_branch_id_id_idx;
DROP INDEX aging_reports_periode_grouped_by_is_total_bucket_key;
ALTER TABLE aging_reports DROP COLUMN branch_id;
CREATE INDEX aging_reports_periode_grouped_by_id_idx ON aging_reports (periode, grouped_by, id);
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
CREATE TRIGGER aging_reports_no_delete BEFORE DELETE ON aging_reports
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;
CREATE TRIGGER aging_reports_no_replace BEFORE INSERT ON aging_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM aging_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM aging_reports
    WHERE periode = NEW.periode AND grouped_by = NEW.grouped_by AND is_total = NEW.is_total
    AND COALESCE(group_id, 0) = COALESCE(NEW.group_id, 0)
    AND COALESCE(group_name, '') = COALESCE(NEW.group_name, '') AND bucket = NEW.bucket)
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;
