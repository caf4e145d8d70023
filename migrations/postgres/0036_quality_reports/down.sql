DROP TABLE quality_reports;
