-- What the trail holds of a member, newest first.
CREATE INDEX audit_trails_subject_id_created_at_id_idx ON audit_trails (subject_id, created_at, id)
    WHERE subject_id IS NOT NULL;
