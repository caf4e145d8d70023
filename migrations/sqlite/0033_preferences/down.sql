UPDATE sys_configurations SET config_value = '[1,7,30,60,90]'
    WHERE config_key = 'DPD_REMINDER_DAYS' AND config_value LIKE '%-%';
UPDATE sys_configurations SET config_key = 'REMINDER_DPD_DAYS' WHERE config_key = 'DPD_REMINDER_DAYS';
CREATE TABLE loan_reminders_new (
    loan_id BIGINT NOT NULL,
    due_date DATE NOT NULL,
    dpd INTEGER NOT NULL,
    told_on DATE NOT NULL,
    CONSTRAINT loan_reminders_loan_id_due_date_dpd_key PRIMARY KEY (loan_id, due_date, dpd),
    CONSTRAINT loan_reminders_dpd_check CHECK (dpd > 0)
);
INSERT INTO loan_reminders_new SELECT loan_id, due_date, dpd, told_on FROM loan_reminders WHERE dpd > 0;
DROP TABLE loan_reminders;
ALTER TABLE loan_reminders_new RENAME TO loan_reminders;
DROP TABLE member_preferences;
