-- Loans that the end of a month could not write down. Whoever settles the exception of one closes the month without it.
CREATE TABLE loan_month_end_gaps (
    day DATE NOT NULL,
    loan_id BIGINT NOT NULL,
    CONSTRAINT loan_month_end_gaps_day_loan_id_key PRIMARY KEY (day, loan_id)
);

-- The most days past due of each quality but the worst, by which the loans of a month's last day are judged.
CREATE TABLE loan_month_end_bounds (
    day DATE NOT NULL,
    current_days INTEGER NOT NULL,
    special_mention_days INTEGER NOT NULL,
    substandard_days INTEGER NOT NULL,
    doubtful_days INTEGER NOT NULL,
    CONSTRAINT loan_month_end_bounds_day_key PRIMARY KEY (day)
);
