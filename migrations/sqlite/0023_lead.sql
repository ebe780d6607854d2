-- Leads (对接线索): what a demand is joined with, how far it has come, who looks after it, what was promised.
-- Whether it is registered, and for how much, is never stored: the contract's record says so.

CREATE TABLE lead (
  lead_id       TEXT   NOT NULL PRIMARY KEY,
  revision      INTEGER NOT NULL,
  source        TEXT   NOT NULL CHECK (source IN ('match', 'event', 'inquiry', 'manager')),
  source_reference TEXT NOT NULL,
  demand_id     TEXT   REFERENCES demand,
  demand_organisation_key INTEGER NOT NULL,
  demand_person_id TEXT NOT NULL,
  -- Title of the demand, or what was asked for and by whom.
  demand_title  TEXT   NOT NULL,
  demand_name   TEXT   NOT NULL,
  offer_kind    TEXT   NOT NULL CHECK (offer_kind IN ('achievement', 'profile', 'organisation')),
  offer_id      TEXT   NOT NULL,
  offer_organisation_key INTEGER NOT NULL,
  offer_person_id TEXT NOT NULL,
  offer_name    TEXT   NOT NULL,
  division      TEXT   NOT NULL,
  offer_division TEXT  NOT NULL,
  field         TEXT   NOT NULL,
  -- Number of the list issue on which the demand stood when the lead was opened.
  issue_number  TEXT   NOT NULL,
  manager_id    TEXT   REFERENCES person,
  -- The two sides; only one lead that is not closed joins them.
  pair_key      TEXT   NOT NULL,
  stage         TEXT   NOT NULL,
  is_closed     INTEGER NOT NULL,
  close_reason  TEXT,
  opened_on     TEXT   NOT NULL,
  contact_on    TEXT,
  meeting_on    TEXT,
  negotiation_on TEXT,
  agreement_on  TEXT,
  draft_on      TEXT,
  moved_on      TEXT   NOT NULL,
  closed_on     TEXT,
  signed_fen    INTEGER CHECK (signed_fen >= 0),
  application_id TEXT  REFERENCES registration_application,
  contract_number TEXT,
  opener_id     TEXT   NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX lead_pair_open ON lead (pair_key) WHERE NOT is_closed;
CREATE INDEX lead_changed ON lead (changed_at_ms, lead_id);
CREATE INDEX lead_demand ON lead (demand_id);
CREATE INDEX lead_demand_organisation ON lead (demand_organisation_key);
CREATE INDEX lead_offer_organisation ON lead (offer_organisation_key);
CREATE INDEX lead_manager ON lead (manager_id);
CREATE INDEX lead_application ON lead (application_id);
CREATE INDEX lead_contract ON lead (contract_number);
CREATE INDEX lead_opened ON lead (opened_on, lead_id);

-- Steps (对接步骤), never changed.
CREATE TABLE lead_step (
  lead_id       TEXT   NOT NULL REFERENCES lead,
  serial        INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  step          TEXT   NOT NULL,
  from_stage    TEXT   NOT NULL,
  to_stage      TEXT   NOT NULL,
  happened_on   TEXT   NOT NULL,
  party         TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  person_id     TEXT,
  reason        TEXT,
  present       TEXT   NOT NULL,
  note          TEXT   NOT NULL,
  taken_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (lead_id, serial)
) STRICT;

-- What somebody promised to do next (下一步).
CREATE TABLE lead_promise (
  promise_id    TEXT   NOT NULL PRIMARY KEY,
  lead_id       TEXT   NOT NULL REFERENCES lead,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  whose         TEXT   NOT NULL CHECK (whose IN ('demand', 'offer', 'manager')),
  words         TEXT   NOT NULL,
  due_on        TEXT   NOT NULL,
  made_by       TEXT   NOT NULL,
  made_at_ms    INTEGER NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('open', 'kept', 'dropped')),
  settled_on    TEXT,
  settled_by    TEXT
) STRICT;
CREATE INDEX lead_promise_lead ON lead_promise (lead_id);
CREATE INDEX lead_promise_due ON lead_promise (due_on, promise_id) WHERE state = 'open';

CREATE TRIGGER lead_step_never_changes BEFORE UPDATE ON lead_step
BEGIN SELECT RAISE(ABORT, 'lead_step is append-only'); END;
CREATE TRIGGER lead_step_never_goes BEFORE DELETE ON lead_step
BEGIN SELECT RAISE(ABORT, 'lead_step is append-only'); END;
