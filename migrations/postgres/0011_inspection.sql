-- Spot checks (抽查) and what follows from them. A draw can be made again from its seed by anybody who has the list.
CREATE TABLE inspection_draw (
  draw_id       TEXT   NOT NULL PRIMARY KEY,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  year          BIGINT NOT NULL UNIQUE,
  seed          TEXT   NOT NULL,
  population    BIGINT NOT NULL,
  population_sha256 TEXT NOT NULL,
  drawn         BIGINT NOT NULL,
  drawn_by      TEXT   NOT NULL,
  drawn_at_ms   BIGINT NOT NULL
);

CREATE TABLE inspection (
  inspection_id TEXT   NOT NULL PRIMARY KEY,
  revision      BIGINT NOT NULL,
  application_id TEXT  NOT NULL REFERENCES registration_application,
  draw_id       TEXT   REFERENCES inspection_draw,
  cause         TEXT   NOT NULL,
  stage         TEXT   NOT NULL,
  evidence_due  TEXT,
  hearing_due   TEXT,
  opened_at_ms  BIGINT NOT NULL
);
CREATE INDEX inspection_application ON inspection (application_id);
CREATE INDEX inspection_stage ON inspection (stage, opened_at_ms);

CREATE TABLE inspection_act (
  inspection_id TEXT   NOT NULL REFERENCES inspection,
  serial        BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  act           TEXT   NOT NULL,
  from_stage    TEXT   NOT NULL,
  to_stage      TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  taken_on      TEXT   NOT NULL,
  taken_at_ms   BIGINT NOT NULL,
  ground_codes  TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  PRIMARY KEY (inspection_id, serial)
);

CREATE TRIGGER inspection_draw_never_changes BEFORE UPDATE OR DELETE ON inspection_draw FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER inspection_act_never_changes BEFORE UPDATE OR DELETE ON inspection_act FOR EACH ROW EXECUTE FUNCTION refuse_change();
