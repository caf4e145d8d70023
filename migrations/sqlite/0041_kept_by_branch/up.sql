-- What is kept of closed months stands for every branch too, and the quality by every part as the aging does.
-- branch_id: none of all loans, 0 of the loans of no branch. rate: what percentage of a level was set aside, in
-- millionths of the whole; none of what was kept before.

ALTER TABLE aging_reports ADD COLUMN branch_id BIGINT;
DROP INDEX aging_reports_periode_grouped_by_is_total_bucket_key;
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, COALESCE(branch_id, -1), grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
DROP INDEX aging_reports_periode_grouped_by_id_idx;
CREATE INDEX aging_reports_periode_grouped_by_branch_id_id_idx ON aging_reports (periode, grouped_by, branch_id, id);
DROP TRIGGER aging_reports_no_replace;
CREATE TRIGGER aging_reports_no_replace BEFORE INSERT ON aging_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM aging_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM aging_reports
    WHERE periode = NEW.periode AND COALESCE(branch_id, -1) = COALESCE(NEW.branch_id, -1)
    AND grouped_by = NEW.grouped_by AND is_total = NEW.is_total
    AND COALESCE(group_id, 0) = COALESCE(NEW.group_id, 0)
    AND COALESCE(group_name, '') = COALESCE(NEW.group_name, '') AND bucket = NEW.bucket)
  BEGIN SELECT RAISE(ABORT, 'aging_reports is append-only'); END;

ALTER TABLE quality_reports ADD COLUMN rate BIGINT;
ALTER TABLE quality_reports ADD COLUMN branch_id BIGINT;
ALTER TABLE quality_reports ADD COLUMN grouped_by TEXT NOT NULL DEFAULT '';
ALTER TABLE quality_reports ADD COLUMN is_total BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE quality_reports ADD COLUMN group_id BIGINT;
ALTER TABLE quality_reports ADD COLUMN group_name TEXT;
DROP INDEX quality_reports_periode_kind_mark_key;
CREATE UNIQUE INDEX quality_reports_periode_grouped_by_is_total_kind_mark_key ON quality_reports
    (periode, COALESCE(branch_id, -1), grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), kind, mark);
CREATE INDEX quality_reports_periode_grouped_by_branch_id_id_idx ON quality_reports (periode, grouped_by, branch_id, id);
DROP TRIGGER quality_reports_no_replace;
CREATE TRIGGER quality_reports_no_replace BEFORE INSERT ON quality_reports
  WHEN (NEW.id > 0 AND EXISTS (SELECT 1 FROM quality_reports WHERE id = NEW.id))
  OR EXISTS (SELECT 1 FROM quality_reports
    WHERE periode = NEW.periode AND COALESCE(branch_id, -1) = COALESCE(NEW.branch_id, -1)
    AND grouped_by = NEW.grouped_by AND is_total = NEW.is_total
    AND COALESCE(group_id, 0) = COALESCE(NEW.group_id, 0)
    AND COALESCE(group_name, '') = COALESCE(NEW.group_name, '') AND kind = NEW.kind AND mark = NEW.mark)
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;
