-- Settlements, penalties by hand, waivers, write-offs and refunds. settled_on: from that day all rows
-- are due; loan_penalty belongs to no row; discount is what a settlement may leave out.

ALTER TABLE loans ADD COLUMN settled_on DATE;
ALTER TABLE loans ADD COLUMN written_off_on DATE;
ALTER TABLE loans ADD COLUMN loan_penalty BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loans_loan_penalty_check CHECK (loan_penalty >= 0);
ALTER TABLE loans ADD COLUMN discount BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loans_discount_check CHECK (discount >= 0);
ALTER TABLE loan_schedules ADD COLUMN fee_waived BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loan_schedules_fee_waived_check CHECK (fee_waived >= 0 AND fee_paid + fee_waived <= fee);
ALTER TABLE loan_schedules ADD COLUMN penalty_waived BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loan_schedules_penalty_waived_check CHECK (penalty_waived >= 0);
ALTER TABLE loan_schedules ADD COLUMN penalty_charged BIGINT NOT NULL DEFAULT 0
    CONSTRAINT loan_schedules_penalty_charged_check CHECK (penalty_charged >= 0);
ALTER TABLE refund_requests ADD COLUMN approved_by BIGINT REFERENCES sys_users (id);

-- id is the transaction's; payment_id is NULL where nothing was left to pay. The figures are those of
-- the quote that was paid.
CREATE TABLE loan_settlements (
    id BIGINT NOT NULL REFERENCES loan_transactions (id),
    loan_id BIGINT NOT NULL,
    payment_id BIGINT,
    settled_on DATE NOT NULL,
    principal BIGINT NOT NULL,
    interest_due BIGINT NOT NULL,
    interest_running BIGINT NOT NULL,
    prepaid_interest BIGINT NOT NULL,
    penalty BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    due_from_member BIGINT NOT NULL,
    early_penalty BIGINT NOT NULL,
    deposit BIGINT NOT NULL,
    discount BIGINT NOT NULL,
    total BIGINT NOT NULL,
    reversed_by BIGINT,
    CONSTRAINT loan_settlements_id_key PRIMARY KEY (id),
    CONSTRAINT loan_settlements_principal_check CHECK (principal >= 0),
    CONSTRAINT loan_settlements_interest_due_check CHECK (interest_due >= 0),
    CONSTRAINT loan_settlements_interest_running_check CHECK (interest_running >= 0),
    CONSTRAINT loan_settlements_prepaid_interest_check CHECK (prepaid_interest >= 0),
    CONSTRAINT loan_settlements_penalty_check CHECK (penalty >= 0),
    CONSTRAINT loan_settlements_fee_check CHECK (fee >= 0),
    CONSTRAINT loan_settlements_due_from_member_check CHECK (due_from_member >= 0),
    CONSTRAINT loan_settlements_early_penalty_check CHECK (early_penalty >= 0),
    CONSTRAINT loan_settlements_deposit_check CHECK (deposit >= 0),
    CONSTRAINT loan_settlements_discount_check CHECK (discount >= 0),
    CONSTRAINT loan_settlements_total_check CHECK (total >= 0),
    CONSTRAINT loan_settlements_payment_check CHECK ((payment_id IS NULL) = (total = 0))
);
CREATE INDEX loan_settlements_loan_id_id_idx ON loan_settlements (loan_id, id);
