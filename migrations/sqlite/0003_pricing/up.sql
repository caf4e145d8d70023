-- Loan products with their fees and penalty rules.

CREATE TABLE loan_products (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    plafon_min BIGINT NOT NULL,
    plafon_max BIGINT NOT NULL,
    plafon_step BIGINT NOT NULL,
    tenor_min INTEGER NOT NULL,
    tenor_max INTEGER NOT NULL,
    dsr_limit BIGINT NOT NULL,
    umur_maksimal INTEGER NOT NULL,
    max_benefit_pct BIGINT NOT NULL,
    interest_rate BIGINT NOT NULL,
    method TEXT NOT NULL,
    day_count TEXT NOT NULL,
    rounding TEXT NOT NULL,
    instalment_unit TEXT NOT NULL,
    interest_unit TEXT NOT NULL,
    last_instalment TEXT NOT NULL,
    principal_grace INTEGER NOT NULL,
    broken_period TEXT NOT NULL,
    due_day INTEGER,
    allocation_order TEXT NOT NULL,
    max_active_loans INTEGER NOT NULL,
    freeze_interest_on_death BOOLEAN NOT NULL,
    funder_id BIGINT REFERENCES funders (id),
    is_active BOOLEAN NOT NULL,
    interest_cap_reason TEXT,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT loan_products_plafon_min_check CHECK (plafon_min > 0),
    CONSTRAINT loan_products_plafon_max_check CHECK (plafon_max > 0),
    CONSTRAINT loan_products_plafon_step_check CHECK (plafon_step > 0),
    CONSTRAINT loan_products_tenor_min_check CHECK (tenor_min > 0),
    CONSTRAINT loan_products_tenor_max_check CHECK (tenor_max > 0),
    CONSTRAINT loan_products_dsr_limit_check CHECK (dsr_limit > 0),
    CONSTRAINT loan_products_umur_maksimal_check CHECK (umur_maksimal > 0),
    CONSTRAINT loan_products_max_benefit_pct_check CHECK (max_benefit_pct > 0),
    CONSTRAINT loan_products_interest_rate_check CHECK (interest_rate >= 0),
    CONSTRAINT loan_products_method_check CHECK (method IN ('flat', 'anuitas', 'efektif')),
    CONSTRAINT loan_products_day_count_check CHECK (day_count IN ('30_360', 'act_act', 'act_365', 'act_360')),
    CONSTRAINT loan_products_rounding_check CHECK (rounding IN ('up', 'nearest', 'half_even')),
    CONSTRAINT loan_products_instalment_unit_check CHECK (instalment_unit IN ('1000', '500', '100', '1', '0.01')),
    CONSTRAINT loan_products_interest_unit_check CHECK (interest_unit IN ('1', '0.01')),
    CONSTRAINT loan_products_last_instalment_check CHECK (last_instalment IN ('adjust', 'level')),
    CONSTRAINT loan_products_principal_grace_check CHECK (principal_grace >= 0),
    CONSTRAINT loan_products_broken_period_check CHECK (broken_period IN ('none', 'add')),
    CONSTRAINT loan_products_allocation_order_check CHECK (allocation_order IN ('row_first', 'principal_last')),
    CONSTRAINT loan_products_max_active_loans_check CHECK (max_active_loans > 0),
    CONSTRAINT loan_products_code_key UNIQUE (code),
    CONSTRAINT loan_products_plafon_check CHECK (plafon_min <= plafon_max),
    CONSTRAINT loan_products_tenor_check CHECK (tenor_min <= tenor_max),
    CONSTRAINT loan_products_due_day_check CHECK (due_day BETWEEN 1 AND 31)
);
CREATE INDEX loan_products_name_search_id_idx ON loan_products (name_search, id);
CREATE INDEX loan_products_created_at_id_idx ON loan_products (created_at, id);
CREATE INDEX loan_products_funder_id_idx ON loan_products (funder_id);

-- value is the basis's value as JSON. A replaced fee stays, with its end.
CREATE TABLE loan_fees (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES loan_products (id),
    kind TEXT NOT NULL,
    basis TEXT NOT NULL,
    value TEXT NOT NULL,
    collection TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    ended_at TIMESTAMP,
    CONSTRAINT loan_fees_kind_check CHECK (kind IN ('admin', 'provisi', 'asuransi', 'flagging', 'tatalaksana', 'meterai', 'blokir', 'lainnya')),
    CONSTRAINT loan_fees_basis_check CHECK (basis IN ('percent', 'fixed', 'instalments', 'per_mille_table')),
    CONSTRAINT loan_fees_collection_check CHECK (collection IN ('upfront', 'first_instalment'))
);
CREATE UNIQUE INDEX loan_fees_product_id_kind_key ON loan_fees (product_id, kind)
    WHERE ended_at IS NULL;

-- value and steps are JSON. A replaced rule stays, with its end.
CREATE TABLE penalty_rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    product_id BIGINT NOT NULL REFERENCES loan_products (id),
    kind TEXT NOT NULL,
    basis TEXT NOT NULL,
    value TEXT NOT NULL,
    steps TEXT NOT NULL,
    grace_days INTEGER NOT NULL,
    cap_pct BIGINT,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    ended_at TIMESTAMP,
    CONSTRAINT penalty_rules_kind_check CHECK (kind IN ('late', 'early_settlement')),
    CONSTRAINT penalty_rules_basis_check CHECK (basis IN ('percent_per_day', 'percent_once', 'fixed', 'months_of_interest')),
    CONSTRAINT penalty_rules_grace_days_check CHECK (grace_days >= 0),
    CONSTRAINT penalty_rules_cap_pct_check CHECK (cap_pct >= 0)
);
CREATE UNIQUE INDEX penalty_rules_product_id_kind_key ON penalty_rules (product_id, kind)
    WHERE ended_at IS NULL;
