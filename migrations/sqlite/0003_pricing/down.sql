DROP TABLE penalty_rules;
DROP TABLE loan_fees;
DROP TABLE loan_products;
