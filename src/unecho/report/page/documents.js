// Documents: each as it was read, with what was removed struck through and named.
"use strict";
(() => {
  const { element, add, facts, tag, name, button } = unecho.dom;
  const { number, counted } = unecho.text;
  const { store, shown } = unecho;

  const RUN = 8; // removed spans in a row from which their middle is folded

  const status = (document) => unecho.facts.statuses[document.status] || document.status;

  const row = (document) =>
    shown.row(
      shown.heading(document),
      tag(status(document), document.status),
      `${number(document.removedWords)} of ${counted(document.words, "word")}`,
      document.site ? name(document.site) : null,
    );

  async function haystack(document) {
    const found = await store.text(document);
    return [shown.naming(document), ...found.windows.map((window) => window.text)].join("\n");
  }

  function filters(items) {
    const statuses = Object.entries(unecho.facts.statuses).filter(([key]) => items.some((document) => document.status === key));
    const reasons = store.REASONS.map((reason, at) => [String(at), unecho.facts.reasons[reason]]).filter(([at]) => items.some((document) => document.removed[at]));
    return [
      { label: "Result", all: "All results", options: statuses, test: (document, value) => document.status === value },
      { label: "What was removed", all: "All removals", options: reasons, test: (document, at) => document.removed[at] > 0 },
      shown.bySite(items, (document) => [document]),
      shown.byFolder(items, (document) => [document]),
    ];
  }

  // ---- a document ----

  // Why a span went: its category and rule, or the copy that stays, with a way there.
  function label(span, list) {
    if (span.reason === "boilerplate") {
      const rule = `${span.category || "other"}:${span.rule || "(no rule)"}`;
      return element("a", { class: "why", href: `#boilerplate/${encodeURIComponent(rule)}`, title: [span.rule, shown.sure(span)].filter(Boolean).join(", ") }, span.category || "other");
    }
    const words = { duplicate: "copy", repeat: "repeat", passage: "quote" }[span.reason];
    const keeper = span.keeper ? shown.heading(store.referred(list, span.keeper[0])) : "";
    const target = span.cluster ? `#clusters/${span.cluster}` : null;
    return element(target ? "a" : "span", { class: "why", href: target, title: keeper ? `kept in ${keeper}` : "" }, words);
  }

  const gone = (text, span, list) => {
    const bare = text.trim();
    const start = text.length - text.trimStart().length;
    return [
      text.slice(0, start),
      element("del", { class: `gone ${span.reason}` }, shown.unseen(`[removed, ${span.category || span.reason}: `), bare, shown.unseen("]")),
      label(span, list),
      text.slice(start + bare.length),
    ];
  };

  // A long run of removed lines, such as a menu, shows its ends; the rest when it is asked for.
  function folded(run) {
    if (run.length < RUN) return run.flat();
    const middle = element("span", { hidden: true }, run.slice(2, -1).flat());
    const more = button(`… ${number(run.length - 3)} more removed …`, () => {
      middle.hidden = false;
      more.remove();
    }, { class: "folded" });
    return [run.slice(0, 2).flat(), more, "\n\n", middle, run.at(-1)];
  }

  function body(found, list) {
    const children = [];
    for (const window of found.windows) {
      if (children.length || window.start) children.push(element("p", { class: "small soft" }, "…"));
      const pieces = [];
      let run = [];
      let at = window.start;
      for (const span of found.spans) {
        if (span.end <= at || span.start >= window.end) continue;
        const between = window.cut(at, span.start);
        if (between.trim()) {
          pieces.push(folded(run), between);
          run = [];
        }
        run.push([between.trim() ? "" : between, gone(window.cut(Math.max(at, span.start), span.end), span, list)]);
        at = Math.min(span.end, window.end);
      }
      pieces.push(folded(run), window.cut(at, window.end));
      children.push(element("div", { class: "text article", dir: "auto" }, pieces.flat(Infinity)));
    }
    return children;
  }

  async function detail(document, pane) {
    const [found, list] = await Promise.all([store.text(document), store.documents()]);
    const removed = store.REASONS.map((reason, at) => (document.removed[at] ? `${counted(document.removed[at], "word")}: ${unecho.facts.reasons[reason]}` : null));
    const hidden = document.removals - found.spans.length;
    add(
      pane,
      element("h2", { dir: "auto" }, shown.heading(document)),
      facts(tag(status(document), document.status), shown.identity(document), shown.address(document.url), document.language ? `language ${document.language}` : null),
      facts(`${number(document.removedWords)} of ${counted(document.words, "word")} removed`, removed, document.reason || null),
      document.output ? facts(["written to ", name(`clean/${document.output}`)].map((part) => part).reduce((line, part) => add(line, part), element("span", {}))) : null,
      found.windows.length ? body(found, list) : element("p", { class: "notice" }, "The text of this document is not in this page; “unecho restore” writes it."),
      found.windows.length && !found.whole ? element("p", { class: "small soft" }, "Not all of this document is in this page.") : null,
      hidden > 0 ? element("p", { class: "small" }, `${number(hidden)} more removed spans are not marked here. All are in `, element("code", {}, "removals.jsonl"), ".") : null,
    );
  }

  unecho.kinds.documents = {
    name: "documents", what: "document", nothing: "No document was read.",
    load: store.documents, id: (document) => document.number, row, detail, haystack, filters,
    orders: [
      { label: "Most removed first" },
      { label: "Largest share first", key: (document) => (document.words ? document.removedWords / document.words : 0) },
      { label: "Longest first", key: (document) => document.words },
    ],
  };
})();
