-- The spine: log, change sets, region data, organisations, contracts, facts, attribution, bulletins, targets, jobs.
-- Days are TEXT 2026-11-22, instants INTEGER milliseconds, money INTEGER fen, ids and codes TEXT.

-- The append-only log (操作日志). One head row, taken last by every commit.
CREATE TABLE log_head (
  only_row   INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  log_id     TEXT   NOT NULL,
  size       INTEGER NOT NULL CHECK (size >= 0),
  frontier   BLOB   NOT NULL
) STRICT;

CREATE TABLE log_entry (
  position   INTEGER NOT NULL PRIMARY KEY CHECK (position >= 0),
  format     INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  actor      TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  subject    TEXT   NOT NULL,
  payload    TEXT   NOT NULL,
  leaf_hash  BLOB   NOT NULL
) STRICT;
CREATE INDEX log_entry_subject ON log_entry (subject, position);

CREATE TABLE tree_head (
  size       INTEGER NOT NULL PRIMARY KEY,
  signed_at_ms INTEGER NOT NULL,
  signed     TEXT   NOT NULL
) STRICT;

-- Keys that sign tree heads. Private keys stay in a file or, for the demo, beside the database.
CREATE TABLE audit_key (
  key_id     TEXT   NOT NULL PRIMARY KEY,
  public_key TEXT   NOT NULL,
  since_position INTEGER NOT NULL
) STRICT;

-- A change set groups the rows of one commit; they are visible once it has its position.
CREATE TABLE change_set (
  change_set_id INTEGER PRIMARY KEY AUTOINCREMENT,
  position      INTEGER UNIQUE,
  opened_at_ms  INTEGER NOT NULL
) STRICT;

CREATE INDEX change_set_open ON change_set (opened_at_ms) WHERE position IS NULL;

-- Region data (区域数据): the files of each version as text.
CREATE TABLE region_version (
  region_version_id INTEGER PRIMARY KEY AUTOINCREMENT,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  region_code   TEXT   NOT NULL,
  layers        TEXT   NOT NULL,
  sha256        TEXT   NOT NULL
) STRICT;

CREATE TABLE region_file (
  region_version_id INTEGER NOT NULL REFERENCES region_version,
  layer         TEXT   NOT NULL,
  path          TEXT   NOT NULL,
  content       TEXT   NOT NULL,
  PRIMARY KEY (region_version_id, layer, path)
) STRICT;

-- Organisations (机构). Identity is the credit code, or the exact name where there is none.
CREATE TABLE organisation (
  organisation_key INTEGER PRIMARY KEY AUTOINCREMENT,
  organisation_id TEXT  NOT NULL UNIQUE,
  identity      TEXT   NOT NULL UNIQUE,
  name          TEXT   NOT NULL,
  credit_code   TEXT
) STRICT;

CREATE TABLE registrar (
  registrar_key INTEGER PRIMARY KEY AUTOINCREMENT,
  identity      TEXT   NOT NULL UNIQUE,
  code          TEXT   NOT NULL,
  name          TEXT   NOT NULL
) STRICT;

-- Contracts (技术合同) and their versions; a version is never changed.
CREATE TABLE contract (
  contract_key  INTEGER PRIMARY KEY AUTOINCREMENT,
  contract_id   TEXT   NOT NULL UNIQUE,
  registration_number TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE contract_version (
  contract_version_id INTEGER PRIMARY KEY AUTOINCREMENT,
  contract_key  INTEGER NOT NULL REFERENCES contract,
  version       INTEGER NOT NULL CHECK (version >= 1),
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  source        TEXT   NOT NULL CHECK (source IN ('registry', 'exchange')),
  standing      TEXT   NOT NULL CHECK (standing IN ('counted', 'withdrawn')),
  registered_on TEXT   NOT NULL,
  contract_type TEXT   NOT NULL,
  contract_value_fen   INTEGER NOT NULL CHECK (contract_value_fen >= 0),
  technology_value_fen INTEGER NOT NULL CHECK (technology_value_fen >= 0 AND technology_value_fen <= contract_value_fen),
  seller_key    INTEGER NOT NULL,
  buyer_key     INTEGER NOT NULL,
  record        TEXT   NOT NULL,
  content_hash  BLOB   NOT NULL,
  UNIQUE (contract_key, version, change_set_id)
) STRICT;
CREATE INDEX contract_version_change_set ON contract_version (change_set_id);
CREATE INDEX contract_version_seller ON contract_version (seller_key, contract_key);
CREATE INDEX contract_version_buyer ON contract_version (buyer_key, contract_key);

-- Personal data of a version (个人信息), each value with the salt of its commitment; erasure deletes the row.
CREATE TABLE contract_personal (
  contract_version_id INTEGER NOT NULL PRIMARY KEY REFERENCES contract_version,
  fields        TEXT   NOT NULL
) STRICT;

-- What statistics reads: one row for each version and attribution, append-only.
CREATE TABLE contract_fact (
  fact_id       INTEGER PRIMARY KEY AUTOINCREMENT,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  contract_key  INTEGER NOT NULL REFERENCES contract,
  version       INTEGER NOT NULL,
  standing      TEXT   NOT NULL,
  source        TEXT   NOT NULL,
  registered_on TEXT   NOT NULL,
  contract_type INTEGER NOT NULL,
  field         INTEGER NOT NULL,
  ip            INTEGER NOT NULL,
  seller_kind   INTEGER NOT NULL,
  buyer_kind    INTEGER NOT NULL,
  seller_division INTEGER NOT NULL,
  buyer_division INTEGER NOT NULL,
  seller_park   INTEGER NOT NULL,
  buyer_park    INTEGER NOT NULL,
  seller_organisation INTEGER NOT NULL,
  buyer_organisation INTEGER NOT NULL,
  registrar     INTEGER NOT NULL,
  contract_value_fen INTEGER NOT NULL,
  technology_value_fen INTEGER NOT NULL
) STRICT;
CREATE INDEX contract_fact_change_set ON contract_fact (change_set_id, fact_id);
CREATE INDEX contract_fact_contract ON contract_fact (contract_key, fact_id);

-- Imports (导入批次): what was read, from which file, and what became of it.
CREATE TABLE contract_import (
  import_id     TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  source        TEXT   NOT NULL,
  file_name     TEXT   NOT NULL,
  file_sha256   TEXT   NOT NULL,
  row_count     INTEGER NOT NULL,
  new_count     INTEGER NOT NULL,
  changed_count INTEGER NOT NULL,
  unchanged_count INTEGER NOT NULL,
  kept_count    INTEGER NOT NULL,
  problem_count INTEGER NOT NULL,
  imported_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX contract_import_change_set ON contract_import (change_set_id);

-- Until which day exchange data are in (省外数据截至日): one row for each month delivered.
CREATE TABLE exchange_coverage (
  month         TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set
) STRICT;

-- Park company lists (园区企业名录), dated.
CREATE TABLE park_company (
  park_company_id INTEGER PRIMARY KEY AUTOINCREMENT,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  park_key      INTEGER NOT NULL,
  credit_code   TEXT   NOT NULL,
  name          TEXT   NOT NULL,
  valid_from    TEXT   NOT NULL,
  valid_to      TEXT,
  replaced_position INTEGER
) STRICT;
CREATE INDEX park_company_code ON park_company (credit_code);

-- Objections to a contract's place (归属异议) and the province's decisions.
CREATE TABLE attribution_objection (
  objection_id  TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  contract_key  INTEGER NOT NULL REFERENCES contract,
  side          TEXT   NOT NULL CHECK (side IN ('seller', 'buyer')),
  raised_by     TEXT   NOT NULL,
  claimed_division TEXT NOT NULL,
  reason        TEXT   NOT NULL,
  raised_at_ms  INTEGER NOT NULL,
  decided_division TEXT,
  decision_reason TEXT,
  decided_at_ms INTEGER,
  decided_position INTEGER
) STRICT;
CREATE INDEX attribution_objection_contract ON attribution_objection (contract_key);

-- Annual targets (年度目标), dated records with their document number.
CREATE TABLE target (
  target_id     INTEGER PRIMARY KEY AUTOINCREMENT,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  year          INTEGER NOT NULL,
  division      TEXT   NOT NULL,
  direction     TEXT   NOT NULL,
  amount_fen    INTEGER NOT NULL CHECK (amount_fen > 0),
  document_number TEXT NOT NULL,
  valid_from    TEXT   NOT NULL
) STRICT;
CREATE INDEX target_year ON target (year, direction, division);

-- Bulletins (统计通报): the request, the log position at which it is frozen, and the printed result.
CREATE TABLE bulletin (
  bulletin_id   TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  kind          TEXT   NOT NULL,
  period        TEXT   NOT NULL,
  status        TEXT   NOT NULL CHECK (status IN ('draft', 'signed', 'corrected')),
  title         TEXT   NOT NULL,
  as_of         INTEGER NOT NULL,
  region_version_id INTEGER NOT NULL REFERENCES region_version,
  method_version INTEGER NOT NULL,
  growth_base   TEXT   NOT NULL,
  document_number TEXT UNIQUE,
  signer        TEXT,
  signed_on     TEXT,
  tree_head     TEXT,
  content       TEXT   NOT NULL,
  content_sha256 TEXT  NOT NULL
) STRICT;
CREATE INDEX bulletin_period ON bulletin (period, kind);

CREATE TABLE bulletin_correction (
  correction_id TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  bulletin_id   TEXT   NOT NULL REFERENCES bulletin,
  serial        INTEGER NOT NULL,
  decision      TEXT   NOT NULL CHECK (decision IN ('fold', 'issue')),
  reason        TEXT   NOT NULL,
  from_position INTEGER NOT NULL,
  to_position   INTEGER NOT NULL,
  decided_by    TEXT   NOT NULL,
  decided_on    TEXT   NOT NULL,
  document_number TEXT UNIQUE,
  changes       TEXT   NOT NULL,
  UNIQUE (bulletin_id, serial)
) STRICT;

CREATE TABLE closed_year (
  year          INTEGER NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  as_of         INTEGER NOT NULL,
  closed_by     TEXT   NOT NULL,
  closed_on     TEXT   NOT NULL
) STRICT;

-- Legal numbers (文号): one row for each issuer, series and year.
CREATE TABLE legal_number (
  issuer        TEXT   NOT NULL,
  series        TEXT   NOT NULL,
  year          INTEGER NOT NULL,
  last_serial   INTEGER NOT NULL,
  PRIMARY KEY (issuer, series, year)
) STRICT;

-- Outside effects, done after the commit (任务队列).
CREATE TABLE job (
  job_id        INTEGER PRIMARY KEY AUTOINCREMENT,
  kind          TEXT   NOT NULL,
  payload       TEXT   NOT NULL,
  queued_at_ms  INTEGER NOT NULL,
  done_at_ms    INTEGER,
  attempts      INTEGER NOT NULL
) STRICT;
CREATE INDEX job_open ON job (job_id) WHERE done_at_ms IS NULL;

-- What was written stays as it was written. Rows of an import that was given up may be discarded.
CREATE TRIGGER log_entry_never_changes BEFORE UPDATE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;
CREATE TRIGGER log_entry_never_goes BEFORE DELETE ON log_entry
BEGIN SELECT RAISE(ABORT, 'log_entry is append-only'); END;
CREATE TRIGGER tree_head_never_changes BEFORE UPDATE ON tree_head
BEGIN SELECT RAISE(ABORT, 'tree_head is append-only'); END;
CREATE TRIGGER tree_head_never_goes BEFORE DELETE ON tree_head
BEGIN SELECT RAISE(ABORT, 'tree_head is append-only'); END;
CREATE TRIGGER region_version_never_changes BEFORE UPDATE ON region_version
BEGIN SELECT RAISE(ABORT, 'region_version is append-only'); END;
CREATE TRIGGER region_version_never_goes BEFORE DELETE ON region_version
BEGIN SELECT RAISE(ABORT, 'region_version is append-only'); END;
CREATE TRIGGER region_file_never_changes BEFORE UPDATE ON region_file
BEGIN SELECT RAISE(ABORT, 'region_file is append-only'); END;
CREATE TRIGGER region_file_never_goes BEFORE DELETE ON region_file
BEGIN SELECT RAISE(ABORT, 'region_file is append-only'); END;
CREATE TRIGGER contract_import_never_changes BEFORE UPDATE ON contract_import
BEGIN SELECT RAISE(ABORT, 'contract_import is append-only'); END;
CREATE TRIGGER contract_import_never_goes BEFORE DELETE ON contract_import
BEGIN SELECT RAISE(ABORT, 'contract_import is append-only'); END;
CREATE TRIGGER target_never_changes BEFORE UPDATE ON target
BEGIN SELECT RAISE(ABORT, 'target is append-only'); END;
CREATE TRIGGER target_never_goes BEFORE DELETE ON target
BEGIN SELECT RAISE(ABORT, 'target is append-only'); END;
CREATE TRIGGER bulletin_correction_never_changes BEFORE UPDATE ON bulletin_correction
BEGIN SELECT RAISE(ABORT, 'bulletin_correction is append-only'); END;
CREATE TRIGGER bulletin_correction_never_goes BEFORE DELETE ON bulletin_correction
BEGIN SELECT RAISE(ABORT, 'bulletin_correction is append-only'); END;
CREATE TRIGGER closed_year_never_changes BEFORE UPDATE ON closed_year
BEGIN SELECT RAISE(ABORT, 'closed_year is append-only'); END;
CREATE TRIGGER closed_year_never_goes BEFORE DELETE ON closed_year
BEGIN SELECT RAISE(ABORT, 'closed_year is append-only'); END;
CREATE TRIGGER contract_version_never_changes BEFORE UPDATE ON contract_version
BEGIN SELECT RAISE(ABORT, 'contract_version is append-only'); END;
CREATE TRIGGER contract_fact_never_changes BEFORE UPDATE ON contract_fact
BEGIN SELECT RAISE(ABORT, 'contract_fact is append-only'); END;

-- A committed change set takes no more rows and loses none.
CREATE TRIGGER contract_version_never_goes BEFORE DELETE ON contract_version
WHEN (SELECT position FROM change_set WHERE change_set_id = OLD.change_set_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'contract_version is append-only'); END;
CREATE TRIGGER contract_version_comes_before_commit BEFORE INSERT ON contract_version
WHEN (SELECT position FROM change_set WHERE change_set_id = NEW.change_set_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a committed change set is final'); END;
CREATE TRIGGER contract_fact_never_goes BEFORE DELETE ON contract_fact
WHEN (SELECT position FROM change_set WHERE change_set_id = OLD.change_set_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'contract_fact is append-only'); END;
CREATE TRIGGER contract_fact_comes_before_commit BEFORE INSERT ON contract_fact
WHEN (SELECT position FROM change_set WHERE change_set_id = NEW.change_set_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a committed change set is final'); END;
CREATE TRIGGER change_set_position_stays BEFORE UPDATE ON change_set
WHEN OLD.position IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a committed change set is final'); END;
CREATE TRIGGER change_set_never_goes BEFORE DELETE ON change_set
WHEN OLD.position IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a committed change set is final'); END;

-- A signed bulletin is frozen; only its status may still say that a correction was issued.
CREATE TRIGGER bulletin_stays_signed BEFORE UPDATE ON bulletin
WHEN OLD.status <> 'draft' AND (NEW.status = 'draft'
 OR (OLD.bulletin_id, OLD.change_set_id, OLD.kind, OLD.period, OLD.title, OLD.as_of, OLD.region_version_id,
    OLD.method_version, OLD.growth_base, OLD.document_number, OLD.signer, OLD.signed_on, OLD.tree_head, OLD.content, OLD.content_sha256)
 IS NOT (NEW.bulletin_id, NEW.change_set_id, NEW.kind, NEW.period, NEW.title, NEW.as_of, NEW.region_version_id,
    NEW.method_version, NEW.growth_base, NEW.document_number, NEW.signer, NEW.signed_on, NEW.tree_head, NEW.content, NEW.content_sha256))
BEGIN SELECT RAISE(ABORT, 'a signed bulletin is final'); END;
CREATE TRIGGER bulletin_never_goes BEFORE DELETE ON bulletin
WHEN OLD.status <> 'draft'
BEGIN SELECT RAISE(ABORT, 'a signed bulletin is final'); END;
