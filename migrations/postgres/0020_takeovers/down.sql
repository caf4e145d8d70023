ALTER TABLE applications DROP COLUMN takeover_reference;
ALTER TABLE applications DROP COLUMN takeover_payoff;
ALTER TABLE applications DROP COLUMN takeover_institution;
