-- Files handed in on screen (上传文件). The bytes are deleted after a while; name, size and hash stay.
CREATE TABLE upload (
  upload_id     TEXT   NOT NULL PRIMARY KEY,
  file_name     TEXT   NOT NULL,
  sha256        TEXT   NOT NULL,
  size_bytes    INTEGER NOT NULL,
  uploaded_at_ms INTEGER NOT NULL,
  discarded_at_ms INTEGER
) STRICT;
CREATE INDEX upload_kept ON upload (uploaded_at_ms) WHERE discarded_at_ms IS NULL;

CREATE TABLE upload_chunk (
  upload_id     TEXT   NOT NULL REFERENCES upload,
  chunk         INTEGER NOT NULL,
  content       BLOB   NOT NULL,
  PRIMARY KEY (upload_id, chunk)
) STRICT;

-- One reading of an uploaded file (导入任务), done by one node at a time; a node that no longer beats is replaced.
CREATE TABLE import_run (
  import_run_id TEXT   NOT NULL PRIMARY KEY,
  upload_id     TEXT   NOT NULL REFERENCES upload,
  actor         TEXT   NOT NULL,
  person_id     TEXT   REFERENCES person,
  person_role   TEXT,
  person_scope  TEXT,
  source        TEXT   CHECK (source IN ('registry', 'exchange')),
  recognised_by TEXT,
  is_dry_run    INTEGER NOT NULL,
  keeps_valid   INTEGER NOT NULL,
  accepts_changes INTEGER NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('queued', 'asking', 'reading', 'finished', 'refused', 'failed')),
  asked_at_ms   INTEGER NOT NULL,
  began_at_ms   INTEGER,
  ended_at_ms   INTEGER,
  node          TEXT,
  heartbeat_at_ms INTEGER,
  attempts      INTEGER NOT NULL,
  rows_read     INTEGER NOT NULL,
  report        TEXT,
  problems      TEXT,
  reason        TEXT,
  import_id     TEXT
) STRICT;
CREATE INDEX import_run_waiting ON import_run (asked_at_ms, import_run_id) WHERE state IN ('queued', 'reading');
CREATE INDEX import_run_newest ON import_run (asked_at_ms, import_run_id);
CREATE INDEX import_run_upload ON import_run (upload_id);
