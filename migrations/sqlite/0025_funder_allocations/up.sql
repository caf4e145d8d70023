-- Who holds which part of a loan's plafon, from one day until another. What no funder holds is the
-- cooperative's.

CREATE TABLE funder_allocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    loan_id BIGINT NOT NULL REFERENCES loans (id),
    funder_id BIGINT NOT NULL REFERENCES funders (id),
    contract_id BIGINT NOT NULL REFERENCES funder_contracts (id),
    kind TEXT NOT NULL,
    principal BIGINT NOT NULL,
    valid_from DATE NOT NULL,
    ended_on DATE,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT funder_allocations_kind_check CHECK (kind IN ('participation', 'assignment')),
    CONSTRAINT funder_allocations_principal_check CHECK (principal > 0),
    CONSTRAINT funder_allocations_ended_on_check CHECK (ended_on >= valid_from)
);
CREATE INDEX funder_allocations_loan_id_id_idx ON funder_allocations (loan_id, id);
CREATE INDEX funder_allocations_contract_id_idx ON funder_allocations (contract_id)
    WHERE ended_on IS NULL;
CREATE INDEX funder_allocations_funder_id_loan_id_idx ON funder_allocations (funder_id, loan_id);
