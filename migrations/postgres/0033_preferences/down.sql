UPDATE sys_configurations SET config_value = '[1,7,30,60,90]'
    WHERE config_key = 'DPD_REMINDER_DAYS' AND config_value LIKE '%-%';
UPDATE sys_configurations SET config_key = 'REMINDER_DPD_DAYS' WHERE config_key = 'DPD_REMINDER_DAYS';
DELETE FROM loan_reminders WHERE dpd < 0;
ALTER TABLE loan_reminders DROP CONSTRAINT loan_reminders_dpd_check;
ALTER TABLE loan_reminders ADD CONSTRAINT loan_reminders_dpd_check CHECK (dpd > 0);
DROP TABLE member_preferences;
