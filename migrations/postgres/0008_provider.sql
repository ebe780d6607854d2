-- Sign-in through a provider (统一身份认证). Who a person is there stands in person.provider_subject: issuer, blank, subject.

-- Sign-ins that went to the provider and have not come back, found by the hash of the browser's token; taken once.
CREATE TABLE provider_sign_in (
  token_hash    BYTEA  NOT NULL PRIMARY KEY,
  language      TEXT   NOT NULL,
  return_to     TEXT   NOT NULL,
  expires_at_ms BIGINT NOT NULL
);
CREATE INDEX provider_sign_in_expiry ON provider_sign_in (expires_at_ms);

-- Accounts that the provider vouched for and that belong to nobody here, for the administrator to link.
CREATE TABLE unlinked_account (
  provider_subject TEXT NOT NULL PRIMARY KEY,
  name          TEXT   NOT NULL,
  seen_at_ms    BIGINT NOT NULL
);
CREATE INDEX unlinked_account_seen ON unlinked_account (seen_at_ms);
