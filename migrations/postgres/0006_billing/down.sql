DROP TABLE refund_requests;
DROP TABLE pension_cut_import_lines;
DROP TABLE pension_cut_imports;
DROP TABLE pension_cut_export_left_out;
DROP TABLE pension_cut_export_rows;
DROP TABLE pension_cut_export_lines;
DROP TABLE pension_cut_exports;
DROP TABLE payer_profiles;
