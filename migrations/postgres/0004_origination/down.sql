DROP TABLE application_conditions;
DROP TABLE committee_decisions;
DROP TABLE analysis;
DROP TABLE precheck_results;
DROP TABLE application_docs;
DROP TABLE applications;
