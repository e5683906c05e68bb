// Stories: documents that print the same article, two of them side by side.
"use strict";
(() => {
  const { element, add, replace, facts, tag, table, name } = unecho.dom;
  const { number, counted, percent, oneLine } = unecho.text;
  const { store, shown, diff } = unecho;
  const RELATIONS = { same: "same story", partial: "a part", quotes: "quotes only" };

  // What most of its documents are called: the one that stays may be the odd one.
  function heading(story) {
    const own = shown.heading(story.keeper);
    const counts = new Map([[own, 0]]);
    for (const called of story.documents.map(shown.heading)) counts.set(called, (counts.get(called) || 0) + 1);
    return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
  }

  const row = (story) =>
    shown.row(heading(story), counted(story.count, "document"), ...new Set(story.documents.map((document) => document.site).filter(Boolean).slice(0, 3)));

  async function haystack(story) {
    const texts = await Promise.all(story.documents.map(wholeText));
    return [...story.documents.map(shown.naming), ...texts].join("\n");
  }

  async function wholeText(document) {
    const found = await store.text(document);
    return found.windows.map((window) => window.text).join(" … ");
  }

  // ---- two documents beside each other ----

  const column = (document, pieces, share) =>
    element(
      "div",
      { class: "column" },
      element("h4", {}, shown.link(document)),
      facts(shown.identity(document), share === null ? null : `${percent(share)} of it stands in the other`),
      shown.paragraph(
        pieces.map(({ text, shared }) => (shared ? element("mark", {}, text) : text)),
        pieces.length ? null : "(its text is not in this page)",
      ),
    );

  function covered(story, here, there) {
    for (const pair of story.pairs) {
      if (pair.a === here && pair.b === there) return pair.aCovered;
      if (pair.b === here && pair.a === there) return pair.bCovered;
    }
    return null;
  }

  async function compare(story, left, right, holder) {
    const [a, b] = await Promise.all([wholeText(left), wholeText(right)]);
    replace(
      holder,
      element(
        "div",
        { class: "columns" },
        column(left, diff.shared(a, b), covered(story, left, right)),
        column(right, diff.shared(b, a), covered(story, right, left)),
      ),
    );
  }

  function chooser(story, label, chosen, change) {
    const options = story.documents.map((document, at) =>
      element("option", { value: at, selected: document === chosen }, `${oneLine(shown.heading(document), 50)} · ${unecho.text.visibleName(document.site || document.id)}`));
    return element("label", {}, `${label} `, element("select", { on: { change: (event) => change(story.documents[event.target.value]) } }, options));
  }

  function sideBySide(story) {
    const holder = element("div", {});
    let left = story.keeper;
    let right = story.documents.find((document) => document !== left) || left;
    const draw = () => compare(story, left, right, holder);
    draw();
    return [
      element(
        "div",
        { class: "tools" },
        chooser(story, "Left", left, (document) => { left = document; draw(); }),
        chooser(story, "Right", right, (document) => { right = document; draw(); }),
      ),
      element("p", { class: "small soft" }, element("mark", {}, "Marked"), " words stand in both, in runs of five or more."),
      holder,
    ];
  }

  // ---- a story ----

  async function detail(story, pane) {
    const dated = story.documents.some((document) => document.date);
    const rows = story.documents.map((document) => [
      shown.link(document), name(document.site), ...(dated ? [shown.day(document)] : []), number(document.words),
      document === story.keeper ? [tag("stays", "stays"), " ", unecho.facts.statuses[document.status]] : unecho.facts.statuses[document.status] || document.status,
    ]);
    const pairs = story.pairs.map((pair) => [
      shown.link(pair.a), shown.link(pair.b), percent(pair.aCovered), percent(pair.bCovered), RELATIONS[pair.relation] || pair.relation,
    ]);
    add(
      pane,
      element("h2", { dir: "auto" }, heading(story)),
      facts(counted(story.count, "document"), element("code", {}, story.id)),
      table("Documents", [["Document"], ["Site"], ...(dated ? [["Date"]] : []), ["Words", true], ["Result"]], rows),
      rest(story.count - story.documents.length, "document"),
      element("h3", {}, "Side by side"),
      sideBySide(story),
      pairs.length
        ? element("details", { class: "fold" }, element("summary", {}, "How much of each the other prints"),
            table("Pairs", [["First"], ["Second"], ["Of the first", true], ["Of the second", true], ["Relation"]], pairs),
            rest(story.pairCount - story.pairs.length, "pair"))
        : null,
    );
  }

  const rest = (count, what) =>
    count > 0 ? element("p", { class: "small" }, `${counted(count, `more ${what}`)} not in this page. All are in `, element("code", {}, "stories.jsonl"), ".") : null;

  unecho.kinds.stories = {
    name: "stories", compared: true, what: "story", nothing: "No two documents print the same article.",
    load: store.stories, id: (story) => story.id, row, detail, haystack,
    filters: (items) => [shown.bySite(items, (story) => story.documents), shown.byFolder(items, (story) => story.documents)],
    orders: [{ label: "Most documents first" }],
  };
})();
