-- What became of organisations (机构沿革), and the browsers in which people have signed in before.

-- Renamings, new codes, mergers and splits, each dated, with its basis; one that was wrong is taken back by a row that
-- names it. Contracts keep the parties as they were written, and facts the organisation they were registered under.
CREATE TABLE organisation_change (
  organisation_change_id INTEGER PRIMARY KEY AUTOINCREMENT,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  organisation_key INTEGER NOT NULL REFERENCES organisation,
  kind          TEXT   NOT NULL CHECK (kind IN ('named', 'coded', 'merged', 'split', 'reversed')),
  valid_from    TEXT   NOT NULL,
  name          TEXT,
  credit_code   TEXT,
  other_key     INTEGER REFERENCES organisation,
  reverses      INTEGER UNIQUE REFERENCES organisation_change,
  basis         TEXT   NOT NULL
) STRICT;
CREATE INDEX organisation_change_organisation ON organisation_change (organisation_key);
CREATE INDEX organisation_change_other ON organisation_change (other_key) WHERE other_key IS NOT NULL;
CREATE INDEX organisation_change_name ON organisation_change (name) WHERE name IS NOT NULL;
CREATE INDEX organisation_name ON organisation (name, organisation_key);

-- A browser is known by the hash of a token of its own. Tries from it count by themselves, so that strangers who guess
-- at somebody's password cannot keep that person out.
CREATE TABLE known_browser (
  browser_hash  BLOB   NOT NULL,
  person_id     TEXT   NOT NULL REFERENCES person,
  seen_at_ms    INTEGER NOT NULL,
  PRIMARY KEY (browser_hash, person_id)
) STRICT;
CREATE INDEX known_browser_person ON known_browser (person_id);

CREATE TRIGGER organisation_change_never_changes BEFORE UPDATE ON organisation_change
BEGIN SELECT RAISE(ABORT, 'organisation_change is append-only'); END;
CREATE TRIGGER organisation_change_never_goes BEFORE DELETE ON organisation_change
BEGIN SELECT RAISE(ABORT, 'organisation_change is append-only'); END;
