// Quotes: passages in documents that are otherwise different, each where it stands.
"use strict";
(() => {
  const { element, add, facts, tag } = unecho.dom;
  const { number, counted } = unecho.text;
  const { store, shown, diff } = unecho;

  const AROUND = 300; // characters of its paragraph before and after a quote

  const documents = (quote) => quote.places.map((place) => place.document);

  const row = (quote) =>
    shown.row(quote.lead || "(its text is not in this page)", unecho.decisions.mark(quote), counted(quote.count, "document"), counted(quote.words, "word"),
      firstDate(quote) ? `first seen ${firstDate(quote)}` : null);

  const firstDate = (quote) => unecho.text.oneLine(quote.places[0].document.date.slice(0, 10), 10);

  async function haystack(quote) {
    const texts = await Promise.all(quote.places.map(store.paragraph));
    return [...documents(quote).map(shown.naming), ...texts].join("\n");
  }

  async function inContext(place, first, firstText) {
    const text = await store.paragraph(place);
    const [above, below] = await context(place);
    const body = first ? [element("mark", {}, text)] : marked(firstText, text);
    return element(
      "div",
      { class: first ? "keeper" : "member" },
      element("h3", {}, first && place.document.date ? [tag("first seen", "stays"), " "] : null, shown.link(place.document)),
      facts(shown.identity(place.document)),
      shown.paragraph(element("span", { class: "soft" }, above), body, element("span", { class: "soft" }, below)),
    );
  }

  const marked = (kept, text) =>
    diff.words(kept, text).map((piece) => {
      if (piece.kind === "same") return element("mark", {}, piece.text);
      if (piece.kind === "alike") return element("mark", {}, shown.alike(piece.text, piece.kept));
      const bare = piece.text.trimEnd();
      const made = piece.kind === "kept-only"
        ? element("del", {}, shown.unseen("[only in the first: "), bare, shown.unseen("]"))
        : element("ins", {}, shown.unseen("[only here: "), bare, shown.unseen("]"));
      return element("mark", {}, made, piece.text.slice(bare.length));
    });

  // The rest of the paragraph that a quote stands in.
  async function context(place) {
    const found = await store.text(place.document);
    const window = found.windowOf(place.start);
    if (!window) return ["", ""];
    const above = window.cut(Math.max(window.start, place.start - AROUND), place.start);
    const below = window.cut(place.end, place.end + AROUND);
    const line = above.slice(above.lastIndexOf("\n") + 1);
    const rest = below.split("\n", 1)[0];
    // Where the paragraph goes on beyond, no half word at the edge.
    return [
      line.length === AROUND ? line.replace(/^\S*\s+/u, "… ") : line,
      rest.length === AROUND ? rest.replace(/\s+\S*$/u, " …") : rest,
    ];
  }

  async function detail(quote, pane) {
    const first = await store.paragraph(quote.places[0]);
    const cards = [];
    for (const [at, place] of quote.places.entries()) cards.push(await inContext(place, at === 0, first));
    add(
      pane,
      element("h2", {}, `A passage in ${counted(quote.count, "document")}`),
      facts(counted(quote.words, "word"), firstDate(quote) ? `first seen ${firstDate(quote)}` : "no date is known", element("code", {}, quote.id)),
      element("div", { class: "tools" }, unecho.decisions.quoteButtons(quote)),
      cards,
      quote.places.length < quote.count
        ? element("p", { class: "small" }, `${number(quote.count - quote.places.length)} more places are not in this page. All are in `, element("code", {}, "passages.jsonl"), ".")
        : null,
    );
  }

  unecho.kinds.quotes = {
    name: "quotes", compared: true, what: "quote", nothing: "No quotes were found in otherwise different documents.",
    load: store.quotes, id: (quote) => quote.id, row, detail, haystack,
    filters: (items) => [shown.bySite(items, documents), shown.byFolder(items, documents), ...unecho.decisions.filters()],
    orders: [
      { label: "Most documents first" },
      { label: "Longest first", key: (quote) => quote.words },
    ],
  };
})();
