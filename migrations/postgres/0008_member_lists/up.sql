-- Every filter of the list of members in both of its orders.
DROP INDEX members_branch_id_id_idx;
DROP INDEX members_sales_id_id_idx;
CREATE INDEX members_branch_id_created_at_id_idx ON members (branch_id, created_at, id);
CREATE INDEX members_branch_id_name_search_id_idx ON members (branch_id, name_search, id);
CREATE INDEX members_sales_id_created_at_id_idx ON members (sales_id, created_at, id);
CREATE INDEX members_sales_id_name_search_id_idx ON members (sales_id, name_search, id);
CREATE INDEX members_payer_created_at_id_idx ON members (payer, created_at, id);
CREATE INDEX members_payer_name_search_id_idx ON members (payer, name_search, id);
CREATE INDEX members_pay_office_created_at_id_idx ON members (pay_office, created_at, id);
CREATE INDEX members_pay_office_name_search_id_idx ON members (pay_office, name_search, id);
-- Nearly all are active: those are found by walking the whole list.
CREATE INDEX members_status_created_at_id_idx ON members (status, created_at, id)
    WHERE status <> 'aktif';
CREATE INDEX members_status_name_search_id_idx ON members (status, name_search, id)
    WHERE status <> 'aktif';
