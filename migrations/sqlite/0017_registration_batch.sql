-- Files of batch filing (批量填报) between upload and filing: which columns fill what, and the drafts that came of it.
CREATE TABLE registration_batch (
  upload_id     TEXT    NOT NULL PRIMARY KEY REFERENCES upload,
  organisation_key INTEGER NOT NULL REFERENCES organisation,
  person_id     TEXT    NOT NULL REFERENCES person,
  registrar_key INTEGER REFERENCES registrar,
  mapping       TEXT    NOT NULL,
  staged_at_ms  INTEGER NOT NULL,
  filed_at_ms   INTEGER,
  outcome       TEXT
) STRICT;
CREATE INDEX registration_batch_organisation ON registration_batch (organisation_key, staged_at_ms);
