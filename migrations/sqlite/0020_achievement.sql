-- Achievements (科技成果), patents and services that units offer, what became of each, and objections to them.

CREATE TABLE achievement (
  achievement_id TEXT  NOT NULL PRIMARY KEY,
  revision      INTEGER NOT NULL,
  state         TEXT   NOT NULL,
  kind          TEXT   NOT NULL,
  organisation_key INTEGER NOT NULL REFERENCES organisation,
  creator_id    TEXT   NOT NULL,
  editor_id     TEXT   NOT NULL,
  division      TEXT   NOT NULL,
  title         TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  -- The teaser that everybody may search and filter by; written when it is cleared.
  teaser        TEXT   NOT NULL,
  field         TEXT   NOT NULL,
  industry      TEXT   NOT NULL,
  maturity      TEXT   NOT NULL,
  modes         TEXT   NOT NULL,
  ip_kinds      TEXT   NOT NULL,
  is_open_licence INTEGER NOT NULL,
  publicised_key TEXT,
  publicity_from TEXT,
  publicity_to  TEXT,
  listed_at_ms  INTEGER,
  -- Of the last step: its place in the log.
  change_set_id INTEGER REFERENCES change_set,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX achievement_organisation ON achievement (organisation_key, changed_at_ms);
CREATE INDEX achievement_changed ON achievement (changed_at_ms, achievement_id);
CREATE INDEX achievement_change_set ON achievement (change_set_id);

-- Steps (办理步骤), never changed.
CREATE TABLE achievement_step (
  achievement_id TEXT  NOT NULL REFERENCES achievement,
  serial        INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  step          TEXT   NOT NULL,
  from_state    TEXT   NOT NULL,
  to_state      TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  person_id     TEXT,
  taken_on      TEXT   NOT NULL,
  taken_at_ms   INTEGER NOT NULL,
  words         TEXT   NOT NULL,
  form_commitment TEXT,
  PRIMARY KEY (achievement_id, serial)
) STRICT;

-- The form as it was handed in with a step (版本), with the salt of its commitment; erasure deletes the row.
CREATE TABLE achievement_form (
  achievement_id TEXT  NOT NULL REFERENCES achievement,
  serial        INTEGER NOT NULL,
  salt          TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  PRIMARY KEY (achievement_id, serial)
) STRICT;

-- Objections during the publicity period (公示异议). Name and contact are personal data and can be erased.
CREATE TABLE achievement_objection (
  objection_id  TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  achievement_id TEXT  NOT NULL REFERENCES achievement,
  person_id     TEXT,
  name          TEXT   NOT NULL,
  contact       TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  raised_at_ms  INTEGER NOT NULL,
  outcome       TEXT   CHECK (outcome IN ('upheld', 'rejected')),
  answer        TEXT,
  answered_by   TEXT,
  answered_at_ms INTEGER
) STRICT;
CREATE INDEX achievement_objection_achievement ON achievement_objection (achievement_id, raised_at_ms);

-- Undertakings of confidentiality (保密承诺) that open an entry of the market to one person: `achievement:ID`.
CREATE TABLE market_undertaking (
  subject       TEXT   NOT NULL,
  person_id     TEXT   NOT NULL REFERENCES person,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  wording       TEXT   NOT NULL,
  given_on      TEXT   NOT NULL,
  valid_to      TEXT   NOT NULL,
  given_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (subject, person_id, given_at_ms)
) STRICT;

CREATE TRIGGER achievement_step_never_changes BEFORE UPDATE ON achievement_step
BEGIN SELECT RAISE(ABORT, 'achievement_step is append-only'); END;
CREATE TRIGGER achievement_step_never_goes BEFORE DELETE ON achievement_step
BEGIN SELECT RAISE(ABORT, 'achievement_step is append-only'); END;
CREATE TRIGGER market_undertaking_never_changes BEFORE UPDATE ON market_undertaking
BEGIN SELECT RAISE(ABORT, 'market_undertaking is append-only'); END;
CREATE TRIGGER market_undertaking_never_goes BEFORE DELETE ON market_undertaking
BEGIN SELECT RAISE(ABORT, 'market_undertaking is append-only'); END;
