-- What studies were registered to be. A registration is written before the runs that it is about, and never changed; a study that is registered again has another row.

-- content: JSON of the study as it is to be carried out and analysed, defaults filled in, with the identities of its runs. hash: SHA-256 of content. last_run: the newest run in the
-- file at that time, 0 for none: what was launched later is confirmatory. digest: the first 8 bytes of the SHA-256 of all other columns.
CREATE TABLE registration (
  id            INTEGER PRIMARY KEY,
  study         TEXT NOT NULL,
  hash          TEXT NOT NULL CHECK (length(hash) = 64),
  content       TEXT NOT NULL,
  versions      TEXT NOT NULL,
  registered_at TEXT NOT NULL,
  last_run      INTEGER NOT NULL CHECK (last_run >= 0),
  digest        BLOB NOT NULL CHECK (length(digest) = 8)
) STRICT;

CREATE TRIGGER registration_no_update BEFORE UPDATE ON registration BEGIN SELECT raise(ABORT, 'registration is append-only'); END;
CREATE TRIGGER registration_no_delete BEFORE DELETE ON registration BEGIN SELECT raise(ABORT, 'registration is append-only'); END;
