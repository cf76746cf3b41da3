-- Trainings outside of selection: what assays train. A cell is a function of its key, so that whoever asks for it again finds it here. Nothing else refers to these tables, and
-- they may be emptied: what is asked for again is trained again.

-- What cells have in common, as JSON: the engine's class, the tasks with the digests of their data, budget, fitness and limits. hash: SHA-256 of content.
CREATE TABLE workbench (
  id      INTEGER PRIMARY KEY,
  hash    TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  content TEXT NOT NULL
) STRICT;

-- learning_rate: j for an update that is multiplied by 10^(j/2). seed: prefix of the random streams. No reason = completed; a failed cell has no number at all. A training that
-- lost its workers says nothing of its genome and is not kept. digest: the first 8 bytes of the SHA-256 of all other columns.
CREATE TABLE cell (
  workbench     INTEGER NOT NULL REFERENCES workbench (id),
  architecture  INTEGER NOT NULL REFERENCES block (id),
  rule          INTEGER NOT NULL REFERENCES block (id),
  task          INTEGER NOT NULL CHECK (task >= 0),
  seed          TEXT NOT NULL,
  learning_rate INTEGER NOT NULL,
  split         TEXT NOT NULL CHECK (split IN ('search', 'select', 'final')),
  reason        TEXT CHECK (reason IN ('budget', 'diverged', 'unsupported', 'too-large')),
  loss          REAL CHECK ((loss IS NULL) = (coalesce(reason, 'budget') <> 'budget')),
  accuracy      REAL CHECK (accuracy IS NULL OR loss IS NOT NULL),
  steps         INTEGER NOT NULL,
  cost_units    REAL NOT NULL,
  parameters    INTEGER NOT NULL,
  digest        BLOB NOT NULL CHECK (length(digest) = 8),
  PRIMARY KEY (workbench, architecture, rule, task, seed, learning_rate, split)
) STRICT, WITHOUT ROWID;
