DROP INDEX pension_cut_import_lines_key_base_import_id_key_occurrence_idx;
CREATE INDEX pension_cut_import_lines_key_base_idx ON pension_cut_import_lines (key_base)
    WHERE key_base IS NOT NULL;
CREATE INDEX pension_cut_export_lines_import_id_idx ON pension_cut_export_lines (import_id)
    WHERE import_id IS NOT NULL;
