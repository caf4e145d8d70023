-- An answer changes no index of the line that it answers. What an import answered is found by its own lines.
DROP INDEX pension_cut_export_lines_import_id_idx;
-- Each row is changed once or twice in its life: room for that on its own page spares its indexes.
ALTER TABLE pension_cut_export_lines SET (fillfactor = 75);
ALTER TABLE loan_schedules SET (fillfactor = 90);
-- How often a key was used by an import is its last occurrence there.
DROP INDEX pension_cut_import_lines_key_base_idx;
CREATE INDEX pension_cut_import_lines_key_base_import_id_key_occurrence_idx ON pension_cut_import_lines (key_base, import_id, key_occurrence)
    WHERE key_base IS NOT NULL;
