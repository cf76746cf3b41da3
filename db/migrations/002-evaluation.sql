-- Evaluations that consist of more than one training, and what they were compared with. A run that asks for none of it has no rows here.

-- The tasks of a run, in the order of its document; `key` names their random streams.
CREATE TABLE run_task (
  run    INTEGER NOT NULL REFERENCES run (id),
  task   INTEGER NOT NULL,
  key    TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (run, task)
) STRICT, WITHOUT ROWID;

-- One training of an evaluation that consists of several; `counts` = 1 where the fitness in `evaluation` is made from it. No reason = completed.
-- loss and accuracy: on the search split, of a re-evaluation on the select split. trial: the update times 10^(trial / 2).
CREATE TABLE training (
  individual INTEGER NOT NULL REFERENCES individual (id),
  ord        INTEGER NOT NULL,
  purpose    TEXT NOT NULL CHECK (purpose IN ('search', 'reeval')),
  task       INTEGER NOT NULL,
  replicate  INTEGER NOT NULL,
  trial      INTEGER NOT NULL,
  partner    INTEGER REFERENCES individual (id) CHECK (partner < individual),
  counts     INTEGER NOT NULL CHECK (counts IN (0, 1)),
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
  PRIMARY KEY (individual, ord),
  CHECK ((status = 'failed') = (fitness IS NULL)),
  CHECK ((status = 'failed') = (loss IS NULL)),
  CHECK (accuracy IS NULL OR status <> 'failed')
) STRICT, WITHOUT ROWID;

-- The search split measured at a hurdle. training = training.ord, 0 where the evaluation is one training. No bar = there was none yet.
CREATE TABLE rung (
  individual INTEGER NOT NULL REFERENCES individual (id),
  training   INTEGER NOT NULL,
  step       INTEGER NOT NULL,
  fitness    REAL NOT NULL,
  bar        REAL,
  PRIMARY KEY (individual, training, step)
) STRICT, WITHOUT ROWID;

-- An elite's re-run on fresh seeds and the select split. No fitness = it failed.
CREATE TABLE reevaluation (
  individual INTEGER PRIMARY KEY REFERENCES individual (id),
  bar        REAL NOT NULL,
  fitness    REAL,
  confirmed  INTEGER NOT NULL CHECK (confirmed IN (0, 1))
) STRICT;

-- Hashes of the first batch losses: on the streams of the probe, and of the individual's own training.
CREATE TABLE behaviour (
  individual INTEGER PRIMARY KEY REFERENCES individual (id),
  probe      BLOB NOT NULL CHECK (length(probe) = 8),
  opening    BLOB NOT NULL CHECK (length(opening) = 8)
) STRICT;

-- An outcome taken over from an earlier individual.
CREATE TABLE reuse (
  individual INTEGER PRIMARY KEY REFERENCES individual (id),
  source     INTEGER NOT NULL REFERENCES individual (id) CHECK (source < individual),
  cause      TEXT NOT NULL CHECK (cause IN ('duplicate', 'behaviour'))
) STRICT;

-- CPU time, for the audit only: what hurdles and cache save is reckoned from it. probe_us is part of cpu_us.
CREATE TABLE timing (
  individual INTEGER PRIMARY KEY REFERENCES individual (id),
  cpu_us     INTEGER NOT NULL,
  probe_us   INTEGER NOT NULL
) STRICT;

-- A death may have one more cause.
DROP VIEW life;
CREATE TABLE death_2 (
  individual  INTEGER PRIMARY KEY REFERENCES individual (id),
  event       INTEGER NOT NULL CHECK (event >= 0),
  ord         INTEGER NOT NULL,
  delay       INTEGER NOT NULL CHECK (delay IN (0, 1)),
  other_cause TEXT CHECK (other_cause IN ('failed', 'outcompeted')),
  at          INTEGER NOT NULL GENERATED ALWAYS AS (event + delay) VIRTUAL,
  cause       TEXT NOT NULL GENERATED ALWAYS AS (coalesce(other_cause, 'aged')) VIRTUAL
) STRICT;
INSERT INTO death_2 SELECT individual, event, ord, delay, other_cause FROM death ORDER BY individual;
DROP TABLE death;
ALTER TABLE death_2 RENAME TO death;
CREATE VIEW life AS
  SELECT i.id AS individual, i.id >> 40 AS run, i.id & 1099511627775 AS birth, coalesce(d.at, r.last_told) AS exit,
         d.individual IS NOT NULL AS event, d.cause
  FROM individual i JOIN run r ON r.id = i.id >> 40 LEFT JOIN death d ON d.individual = i.id;

-- Every training of every evaluation, whatever the document asked for, with the name of its random streams. An individual whose outcome was taken over has none for its fitness.
CREATE VIEW every_training AS
  SELECT t.individual, t.purpose, t.task, coalesce(k.key, r.document ->> '$.task.name') AS task_name, t.replicate, t.trial, t.partner, t.counts,
         r.seed || '/individual/' || (t.individual & 1099511627775) || '/' || coalesce(k.key, r.document ->> '$.task.name') || '/' || t.replicate
           || iif(t.purpose = 'reeval', '/reeval', '') AS seed,
         t.status, t.reason, t.fitness, t.loss, t.accuracy, t.steps, t.cost_units, t.parameters, t.curve
  FROM (SELECT individual, purpose, task, replicate, trial, partner, counts, status, reason, fitness, loss, accuracy, steps, cost_units, parameters, curve
        FROM training
        UNION ALL
        SELECT e.individual, 'search', 0, 0, coalesce(r.document ->> '$.evaluation.learningRates[0]', 0), NULL, e.status <> 'failed',
               e.status, e.reason, e.fitness, e.loss, e.accuracy, e.steps, e.cost_units, e.parameters, e.curve
        FROM evaluation e JOIN run r ON r.id = e.individual >> 40
        WHERE NOT EXISTS (SELECT 1 FROM training WHERE training.individual = e.individual)
          AND NOT EXISTS (SELECT 1 FROM reuse WHERE reuse.individual = e.individual)) t
  JOIN run r ON r.id = t.individual >> 40
  LEFT JOIN run_task k ON k.run = r.id AND k.task = t.task;

CREATE TRIGGER death_no_update BEFORE UPDATE ON death BEGIN SELECT raise(ABORT, 'death is append-only'); END;
CREATE TRIGGER death_no_delete BEFORE DELETE ON death BEGIN SELECT raise(ABORT, 'death is append-only'); END;
CREATE TRIGGER training_no_update BEFORE UPDATE ON training BEGIN SELECT raise(ABORT, 'training is append-only'); END;
CREATE TRIGGER training_no_delete BEFORE DELETE ON training BEGIN SELECT raise(ABORT, 'training is append-only'); END;
CREATE TRIGGER rung_no_update BEFORE UPDATE ON rung BEGIN SELECT raise(ABORT, 'rung is append-only'); END;
CREATE TRIGGER rung_no_delete BEFORE DELETE ON rung BEGIN SELECT raise(ABORT, 'rung is append-only'); END;
CREATE TRIGGER reevaluation_no_update BEFORE UPDATE ON reevaluation BEGIN SELECT raise(ABORT, 'reevaluation is append-only'); END;
CREATE TRIGGER reevaluation_no_delete BEFORE DELETE ON reevaluation BEGIN SELECT raise(ABORT, 'reevaluation is append-only'); END;
CREATE TRIGGER behaviour_no_update BEFORE UPDATE ON behaviour BEGIN SELECT raise(ABORT, 'behaviour is append-only'); END;
CREATE TRIGGER behaviour_no_delete BEFORE DELETE ON behaviour BEGIN SELECT raise(ABORT, 'behaviour is append-only'); END;
CREATE TRIGGER reuse_no_update BEFORE UPDATE ON reuse BEGIN SELECT raise(ABORT, 'reuse is append-only'); END;
CREATE TRIGGER reuse_no_delete BEFORE DELETE ON reuse BEGIN SELECT raise(ABORT, 'reuse is append-only'); END;
