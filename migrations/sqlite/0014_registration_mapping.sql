-- Which header of an organisation's own sheet fills which field (栏目对应关系).
CREATE TABLE registration_mapping (
  organisation_key INTEGER NOT NULL PRIMARY KEY REFERENCES organisation,
  mapping       TEXT   NOT NULL
) STRICT;
