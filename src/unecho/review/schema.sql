-- What the review looks up. Numbers of findings are their order in the queue: closest calls first.
CREATE TABLE documents (
  num INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT, url TEXT, site TEXT, date TEXT, folder TEXT,
  status TEXT, output TEXT, row INTEGER, field TEXT, source TEXT,
  row_at INTEGER, row_size INTEGER, removals_at INTEGER NOT NULL DEFAULT 0, removals_size INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE removals (
  num INTEGER PRIMARY KEY, id TEXT, document INTEGER, start INTEGER, end INTEGER, reason TEXT, category TEXT, rule TEXT,
  confidence REAL, cluster TEXT, words INTEGER, key TEXT, lead TEXT,
  k_document INTEGER, k_start INTEGER, k_end INTEGER, covered REAL, resemblance REAL, containment REAL
);
CREATE TABLE findings (
  id INTEGER PRIMARY KEY, num INTEGER, kind TEXT, ref TEXT, rule TEXT, category TEXT, why_kept TEXT,
  document INTEGER, start INTEGER, end INTEGER, key TEXT, lead TEXT, doubt REAL, settled INTEGER,
  copies INTEGER, removed INTEGER, words INTEGER NOT NULL DEFAULT 0, low REAL, kinds TEXT, verdict TEXT
);
-- Apart, so that the rows that are filtered and counted stay short.
CREATE TABLE searched (finding INTEGER PRIMARY KEY, names TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='unicode61');
CREATE TABLE members (
  num INTEGER PRIMARY KEY, finding INTEGER NOT NULL, document INTEGER, start INTEGER, end INTEGER,
  covered REAL, resemblance REAL, containment REAL, relation TEXT, action TEXT, why TEXT, rule TEXT,
  removal TEXT, words INTEGER, key TEXT, keeper TEXT, verdict TEXT
);
CREATE TABLE finding_sites (finding INTEGER, site TEXT);
CREATE TABLE finding_folders (finding INTEGER, folder TEXT);
CREATE TABLE steps (num INTEGER PRIMARY KEY, id TEXT, who TEXT, said_at TEXT, verdict TEXT, undoes TEXT, active INTEGER, text TEXT);
CREATE TABLE said (
  num INTEGER PRIMARY KEY, step INTEGER, kind TEXT, a TEXT, b TEXT, document TEXT, verdict TEXT, active INTEGER
);
CREATE INDEX said_key ON said (a, b);
CREATE INDEX said_step ON said (step);
