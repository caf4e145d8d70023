-- What is kept of closed months stands for every branch too, and the quality by every part as the aging does.
-- branch_id: none of all loans, 0 of the loans of no branch. rate: what percentage of a level was set aside, in
-- millionths of the whole; none of what was kept before.

ALTER TABLE aging_reports ADD COLUMN branch_id BIGINT;
DROP INDEX aging_reports_periode_grouped_by_is_total_bucket_key;
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, COALESCE(branch_id, -1), grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
DROP INDEX aging_reports_periode_grouped_by_id_idx;
CREATE INDEX aging_reports_periode_grouped_by_branch_id_id_idx ON aging_reports (periode, grouped_by, branch_id, id);

ALTER TABLE quality_reports ADD COLUMN rate BIGINT;
ALTER TABLE quality_reports ADD COLUMN branch_id BIGINT;
ALTER TABLE quality_reports ADD COLUMN grouped_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE quality_reports ADD COLUMN is_total BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE quality_reports ADD COLUMN group_id BIGINT;
ALTER TABLE quality_reports ADD COLUMN group_name TEXT COLLATE "C";
DROP INDEX quality_reports_periode_kind_mark_key;
CREATE UNIQUE INDEX quality_reports_periode_grouped_by_is_total_kind_mark_key ON quality_reports
    (periode, COALESCE(branch_id, -1), grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), kind, mark);
CREATE INDEX quality_reports_periode_grouped_by_branch_id_id_idx ON quality_reports (periode, grouped_by, branch_id, id);
