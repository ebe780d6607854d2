-- Flags (疑点) of the truth tests: put as questions, answered, decided, appealed; and payments held by an officer.

-- One row for each question: a contract, a kind, and what the question rests on. Screening again finds the row.
-- gone_reason says why the question fell away by itself; without one it stands.
CREATE TABLE flag (
  flag_id       TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  contract_key  INTEGER NOT NULL REFERENCES contract,
  version       INTEGER NOT NULL,
  kind          TEXT   NOT NULL,
  strength      TEXT   NOT NULL CHECK (strength IN ('moderate', 'strong')),
  screen_version INTEGER NOT NULL,
  region_version_id INTEGER NOT NULL REFERENCES region_version,
  evidence      TEXT   NOT NULL,
  evidence_hash BLOB   NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('open', 'answered', 'cleared', 'upheld', 'appealed', 'cleared_on_appeal', 'upheld_on_appeal')),
  gone_reason   TEXT   CHECK (gone_reason IN ('withdrawn', 'evidence_gone', 'asked_anew')),
  revision      INTEGER NOT NULL CHECK (revision >= 1),
  raised_at_ms  INTEGER NOT NULL,
  acted_at_ms   INTEGER NOT NULL,
  UNIQUE (contract_key, kind, evidence_hash)
) STRICT;
CREATE INDEX flag_standing ON flag (state, raised_at_ms) WHERE gone_reason IS NULL;

-- Everything that happened to a flag, append-only. What people wrote stays out of the log, which holds a commitment.
CREATE TABLE flag_step (
  flag_id       TEXT   NOT NULL REFERENCES flag,
  revision      INTEGER NOT NULL CHECK (revision >= 1),
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  act           TEXT   NOT NULL CHECK (act IN ('raise', 'evidence', 'close', 'return', 'answer', 'clear', 'uphold', 'appeal')),
  actor         TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  salt          BLOB   NOT NULL,
  evidence      TEXT   NOT NULL,
  at_ms         INTEGER NOT NULL,
  PRIMARY KEY (flag_id, revision)
) STRICT;

-- Payments to the parties of a contract held (暂缓兑付): by a named officer, on a day, until a day; released likewise.
CREATE TABLE payment_hold (
  hold_id       TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  flag_id       TEXT   NOT NULL REFERENCES flag,
  contract_key  INTEGER NOT NULL REFERENCES contract,
  officer_id    TEXT   REFERENCES person,
  officer       TEXT   NOT NULL,
  held_on       TEXT   NOT NULL,
  until         TEXT   NOT NULL,
  reason        TEXT   NOT NULL,
  salt          BLOB   NOT NULL,
  released_by_id TEXT  REFERENCES person,
  released_by   TEXT,
  released_on   TEXT,
  release_reason TEXT,
  release_salt  BLOB
) STRICT;
CREATE INDEX payment_hold_contract ON payment_hold (contract_key);
CREATE INDEX payment_hold_flag ON payment_hold (flag_id);
CREATE UNIQUE INDEX payment_hold_once ON payment_hold (flag_id) WHERE released_on IS NULL;

-- Up to where the book was screened, and with what; another log or other parameters mean: anew.
CREATE TABLE screening (
  only_row      INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  log_id        TEXT   NOT NULL,
  position      INTEGER NOT NULL,
  leaf_hash     BLOB,
  region_version_id INTEGER NOT NULL,
  region_sha256 TEXT   NOT NULL,
  screen_version INTEGER NOT NULL,
  contracts     INTEGER NOT NULL,
  screened_at_ms INTEGER NOT NULL
) STRICT;

CREATE TRIGGER flag_step_never_changes BEFORE UPDATE ON flag_step
BEGIN SELECT RAISE(ABORT, 'flag_step is append-only'); END;
CREATE TRIGGER flag_step_never_goes BEFORE DELETE ON flag_step
BEGIN SELECT RAISE(ABORT, 'flag_step is append-only'); END;
CREATE TRIGGER flag_never_goes BEFORE DELETE ON flag
BEGIN SELECT RAISE(ABORT, 'a flag is never deleted'); END;
CREATE TRIGGER payment_hold_never_goes BEFORE DELETE ON payment_hold
BEGIN SELECT RAISE(ABORT, 'payment_hold is append-only'); END;
CREATE TRIGGER payment_hold_is_released_once BEFORE UPDATE ON payment_hold
WHEN OLD.released_on IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'payment_hold is append-only'); END;
