-- No second row of one kept figure.
CREATE UNIQUE INDEX aging_reports_periode_grouped_by_is_total_bucket_key ON aging_reports
    (periode, grouped_by, is_total, COALESCE(group_id, 0), COALESCE(group_name, ''), bucket);
