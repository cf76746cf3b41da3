-- Values of traits with a digest of each row. All of it is derived: those of an earlier version are made again when they are asked for, and rows and whole tables may be
-- dropped at any time; this file makes the tables again.

DROP TABLE IF EXISTS trait_value;
DROP TABLE IF EXISTS trait;

CREATE TABLE trait (
  id      INTEGER PRIMARY KEY,
  target  TEXT NOT NULL CHECK (target IN ('architecture', 'rule')),
  name    TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (target, name, version)
) STRICT;

-- A text, a number, or null where the trait is not defined for the chromosome. digest: the first 8 bytes of a SHA-256 of trait, chromosome and value.
CREATE TABLE trait_value (
  trait  INTEGER NOT NULL REFERENCES trait (id),
  block  INTEGER NOT NULL REFERENCES block (id),
  value  ANY,
  digest BLOB NOT NULL CHECK (length(digest) = 8),
  PRIMARY KEY (trait, block)
) STRICT, WITHOUT ROWID;
