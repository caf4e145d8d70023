-- What the scorecard gave for an analysis, factor by factor, in JSON.

ALTER TABLE analysis ADD COLUMN score TEXT COLLATE "C";
