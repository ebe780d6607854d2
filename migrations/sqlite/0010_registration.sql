-- Applications for registration (认定登记申请), what became of each, and the files that came with them.

-- What an uploaded file is for: 'import' is deleted after a while, others stay until they are erased.
ALTER TABLE upload ADD COLUMN purpose TEXT NOT NULL DEFAULT 'import';

CREATE TABLE registration_application (
  application_id TEXT  NOT NULL PRIMARY KEY,
  revision      INTEGER NOT NULL,
  state         TEXT   NOT NULL,
  registrar_key INTEGER NOT NULL REFERENCES registrar,
  organisation_key INTEGER NOT NULL REFERENCES organisation,
  applicant_id  TEXT   NOT NULL REFERENCES person,
  division      TEXT   NOT NULL,
  project_name  TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  acceptance_number TEXT UNIQUE,
  accepted_on   TEXT,
  corrected_on  TEXT,
  due_on        TEXT,
  submitted_at_ms INTEGER,
  contract_value_fen INTEGER CHECK (contract_value_fen >= 0),
  technology_value_fen INTEGER CHECK (technology_value_fen >= 0 AND technology_value_fen <= contract_value_fen),
  technology_working TEXT,
  match_key     TEXT,
  registration_number TEXT UNIQUE,
  registered_on TEXT,
  certificate_number TEXT UNIQUE,
  public_token  TEXT   UNIQUE,
  is_sampled    INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_application_desk ON registration_application (registrar_key, state, due_on);
CREATE INDEX registration_application_organisation ON registration_application (organisation_key, application_id);
CREATE INDEX registration_application_match ON registration_application (match_key) WHERE state = 'pre_reviewed';

-- Steps of the procedure (办理步骤), never changed. What a form said then stands in registration_form.
CREATE TABLE registration_step (
  application_id TEXT  NOT NULL REFERENCES registration_application,
  serial        INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  step          TEXT   NOT NULL,
  from_state    TEXT   NOT NULL,
  to_state      TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  person_id     TEXT,
  role          TEXT,
  taken_on      TEXT   NOT NULL,
  taken_at_ms   INTEGER NOT NULL,
  reason_codes  TEXT   NOT NULL,
  words         TEXT   NOT NULL,
  form_commitment TEXT,
  PRIMARY KEY (application_id, serial)
) STRICT;
CREATE INDEX registration_step_person ON registration_step (person_id, step);

-- The form as it was handed in with a step, with the salt of its commitment; erasure deletes the row.
CREATE TABLE registration_form (
  application_id TEXT  NOT NULL REFERENCES registration_application,
  serial        INTEGER NOT NULL,
  salt          TEXT   NOT NULL,
  form          TEXT   NOT NULL,
  PRIMARY KEY (application_id, serial)
) STRICT;

-- Contract texts and evidence (合同文本、佐证材料).
CREATE TABLE registration_attachment (
  upload_id     TEXT   NOT NULL PRIMARY KEY REFERENCES upload,
  application_id TEXT  NOT NULL REFERENCES registration_application,
  kind          TEXT   NOT NULL,
  media_type    TEXT   NOT NULL,
  attached_by   TEXT   NOT NULL,
  attached_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_attachment_application ON registration_attachment (application_id);

-- What parties and departments ask for after the fact: objection, change, cancellation.
CREATE TABLE registration_request (
  request_id    TEXT   NOT NULL PRIMARY KEY,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  application_id TEXT  NOT NULL REFERENCES registration_application,
  kind          TEXT   NOT NULL CHECK (kind IN ('objection', 'change', 'cancel')),
  raised_by     TEXT   NOT NULL,
  person_id     TEXT,
  role          TEXT,
  words         TEXT   NOT NULL,
  form          TEXT,
  raised_at_ms  INTEGER NOT NULL,
  outcome       TEXT   CHECK (outcome IN ('upheld', 'rejected')),
  answer        TEXT,
  answered_by   TEXT,
  answered_at_ms INTEGER
) STRICT;
CREATE INDEX registration_request_application ON registration_request (application_id, raised_at_ms);
CREATE INDEX registration_request_open ON registration_request (raised_at_ms) WHERE outcome IS NULL;

CREATE TRIGGER registration_step_never_changes BEFORE UPDATE ON registration_step
BEGIN SELECT RAISE(ABORT, 'registration_step is append-only'); END;
CREATE TRIGGER registration_step_never_goes BEFORE DELETE ON registration_step
BEGIN SELECT RAISE(ABORT, 'registration_step is append-only'); END;
