-- Searches of the market that somebody keeps and is told of (保存的检索).
CREATE TABLE saved_search (
  search_id     TEXT   NOT NULL PRIMARY KEY,
  person_id     TEXT   NOT NULL REFERENCES person,
  text          TEXT   NOT NULL,
  sort          TEXT   NOT NULL,
  field         TEXT   NOT NULL,
  division      TEXT   NOT NULL,
  -- Records that were found already, JSON list of `kind:id`, the newest last.
  seen          TEXT   NOT NULL,
  created_at_ms INTEGER NOT NULL,
  -- Legal day on which it was run last.
  run_on        TEXT   NOT NULL,
  UNIQUE (person_id, text, sort, field, division)
) STRICT;
CREATE INDEX saved_search_run ON saved_search (run_on);
