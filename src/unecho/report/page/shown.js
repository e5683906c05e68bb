// What several views show: documents by name, texts with their differences, the paragraphs around a place.
"use strict";
(() => {
  const { element, add, name, button, webAddress, facts, tag } = unecho.dom;
  const { oneLine, number, percent } = unecho.text;
  const { store, diff } = unecho;
  const FOLD = 45; // equal words from which a run is folded, and how many of them stay at either end
  const ENDS = 12;
  const LONG = 90; // words of a kept text that are shown at once

  const kindName = Object.fromEntries(unecho.facts.kinds);
  const unseen = (text) => element("span", { class: "unseen" }, text);

  // ---- documents ----

  const heading = (document) => oneLine(document.title || document.lead || document.id, 120);

  function link(document) {
    const title = element("bdi", {}, heading(document));
    return document.number < 0 ? title : element("a", { href: `#documents/${document.number}` }, title);
  }

  const identity = (document) => [
    document.title || document.lead ? name(document.id) : null,
    document.site ? name(document.site) : null,
    day(document),
  ];

  // The date of a document, without its hour.
  function day(document) {
    if (!document.date) return null;
    const shown = /^\d{4}-\d\d-\d\d/u.test(document.date) ? document.date.slice(0, 10) : oneLine(document.date, 40);
    return element("bdi", { class: "date", title: oneLine(document.date, 60) }, shown);
  }

  function address(url) {
    if (!url) return null;
    const shown = element("bdi", {}, oneLine(url, 160));
    const target = webAddress(url);
    return target ? element("a", { href: target, rel: "noopener noreferrer", target: "_blank" }, shown) : shown;
  }

  const folder = (document) => {
    const path = document.id.split("#")[0];
    return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
  };

  // ---- differences ----

  // A run that the kept copy has, its middle hidden until it is asked for. What only the other has would be lost:
  // that is never hidden.
  function equal(piece) {
    if (piece.words <= FOLD) return [piece.text];
    const same = piece.kind === "same";
    const items = piece.items.map(({ word, space }) => word + space);
    const middle = items.slice(ENDS, -ENDS).join("");
    const label = `… ${number(diff.countWords(piece.items.slice(ENDS, -ENDS)))} ${same ? "words the same" : "more words"} …`;
    const more = button(label, (event) => event.currentTarget.replaceWith(document.createTextNode(unecho.text.visible(middle))), {
      class: "folded", "aria-label": `Show ${label.replaceAll("…", "").trim()}`,
    });
    return [items.slice(0, ENDS).join(""), more, " ", items.slice(-ENDS).join("")];
  }

  // A beginning or an end that the copy does not print.
  function outside(piece) {
    if (piece.words <= ENDS) return change(piece);
    const label = `… ${number(piece.words)} more words in the kept text …`;
    return [button(label, (event) => event.currentTarget.replaceWith(...change(piece)), { class: "folded" }), " "];
  }

  function change(piece) {
    const bare = piece.text.trimEnd();
    const space = piece.text.slice(bare.length);
    if (piece.kind === "alike") return alike(piece.text, piece.kept);
    if (piece.kind === "kept-only") {
      const folded = piece.words > FOLD ? equal(piece) : bare;
      return [element("del", {}, unseen("[only in the kept copy: "), folded, unseen("]")), space];
    }
    if (piece.kind === "elsewhere") {
      return [element("mark", {}, unseen("[in another paragraph of the kept document: "), bare, unseen("]")), space];
    }
    return [element("ins", {}, unseen("[only here: "), bare, unseen("]")), space];
  }

  // What the other text writes otherwise and means the same.
  function alike(text, other) {
    const bare = text.trimEnd();
    return [element("span", { class: "alike", title: `written there: ${other.trim()}` }, bare), text.slice(bare.length)];
  }

  // The beginning of a long text, and the rest when it is asked for.
  function shortened(text) {
    const words = diff.split(text).map(({ word, space }) => word + space);
    if (words.length <= LONG * 1.5) return paragraph(text);
    const rest = words.slice(LONG).join("");
    const more = button(`… ${number(words.length - LONG)} more words`, () => more.replaceWith(document.createTextNode(unecho.text.visible(rest))), { class: "folded" });
    return paragraph(words.slice(0, LONG).join(""), more);
  }

  const paragraph = (...children) => element("div", { class: "text", dir: "auto" }, ...children);

  // One text with both sides' changes, or the two texts beside each other.
  function difference(pieces, beside) {
    const [head, inner, tail] = diff.middle(pieces);
    const draw = (...skipped) => {
      const asKept = skipped.includes("here-only");
      const seen = (piece) => !skipped.includes(piece.kind);
      const children = inner.filter(seen).flatMap((piece) => {
        if (piece.kind === "same") return equal(piece);
        return asKept && piece.kind === "alike" ? alike(piece.kept, piece.text) : change(piece);
      });
      return paragraph(head.filter(seen).flatMap(outside), children, tail.filter(seen).flatMap(outside));
    };
    if (!beside) return draw();
    const side = (label, ...skipped) => element("div", { class: "column" }, element("p", { class: "small soft" }, label), draw(...skipped));
    return element("div", { class: "columns" }, side("The kept copy", "here-only", "elsewhere"), side("This copy", "kept-only"));
  }

  // "numbers 1,500 → 2,500": what a reader must look at.
  function differing(pieces) {
    const found = diff.differences(diff.middle(pieces)[1]);
    const side = (words) => (words.length ? [...new Set(words)].slice(0, 6).join(", ") : "none");
    const line = (label, [kept, here]) => (kept.length || here.length ? `${label}: ${side(kept)} → ${side(here)}` : null);
    return [
      found.words ? `${number(found.words)} ${found.words === 1 ? "word differs" : "words differ"}` : "no word differs",
      line("numbers", found.numbers),
      line("names", found.names),
    ];
  }

  // ---- what stands around a place ----

  const SHORT = 400;

  function before(window, start) {
    const text = window.cut(Math.max(window.start, start - SHORT), start).trimEnd();
    const line = text.lastIndexOf("\n");
    return line < 0 ? text : text.slice(line + 1);
  }

  function after(window, end) {
    const text = window.cut(end, end + SHORT).trimStart();
    const line = text.indexOf("\n");
    return line < 0 ? text : text.slice(0, line);
  }

  // A text in its surroundings, which are shown when they are asked for.
  async function surroundings(place) {
    const found = await store.text(place.document);
    const window = found.windowOf(place.start);
    return window ? [before(window, place.start), after(window, place.end)] : ["", ""];
  }

  const around = (text) => (text ? element("p", { class: "around", dir: "auto" }, text) : null);

  // ---- filters that several views have ----

  function counts(items, values) {
    const found = new Map();
    for (const item of items) for (const value of new Set(values(item))) if (value) found.set(value, (found.get(value) || 0) + 1);
    return [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 300);
  }

  // A choice among the values that items have, those of most items first.
  function by(label, all, items, values) {
    const options = counts(items, values).map(([value, count]) => [value, `${unecho.text.visibleName(oneLine(value, 60))} (${number(count)})`]);
    return { label, all, options, test: (item, value) => values(item).includes(value) };
  }

  const bySite = (items, documents) => by("Site", "All sites", items, (item) => documents(item).map((document) => document.site));
  const byFolder = (items, documents) => by("Folder", "All folders", items, (item) => documents(item).map(folder));

  const naming = (document) => `${document.title} ${document.lead} ${document.id} ${document.site} ${document.date}`;

  // How sure the cleaner was of a removal.
  const sure = (found) => (found.sure === null || found.sure === undefined ? "" : `confidence ${found.sure}%`);

  const row = (lead, ...items) => [element("span", { class: "lead", dir: "auto" }, lead), facts(...items)];

  unecho.shown = {
    kindName, heading, link, identity, day, address, difference, differing, alike, paragraph, shortened, surroundings, around,
    by, bySite, byFolder, naming, row, sure, unseen, percent, add, tag,
  };
})();
