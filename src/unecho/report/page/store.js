// The findings in this page: tables and pieces of texts, unpacked when they are first asked for (see pack.py).
"use strict";
(() => {
  unecho.facts = JSON.parse(document.getElementById("facts").textContent);
  const REASONS = ["boilerplate", "duplicate", "repeat", "passage"];
  const KINDS = unecho.facts.kinds.map(([kind]) => kind);
  const unpacked = new Map();

  function bytes(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const binary = atob(base64);
    const made = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) made[at] = binary.charCodeAt(at);
    return made;
  }

  async function unpack(name) {
    const packed = bytes(document.getElementById(`part-${name}`).textContent);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(stream).json();
  }

  function part(name, build = (value) => value) {
    if (!unpacked.has(name)) unpacked.set(name, unpack(name).then(build));
    return unpacked.get(name);
  }

  // ---- documents ----

  const bare = (id) => ({
    id, title: "", site: "", date: "", words: 0, removed: [0, 0, 0, 0], status: "kept", reason: "", url: "",
    language: "", output: "", removals: 0, lead: "", piece: -1, row: -1, number: -1,
  });

  function documentOf(row, number) {
    const [id, title, site, date, words, removed, status, reason, url, language, output, removals, lead, piece, at] = row;
    return {
      id, title, site, date, words, removed, status, reason, url, language, output, removals, lead, piece, row: at,
      number, removedWords: removed.reduce((sum, value) => sum + value, 0),
    };
  }

  const documents = () => part("documents", (rows) => rows.map(documentOf));

  // A document by its number in this page, or by its id where the page does not have it.
  const referred = (list, reference) => (typeof reference === "number" ? list[reference] : bare(reference));

  // ---- texts ----

  // A window of a document's text. Offsets count characters; JavaScript counts those beyond U+FFFF twice.
  class Window {
    constructor([start, text]) {
      this.start = start;
      this.text = text;
      this.units = null;
      this.length = text.length;
      if (/[\ud800-\udbff]/.test(text)) this.count();
      this.end = start + this.length;
    }

    count() {
      const units = [];
      for (let at = 0; at < this.text.length; at += this.text.codePointAt(at) > 0xffff ? 2 : 1) units.push(at);
      this.length = units.length;
      units.push(this.text.length);
      this.units = units;
    }

    cut(start, end) {
      const [from, to] = [start, end].map((at) => Math.min(Math.max(at - this.start, 0), this.length));
      return this.units ? this.text.slice(this.units[from], this.units[to]) : this.text.slice(from, to);
    }
  }

  class Text {
    constructor([windows, whole, spans]) {
      this.windows = windows.map((window) => new Window(window));
      this.whole = whole;
      this.spans = spans.map(([start, end, reason, category, rule, sure, keeper, cluster]) => ({
        start, end, reason: REASONS[reason], category, rule, sure, keeper, cluster,
      }));
    }

    windowOf(start) {
      return this.windows.findLast((window) => window.start <= start && start < window.end) || null;
    }

    cut(start, end) {
      const window = this.windowOf(start);
      return window ? window.cut(start, end) : "";
    }
  }

  const NONE = new Text([[], false, []]);

  async function text(document) {
    if (document.piece < 0) return NONE;
    const piece = await part(`texts-${document.piece}`, (rows) => rows.map((row) => new Text(row)));
    return piece[document.row];
  }

  // The text of a place [document, start, end], as far as one paragraph is shown.
  async function paragraph(place) {
    const found = await text(place.document);
    return found.cut(place.start, Math.min(place.end, place.start + unecho.facts.paragraph));
  }

  // ---- findings ----

  const placeOf = (list, [reference, start, end]) => ({ document: referred(list, reference), start, end });

  function clusterOf(list, row) {
    const [id, keeper, why, copies, removed, similar, words, doubt, kinds, lead, members] = row;
    return {
      id, why, copies, removed, similar, words, doubt, lead,
      kinds: kinds.map((kind) => KINDS[kind]),
      keeper: placeOf(list, keeper),
      members: members.map(([reference, start, end, covered, resemblance, containment, kind, reason]) => ({
        ...placeOf(list, [reference, start, end]), covered, resemblance, containment, kind: KINDS[kind], why: reason,
      })),
    };
  }

  async function findings(name, build) {
    const list = await documents();
    return part(name, (rows) => rows.map((row) => build(list, row)));
  }

  const clusters = () => findings("clusters", clusterOf);

  // By which decisions name the texts of a cluster: { keeper, members }.
  async function keys(cluster) {
    const [list, rows] = await Promise.all([clusters(), part("keys")]);
    const [keeper, members] = rows[list.indexOf(cluster)];
    return { keeper, members };
  }

  const quotes = () =>
    findings("quotes", (list, [id, words, count, lead, places]) => ({
      id, words, count, lead, places: places.map((place) => placeOf(list, place)),
    }));

  // By which decisions name the places of a quote.
  async function quoteKeys(quote) {
    const [list, rows] = await Promise.all([quotes(), part("quote-keys")]);
    return rows[list.indexOf(quote)];
  }

  const stories = () =>
    findings("stories", (list, [id, keeper, count, pairCount, names, pairs]) => ({
      id, count, pairCount,
      keeper: referred(list, keeper),
      documents: names.map((reference) => referred(list, reference)),
      pairs: pairs.map(([a, b, aCovered, bCovered, relation]) => ({
        a: referred(list, a), b: referred(list, b), aCovered, bCovered, relation,
      })),
    }));

  const rules = () =>
    findings("boilerplate", (list, [category, rule, removals, words, examples, sites, why]) => ({
      category, rule, removals, words, sites, why, id: `${category}:${rule}`,
      examples: examples.map(([example, reference, key, sure, reasons]) => ({ text: example, document: referred(list, reference), key, sure, reasons })),
    }));

  unecho.store = { REASONS, KINDS, part, documents, referred, placeOf, text, paragraph, clusters, keys, quoteKeys, quotes, stories, rules };
})();
