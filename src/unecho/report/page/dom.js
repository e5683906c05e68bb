// Elements. Text gets into the page here and nowhere else: as text, with what is invisible written out.
"use strict";
(() => {
  const { visible, visibleName } = unecho.text;

  // element("p", { class: "small", hidden: true, on: { click } }, "text", other, ...)
  function element(name, settings = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(settings)) {
      if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
      else if (value === true) made.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, visible(String(value)));
    }
    add(made, ...children);
    return made;
  }

  function add(parent, ...children) {
    for (const child of children.flat(Infinity)) {
      if (child === null || child === undefined || child === false) continue;
      parent.append(child instanceof Node ? child : document.createTextNode(visible(String(child))));
    }
    return parent;
  }

  const replace = (parent, ...children) => {
    parent.replaceChildren();
    return add(parent, ...children);
  };

  // A name of a file, a site or a document: its direction does not reach what stands around it.
  const name = (text) => element("bdi", {}, visibleName(text));

  const button = (label, act, settings = {}) => element("button", { type: "button", on: { click: act }, ...settings }, label);

  // Where an address is an ordinary one of the web; empty for javascript: and everything else.
  function webAddress(url) {
    const trimmed = url.trim();
    return /^https?:\/\//iu.test(trimmed) ? trimmed : "";
  }

  // Facts with dots between them.
  const facts = (...items) =>
    element(
      "p",
      { class: "facts" },
      items
        .flat()
        .filter((item) => item !== null && item !== "" && item !== false && item !== undefined)
        .map((item) => (item instanceof Element && item.classList.contains("tag") ? item : element("span", {}, item))),
    );

  const tag = (text, kind = "") => element("span", { class: `tag ${kind}` }, text);

  const table = (caption, head, rows) =>
    element(
      "div",
      { class: "scroll", tabindex: "0" },
      element(
        "table",
        {},
        element("caption", {}, caption),
        element("thead", {}, element("tr", {}, head.map(([text, numeric]) => element("th", { scope: "col", class: numeric ? "n" : null }, text)))),
        element(
          "tbody",
          {},
          rows.map((cells) =>
            element(
              "tr",
              {},
              cells.map((cell, at) =>
                element(at ? "td" : "th", { scope: at ? null : "row", class: head[at][1] ? "n" : null }, cell),
              ),
            ),
          ),
        ),
      ),
    );

  // Say something to those who listen to the page.
  const tell = (text) => {
    document.getElementById("told").textContent = visible(text);
  };

  unecho.dom = { element, add, replace, name, button, webAddress, facts, tag, table, tell };
})();
