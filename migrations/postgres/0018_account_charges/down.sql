DROP TABLE loan_settlements;
ALTER TABLE refund_requests DROP COLUMN approved_by;
ALTER TABLE loan_schedules DROP COLUMN penalty_charged;
ALTER TABLE loan_schedules DROP COLUMN penalty_waived;
ALTER TABLE loan_schedules DROP COLUMN fee_waived;
ALTER TABLE loans DROP COLUMN discount;
ALTER TABLE loans DROP COLUMN loan_penalty;
ALTER TABLE loans DROP COLUMN written_off_on;
ALTER TABLE loans DROP COLUMN settled_on;
