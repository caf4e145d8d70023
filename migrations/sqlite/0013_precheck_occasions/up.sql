-- What a pre-check was made for. Those before this were made when drafts were handed in.

ALTER TABLE precheck_results ADD COLUMN occasion TEXT NOT NULL DEFAULT 'submit'
    CONSTRAINT precheck_results_occasion_check CHECK (occasion IN ('submit', 'analysis', 'approval'));
