-- What members want to be told by which channel, and reminders ahead of a due date.

-- switched_off: a JSON list of group and channel.
CREATE TABLE member_preferences (
    member_id BIGINT NOT NULL REFERENCES members (id),
    switched_off TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    updated_by BIGINT REFERENCES sys_users (id),
    CONSTRAINT member_preferences_member_id_key PRIMARY KEY (member_id)
);

-- dpd: the days past due from which a reminder is sent, or less than 0 for days before.
ALTER TABLE loan_reminders DROP CONSTRAINT loan_reminders_dpd_check;
ALTER TABLE loan_reminders ADD CONSTRAINT loan_reminders_dpd_check CHECK (dpd <> 0);

-- The days of reminders count from before the due date by now; what was chosen stays, what nobody chose
-- becomes the new default.
UPDATE sys_configurations SET config_value = '[-3,1,7,30]'
    WHERE config_key = 'REMINDER_DPD_DAYS' AND config_value = '[1,7,30,60,90]';
UPDATE sys_configurations SET config_key = 'DPD_REMINDER_DAYS' WHERE config_key = 'REMINDER_DPD_DAYS';
