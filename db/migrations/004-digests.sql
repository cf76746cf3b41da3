-- Digests of what the event hash does not cover, so that `verify` notices every byte that is not what was written.

-- record: SHA-256 of the run's row without last_told and event_hash, and of all rows that name the run (its tasks and sessions). It follows every change of them.
-- births: rolling SHA-256 of curves and times of the births from `since` on; an earlier version of this program told those before.
CREATE TABLE seal (
  run    INTEGER PRIMARY KEY REFERENCES run (id),
  record BLOB NOT NULL CHECK (length(record) = 32),
  births BLOB NOT NULL CHECK (length(births) = 32),
  since  INTEGER NOT NULL CHECK (since >= 0)
) STRICT;
