DROP TABLE funder_settlement_lines;
DROP TABLE funder_settlement_contracts;
DROP TABLE funder_settlements;
DROP INDEX loan_transaction_allocations_caused_by_idx;
DROP INDEX funder_allocations_contract_id_loan_id_idx;
CREATE INDEX funder_allocations_contract_id_idx ON funder_allocations (contract_id)
    WHERE ended_on IS NULL;
ALTER TABLE funder_contracts DROP COLUMN allocated;
ALTER TABLE funder_allocations DROP COLUMN ended_at;
