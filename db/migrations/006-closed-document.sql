-- What a run's document came to when it was launched, and how far it was extended afterwards. A run of an earlier version has no row here.

-- class: SHA-256 of decides. decides: what of the program decides how a run is bred, by group, each a list of [name, value] in the order of drawing. content: what the document
-- came to, in the same form: known chromosomes as text, rates and other values that it does not name. folder: where relative paths of the document begin.
CREATE TABLE closed_document (
  run     INTEGER PRIMARY KEY REFERENCES run (id),
  class   TEXT NOT NULL CHECK (length(class) = 64),
  decides TEXT NOT NULL,
  content TEXT NOT NULL,
  folder  TEXT NOT NULL
) STRICT;

-- births: of the whole run, founders included, in place of those in its document and in earlier extensions. after_told: the last told birth when it was extended.
CREATE TABLE run_extension (
  run        INTEGER NOT NULL REFERENCES run (id),
  births     INTEGER NOT NULL CHECK (births > after_told + 1),
  after_told INTEGER NOT NULL,
  PRIMARY KEY (run, births)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER closed_document_no_update BEFORE UPDATE ON closed_document BEGIN SELECT raise(ABORT, 'closed_document is append-only'); END;
CREATE TRIGGER closed_document_no_delete BEFORE DELETE ON closed_document BEGIN SELECT raise(ABORT, 'closed_document is append-only'); END;
CREATE TRIGGER run_extension_no_update BEFORE UPDATE ON run_extension BEGIN SELECT raise(ABORT, 'run_extension is append-only'); END;
CREATE TRIGGER run_extension_no_delete BEFORE DELETE ON run_extension BEGIN SELECT raise(ABORT, 'run_extension is append-only'); END;
