-- The trail is looked through by a thing's id alone too, whatever table it is of.
CREATE INDEX audit_trails_ref_id_id_idx ON audit_trails (ref_id, id);
