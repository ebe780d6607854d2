-- People, what they may act as, and how they sign in.

CREATE TABLE person (
  person_id     TEXT   NOT NULL PRIMARY KEY,
  sign_in_name  TEXT   NOT NULL UNIQUE,
  name          TEXT   NOT NULL,
  organisation_key BIGINT REFERENCES organisation,
  telephone     TEXT,
  password_hash TEXT,
  must_change_password BOOLEAN NOT NULL,
  provider_subject TEXT UNIQUE,
  is_disabled   BOOLEAN NOT NULL,
  created_at_ms BIGINT NOT NULL,
  revision      BIGINT NOT NULL
);

-- Grants (授权): a role over a scope with its days. A withdrawn one stays as history.
CREATE TABLE role_grant (
  grant_id      TEXT   NOT NULL PRIMARY KEY,
  person_id     TEXT   NOT NULL REFERENCES person,
  role          TEXT   NOT NULL,
  scope         TEXT   NOT NULL,
  valid_from    TEXT   NOT NULL,
  valid_to      TEXT,
  basis         TEXT   NOT NULL,
  granted_at_ms BIGINT NOT NULL,
  withdrawn_at_ms BIGINT
);
CREATE INDEX role_grant_person ON role_grant (person_id);

-- Sessions (会话), found by the hash of their token. The token itself is only with the browser.
CREATE TABLE session (
  token_hash    BYTEA  NOT NULL PRIMARY KEY,
  session_id    TEXT   NOT NULL UNIQUE,
  person_id     TEXT   NOT NULL REFERENCES person,
  grant_id      TEXT   REFERENCES role_grant,
  created_at_ms BIGINT NOT NULL,
  seen_at_ms    BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at_ms);

-- Failed sign-ins by the hash of a name or of an address; no name that was mistyped is kept in clear.
CREATE TABLE sign_in_failure (
  subject_hash  BYTEA  NOT NULL PRIMARY KEY,
  failure_count BIGINT NOT NULL,
  began_at_ms   BIGINT NOT NULL,
  blocked_until_ms BIGINT NOT NULL
);

-- Tokens of programs (接口令牌): some of the actions of one grant.
CREATE TABLE api_token (
  token_hash    BYTEA  NOT NULL PRIMARY KEY,
  token_id      TEXT   NOT NULL UNIQUE,
  grant_id      TEXT   NOT NULL REFERENCES role_grant,
  label         TEXT   NOT NULL,
  actions       TEXT   NOT NULL,
  created_at_ms BIGINT NOT NULL,
  expires_at_ms BIGINT NOT NULL,
  used_at_ms    BIGINT,
  withdrawn_at_ms BIGINT
);
CREATE INDEX api_token_grant ON api_token (grant_id);
