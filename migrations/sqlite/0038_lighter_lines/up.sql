-- An answer changes no index of the line that it answers. What an import answered is found by its own lines.
DROP INDEX pension_cut_export_lines_import_id_idx;
-- How often a key was used by an import is its last occurrence there.
DROP INDEX pension_cut_import_lines_key_base_idx;
CREATE INDEX pension_cut_import_lines_key_base_import_id_key_occurrence_idx ON pension_cut_import_lines (key_base, import_id, key_occurrence)
    WHERE key_base IS NOT NULL;
