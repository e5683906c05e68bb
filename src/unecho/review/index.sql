-- The index of a run, step by step. Each part begins with its name.

-- == tables: what the review looks up
-- What the review looks up. Numbers of findings are their order in the queue: closest calls first.
CREATE TABLE documents (
  num INTEGER PRIMARY KEY, name TEXT NOT NULL, title TEXT, url TEXT, site TEXT, date TEXT, folder TEXT,
  status TEXT, output TEXT, row INTEGER, field TEXT, source TEXT, page INTEGER,
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
  copies INTEGER, removed INTEGER, words INTEGER NOT NULL DEFAULT 0, low REAL, kinds TEXT
);
-- Apart, so that the rows that are filtered and counted stay short.
CREATE TABLE searched (finding INTEGER PRIMARY KEY, names TEXT, text TEXT);
CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='unicode61');
CREATE TABLE members (
  num INTEGER PRIMARY KEY, finding INTEGER NOT NULL, document INTEGER, start INTEGER, end INTEGER,
  covered REAL, resemblance REAL, containment REAL, relation TEXT, action TEXT, why TEXT, rule TEXT,
  removal TEXT, words INTEGER, key TEXT, keeper TEXT
);
-- Where quotes stand, by the document that they are shared with; emptied when they are findings.
CREATE TABLE quoted (
  grp TEXT, document INTEGER, partner INTEGER, start INTEGER, end INTEGER, words INTEGER, covered REAL,
  PRIMARY KEY (grp, document, partner)
) WITHOUT ROWID;
CREATE TABLE finding_sites (finding INTEGER, site TEXT);
CREATE TABLE finding_folders (finding INTEGER, folder TEXT);
CREATE TABLE steps (num INTEGER PRIMARY KEY, id TEXT, who TEXT, said_at TEXT, verdict TEXT, undoes TEXT, active INTEGER, text TEXT);
CREATE TABLE said (num INTEGER PRIMARY KEY, step INTEGER, kind TEXT, a TEXT, b TEXT, document TEXT, verdict TEXT);
CREATE INDEX said_key ON said (a, b);
CREATE INDEX said_step ON said (step);
-- What counts of the findings that were decided, by their place in the queue. step: the batch that it comes from,
-- and what counted before it.
CREATE TABLE standing (num INTEGER PRIMARY KEY, settled INTEGER, verdict TEXT NOT NULL, step INTEGER, earlier TEXT);
-- What counted before a step about many, so that it can be taken back at once; no verdict: nothing did.
CREATE TABLE before (step INTEGER, num INTEGER, settled INTEGER, verdict TEXT, PRIMARY KEY (step, num)) WITHOUT ROWID;
-- Rows of said that two people said otherwise, and rows that are about nothing in the run.
CREATE TABLE contradicted (later INTEGER, earlier INTEGER);
CREATE TABLE unfound (said INTEGER);

-- == copies: repeats inside a document and quotes that were cut out are copies in no cluster
CREATE TEMP TABLE loose AS
  SELECT *, key || k_document || ' ' || k_start AS ref FROM removals WHERE k_document IS NOT NULL AND cluster IS NULL;
INSERT INTO findings (kind, ref, rule, category, document, start, end, doubt, settled, copies, removed, low, kinds,
    why_kept, lead, words)
  SELECT 'copy', ref, rule, reason, k_document, k_start, k_end, 0.1, rule IS NOT NULL AND words < 12, count(*) + 1,
    count(*), min(covered), reason, 'first', lead, sum(words)
  FROM loose GROUP BY ref ORDER BY num;
CREATE INDEX finding_ref ON findings (ref);
INSERT INTO members (finding, document, start, end, covered, resemblance, containment, relation, action, why, rule,
    removal, words, key)
  SELECT f.id, l.document, l.start, l.end, l.covered, l.resemblance, l.containment, 'exact', 'removed', l.reason,
    l.rule, l.id, l.words, l.key
  FROM loose l JOIN findings f ON f.ref = l.ref AND f.kind = 'copy';
DROP TABLE loose;

-- == quotes: passages that stay; in the queue after all that goes
-- Where a copy or boilerplate went, the passage is a part of that finding.
DELETE FROM quoted WHERE EXISTS (
  SELECT 1 FROM removals r WHERE r.document = quoted.document AND r.start < quoted.end AND r.end > quoted.start
);
CREATE TEMP TABLE earliest AS
  SELECT grp, document, row_number() OVER (PARTITION BY grp ORDER BY d.date IS NULL, d.date, d.num) AS place
  FROM (SELECT DISTINCT grp, document FROM quoted) JOIN documents d ON d.num = document;
DELETE FROM earliest WHERE place > 1;
CREATE UNIQUE INDEX temp.earliest_of ON earliest (grp);
-- Of each document the place that it shares with the earliest one; of the earliest itself the longest.
CREATE TEMP TABLE ranked AS
  SELECT q.grp, q.document, q.start, q.end, q.words, q.document = e.document AS first,
    CASE WHEN q.partner = e.document THEN q.covered END AS covered,
    row_number() OVER (
      PARTITION BY q.grp, q.document ORDER BY q.partner = e.document DESC, q.end - q.start DESC, q.start
    ) AS place
  FROM quoted q JOIN earliest e ON e.grp = q.grp;
DELETE FROM ranked WHERE place > 1;
INSERT INTO findings (kind, ref, document, start, end, doubt, settled, copies, removed, low, kinds, why_kept, words)
  SELECT 'quote', r.grp, r.document, r.start, r.end, 0.05, 0, o.n, 0, o.low, 'quote', '', o.words
  FROM ranked r JOIN (
    SELECT grp, count(*) AS n, coalesce(min(covered), 0) AS low, max(words) AS words FROM ranked GROUP BY grp
  ) o ON o.grp = r.grp WHERE r.first AND o.n > 1 ORDER BY r.grp;
INSERT INTO members (finding, document, start, end, covered, relation, action, why, keeper)
  SELECT f.id, r.document, r.start, r.end, r.covered, 'quote', 'kept', 'a quote, only reported', ''
  FROM ranked r JOIN findings f ON f.ref = r.grp AND f.kind = 'quote' WHERE NOT r.first ORDER BY f.id, r.document;
INSERT INTO finding_sites SELECT DISTINCT f.id, d.site FROM ranked r JOIN findings f ON f.ref = r.grp
  AND f.kind = 'quote' JOIN documents d ON d.num = r.document;
INSERT INTO finding_folders SELECT DISTINCT f.id, d.folder FROM ranked r JOIN findings f ON f.ref = r.grp
  AND f.kind = 'quote' JOIN documents d ON d.num = r.document;
DROP TABLE ranked;
DROP TABLE earliest;
DELETE FROM quoted;

-- == lines: boilerplate; doubtful where a rule is not sure, or where the line could be a sentence of an article
CREATE INDEX removal_key ON removals (key);
INSERT INTO findings (kind, ref, rule, category, document, start, end, key, doubt, settled, copies, removed, low, kinds,
    lead, words)
  SELECT 'line', key, rule, category, document, start, end, key,
    round(min(1, 1.5 * (1 - min(confidence))) * 0.8 + 0.2 * min(max(words), 40) / 40.0, 4),
    min(confidence) >= 0.9 AND max(words) < 12, count(*), count(*), min(confidence), category, lead, sum(words)
  FROM (SELECT * FROM removals WHERE reason = 'boilerplate' ORDER BY num) GROUP BY key;
INSERT INTO members (finding, document, start, end, covered, action, why, rule, removal, words, key, keeper)
  SELECT id, document, start, end, low, 'removed', category, rule, ref, words, key, '' FROM findings WHERE kind = 'line';

-- == wanted: places whose text no removal holds
-- The words of an exact copy are the keeper's.
UPDATE findings SET key = (
  SELECT key FROM members m WHERE m.finding = findings.id AND relation = 'exact' AND key IS NOT NULL LIMIT 1
) WHERE kind = 'cluster';
CREATE TEMP TABLE wanted AS
  SELECT document, start, end, 'findings' AS place, id AS num FROM findings WHERE kind IN ('cluster', 'copy', 'quote')
  UNION ALL SELECT document, start, end, 'members', num FROM members WHERE key IS NULL;

-- == known: what follows from the texts
UPDATE members SET keeper = (SELECT key FROM findings f WHERE f.id = members.finding) WHERE keeper IS NULL;
UPDATE findings SET words = (
  SELECT coalesce(sum(words), 0) FROM members m WHERE m.finding = findings.id AND action = 'removed'
) WHERE kind = 'cluster';
INSERT OR IGNORE INTO searched (finding, text) SELECT id, lead FROM findings;
UPDATE searched SET names = NULL, text = casefolded(coalesce(names, '') || ' ' || coalesce(text, '') || ' ' ||
  (SELECT coalesce(rule, '') FROM findings f WHERE f.id = finding));
INSERT INTO words (rowid, text) SELECT finding, text FROM searched;

-- == order: findings numbered as in the queue, closest calls first, and the indexes that answers need
CREATE TEMP TABLE queue AS
  SELECT id, row_number() OVER (ORDER BY doubt DESC, copies DESC, words DESC, id) AS num FROM findings;
CREATE UNIQUE INDEX temp.queue_id ON queue (id);
UPDATE findings SET num = (SELECT num FROM queue q WHERE q.id = findings.id);
CREATE UNIQUE INDEX finding_num ON findings (num);
CREATE INDEX finding_figures ON findings (settled, num, removed, words, kind, kinds, rule, low, copies, id);
CREATE INDEX finding_key ON findings (key);
CREATE INDEX member_key ON members (key, keeper);
CREATE INDEX member_rule ON members (rule);
-- Texts that several findings have, so that a decision on one of them is one on all.
CREATE TABLE alike AS SELECT DISTINCT m.finding, m.key, m.keeper FROM members m JOIN (
    SELECT key, keeper FROM members GROUP BY key, keeper HAVING min(finding) < max(finding)
  ) s ON s.key = m.key AND s.keeper = m.keeper;
CREATE INDEX alike_finding ON alike (finding);
CREATE INDEX alike_key ON alike (key, keeper);
CREATE INDEX member_covered ON members (covered, num);
CREATE INDEX home_site ON finding_sites (site, finding);
CREATE INDEX home_site_of ON finding_sites (finding);
CREATE INDEX home_folder ON finding_folders (folder, finding);
DROP TABLE queue;
ANALYZE;
