// Clusters: the copy that stays, and what repeats it, word by word.
"use strict";
(() => {
  const { element, add, facts, tag, button } = unecho.dom;
  const { number, counted, percent } = unecho.text;
  const { store, shown, diff } = unecho;
  const CLOSE = 0.7; // doubt from which a finding is a close call
  const BANDS = [
    ["1", "all words covered", (share) => share === 1],
    ["99", "99% or more, not all", (share) => share >= 0.99 && share < 1],
    ["95", "95–99%", (share) => share >= 0.95 && share < 0.99],
    ["90", "90–95%", (share) => share >= 0.9 && share < 0.95],
    ["70", "70–90%", (share) => share >= 0.7 && share < 0.9],
    ["0", "under 70%", (share) => share < 0.7],
  ];
  const FIRST = 5; // members drawn at once

  // Share of the kept text's word sequences that the copy has too, as judge.py has it.
  function ofKept({ resemblance, containment }) {
    if (!resemblance || !containment) return 0;
    return Math.min(1, Math.max(resemblance, 1 / (1 / resemblance + 1 - 1 / containment)));
  }

  const documents = (cluster) => [cluster.keeper.document, ...cluster.members.map((member) => member.document)];
  const beside = { on: false };

  const row = (cluster) =>
    shown.row(
      cluster.lead || "(its text is not in this page)",
      unecho.decisions.mark(cluster),
      cluster.doubt >= CLOSE ? tag("close call", "close") : null,
      counted(cluster.copies, "copy"),
      cluster.similar ? `${number(cluster.similar)} ${cluster.similar === 1 ? "stays" : "stay"} too` : null,
      cluster.words ? counted(cluster.words, "word") : null,
    );

  async function haystack(cluster) {
    const texts = await Promise.all([cluster.keeper, ...cluster.members].map(store.paragraph));
    return [cluster.id, cluster.why, ...documents(cluster).map(shown.naming), ...texts].join("\n");
  }

  function filters(items) {
    const kinds = unecho.facts.kinds.filter(([kind]) => items.some((cluster) => cluster.kinds.includes(kind)));
    const bands = BANDS.filter(([, , test]) => items.some((cluster) => cluster.members.some((member) => test(member.covered))));
    const test = Object.fromEntries(BANDS.map(([key, , one]) => [key, one]));
    return [
      { label: "Kind", all: "All kinds", options: kinds, test: (cluster, kind) => cluster.kinds.includes(kind) },
      {
        label: "Share of words covered", all: "Any score", options: bands.map(([key, label]) => [key, label]),
        test: (cluster, band) => cluster.members.some((member) => test[band](member.covered)),
      },
      shown.bySite(items, documents),
      shown.byFolder(items, documents),
      ...unecho.decisions.filters(),
    ];
  }

  // ---- a cluster ----

  function keeperCard(cluster, text, near) {
    return element(
      "div",
      { class: "keeper" },
      element("h3", {}, tag("stays", "stays"), " ", shown.link(cluster.keeper.document)),
      facts(shown.identity(cluster.keeper.document), `why this one: ${cluster.why}`),
      near[0],
      shown.shortened(text || "(its text is not in this page)"),
      near[1],
    );
  }

  async function memberCard(cluster, member, keeperText) {
    const text = await store.paragraph(member);
    const kept = await store.text(cluster.keeper.document);
    const pieces = diff.placed(diff.words(keeperText, text), kept.windows.map((window) => window.text).join("\n"));
    const body = member.kind === "exact" && !pieces.some(({ kind }) => kind !== "same")
      ? element("p", { class: "small soft" }, "The same, letter by letter.")
      : text ? shown.difference(pieces, beside.on) : element("p", { class: "small soft" }, "(its text is not in this page)");
    return element(
      "div",
      { class: "member" },
      element("h3", {}, tag(shown.kindName[member.kind], member.kind), " ", shown.link(member.document)),
      facts(shown.identity(member.document)),
      facts(
        element("strong", {}, `${percent(member.covered, true)} covered`),
        `resemblance ${percent(member.resemblance, true)}`,
        `containment ${percent(member.containment, true)} of the copy, ${percent(ofKept(member), true)} of the kept text`,
        member.why,
        text ? shown.differing(pieces) : null,
      ),
      body,
      unecho.decisions.memberButtons(cluster, member),
    );
  }

  // Shows or hides the paragraphs above and below every copy.
  function neighbours(cluster, card) {
    let open = false;
    return button("Show what stands around", async (event) => {
      open = !open;
      event.target.textContent = open ? "Hide what stands around" : "Show what stands around";
      event.target.setAttribute("aria-expanded", String(open));
      for (const old of card.querySelectorAll(".around")) old.remove();
      if (!open) return;
      const cards = card.querySelectorAll(".keeper, .member");
      for (const [at, place] of [cluster.keeper, ...cluster.members].entries()) {
        if (!cards[at]) break;
        const [above, below] = await shown.surroundings(place);
        const body = cards[at].querySelector(".columns, .text, .facts + p.small") || cards[at].lastElementChild;
        if (above) body.before(shown.around(above));
        if (below) body.after(shown.around(below));
      }
    }, { "aria-expanded": "false", class: "quiet" });
  }

  async function detail(cluster, pane) {
    const text = await store.paragraph(cluster.keeper);
    const cards = element("div", {}, keeperCard(cluster, text, [null, null]));
    const members = cluster.members;
    for (const member of members.slice(0, FIRST)) cards.append(await memberCard(cluster, member, text));
    if (members.length > FIRST) {
      const more = button(`Show ${number(members.length - FIRST)} more`, async () => {
        const made = [];
        for (const member of members.slice(FIRST)) made.push(await memberCard(cluster, member, text));
        more.replaceWith(...made);
      }, { class: "quiet" });
      cards.append(more);
    }
    const side = button("Side by side", () => {
      beside.on = !beside.on;
      unecho.views.clusters.refresh();
    }, { class: "quiet beside", "aria-pressed": String(beside.on) });
    add(
      pane,
      element("h2", {}, `${counted(cluster.copies, "copy")} of a paragraph`),
      facts(
        cluster.doubt >= CLOSE ? tag("close call", "close") : null,
        `${number(cluster.removed)} removed`,
        cluster.similar ? `${number(cluster.similar)} reported, stay` : null,
        cluster.words ? `${counted(cluster.words, "word")} removed` : null,
        element("code", {}, cluster.id),
      ),
      element("div", { class: "tools" }, unecho.decisions.clusterButtons(cluster), side, neighbours(cluster, cards)),
      cards,
      members.length < cluster.copies - 1
        ? element("p", { class: "small" }, `${number(cluster.copies - 1 - members.length)} more copies are not in this page. All are in `, element("code", {}, "clusters.jsonl"), ".")
        : null,
      element("p", { class: "small soft legend" },
        element("ins", {}, "Underlined"), " words stand only in the copy, ", element("del", {}, "struck"),
        " words only in the kept text, ", element("mark", {}, "marked"), " words stand in another paragraph of the kept document. “Covered” is the share of a paragraph’s words that the kept document prints too, in order; “resemblance” and “containment” compare sets of three-word sequences."),
    );
  }

  unecho.kinds = unecho.kinds || {};
  unecho.kinds.clusters = {
    name: "clusters", compared: true, what: "cluster", nothing: "No paragraph repeats another.",
    load: store.clusters, id: (cluster) => cluster.id, row, detail, haystack, filters,
    orders: [
      { label: "Closest calls first" },
      { label: "Most copies first", key: (cluster) => cluster.copies },
      { label: "Most words first", key: (cluster) => cluster.words },
    ],
  };
})();
