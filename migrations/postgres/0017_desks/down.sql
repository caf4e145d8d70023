DROP TABLE committee_deadlines;
DROP TABLE committee_recusals;
DROP INDEX applications_due_level_waiting_since_id_idx;
DROP INDEX applications_status_waiting_since_id_idx;
ALTER TABLE applications DROP COLUMN waiting_since;
ALTER TABLE applications DROP COLUMN due_level;
