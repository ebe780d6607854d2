-- Answers to requests with an Idempotency-Key (幂等键), kept for a day so that a request sent twice is done once.

CREATE TABLE idempotency (
  caller        TEXT   NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash  BLOB   NOT NULL,
  began_at_ms   INTEGER NOT NULL,
  status        INTEGER,
  headers       TEXT,
  body          BLOB,
  PRIMARY KEY (caller, idempotency_key)
) STRICT;
CREATE INDEX idempotency_age ON idempotency (began_at_ms);
