-- Applications, their pre-checks, analyses and committee decisions.

-- terms are the product's, as they were agreed, in JSON.
CREATE TABLE applications (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    product_id BIGINT NOT NULL REFERENCES loan_products (id),
    sales_id BIGINT REFERENCES sales (id),
    branch_id BIGINT REFERENCES sales_branches (id),
    plafon BIGINT NOT NULL,
    tenor INTEGER NOT NULL,
    purpose TEXT,
    other_obligations BIGINT NOT NULL,
    terms TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    entered_on DATE NOT NULL,
    approved_on DATE,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT applications_plafon_check CHECK (plafon > 0),
    CONSTRAINT applications_tenor_check CHECK (tenor > 0),
    CONSTRAINT applications_other_obligations_check CHECK (other_obligations >= 0),
    CONSTRAINT applications_status_check CHECK (status IN ('draft', 'submitted', 'analyzing', 'committee', 'approved', 'rejected', 'disbursed', 'cancelled'))
);
CREATE INDEX applications_member_id_id_idx ON applications (member_id, id);
CREATE INDEX applications_branch_id_id_idx ON applications (branch_id, id);
CREATE INDEX applications_sales_id_id_idx ON applications (sales_id, id);
CREATE INDEX applications_product_id_id_idx ON applications (product_id, id);
CREATE INDEX applications_status_id_idx ON applications (status, id);
CREATE INDEX applications_created_at_id_idx ON applications (created_at, id);
CREATE INDEX applications_approved_on_id_idx ON applications (approved_on, id)
    WHERE status = 'approved';

CREATE TABLE application_docs (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    kind TEXT NOT NULL,
    file_key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    uploaded_at TIMESTAMP NOT NULL,
    uploaded_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT application_docs_kind_check CHECK (kind IN ('FORMULIR', 'SLIP_PENSIUN', 'KONTRAK', 'SURAT_KUASA_POTONG', 'LAINNYA')),
    CONSTRAINT application_docs_size_check CHECK (size > 0),
    CONSTRAINT application_docs_file_key_key UNIQUE (file_key)
);
CREATE INDEX application_docs_application_id_id_idx ON application_docs (application_id, id);

-- rules are each rule's figures, in JSON.
CREATE TABLE precheck_results (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    passed BOOLEAN NOT NULL,
    rules TEXT NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    checked_by BIGINT REFERENCES sys_users (id)
);
CREATE INDEX precheck_results_application_id_id_idx ON precheck_results (application_id, id);

CREATE TABLE analysis (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    income BIGINT NOT NULL,
    other_obligations BIGINT NOT NULL,
    dsr BIGINT,
    risk_score INTEGER NOT NULL,
    recommendation TEXT NOT NULL,
    notes TEXT NOT NULL,
    analysed_at TIMESTAMP NOT NULL,
    analysed_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT analysis_income_check CHECK (income > 0),
    CONSTRAINT analysis_other_obligations_check CHECK (other_obligations >= 0),
    CONSTRAINT analysis_recommendation_check CHECK (recommendation IN ('approve', 'reject', 'conditional')),
    CONSTRAINT analysis_risk_score_check CHECK (risk_score BETWEEN 0 AND 100),
    CONSTRAINT analysis_dsr_check CHECK (dsr >= 0)
);
CREATE INDEX analysis_application_id_id_idx ON analysis (application_id, id);

CREATE TABLE committee_decisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    level INTEGER NOT NULL,
    decision TEXT NOT NULL,
    notes TEXT,
    decided_at TIMESTAMP NOT NULL,
    decided_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT committee_decisions_level_check CHECK (level > 0),
    CONSTRAINT committee_decisions_decision_check CHECK (decision IN ('approve', 'reject', 'conditional')),
    CONSTRAINT committee_decisions_application_id_level_key UNIQUE (application_id, level),
    CONSTRAINT committee_decisions_application_id_decided_by_key UNIQUE (application_id, decided_by)
);

CREATE TABLE application_conditions (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    application_id BIGINT NOT NULL REFERENCES applications (id),
    decision_id BIGINT NOT NULL REFERENCES committee_decisions (id),
    text TEXT NOT NULL,
    met_at TIMESTAMP,
    met_by BIGINT REFERENCES sys_users (id),
    notes TEXT
);
CREATE INDEX application_conditions_application_id_id_idx ON application_conditions (application_id, id);
CREATE INDEX application_conditions_decision_id_idx ON application_conditions (decision_id);
