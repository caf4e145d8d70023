ALTER TABLE loan_products DROP COLUMN valid_to;
ALTER TABLE loan_products DROP COLUMN valid_from;
