-- When a member's data key was destroyed.
ALTER TABLE members ADD COLUMN anonymised_at TIMESTAMP;
CREATE INDEX members_anonymised_at_id_idx ON members (anonymised_at, id)
    WHERE anonymised_at IS NOT NULL;

-- Files that no row names any more and that are still to be removed from the file store.
CREATE TABLE files_to_remove (
    file_key TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT files_to_remove_file_key_key PRIMARY KEY (file_key)
);
CREATE INDEX files_to_remove_created_at_file_key_idx ON files_to_remove (created_at, file_key);
