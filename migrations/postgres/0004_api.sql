-- Answers to requests with an Idempotency-Key (幂等键), kept for a day so that a request sent twice is done once.

CREATE TABLE idempotency (
  caller        TEXT   NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash  BYTEA  NOT NULL,
  began_at_ms   BIGINT NOT NULL,
  status        BIGINT,
  headers       TEXT,
  body          BYTEA,
  PRIMARY KEY (caller, idempotency_key)
);
CREATE INDEX idempotency_age ON idempotency (began_at_ms);
