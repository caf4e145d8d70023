-- What is kept by branch, and the quality by part, is forgotten.
ALTER TABLE quality_reports DISABLE TRIGGER quality_reports_append_only;
ALTER TABLE aging_reports DISABLE TRIGGER aging_reports_append_only;
DELETE FROM quality_reports WHERE branch_id IS NOT NULL OR grouped_by <> '';
DELETE FROM aging_reports WHERE branch_id IS NOT NULL;
ALTER TABLE quality_reports ENABLE TRIGGER quality_reports_append_only;
ALTER TABLE aging_reports ENABLE TRIGGER aging_reports_append_only;

DROP INDEX quality_reports_periode_grouped_by_branch_id_id_idx;
DROP INDEX quality_reports_periode_grouped_by_is_total_kind_mark_key;
ALTER TABLE quality_reports DROP COLUMN group_name;
ALTER TABLE quality_reports DROP COLUMN group_id;
ALTER TABLE quality_reports DROP COLUMN is_total;
ALTER TABLE quality_reports DROP COLUMN grouped_by;
ALTER TABLE quality_reports DROP COLUMN branch_id;
ALTER TABLE quality_reports DROP COLUMN rate;
CREATE UNIQUE INDEX quality_reports_periode_kind_mark_key ON quality_reports (periode, kind, mark);

DROP INDEX aging_reports_periode_grouped_by_branch_id_id_idx;
DROP INDEX aging_reports_periode_grouped_by_is_total_bucket_key;
ALTER TABLE aging_reports DROP COLUMN branch_id;
CREATE INDEX aging_reports_periode_grouped_by_id_idx ON aging_reports (periode, grouped_by, id);
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
