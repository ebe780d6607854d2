-- Auditors who are named to read the contract texts of one application (指定查阅), for a reason and until a day.
CREATE TABLE registration_auditor (
  naming_id     TEXT    NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  application_id TEXT   NOT NULL REFERENCES registration_application,
  person_id     TEXT    NOT NULL REFERENCES person,
  reason        TEXT    NOT NULL,
  valid_to      TEXT    NOT NULL,
  named_by      TEXT    NOT NULL,
  named_at_ms   INTEGER NOT NULL,
  ended_by      TEXT,
  ended_at_ms   INTEGER,
  end_reason    TEXT
) STRICT;
CREATE INDEX registration_auditor_application ON registration_auditor (application_id, named_at_ms);
