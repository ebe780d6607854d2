-- Technology demands (技术需求): the record, its versions, contact data apart, steps, visits, reviews, lists, undertakings.

CREATE TABLE demand (
  demand_id     TEXT   NOT NULL PRIMARY KEY,
  revision      BIGINT NOT NULL,
  version       BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  kind          TEXT   NOT NULL CHECK (kind IN ('enterprise', 'common')),
  organisation_key BIGINT NOT NULL,
  division      TEXT   NOT NULL,
  title         TEXT   NOT NULL,
  -- The form as it is written now, without contact data.
  form          TEXT   NOT NULL,
  -- By which everybody finds it; nothing protected stands here.
  teaser        TEXT   NOT NULL,
  field         TEXT   NOT NULL,
  modes         TEXT   NOT NULL,
  budget_fen    BIGINT CHECK (budget_fen >= 0),
  deadline      TEXT,
  enterer_id    TEXT   NOT NULL,
  enterer_role  TEXT   NOT NULL,
  verified      TEXT   CHECK (verified IN ('company', 'telephone')),
  confirmed_on  TEXT,
  reconfirm_due TEXT,
  valid_until   TEXT,
  score_sheet   TEXT,
  contract_number TEXT,
  submitted_at_ms BIGINT,
  published_at_ms BIGINT,
  created_at_ms BIGINT NOT NULL,
  changed_at_ms BIGINT NOT NULL,
  -- Log position of the last change that others see; what follows the demands reads on from here.
  position      BIGINT NOT NULL
);
CREATE INDEX demand_changed ON demand (changed_at_ms, demand_id);
CREATE INDEX demand_organisation ON demand (organisation_key);
CREATE INDEX demand_enterer ON demand (enterer_id);
CREATE INDEX demand_state ON demand (state, kind);
CREATE INDEX demand_position ON demand (position, demand_id);
CREATE INDEX demand_due ON demand (reconfirm_due);

-- What was handed in each time; append-only. The form without contact data, and a salted commitment to the whole.
CREATE TABLE demand_version (
  demand_id     TEXT   NOT NULL REFERENCES demand,
  version       BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  form          TEXT   NOT NULL,
  form_commitment TEXT NOT NULL,
  written_by    TEXT   NOT NULL,
  written_at_ms BIGINT NOT NULL,
  PRIMARY KEY (demand_id, version)
);

-- Contact data with the salt of the commitment: erased with one statement.
CREATE TABLE demand_personal (
  demand_id     TEXT   NOT NULL PRIMARY KEY REFERENCES demand,
  fields        TEXT   NOT NULL,
  salt          TEXT   NOT NULL
);

CREATE TABLE demand_step (
  demand_id     TEXT   NOT NULL REFERENCES demand,
  serial        BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  step          TEXT   NOT NULL,
  from_state    TEXT   NOT NULL,
  to_state      TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  person_id     TEXT,
  role          TEXT,
  taken_on      TEXT   NOT NULL,
  taken_at_ms   BIGINT NOT NULL,
  reason_codes  TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  PRIMARY KEY (demand_id, serial)
);

-- Visits and telephone checks (走访记录、电话核实).
CREATE TABLE demand_visit (
  visit_id      TEXT   NOT NULL PRIMARY KEY,
  demand_id     TEXT   NOT NULL REFERENCES demand,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  kind          TEXT   NOT NULL CHECK (kind IN ('visit', 'telephone')),
  held_on       TEXT   NOT NULL,
  has_contact   BOOLEAN NOT NULL,
  has_budget    BOOLEAN NOT NULL,
  has_authority BOOLEAN NOT NULL,
  words         TEXT   NOT NULL,
  person_id     TEXT   NOT NULL,
  recorded_at_ms BIGINT NOT NULL
);
CREATE INDEX demand_visit_demand ON demand_visit (demand_id, recorded_at_ms);

-- Which demands became which (并入、拆分): the one that was is the parent.
CREATE TABLE demand_link (
  parent_id     TEXT   NOT NULL REFERENCES demand,
  child_id      TEXT   NOT NULL REFERENCES demand,
  kind          TEXT   NOT NULL CHECK (kind IN ('merged', 'split')),
  PRIMARY KEY (parent_id, child_id)
);
CREATE INDEX demand_link_child ON demand_link (child_id);

-- Experts of a screening: invitation, declared conflict, points with reasons.
CREATE TABLE demand_review (
  demand_id     TEXT   NOT NULL REFERENCES demand,
  person_id     TEXT   NOT NULL REFERENCES person,
  invited_by    TEXT   NOT NULL,
  invited_at_ms BIGINT NOT NULL,
  sheet         TEXT   NOT NULL,
  conflict      TEXT,
  points        TEXT,
  words         TEXT,
  answered_at_ms BIGINT,
  PRIMARY KEY (demand_id, person_id)
);
CREATE INDEX demand_review_person ON demand_review (person_id);

-- Issues of the two lists (清单): frozen when they come out.
CREATE TABLE demand_issue (
  issue_id      TEXT   NOT NULL PRIMARY KEY,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  kind          TEXT   NOT NULL CHECK (kind IN ('enterprise', 'common')),
  issue         BIGINT NOT NULL,
  number        TEXT   NOT NULL UNIQUE,
  issued_on     TEXT   NOT NULL,
  issued_by     TEXT   NOT NULL,
  issued_at_ms  BIGINT NOT NULL,
  content       TEXT   NOT NULL,
  content_hash  TEXT   NOT NULL,
  UNIQUE (kind, issue)
);

-- What somebody who gave an undertaking (保密承诺) wants the demand for; the company reads it.
CREATE TABLE demand_inquiry (
  demand_id     TEXT   NOT NULL REFERENCES demand,
  person_id     TEXT   NOT NULL REFERENCES person,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  purpose       TEXT   NOT NULL,
  asked_at_ms   BIGINT NOT NULL,
  PRIMARY KEY (demand_id, person_id, asked_at_ms)
);

CREATE TRIGGER demand_version_never_changes BEFORE UPDATE OR DELETE ON demand_version FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER demand_step_never_changes BEFORE UPDATE OR DELETE ON demand_step FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER demand_issue_never_changes BEFORE UPDATE OR DELETE ON demand_issue FOR EACH ROW EXECUTE FUNCTION refuse_change();
