-- The signed paper of a contract with a funder, in the file store.

ALTER TABLE funder_contracts ADD COLUMN document_key TEXT COLLATE "C";
ALTER TABLE funder_contracts ADD COLUMN document_type TEXT COLLATE "C";
ALTER TABLE funder_contracts ADD COLUMN document_size BIGINT
    CONSTRAINT funder_contracts_document_size_check CHECK (document_size > 0);
ALTER TABLE funder_contracts ADD COLUMN document_sha256 BYTEA;
