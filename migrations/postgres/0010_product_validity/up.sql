-- The days on which a product is offered; both ends count, NULL is open.

ALTER TABLE loan_products ADD COLUMN valid_from DATE;
ALTER TABLE loan_products ADD COLUMN valid_to DATE;
