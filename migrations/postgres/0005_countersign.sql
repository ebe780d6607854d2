-- Countersignatures (会签) of drafts, and what the pages of the log look entries up by.

-- An opinion stands for the content that was seen; a later one of the same department takes its place on the page.
CREATE TABLE countersignature (
  countersignature_id TEXT NOT NULL PRIMARY KEY,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  bulletin_id   TEXT   NOT NULL REFERENCES bulletin,
  role          TEXT   NOT NULL,
  person_id     TEXT   NOT NULL REFERENCES person,
  opinion       TEXT   NOT NULL CHECK (opinion IN ('agree', 'object')),
  remark        TEXT   NOT NULL,
  content_sha256 TEXT  NOT NULL,
  given_at_ms   BIGINT NOT NULL
);
CREATE INDEX countersignature_bulletin ON countersignature (bulletin_id, given_at_ms);

CREATE INDEX log_entry_kind ON log_entry (kind, position);
CREATE INDEX log_entry_actor ON log_entry (actor, position);
CREATE INDEX log_entry_time ON log_entry (at_ms, position);

CREATE TRIGGER countersignature_never_changes BEFORE UPDATE OR DELETE ON countersignature FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER countersignature_never_emptied BEFORE TRUNCATE ON countersignature FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
