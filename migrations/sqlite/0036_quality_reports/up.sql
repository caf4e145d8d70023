-- The quality of the portfolio in months that are closed, beside their aging; nothing changes it any more.
-- kind level: the loans of level mark, 1 to 5, and what was set aside for them. kind late: those more than mark
-- days past due.
CREATE TABLE quality_reports (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    periode TEXT NOT NULL,
    kind TEXT NOT NULL,
    mark BIGINT NOT NULL,
    loans BIGINT NOT NULL,
    outstanding BIGINT NOT NULL,
    provision BIGINT NOT NULL,
    CONSTRAINT quality_reports_kind_check CHECK (kind IN ('level', 'late')),
    CONSTRAINT quality_reports_loans_check CHECK (loans >= 0),
    CONSTRAINT quality_reports_outstanding_check CHECK (outstanding >= 0)
);
CREATE UNIQUE INDEX quality_reports_periode_kind_mark_key ON quality_reports (periode, kind, mark);
CREATE TRIGGER quality_reports_no_update BEFORE UPDATE ON quality_reports
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;
CREATE TRIGGER quality_reports_no_delete BEFORE DELETE ON quality_reports
  BEGIN SELECT RAISE(ABORT, 'quality_reports is append-only'); END;
