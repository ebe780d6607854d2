-- Profiles of the market (专家、服务机构、团队). Erasure deletes the row; the log keeps that there was one.
CREATE TABLE profile (
  profile_id    TEXT   NOT NULL PRIMARY KEY,
  kind          TEXT   NOT NULL CHECK (kind IN ('expert', 'institution', 'team')),
  revision      INTEGER NOT NULL,
  organisation_key INTEGER REFERENCES organisation,
  person_id     TEXT,
  division      TEXT   NOT NULL,
  fields        TEXT   NOT NULL,
  teaser        TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  is_listed     INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX profile_listed ON profile (kind, changed_at_ms, profile_id) WHERE is_listed;
CREATE INDEX profile_person ON profile (person_id);
CREATE INDEX profile_organisation ON profile (organisation_key);
