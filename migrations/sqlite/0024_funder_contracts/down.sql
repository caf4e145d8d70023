DROP TABLE funder_contracts;
