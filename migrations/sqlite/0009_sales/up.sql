-- What sales people do, are to do, and earn.

ALTER TABLE sales_branches ADD COLUMN name_search TEXT NOT NULL DEFAULT '';
UPDATE sales_branches SET name_search = lower(name);
CREATE INDEX sales_branches_name_search_id_idx ON sales_branches (name_search, id);

ALTER TABLE sales ADD COLUMN name_search TEXT NOT NULL DEFAULT '';
UPDATE sales SET name_search = lower(name);
CREATE INDEX sales_name_search_id_idx ON sales (name_search, id);

-- branch_id is the sales person's on the day of the visit.
CREATE TABLE sales_visits (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    sales_id BIGINT NOT NULL REFERENCES sales (id),
    branch_id BIGINT NOT NULL REFERENCES sales_branches (id),
    visited_on DATE NOT NULL,
    member_id BIGINT REFERENCES members (id),
    prospect_name TEXT,
    prospect_search TEXT,
    result TEXT NOT NULL,
    notes TEXT,
    next_action_on DATE,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sales_visits_result_check CHECK (result IN ('not_met', 'follow_up', 'interested', 'applied', 'declined')),
    CONSTRAINT sales_visits_visited_check CHECK ((member_id IS NULL) <> (prospect_name IS NULL)),
    CONSTRAINT sales_visits_prospect_check CHECK ((prospect_name IS NULL) = (prospect_search IS NULL)),
    CONSTRAINT sales_visits_next_action_on_check CHECK (next_action_on >= visited_on)
);
CREATE INDEX sales_visits_sales_id_visited_on_id_idx ON sales_visits (sales_id, visited_on, id);
CREATE INDEX sales_visits_sales_id_result_visited_on_id_idx ON sales_visits (sales_id, result, visited_on, id);
CREATE INDEX sales_visits_branch_id_visited_on_idx ON sales_visits (branch_id, visited_on);
CREATE INDEX sales_visits_member_id_id_idx ON sales_visits (member_id, id);

-- Of a sales person or of a branch. set_by is the author of the figures, who does not approve them.
CREATE TABLE sales_targets (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    sales_id BIGINT REFERENCES sales (id),
    branch_id BIGINT REFERENCES sales_branches (id),
    periode TEXT NOT NULL,
    target_amount BIGINT NOT NULL,
    target_count INTEGER NOT NULL,
    status TEXT NOT NULL,
    set_by BIGINT REFERENCES sys_users (id),
    approved_by BIGINT REFERENCES sys_users (id),
    approved_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    CONSTRAINT sales_targets_owner_check CHECK ((sales_id IS NULL) <> (branch_id IS NULL)),
    CONSTRAINT sales_targets_target_amount_check CHECK (target_amount >= 0),
    CONSTRAINT sales_targets_target_count_check CHECK (target_count >= 0),
    CONSTRAINT sales_targets_target_check CHECK (target_amount > 0 OR target_count > 0),
    CONSTRAINT sales_targets_status_check CHECK (status IN ('draft', 'approved', 'superseded')),
    CONSTRAINT sales_targets_approved_check CHECK ((status = 'draft') = (approved_at IS NULL))
);
-- One draft and one approved target of a month.
CREATE UNIQUE INDEX sales_targets_sales_id_periode_status_key ON sales_targets (sales_id, periode, status)
    WHERE sales_id IS NOT NULL AND status <> 'superseded';
CREATE UNIQUE INDEX sales_targets_branch_id_periode_status_key ON sales_targets (branch_id, periode, status)
    WHERE branch_id IS NOT NULL AND status <> 'superseded';
CREATE INDEX sales_targets_sales_id_periode_id_idx ON sales_targets (sales_id, periode, id);
CREATE INDEX sales_targets_branch_id_periode_id_idx ON sales_targets (branch_id, periode, id);

-- branch_id is the sales person's when it was earned. plafon and commission_pct are what an earned one
-- follows from; corrects is the one that a claw-back takes back.
CREATE TABLE sales_commissions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    sales_id BIGINT NOT NULL REFERENCES sales (id),
    branch_id BIGINT NOT NULL REFERENCES sales_branches (id),
    loan_id BIGINT REFERENCES loans (id),
    kind TEXT NOT NULL,
    disbursement_id BIGINT REFERENCES loan_disbursements (id),
    plafon BIGINT,
    commission_pct BIGINT,
    corrects BIGINT REFERENCES sales_commissions (id),
    periode TEXT NOT NULL,
    amount BIGINT NOT NULL,
    reason TEXT,
    status TEXT NOT NULL,
    paid_on DATE,
    payroll_periode TEXT,
    reference TEXT,
    paid_by BIGINT REFERENCES sys_users (id),
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sales_commissions_kind_check CHECK (kind IN ('disbursement', 'clawback', 'manual')),
    CONSTRAINT sales_commissions_status_check CHECK (status IN ('unpaid', 'paid', 'void')),
    CONSTRAINT sales_commissions_amount_check CHECK (amount <> 0 AND (kind <> 'disbursement' OR amount > 0) AND (kind <> 'clawback' OR amount < 0)),
    CONSTRAINT sales_commissions_earned_check CHECK ((kind = 'disbursement') = (disbursement_id IS NOT NULL AND plafon IS NOT NULL AND commission_pct IS NOT NULL)),
    CONSTRAINT sales_commissions_corrects_check CHECK ((kind = 'clawback') = (corrects IS NOT NULL)),
    CONSTRAINT sales_commissions_reason_check CHECK (kind = 'disbursement' OR reason IS NOT NULL),
    CONSTRAINT sales_commissions_loan_check CHECK (kind = 'manual' OR loan_id IS NOT NULL),
    CONSTRAINT sales_commissions_void_check CHECK (status <> 'void' OR kind = 'disbursement'),
    CONSTRAINT sales_commissions_paid_check CHECK ((status = 'paid') = (paid_on IS NOT NULL AND payroll_periode IS NOT NULL))
);
-- Once for a disbursement, of which a loan has one that stands; and taken back once.
CREATE UNIQUE INDEX sales_commissions_disbursement_id_key ON sales_commissions (disbursement_id)
    WHERE disbursement_id IS NOT NULL;
CREATE UNIQUE INDEX sales_commissions_corrects_key ON sales_commissions (corrects)
    WHERE corrects IS NOT NULL;
CREATE INDEX sales_commissions_sales_id_id_idx ON sales_commissions (sales_id, id);
CREATE INDEX sales_commissions_branch_id_id_idx ON sales_commissions (branch_id, id);
CREATE INDEX sales_commissions_status_id_idx ON sales_commissions (status, id);
CREATE INDEX sales_commissions_periode_id_idx ON sales_commissions (periode, id);
CREATE INDEX sales_commissions_payroll_periode_id_idx ON sales_commissions (payroll_periode, id);
CREATE INDEX sales_commissions_loan_id_id_idx ON sales_commissions (loan_id, id);
CREATE INDEX sales_commissions_sales_id_periode_status_amount_idx ON sales_commissions (sales_id, periode, status, amount);
CREATE INDEX sales_commissions_branch_id_periode_status_amount_idx ON sales_commissions (branch_id, periode, status, amount);

-- What performance is counted from, without a look at the rows.
CREATE INDEX applications_sales_id_entered_on_idx ON applications (sales_id, entered_on);
CREATE INDEX applications_branch_id_entered_on_idx ON applications (branch_id, entered_on);
CREATE INDEX applications_sales_id_status_plafon_idx ON applications (sales_id, status, plafon);
CREATE INDEX applications_branch_id_status_plafon_idx ON applications (branch_id, status, plafon);
CREATE INDEX loans_sales_id_approved_on_idx ON loans (sales_id, approved_on);
CREATE INDEX loans_branch_id_approved_on_idx ON loans (branch_id, approved_on);
CREATE INDEX loans_sales_id_disbursed_on_plafon_idx ON loans (sales_id, disbursed_on, plafon);
CREATE INDEX loans_branch_id_disbursed_on_plafon_idx ON loans (branch_id, disbursed_on, plafon);
