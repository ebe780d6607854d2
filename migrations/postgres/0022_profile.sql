-- Profiles of the market (专家、服务机构、团队). Erasure deletes the row; the log keeps that there was one.
CREATE TABLE profile (
  profile_id    TEXT   NOT NULL PRIMARY KEY,
  kind          TEXT   NOT NULL CHECK (kind IN ('expert', 'institution', 'team')),
  revision      BIGINT NOT NULL,
  organisation_key BIGINT REFERENCES organisation,
  person_id     TEXT,
  division      TEXT   NOT NULL,
  fields        TEXT   NOT NULL,
  teaser        TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  is_listed     BOOLEAN NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  changed_at_ms BIGINT NOT NULL
);
CREATE INDEX profile_listed ON profile (kind, changed_at_ms, profile_id) WHERE is_listed;
CREATE INDEX profile_person ON profile (person_id);
CREATE INDEX profile_organisation ON profile (organisation_key);
