-- Members and those who look after them.

CREATE TABLE sales (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    branch_id BIGINT NOT NULL REFERENCES sales_branches (id),
    user_id BIGINT REFERENCES sys_users (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT,
    email TEXT,
    commission_pct BIGINT NOT NULL DEFAULT 0,
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    version BIGINT NOT NULL DEFAULT 1,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT sales_commission_pct_check CHECK (commission_pct >= 0),
    CONSTRAINT sales_code_key UNIQUE (code),
    CONSTRAINT sales_user_id_key UNIQUE (user_id)
);
CREATE INDEX sales_branch_id_idx ON sales (branch_id);

-- nik and no_pensiun are keyed index entries; the values themselves are sealed. All four,
-- birth data and address are NULL once a member was anonymised.
CREATE TABLE members (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    nik BLOB,
    nik_sealed BLOB,
    no_pensiun BLOB,
    no_pensiun_sealed BLOB,
    name TEXT NOT NULL,
    name_search TEXT NOT NULL,
    birth_place TEXT,
    birth_date DATE,
    sex TEXT,
    address TEXT,
    payer TEXT NOT NULL,
    pay_office TEXT,
    rank TEXT,
    sk_number TEXT,
    sk_date DATE,
    monthly_benefit BIGINT NOT NULL,
    status TEXT NOT NULL,
    deceased_on DATE,
    death_recorded_by BIGINT REFERENCES sys_users (id),
    sales_id BIGINT REFERENCES sales (id),
    branch_id BIGINT REFERENCES sales_branches (id),
    deleted_at TIMESTAMP,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT members_sex_check CHECK (sex IN ('L', 'P')),
    CONSTRAINT members_payer_check CHECK (payer IN ('TASPEN', 'ASABRI', 'LAINNYA')),
    CONSTRAINT members_monthly_benefit_check CHECK (monthly_benefit > 0),
    CONSTRAINT members_status_check CHECK (status IN ('aktif', 'nonaktif', 'meninggal')),
    CONSTRAINT members_nik_key UNIQUE (nik),
    CONSTRAINT members_no_pensiun_key UNIQUE (no_pensiun),
    CONSTRAINT members_deceased_check CHECK ((status = 'meninggal') = (deceased_on IS NOT NULL))
);
CREATE INDEX members_name_search_id_idx ON members (name_search, id);
CREATE INDEX members_created_at_id_idx ON members (created_at, id);
CREATE INDEX members_branch_id_id_idx ON members (branch_id, id);
CREATE INDEX members_sales_id_id_idx ON members (sales_id, id);
CREATE INDEX members_payer_pay_office_id_idx ON members (payer, pay_office, id);

-- Each member's data key, wrapped by the master key. Without it nothing of his opens.
CREATE TABLE member_keys (
    member_id BIGINT NOT NULL REFERENCES members (id),
    wrapped BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    CONSTRAINT member_keys_member_id_key PRIMARY KEY (member_id)
);

CREATE TABLE member_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL,
    value_sealed BLOB NOT NULL,
    name_sealed BLOB,
    relation TEXT,
    is_primary BOOLEAN NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_contacts_kind_check CHECK (kind IN ('phone', 'email', 'address', 'heir'))
);
CREATE INDEX member_contacts_member_id_id_idx ON member_contacts (member_id, id);
CREATE UNIQUE INDEX member_contacts_member_id_kind_key ON member_contacts (member_id, kind)
    WHERE is_primary;

-- account_number is a keyed index entry.
CREATE TABLE member_bank_accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    bank_code TEXT NOT NULL,
    bank_name TEXT NOT NULL,
    account_number BLOB NOT NULL,
    account_number_sealed BLOB NOT NULL,
    account_name_sealed BLOB NOT NULL,
    is_default BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    created_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_bank_accounts_member_id_bank_code_account_number_key UNIQUE (member_id, bank_code, account_number)
);
CREATE UNIQUE INDEX member_bank_accounts_member_id_key ON member_bank_accounts (member_id)
    WHERE is_default;
CREATE INDEX member_bank_accounts_account_number_idx ON member_bank_accounts (account_number);

CREATE TABLE member_documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    member_id BIGINT NOT NULL REFERENCES members (id),
    kind TEXT NOT NULL,
    file_key TEXT NOT NULL,
    content_type TEXT NOT NULL,
    size BIGINT NOT NULL,
    sha256 BLOB NOT NULL,
    status TEXT NOT NULL,
    reviewed_by BIGINT REFERENCES sys_users (id),
    reviewed_at TIMESTAMP,
    reason TEXT,
    uploaded_at TIMESTAMP NOT NULL,
    uploaded_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_documents_kind_check CHECK (kind IN ('KTP', 'KK', 'SK_PENSIUN', 'FOTO', 'NPWP', 'KARIP', 'BUKU_TABUNGAN', 'LAINNYA')),
    CONSTRAINT member_documents_size_check CHECK (size > 0),
    CONSTRAINT member_documents_status_check CHECK (status IN ('uploaded', 'verified', 'rejected')),
    CONSTRAINT member_documents_file_key_key UNIQUE (file_key),
    CONSTRAINT member_documents_reviewed_check CHECK ((status = 'uploaded') = (reviewed_at IS NULL)),
    CONSTRAINT member_documents_rejected_check CHECK (status <> 'rejected' OR reason IS NOT NULL)
);
CREATE INDEX member_documents_member_id_id_idx ON member_documents (member_id, id);

-- Parts of names are found by their trigrams.
CREATE VIRTUAL TABLE members_names USING fts5 (
    name_search, content = 'members', content_rowid = 'id', tokenize = 'trigram', columnsize = 0
);
CREATE TRIGGER members_names_insert AFTER INSERT ON members BEGIN
    INSERT INTO members_names (rowid, name_search) VALUES (new.id, new.name_search);
END;
CREATE TRIGGER members_names_update AFTER UPDATE OF name_search ON members
WHEN old.name_search <> new.name_search BEGIN
    INSERT INTO members_names (members_names, rowid, name_search)
    VALUES ('delete', old.id, old.name_search);
    INSERT INTO members_names (rowid, name_search) VALUES (new.id, new.name_search);
END;
