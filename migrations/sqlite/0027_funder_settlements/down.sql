DROP TABLE funder_settlement_lines;
DROP TABLE funder_settlement_contracts;
DROP TABLE funder_settlements;
DROP INDEX loan_transaction_allocations_caused_by_idx;
ALTER TABLE funder_contracts DROP COLUMN allocated;
ALTER TABLE funder_allocations DROP COLUMN ended_at;
