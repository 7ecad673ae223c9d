/// What makes a file one of a collector: `loaC`.
pub(super) const APPLICATION: i64 = 0x6c6f_6143;
/// The form of the tables.
pub(super) const FORM: i64 = 1;

/// The same on a PostgreSQL server.
pub(super) const POSTGRES_TABLES: &str = "
CREATE TABLE form (form BIGINT NOT NULL);
CREATE TABLE journal (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  station TEXT NOT NULL,
  epoch TEXT NOT NULL,
  first_heard BIGINT NOT NULL,
  last_heard BIGINT NOT NULL,
  watermark BIGINT NOT NULL DEFAULT 0,
  head TEXT NOT NULL DEFAULT '',
  top BIGINT NOT NULL DEFAULT 0,
  announced BIGINT NOT NULL DEFAULT 0,
  rows BIGINT NOT NULL DEFAULT 0,
  UNIQUE (station, epoch)
);
CREATE TABLE journal_row (
  journal BIGINT NOT NULL REFERENCES journal (id),
  seq BIGINT NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  at BIGINT,
  came BIGINT NOT NULL,
  way TEXT NOT NULL,
  PRIMARY KEY (journal, seq)
);
CREATE INDEX row_at ON journal_row (at) WHERE at IS NOT NULL;
CREATE INDEX row_unread ON journal_row (journal) WHERE at IS NULL;
CREATE TABLE finding (
  journal BIGINT NOT NULL REFERENCES journal (id),
  seq BIGINT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  at BIGINT NOT NULL,
  closed BIGINT,
  closed_by TEXT,
  closed_why TEXT,
  PRIMARY KEY (journal, kind, seq)
);
CREATE TABLE refused (
  station TEXT PRIMARY KEY,
  why TEXT NOT NULL,
  count BIGINT NOT NULL,
  last BIGINT NOT NULL,
  closed BIGINT,
  closed_by TEXT,
  closed_why TEXT
);
CREATE TABLE signer (
  station TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  since BIGINT NOT NULL
);
CREATE FUNCTION rows_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'rows are never changed or deleted'; END $$;
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON journal_row FOR EACH ROW EXECUTE FUNCTION rows_stay();
";

/// The tables. `row` only grows: triggers refuse to change or delete.
pub(super) const TABLES: &str = "
CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  station TEXT NOT NULL,
  epoch TEXT NOT NULL,
  first_heard INTEGER NOT NULL,
  last_heard INTEGER NOT NULL,
  watermark INTEGER NOT NULL DEFAULT 0,
  head TEXT NOT NULL DEFAULT '',
  top INTEGER NOT NULL DEFAULT 0,
  announced INTEGER NOT NULL DEFAULT 0,
  rows INTEGER NOT NULL DEFAULT 0,
  UNIQUE (station, epoch)
);
CREATE TABLE row (
  journal INTEGER NOT NULL REFERENCES journal (id),
  seq INTEGER NOT NULL,
  body TEXT NOT NULL,
  hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  at INTEGER,
  came INTEGER NOT NULL,
  way TEXT NOT NULL,
  PRIMARY KEY (journal, seq)
) WITHOUT ROWID;
CREATE INDEX row_at ON row (at) WHERE at IS NOT NULL;
CREATE INDEX row_unread ON row (journal) WHERE at IS NULL;
CREATE TABLE finding (
  journal INTEGER NOT NULL REFERENCES journal (id),
  seq INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  at INTEGER NOT NULL,
  closed INTEGER,
  closed_by TEXT,
  closed_why TEXT,
  PRIMARY KEY (journal, kind, seq)
) WITHOUT ROWID;
CREATE TABLE refused (
  station TEXT PRIMARY KEY,
  why TEXT NOT NULL,
  count INTEGER NOT NULL,
  last INTEGER NOT NULL,
  closed INTEGER,
  closed_by TEXT,
  closed_why TEXT
) WITHOUT ROWID;
CREATE TABLE signer (
  station TEXT PRIMARY KEY,
  key TEXT NOT NULL,
  since INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TRIGGER row_stays BEFORE UPDATE ON row BEGIN SELECT RAISE(ABORT, 'rows are never changed'); END;
CREATE TRIGGER row_remains BEFORE DELETE ON row BEGIN SELECT RAISE(ABORT, 'rows are never deleted'); END;
";

/// Beside the rows: what boxes say, what was sent; and by what the last start of each journal is found. Added where it is missing; an
/// earlier program does not look at it.
pub(super) const ADDED: &str = r#"
CREATE TABLE IF NOT EXISTS book (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  changed BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS book_changed ON book (kind, changed);
CREATE INDEX IF NOT EXISTS row_start ON row (journal, seq DESC, at) WHERE instr(body, '"reason":"started') > 0;
"#;

/// The same on a PostgreSQL server.
pub(super) const POSTGRES_ADDED: &str = r#"
CREATE TABLE IF NOT EXISTS book (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  body TEXT NOT NULL,
  changed BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);
CREATE INDEX IF NOT EXISTS book_changed ON book (kind, changed);
CREATE INDEX IF NOT EXISTS row_start ON journal_row (journal, seq DESC, at) WHERE position('"reason":"started' in body) > 0;
"#;

/// Of each journal the newest note, before an instant, that a station began to run. A row is one by what its index says.
pub(super) const LAST_STARTS: &str = r#"
SELECT id, body FROM (
  SELECT id, (SELECT body FROM row INDEXED BY row_start
      WHERE row.journal = journal.id AND instr(body, '"reason":"started') > 0 AND at < ?1 ORDER BY seq DESC LIMIT 1) AS body
    FROM journal)
WHERE body IS NOT NULL
"#;

/// The same on a PostgreSQL server.
pub(super) const POSTGRES_LAST_STARTS: &str = r#"
SELECT journal.id, start.body FROM journal CROSS JOIN LATERAL (
  SELECT body FROM journal_row
    WHERE journal_row.journal = journal.id AND position('"reason":"started' in body) > 0 AND at < $1
    ORDER BY seq DESC LIMIT 1) AS start
"#;
