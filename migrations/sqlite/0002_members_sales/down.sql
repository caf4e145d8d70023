DROP TABLE members_names;
DROP TABLE member_documents;
DROP TABLE member_bank_accounts;
DROP TABLE member_contacts;
DROP TABLE member_keys;
DROP TABLE members;
DROP TABLE sales;
