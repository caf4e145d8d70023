ALTER TABLE precheck_results DROP COLUMN occasion;
