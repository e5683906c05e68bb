// What the reader decides, kept until it is saved as a file of decisions (decisions/log.py says what is in it).
"use strict";
(() => {
  const { element, replace, button, tag, tell } = unecho.dom;
  const { counted, oneLine } = unecho.text;
  const { store } = unecho;
  const SAID = {
    accept: "right", reject: "no duplicates", exclude: "this one stays", swap: "this one instead",
    boilerplate: "boilerplate", "never-boilerplate": "never boilerplate",
  };
  const KEPT = `unecho ${unecho.facts.run}`;

  // ---- steps: each what was decided at once, and one step of undo ----

  let steps = [];
  let who = "";

  // A page from a file may have nowhere to keep things; then they last as long as the page is open.
  function remember() {
    try {
      localStorage.setItem(KEPT, JSON.stringify({ steps, who }));
    } catch {
      /* nowhere to keep it */
    }
  }

  function recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT));
      if (kept) ({ steps, who } = kept);
    } catch {
      /* nothing kept */
    }
  }

  const stepId = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // `on`: the ids of what the page shows as decided.
  function decide(verdict, findings, on, text) {
    const given = findings.filter((finding) => Object.values(finding).every(Boolean));
    if (!given.length) return tell("Its text is not in this page: decide it with unecho review");
    const when = new Date().toISOString().replace(/\.\d+Z$/u, "Z");
    steps.push({ step: stepId(), who, when, verdict, findings: given, on, text: oneLine(text, 120) });
    return changed(SAID[verdict]);
  }

  function undo() {
    const last = steps.pop();
    if (last) changed(`undone: ${SAID[last.verdict]}`);
  }

  function changed(what) {
    remember();
    draw();
    tell(what);
    return Promise.all(Object.values(unecho.views).map((view) => view.refresh()));
  }

  // What was last said of something that the page shows.
  const verdictOn = (id) => steps.findLast((step) => step.on.includes(id))?.verdict || null;

  const lines = () => steps.map(({ on, ...step }) => `${JSON.stringify({ ...step, who })}\n`).join("");

  function save() {
    const address = URL.createObjectURL(new Blob([lines()], { type: "application/x-ndjson" }));
    const link = element("a", { download: "decisions.jsonl" });
    link.href = address;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  // ---- what there is to decide ----

  const copyOf = (keys, at, document) => ({ kind: "copy", member: keys.members[at], keeper: keys.keeper, ...(document ? { document } : {}) });
  const quoteId = (quote) => `quote ${quote.id}`;
  const memberId = (cluster, member) => `${cluster.id} ${cluster.members.indexOf(member)}`;

  async function onCluster(verdict, cluster) {
    const keys = await store.keys(cluster);
    if (verdict === "boilerplate") {
      const texts = [...new Set([keys.keeper, ...keys.members])];
      return decide(verdict, texts.map((line) => ({ kind: "line", line })), [cluster.id], cluster.lead);
    }
    const seen = new Set();
    const copies = cluster.members.map((_, at) => copyOf(keys, at)).filter(({ member }) => !seen.has(member) && seen.add(member));
    return decide(verdict, copies, [cluster.id], cluster.lead);
  }

  async function onMember(verdict, cluster, member) {
    const keys = await store.keys(cluster);
    const finding = copyOf(keys, cluster.members.indexOf(member), member.document.id);
    return decide(verdict, [finding], [memberId(cluster, member)], cluster.lead);
  }

  // A quote that is not the same is reported no more; boilerplate goes wherever it stands.
  async function onQuote(verdict, quote) {
    const keys = [...new Set(await store.quoteKeys(quote))].filter(Boolean);
    const kind = verdict === "boilerplate" ? "line" : "quote";
    return decide(verdict, keys.map((line) => ({ kind, line })), [quoteId(quote)], quote.lead);
  }

  const onRule = (rule) => decide("never-boilerplate", [{ kind: "rule", rule: rule.rule }], [`rule ${rule.id}`], rule.rule);
  const exampleId = (rule, example) => `line ${example.key}`;
  const onExample = (rule, example) => decide("never-boilerplate", [{ kind: "line", line: example.key }], [exampleId(rule, example)], example.text);

  // ---- in the page ----

  const choice = (label, key, pressed, act, title, kind = null) =>
    button(label, act, { class: kind, "aria-pressed": String(pressed), "aria-keyshortcuts": key || null, title: key ? `${title} (${key})` : title });

  // One of several verdicts on one thing: [label, key, verdict, title].
  const choices = (said, act, ...offered) =>
    offered.map(([label, key, verdict, title]) => choice(label, key, said === verdict, () => act(verdict), title));

  const clusterButtons = (cluster) =>
    choices(verdictOn(cluster.id), (verdict) => onCluster(verdict, cluster),
      ["Right", "a", "accept", "What was found is right as it is"],
      ["Not duplicates", "r", "reject", "All of these stay"],
      ["Boilerplate", "b", "boilerplate", "This text goes everywhere"]);

  const quoteButtons = (quote) =>
    choices(verdictOn(quoteId(quote)), (verdict) => onQuote(verdict, quote),
      ["Right", "a", "accept", "These are the same words"],
      ["Not the same", "r", "reject", "It is reported no more"],
      ["Boilerplate", "b", "boilerplate", "This text goes everywhere"]);

  function memberButtons(cluster, member) {
    const key = (name) => (member === cluster.members[0] ? name : "");
    return element("div", { class: "tools small" },
      choices(verdictOn(memberId(cluster, member)), (verdict) => onMember(verdict, cluster, member),
        ["Keep this instead", key("s"), "swap", "This copy stays in place of the kept one"],
        ["Keep this too", key("x"), "exclude", "This one copy stays, the others are right"]));
  }

  const ruleButtons = (rule) => [choice("Never boilerplate", "n", verdictOn(`rule ${rule.id}`) !== null, () => onRule(rule), "Nothing goes by this rule any more")];
  const exampleButtons = (rule, example) => [" ", choice("Not boilerplate", "", verdictOn(exampleId(rule, example)) !== null, () => onExample(rule, example), "This text is never boilerplate", "quiet")];

  const idsOf = (item) =>
    (item.members ? [item.id, ...item.members.map((member) => memberId(item, member))] : [quoteId(item)]);
  const saidOn = (item) => {
    const ids = new Set(idsOf(item));
    return steps.findLast((step) => step.on.some((id) => ids.has(id)))?.verdict || null;
  };
  const wording = (verdict, item) => (verdict === "reject" && !item.members ? "not the same" : SAID[verdict]);
  const mark = (item) => {
    const said = steps.length ? saidOn(item) : null;
    return said ? tag(`✓ ${wording(said, item)}`, "said") : null;
  };

  const filters = () => [
    {
      label: "Decided", all: "Decided or not", options: [["no", "undecided"], ["yes", "decided"]],
      test: (item, value) => (value === "yes") === (saidOn(item) !== null),
    },
  ];

  function draw() {
    const bar = document.getElementById("decided");
    bar.hidden = !steps.length;
    document.body.classList.toggle("deciding", steps.length > 0);
    const name = element("input", { type: "text", "aria-label": "Your name", placeholder: "Your name", autocomplete: "name", value: who });
    name.addEventListener("change", () => {
      who = name.value.trim();
      remember();
    });
    replace(
      bar,
      element("strong", {}, counted(steps.length, "decision")),
      element("span", { class: "small soft wide" }, "Nothing changes yet: save them, then ", element("code", {}, "unecho apply OUT --decisions decisions.jsonl")),
      element("span", { class: "end" }, name, button("Undo", undo, { "aria-keyshortcuts": "u" }), button("Save as a file", save, { class: "first" })),
    );
  }

  // ---- keys ----

  const chosen = (name) => {
    const view = unecho.views[name];
    return location.hash.startsWith(`#${name}`) && view && view.chosen;
  };
  const withCluster = (act) => () => {
    const cluster = chosen("clusters");
    if (cluster) act(cluster);
  };
  const onChosen = (verdict) => () => {
    const cluster = chosen("clusters");
    const quote = chosen("quotes");
    if (cluster) onCluster(verdict, cluster);
    else if (quote) onQuote(verdict, quote);
  };
  const acts = {
    a: onChosen("accept"),
    r: onChosen("reject"),
    b: onChosen("boilerplate"),
    s: withCluster((cluster) => onMember("swap", cluster, cluster.members[0])),
    x: withCluster((cluster) => onMember("exclude", cluster, cluster.members[0])),
    n: () => {
      const rule = chosen("boilerplate");
      if (rule) onRule(rule);
    },
    u: undo,
  };
  const keys = [
    ["a", "right as it is"],
    ["r", "not duplicates: all stay; a quote: not the same"],
    ["s, x", "keep the first copy instead, too"],
    ["b", "boilerplate everywhere"],
    ["n", "never boilerplate (a rule)"],
    ["u", "undo"],
  ];

  recall();
  addEventListener("DOMContentLoaded", draw);

  unecho.decisions = { mark, filters, memberButtons, clusterButtons, quoteButtons, exampleButtons, ruleButtons, acts, keys, lines, undo };
})();
