-- What members want to be told by which channel, and reminders ahead of a due date.

-- switched_off: a JSON list of group and channel.
CREATE TABLE member_preferences (
    member_id BIGINT NOT NULL REFERENCES members (id),
    switched_off TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_preferences_member_id_key PRIMARY KEY (member_id)
);

-- dpd: the days past due from which a reminder is sent, or less than 0 for days before.
CREATE TABLE loan_reminders_new (
    loan_id BIGINT NOT NULL,
    due_date DATE NOT NULL,
    dpd INTEGER NOT NULL,
    told_on DATE NOT NULL,
    CONSTRAINT loan_reminders_loan_id_due_date_dpd_key PRIMARY KEY (loan_id, due_date, dpd),
    CONSTRAINT loan_reminders_dpd_check CHECK (dpd <> 0)
);
INSERT INTO loan_reminders_new SELECT loan_id, due_date, dpd, told_on FROM loan_reminders;
DROP TABLE loan_reminders;
ALTER TABLE loan_reminders_new RENAME TO loan_reminders;

-- The days of reminders count from before the due date by now; what was chosen stays, what nobody chose
-- becomes the new default.
UPDATE sys_configurations SET config_value = '[-3,1,7,30]'
    WHERE config_key = 'REMINDER_DPD_DAYS' AND config_value = '[1,7,30,60,90]';
UPDATE sys_configurations SET config_key = 'DPD_REMINDER_DAYS' WHERE config_key = 'REMINDER_DPD_DAYS';
