// Boilerplate: what each rule took out, so that a wrong rule is seen at once.
"use strict";
(() => {
  const { element, add, facts, table, name } = unecho.dom;
  const { number, counted, oneLine } = unecho.text;
  const { store, shown } = unecho;

  const row = (rule) =>
    shown.row(rule.examples.length ? oneLine(rule.examples[0].text, 120) : rule.rule, element("strong", {}, rule.category), counted(rule.removals, "span"), counted(rule.words, "word"), rule.rule);

  const haystack = (rule) => [rule.category, rule.rule, ...rule.examples.map((example) => `${example.text} ${shown.naming(example.document)}`)].join("\n");

  async function detail(rule, pane) {
    const examples = rule.examples.map((example) =>
      element("li", {}, element("span", { class: "quoted", dir: "auto" }, example.text), " ", element("span", { class: "small soft" }, shown.link(example.document)),
        shown.sure(example) ? element("span", { class: "small soft" }, ` · ${shown.sure(example)}`) : null,
        unecho.decisions.exampleButtons(rule, example),
        example.reasons.length ? element("div", { class: "small reasons" }, `Against it: ${example.reasons.join("; ")}.`) : null));
    add(
      pane,
      element("h2", {}, `${rule.category}: `, element("code", {}, rule.rule)),
      facts(counted(rule.removals, "span"), counted(rule.words, "word"), rule.removals ? `${(rule.words / rule.removals).toFixed(1)} words each` : null),
      element("p", { class: "small" }, `A line goes by this rule because ${rule.why}.`),
      element("div", { class: "tools" }, unecho.decisions.ruleButtons(rule)),
      element("h3", {}, "The first different texts"),
      element("ul", { class: "examples" }, examples),
      rule.sites.length ? table("Sites with most of them", [["Site"], ["Spans", true]], rule.sites.map(([site, count]) => [name(site), number(count)])) : null,
      element("p", { class: "small soft" }, "All are in ", element("code", {}, "removals.jsonl"), ". A category can be left in with ", element("code", {}, `--keep-category ${rule.category}`), "."),
    );
  }

  unecho.kinds.boilerplate = {
    name: "boilerplate", what: "rule", nothing: "No boilerplate was removed.",
    load: store.rules, id: (rule) => rule.id, row, detail, haystack,
    filters: (items) => [
      shown.by("Category", "All categories", items, (rule) => [rule.category]),
      shown.by("Site", "All sites", items, (rule) => rule.sites.map(([site]) => site)),
    ],
    orders: [
      { label: "Most spans first", key: (rule) => rule.removals },
      { label: "Most words first", key: (rule) => rule.words },
      { label: "Longest spans first", key: (rule) => rule.words / rule.removals },
    ],
  };
})();
