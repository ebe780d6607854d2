-- Registration points (登记点): which registrars are the region's own, when the province opened and closed them, and what
-- a closed one handed on.

-- Own: a contract came with it from the registry, or the province opened it. Others only stand in exchange data.
ALTER TABLE registrar ADD COLUMN is_own BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE registrar SET is_own = TRUE
 WHERE EXISTS (SELECT 1 FROM contract_fact f WHERE f.registrar = registrar.registrar_key AND f.source = 'registry');

CREATE TABLE registration_point_act (
  registrar_key BIGINT NOT NULL REFERENCES registrar,
  serial        BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  act           TEXT   NOT NULL CHECK (act IN ('open', 'close')),
  effective_on  TEXT   NOT NULL,
  reason        TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  acted_at_ms   BIGINT NOT NULL,
  PRIMARY KEY (registrar_key, serial)
);

-- Handed on (移交): steps up to after_serial were taken at the point before.
CREATE TABLE registration_handover (
  application_id TEXT  NOT NULL REFERENCES registration_application,
  serial        BIGINT NOT NULL,
  change_set_id BIGINT NOT NULL REFERENCES change_set,
  from_registrar_key BIGINT NOT NULL REFERENCES registrar,
  to_registrar_key BIGINT NOT NULL REFERENCES registrar,
  after_serial  BIGINT NOT NULL,
  reason        TEXT   NOT NULL,
  actor         TEXT   NOT NULL,
  handed_on     TEXT   NOT NULL,
  PRIMARY KEY (application_id, serial)
);
CREATE INDEX registration_step_day ON registration_step (taken_on, application_id);

CREATE TRIGGER registration_point_act_never_changes BEFORE UPDATE OR DELETE ON registration_point_act FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registration_point_act_never_emptied BEFORE TRUNCATE ON registration_point_act FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registration_handover_never_changes BEFORE UPDATE OR DELETE ON registration_handover FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER registration_handover_never_emptied BEFORE TRUNCATE ON registration_handover FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
