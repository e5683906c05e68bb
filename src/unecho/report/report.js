// Filtering and sorting of the lists. The page is complete without it: the controls appear only here.
(() => {
  "use strict";

  const plain = (text) => text.normalize("NFKC").toLowerCase();

  function setUp(list) {
    const controls = list.querySelector(".controls");
    const holder = list.querySelector(".items");
    const items = [...holder.children];
    const texts = new Map();
    const text = controls.querySelector("[data-filter]");
    const kind = controls.querySelector("[data-kind]");
    const sort = controls.querySelector("[data-sort]");
    const shown = controls.querySelector(".shown");

    function matches(item) {
      if (kind && kind.value && !item.dataset.kinds.split(" ").includes(kind.value)) return false;
      if (!text.value) return true;
      if (!texts.has(item)) texts.set(item, plain(item.textContent));
      return texts.get(item).includes(plain(text.value.trim()));
    }

    function filter() {
      let count = 0;
      for (const item of items) {
        item.hidden = !matches(item);
        if (!item.hidden) count += 1;
      }
      shown.textContent = count === items.length ? `${count} listed` : `${count} of ${items.length} listed`;
    }

    function order() {
      const key = sort.value;
      const number = (item) => Number(item.dataset[key]);
      holder.append(...[...items].sort((a, b) => number(b) - number(a)));
    }

    let waiting;
    text.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(filter, 150);
    });
    if (kind) kind.addEventListener("change", filter);
    if (sort) sort.addEventListener("change", order);
    for (const button of controls.querySelectorAll("[data-open]")) {
      button.addEventListener("click", () => {
        for (const item of items) if (!item.hidden) item.open = button.dataset.open === "all";
      });
    }
    controls.hidden = false;
    filter();
  }

  function reveal() {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
  }

  for (const list of document.querySelectorAll("[data-list]")) setUp(list);
  addEventListener("hashchange", reveal);
  reveal();

  // A browser that prints closed details as closed gets them opened, and shut again afterwards.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open], [hidden])")];
    for (const item of opened) item.open = true;
  });
  addEventListener("afterprint", () => {
    for (const item of opened) item.open = false;
  });
})();
