-- Registration points (登记点): which registrars are the region's own, when the province opened and closed them, and what
-- a closed one handed on.

-- Own: a contract came with it from the registry, or the province opened it. Others only stand in exchange data.
ALTER TABLE registrar ADD COLUMN is_own INTEGER NOT NULL DEFAULT 0;
UPDATE registrar SET is_own = 1
 WHERE EXISTS (SELECT 1 FROM contract_fact f WHERE f.registrar = registrar.registrar_key AND f.source = 'registry');

CREATE TABLE registration_point_act (
  registrar_key INTEGER NOT NULL REFERENCES registrar,
  serial        INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  act           TEXT   NOT NULL CHECK (act IN ('open', 'close')),
  effective_on  TEXT   NOT NULL,
  reason        TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  acted_at_ms   INTEGER NOT NULL,
  PRIMARY KEY (registrar_key, serial)
) STRICT;

-- Handed on (移交): steps up to after_serial were taken at the point before.
CREATE TABLE registration_handover (
  application_id TEXT  NOT NULL REFERENCES registration_application,
  serial        INTEGER NOT NULL,
  change_set_id INTEGER NOT NULL REFERENCES change_set,
  from_registrar_key INTEGER NOT NULL REFERENCES registrar,
  to_registrar_key INTEGER NOT NULL REFERENCES registrar,
  after_serial  INTEGER NOT NULL,
  reason        TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  handed_on     TEXT   NOT NULL,
  PRIMARY KEY (application_id, serial)
) STRICT;
CREATE INDEX registration_step_day ON registration_step (taken_on, application_id);

CREATE TRIGGER registration_point_act_never_changes BEFORE UPDATE ON registration_point_act
BEGIN SELECT RAISE(ABORT, 'registration_point_act is append-only'); END;
CREATE TRIGGER registration_point_act_never_goes BEFORE DELETE ON registration_point_act
BEGIN SELECT RAISE(ABORT, 'registration_point_act is append-only'); END;
CREATE TRIGGER registration_handover_never_changes BEFORE UPDATE ON registration_handover
BEGIN SELECT RAISE(ABORT, 'registration_handover is append-only'); END;
CREATE TRIGGER registration_handover_never_goes BEFORE DELETE ON registration_handover
BEGIN SELECT RAISE(ABORT, 'registration_handover is append-only'); END;
