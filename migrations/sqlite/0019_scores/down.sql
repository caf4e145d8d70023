ALTER TABLE analysis DROP COLUMN score;
