-- Another lender's loan that an application pays off.

ALTER TABLE applications ADD COLUMN takeover_institution TEXT;
ALTER TABLE applications ADD COLUMN takeover_payoff BIGINT
    CONSTRAINT applications_takeover_payoff_check CHECK (takeover_payoff > 0);
ALTER TABLE applications ADD COLUMN takeover_reference TEXT;
