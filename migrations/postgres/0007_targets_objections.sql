-- Why a target was adjusted, or why a split that does not add up to the whole was accepted.
ALTER TABLE target ADD COLUMN reason TEXT NOT NULL DEFAULT '';

-- Where the contract counted when the objection was raised, and how many contracts the decision moved.
ALTER TABLE attribution_objection ADD COLUMN present_division TEXT NOT NULL DEFAULT '';
ALTER TABLE attribution_objection ADD COLUMN moved_contracts BIGINT;
CREATE INDEX attribution_objection_open ON attribution_objection (raised_at_ms) WHERE decided_at_ms IS NULL;

-- What the two sides and the province say about an objection (意见); never changed.
CREATE TABLE objection_remark (
  remark_id     TEXT   NOT NULL PRIMARY KEY,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  objection_id  TEXT   NOT NULL REFERENCES attribution_objection,
  remarked_by   TEXT   NOT NULL,
  remark        TEXT   NOT NULL,
  remarked_at_ms BIGINT NOT NULL
);
CREATE INDEX objection_remark_objection ON objection_remark (objection_id);
CREATE TRIGGER objection_remark_never_changes BEFORE UPDATE OR DELETE ON objection_remark FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Park lists that were read and wait to be confirmed beside their differences. Staged rows: no log entry yet.
CREATE TABLE park_list_draft (
  draft_id      TEXT   NOT NULL PRIMARY KEY,
  park_key      BIGINT NOT NULL,
  base_position BIGINT NOT NULL,
  companies     TEXT   NOT NULL,
  drafted_by    TEXT   NOT NULL,
  drafted_at_ms BIGINT NOT NULL
);
CREATE INDEX park_list_draft_age ON park_list_draft (drafted_at_ms);
