-- The lineage database. Tables, keys and invariants are described in db/README.md.
-- Individual ids are run * 2^40 + birthIndex: ordered by birth within a run, and exact as JavaScript numbers.

CREATE TABLE run (
  id            INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 8191),
  document      TEXT NOT NULL,
  document_hash TEXT NOT NULL,
  seed          TEXT NOT NULL,
  numeric_class TEXT NOT NULL,
  task_digest   TEXT NOT NULL,
  versions      TEXT NOT NULL,
  created_at    TEXT NOT NULL,
  last_told     INTEGER NOT NULL DEFAULT -1,
  event_hash    TEXT NOT NULL DEFAULT '',
  end_reason    TEXT
) STRICT;

CREATE TABLE run_session (
  id         INTEGER PRIMARY KEY,
  run        INTEGER NOT NULL REFERENCES run (id),
  kind       TEXT NOT NULL CHECK (kind IN ('launch', 'resume')),
  started_at TEXT NOT NULL,
  after_told INTEGER NOT NULL,
  versions   TEXT NOT NULL
) STRICT;

CREATE TABLE operator (
  id     INTEGER PRIMARY KEY,
  name   TEXT NOT NULL,
  target TEXT NOT NULL CHECK (target IN ('architecture', 'rule')),
  UNIQUE (name, target)
) STRICT;

-- Interned places in a chromosome.
CREATE TABLE locus (
  id   INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- A distinct chromosome: an architecture where individual.architecture names it, else a rule. hash is the beginning of its SHA-256, which is enough to find it; the whole
-- follows from canon. The writer and `verify` see to it that no text is there twice.
CREATE TABLE block (
  id    INTEGER PRIMARY KEY,
  hash  BLOB NOT NULL CHECK (length(hash) = 6),
  canon TEXT NOT NULL
) STRICT;
CREATE INDEX block_by_hash ON block (hash);

-- The donor of a chromosome is 0 for p1 and 1 for p2; null for a founder and for a chromosome that a mutation replaced whole, which then begins a tree of its own. depth and jump (birth index of the skew-binary jump pointer, a founder's is itself) exist for
-- the pedigree of selected parents (p1) and for each donor tree.
-- contestants: for each draw of its selection, in order, how many births before it (LEB128 unsigned); p1 is the chosen one. Null where nothing was drawn.
CREATE TABLE individual (
  id                 INTEGER PRIMARY KEY,
  architecture       INTEGER NOT NULL REFERENCES block (id),
  rule               INTEGER NOT NULL REFERENCES block (id),
  p1                 INTEGER REFERENCES individual (id) CHECK (p1 < id),
  p2                 INTEGER REFERENCES individual (id) CHECK (p2 < id),
  architecture_donor INTEGER CHECK (architecture_donor IN (0, 1)),
  rule_donor         INTEGER CHECK (rule_donor IN (0, 1)),
  depth              INTEGER NOT NULL,
  jump               INTEGER NOT NULL,
  architecture_depth INTEGER NOT NULL,
  architecture_jump  INTEGER NOT NULL,
  rule_depth         INTEGER NOT NULL,
  rule_jump          INTEGER NOT NULL,
  contestants        BLOB,
  CHECK (p1 IS NOT NULL OR architecture_donor IS NULL AND rule_donor IS NULL),
  CHECK (p2 IS NOT NULL OR coalesce(architecture_donor, 0) = 0 AND coalesce(rule_donor, 0) = 0),
  CHECK (p1 IS NOT NULL OR p2 IS NULL),
  CHECK (max(jump, architecture_jump, rule_jump) <= id & 1099511627775)
) STRICT;

-- An individual with its donors as individuals.
CREATE VIEW parentage AS
  SELECT id, architecture, rule, p1, p2, CASE architecture_donor WHEN 0 THEN p1 WHEN 1 THEN p2 END AS architecture_from,
         CASE rule_donor WHEN 0 THEN p1 WHEN 1 THEN p2 END AS rule_from, depth, jump, architecture_depth, architecture_jump, rule_depth, rule_jump, contestants
  FROM individual;

CREATE TABLE mutation (
  individual INTEGER NOT NULL REFERENCES individual (id),
  ord        INTEGER NOT NULL,
  operator   INTEGER NOT NULL REFERENCES operator (id),
  locus      INTEGER NOT NULL REFERENCES locus (id),
  before     TEXT NOT NULL,
  after      TEXT NOT NULL,
  PRIMARY KEY (individual, ord)
) STRICT, WITHOUT ROWID;

-- event = birth index of the told birth that recorded the death, ord = its place among that event's deaths, at = when it died.
-- No row = alive at run.last_told: right-censored. Stored is what differs from the rule: who does not die of age at the event itself.
CREATE TABLE death (
  individual  INTEGER PRIMARY KEY REFERENCES individual (id),
  event       INTEGER NOT NULL CHECK (event >= 0),
  ord         INTEGER NOT NULL,
  delay       INTEGER NOT NULL CHECK (delay IN (0, 1)),
  other_cause TEXT CHECK (other_cause IN ('failed')),
  at          INTEGER NOT NULL GENERATED ALWAYS AS (event + delay) VIRTUAL,
  cause       TEXT NOT NULL GENERATED ALWAYS AS (coalesce(other_cause, 'aged')) VIRTUAL
) STRICT;

-- No reason = completed. curve: float32 little endian, oldest first. A failed evaluation has no number at all.
CREATE TABLE evaluation (
  individual INTEGER PRIMARY KEY REFERENCES individual (id),
  reason     TEXT CHECK (reason IN ('budget', 'hurdle', 'diverged', 'unsupported', 'too-large', 'worker-lost')),
  status     TEXT NOT NULL GENERATED ALWAYS AS
    (CASE WHEN reason IS NULL THEN 'completed' WHEN reason IN ('budget', 'hurdle') THEN 'stopped' ELSE 'failed' END) VIRTUAL,
  fitness    REAL,
  loss       REAL,
  accuracy   REAL,
  steps      INTEGER NOT NULL,
  cost_units REAL NOT NULL,
  parameters INTEGER NOT NULL,
  curve      BLOB NOT NULL CHECK (length(curve) % 4 = 0),
  CHECK ((status = 'failed') = (fitness IS NULL)),
  CHECK ((status = 'failed') = (loss IS NULL)),
  CHECK (accuracy IS NULL OR status <> 'failed')
) STRICT;

CREATE VIEW life AS
  SELECT i.id AS individual, i.id >> 40 AS run, i.id & 1099511627775 AS birth, coalesce(d.at, r.last_told) AS exit,
         d.individual IS NOT NULL AS event, d.cause
  FROM individual i JOIN run r ON r.id = i.id >> 40 LEFT JOIN death d ON d.individual = i.id;

-- What happened stays as it happened.
CREATE TRIGGER individual_no_update BEFORE UPDATE ON individual BEGIN SELECT raise(ABORT, 'individual is append-only'); END;
CREATE TRIGGER individual_no_delete BEFORE DELETE ON individual BEGIN SELECT raise(ABORT, 'individual is append-only'); END;
CREATE TRIGGER death_no_update BEFORE UPDATE ON death BEGIN SELECT raise(ABORT, 'death is append-only'); END;
CREATE TRIGGER death_no_delete BEFORE DELETE ON death BEGIN SELECT raise(ABORT, 'death is append-only'); END;
CREATE TRIGGER mutation_no_update BEFORE UPDATE ON mutation BEGIN SELECT raise(ABORT, 'mutation is append-only'); END;
CREATE TRIGGER mutation_no_delete BEFORE DELETE ON mutation BEGIN SELECT raise(ABORT, 'mutation is append-only'); END;
CREATE TRIGGER evaluation_no_update BEFORE UPDATE ON evaluation BEGIN SELECT raise(ABORT, 'evaluation is append-only'); END;
CREATE TRIGGER evaluation_no_delete BEFORE DELETE ON evaluation BEGIN SELECT raise(ABORT, 'evaluation is append-only'); END;
CREATE TRIGGER block_no_update BEFORE UPDATE ON block BEGIN SELECT raise(ABORT, 'block is append-only'); END;
CREATE TRIGGER block_no_delete BEFORE DELETE ON block BEGIN SELECT raise(ABORT, 'block is append-only'); END;
