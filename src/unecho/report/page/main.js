// Which view is open, the keys, and paper.
"use strict";
(() => {
  const { element, add, button } = unecho.dom;
  const sections = [...document.querySelectorAll("section.view")];
  const views = (unecho.views = {});
  for (const [name, kind] of Object.entries(unecho.kinds)) views[name] = new unecho.Browse(kind);
  let current = "overview";

  // ---- views ----

  async function route() {
    const [name, ...rest] = location.hash.slice(1).split("/");
    const known = sections.some((section) => section.id === name);
    await open(known ? name : "overview", rest.length ? decoded(rest.join("/")) : null);
  }

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text; // an address that somebody cut
    }
  }

  async function open(name, id) {
    current = name;
    for (const section of sections) section.hidden = section.id !== name;
    for (const link of document.querySelectorAll("nav.top a")) {
      if (link.getAttribute("href") === `#${name}`) {
        link.setAttribute("aria-current", "page");
        link.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
      else link.removeAttribute("aria-current");
    }
    document.body.classList.toggle("browsing", name !== "overview");
    window.scrollTo(0, 0);
    if (views[name]) await views[name].open(id);
    document.body.dataset.ready = name;
  }

  const view = () => views[current];

  // ---- keys ----

  const KEYS = [
    ["1 … 6", "overview, clusters, quotes, stories, documents, boilerplate"],
    ["j, k", "next, previous finding"],
    ["↓ ↑ Page Home End", "the same, in the list"],
    ["Enter", "from the list to the finding"],
    ["Esc", "back to the list"],
    ["/", "search"],
    ["f", "filters"],
    ["d", "differences side by side, or in one text"],
    ["?", "these keys"],
    ...(unecho.decisions.keys || []),
  ];

  const press = (selector) => {
    const found = sections.find((section) => section.id === current).querySelector(selector);
    if (found) found.click();
  };

  const acts = {
    j: () => view() && view().move(1),
    k: () => view() && view().move(-1),
    "/": () => view() && view().search && view().search.focus(),
    f: () => view() && view().filters && view().filters.length && view().filters[0].select.focus(),
    d: () => press(".tools .beside"),
    "?": () => help.showModal(),
    Escape: () => view() && view().list && view().leave(),
    ...(unecho.decisions.acts || {}),
  };

  function keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || help.open) return;
    const typing = event.target.matches("input, textarea");
    if (typing && event.key !== "Escape") return;
    if (event.target.matches("select") && !["Escape", "?", "/"].includes(event.key)) return;
    const number = "123456".indexOf(event.key);
    const act = number >= 0 && event.key ? () => { location.hash = sections[number].id; } : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  const help = document.getElementById("help");
  add(
    help,
    element("h2", { id: "help-title" }, "Keys"),
    element("dl", { class: "keys" }, KEYS.map(([key, what]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, what)))),
    element("form", { method: "dialog" }, button("Close", () => help.close())),
  );
  const helpButton = document.getElementById("help-button");
  helpButton.hidden = false;
  helpButton.addEventListener("click", () => help.showModal());

  // ---- paper: the open list is written out, closed tables are opened ----

  let opened = [];
  addEventListener("beforeprint", () => {
    document.documentElement.dataset.paper = "";
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const item of opened) item.open = true;
    unecho.charts.draw();
  });
  addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
    if (view()) view().unprint();
    delete document.documentElement.dataset.paper;
    unecho.charts.draw();
  });

  if (typeof DecompressionStream === "undefined") document.getElementById("too-old").hidden = false;
  else {
    addEventListener("hashchange", route);
    document.addEventListener("keydown", keyed);
    route();
  }
  // After the first picture: the overview is readable before its charts are drawn.
  requestAnimationFrame(() => setTimeout(unecho.charts.draw));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", unecho.charts.draw);
})();
