-- Matches that were found by themselves (自动匹配) and what people said of matches.
CREATE TABLE match_pair (
  demand_id     TEXT   NOT NULL REFERENCES demand,
  -- `achievement:…` or `profile:…`
  offer         TEXT   NOT NULL,
  -- When the program found it; none where somebody judged a match that it had not found by itself.
  found_at_ms   INTEGER,
  -- Version of the weights that ranked, and the points of the score in hundredths, JSON, where the program found it.
  weights_version INTEGER,
  points        TEXT,
  verdict       TEXT   CHECK (verdict IN ('fits', 'fits_not')),
  judge_id      TEXT,
  judged_at_ms  INTEGER,
  PRIMARY KEY (demand_id, offer)
) STRICT;
CREATE INDEX match_pair_offer ON match_pair (offer);

-- Whose owners are not to be told (停止提醒): `demand:…`, `achievement:…`, `profile:…`.
CREATE TABLE match_silence (
  subject       TEXT   NOT NULL PRIMARY KEY,
  person_id     TEXT   NOT NULL,
  since_ms      INTEGER NOT NULL
) STRICT;

-- Up to where the log has been looked through for new matches.
CREATE TABLE match_place (
  only_row      INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  position      INTEGER NOT NULL
) STRICT;
INSERT INTO match_place (only_row, position) VALUES (1, -1);
