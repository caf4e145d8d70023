ALTER TABLE funder_contracts DROP COLUMN document_sha256;
ALTER TABLE funder_contracts DROP COLUMN document_size;
ALTER TABLE funder_contracts DROP COLUMN document_type;
ALTER TABLE funder_contracts DROP COLUMN document_key;
