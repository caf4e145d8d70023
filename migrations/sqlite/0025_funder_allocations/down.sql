DROP TABLE funder_allocations;
