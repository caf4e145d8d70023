DROP TABLE member_intake_rows;
DROP TABLE member_intakes;
