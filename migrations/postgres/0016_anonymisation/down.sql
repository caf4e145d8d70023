DROP TABLE files_to_remove;
DROP INDEX members_anonymised_at_id_idx;
ALTER TABLE members DROP COLUMN anonymised_at;
