-- Values of traits of chromosomes (src/traits). All of it is derived: rows and whole tables may be dropped at any time, and what is asked for is made again.

CREATE TABLE IF NOT EXISTS trait (
  id      INTEGER PRIMARY KEY,
  target  TEXT NOT NULL CHECK (target IN ('architecture', 'rule')),
  name    TEXT NOT NULL,
  version INTEGER NOT NULL,
  UNIQUE (target, name, version)
) STRICT;

-- A text, a number, or null where the trait is not defined for the chromosome.
CREATE TABLE IF NOT EXISTS trait_value (
  trait INTEGER NOT NULL REFERENCES trait (id),
  block INTEGER NOT NULL REFERENCES block (id),
  value ANY,
  PRIMARY KEY (trait, block)
) STRICT, WITHOUT ROWID;
