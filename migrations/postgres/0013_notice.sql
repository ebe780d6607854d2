-- Notices (通知): what happened, whom it was put before, and how it was carried out of the house.

-- What happened, once: the key is made from the log's position or the record, and is the same however often it is told.
CREATE TABLE notice_event (
  event_id      TEXT   NOT NULL PRIMARY KEY,
  event_key     TEXT   NOT NULL UNIQUE,
  kind          TEXT   NOT NULL,
  subject       TEXT   NOT NULL,
  named_values  TEXT   NOT NULL,
  path          TEXT   NOT NULL,
  at_ms         BIGINT NOT NULL
);
CREATE INDEX notice_event_at ON notice_event (at_ms);

-- The inbox (收件箱): exactly once for each person.
CREATE TABLE notice (
  notice_id     TEXT   NOT NULL PRIMARY KEY,
  event_id      TEXT   NOT NULL REFERENCES notice_event,
  person_id     TEXT   NOT NULL REFERENCES person,
  at_ms         BIGINT NOT NULL,
  read_at_ms    BIGINT,
  UNIQUE (event_id, person_id)
);
CREATE INDEX notice_person ON notice (person_id, at_ms, notice_id);
CREATE INDEX notice_unread ON notice (person_id) WHERE read_at_ms IS NULL;

-- Where a person is reached outside. Addresses are personal data: only here, in no log, gone with the person.
CREATE TABLE notice_channel (
  person_id     TEXT   NOT NULL REFERENCES person,
  channel       TEXT   NOT NULL,
  address       TEXT   NOT NULL,
  is_on         BOOLEAN NOT NULL,
  PRIMARY KEY (person_id, channel)
);

-- Programs that are told (事件推送). The secret signs, so it is kept as it is; it goes with the subscription.
CREATE TABLE webhook (
  webhook_id    TEXT   NOT NULL PRIMARY KEY,
  label         TEXT   NOT NULL,
  url           TEXT   NOT NULL,
  secret        TEXT   NOT NULL,
  kinds         TEXT   NOT NULL,
  is_on         BOOLEAN NOT NULL,
  created_at_ms BIGINT NOT NULL,
  withdrawn_at_ms BIGINT
);

-- What is to leave the house (投递), with a stable id that the receiver sees.
CREATE TABLE delivery (
  delivery_id   TEXT   NOT NULL PRIMARY KEY,
  channel       TEXT   NOT NULL,
  event_id      TEXT   NOT NULL REFERENCES notice_event,
  person_id     TEXT   REFERENCES person,
  webhook_id    TEXT   REFERENCES webhook,
  state         TEXT   NOT NULL,
  attempts      BIGINT NOT NULL,
  created_at_ms BIGINT NOT NULL,
  next_attempt_at_ms BIGINT NOT NULL,
  node          TEXT,
  leased_until_ms BIGINT NOT NULL,
  last_failure  TEXT,
  ended_at_ms   BIGINT
);
CREATE INDEX delivery_waiting ON delivery (channel, next_attempt_at_ms, delivery_id) WHERE state = 'waiting';
CREATE INDEX delivery_created ON delivery (created_at_ms, delivery_id);
CREATE INDEX delivery_webhook ON delivery (webhook_id, created_at_ms);
CREATE INDEX delivery_event ON delivery (event_id);
CREATE INDEX delivery_given_up ON delivery (channel) WHERE state = 'given_up';
