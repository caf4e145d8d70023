DROP TABLE loan_month_end_bounds;
DROP TABLE loan_month_end_gaps;
