-- Events (需求对接会、成果推介会): the plan, its steps, who comes, whom they wish to meet, meetings and what came of them.

CREATE TABLE market_event (
  event_id      TEXT   NOT NULL PRIMARY KEY,
  revision      BIGINT NOT NULL,
  state         TEXT   NOT NULL,
  kind          TEXT   NOT NULL,
  title         TEXT   NOT NULL,
  division      TEXT   NOT NULL,
  held_on       TEXT   NOT NULL,
  -- The end of the deadline's minute.
  deadline_ms   BIGINT NOT NULL,
  seats         BIGINT NOT NULL CHECK (seats >= 0),
  is_open_to_all BOOLEAN NOT NULL,
  form          TEXT   NOT NULL,
  -- Why it was cancelled.
  words         TEXT   NOT NULL,
  -- Number of the registration that came last: who comes first is known by it, and whoever raises it holds the event.
  queue         BIGINT NOT NULL,
  creator_id    TEXT   NOT NULL,
  created_at_ms BIGINT NOT NULL,
  changed_at_ms BIGINT NOT NULL
);
CREATE INDEX market_event_held ON market_event (held_on, event_id);
CREATE INDEX market_event_state ON market_event (state, held_on);

CREATE TABLE event_step (
  event_id      TEXT   NOT NULL REFERENCES market_event,
  serial        BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  step          TEXT   NOT NULL,
  to_state      TEXT   NOT NULL,
  person_id     TEXT,
  role          TEXT,
  taken_at_ms   BIGINT NOT NULL,
  words         TEXT   NOT NULL,
  PRIMARY KEY (event_id, serial)
);

CREATE TABLE event_participant (
  participant_id TEXT  NOT NULL PRIMARY KEY,
  event_id      TEXT   NOT NULL REFERENCES market_event,
  kind          TEXT   NOT NULL,
  state         TEXT   NOT NULL,
  organisation_key BIGINT NOT NULL,
  organisation_name TEXT NOT NULL,
  person_id     TEXT   REFERENCES person,
  -- demand:…, achievement:… or profile:…; empty where they bring nothing.
  subject       TEXT   NOT NULL,
  subject_title TEXT   NOT NULL,
  -- Order of registration; 0 while only invited.
  queue         BIGINT NOT NULL,
  -- Of the link by which they are checked in.
  token         TEXT   NOT NULL UNIQUE,
  registered_at_ms BIGINT,
  checked_in_at_ms BIGINT,
  -- Who did it: the log's name, or `ticket` where the link did.
  checked_in_by TEXT,
  changed_at_ms BIGINT NOT NULL
);
CREATE INDEX event_participant_event ON event_participant (event_id, state, queue);
CREATE UNIQUE INDEX event_participant_person ON event_participant (event_id, person_id) WHERE person_id IS NOT NULL;
CREATE INDEX event_participant_of ON event_participant (person_id);
CREATE INDEX event_participant_organisation ON event_participant (organisation_key);

-- Who comes by name: erased with one statement.
CREATE TABLE event_attendee (
  participant_id TEXT  NOT NULL PRIMARY KEY REFERENCES event_participant,
  name          TEXT   NOT NULL,
  telephone     TEXT   NOT NULL
);

CREATE TABLE event_wish (
  event_id      TEXT   NOT NULL REFERENCES market_event,
  participant_id TEXT  NOT NULL REFERENCES event_participant,
  wanted_id     TEXT   NOT NULL REFERENCES event_participant,
  PRIMARY KEY (participant_id, wanted_id)
);
CREATE INDEX event_wish_event ON event_wish (event_id);

CREATE TABLE event_meeting (
  meeting_id    TEXT   NOT NULL PRIMARY KEY,
  event_id      TEXT   NOT NULL REFERENCES market_event,
  -- Neither of a meeting that nobody planned.
  slot          BIGINT,
  table_number  BIGINT,
  host_id       TEXT   NOT NULL REFERENCES event_participant,
  guest_id      TEXT   NOT NULL REFERENCES event_participant,
  basis         TEXT   NOT NULL,
  points        BIGINT NOT NULL,
  outcome       TEXT,
  project_title TEXT   NOT NULL,
  amount_fen    BIGINT CHECK (amount_fen >= 0),
  words         TEXT   NOT NULL,
  lead_id       TEXT,
  recorded_at_ms BIGINT,
  UNIQUE (event_id, slot, table_number),
  UNIQUE (event_id, slot, host_id),
  UNIQUE (event_id, slot, guest_id),
  UNIQUE (host_id, guest_id)
);

CREATE TRIGGER event_step_never_changes BEFORE UPDATE OR DELETE ON event_step FOR EACH ROW EXECUTE FUNCTION refuse_change();
