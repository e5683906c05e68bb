// A view of findings: search, filters and order above a list, and beside it what is chosen.
"use strict";
(() => {
  const { element, add, replace, button, tell } = unecho.dom;
  const { plain, counted, number } = unecho.text;
  const PRINTED = 100; // findings of a list on paper

  class Browse {
    // kind: { name, what, load(), row(item), detail(item, pane), haystack(item), filters, orders }
    constructor(kind) {
      this.kind = kind;
      this.section = document.getElementById(kind.name);
      this.items = null;
      this.shown = [];
      this.haystacks = new Map();
      this.wanted = null;
    }

    // Made when the view is first opened.
    async open(id) {
      this.wanted = id;
      if (!this.ready) this.ready = this.make();
      await this.ready;
      if (this.wanted) this.choose(this.wanted);
    }

    async make() {
      const holder = this.section.querySelector(".browse");
      this.items = await this.kind.load();
      if (!this.items.length) {
        const cleaned = unecho.facts.summary.command === "clean" && this.kind.compared;
        add(holder, element("p", { class: "empty" }, cleaned ? "“unecho clean” compares no documents; “unecho dedupe” does." : this.kind.nothing));
        return;
      }
      this.list = new unecho.VirtualList({
        label: `${this.kind.what}s`.replace(/ys$/u, "ies"),
        row: (item) => this.kind.row(item),
        chosen: (index) => this.show(this.shown[index]),
        opened: () => this.enter(),
      });
      this.status = element("p", { class: "status small soft", role: "status" });
      this.pane = element("article", { class: "pane", tabindex: "-1", "aria-label": `The chosen ${this.kind.what}` });
      const back = button("← Back to the list", () => this.leave(), { class: "back quiet" });
      add(
        holder,
        element("div", { class: "side" }, this.controls(), this.status, this.list.holder),
        element("div", { class: "main" }, back, this.pane),
      );
      this.holder = holder;
      this.apply();
      if (!this.wanted && this.shown.length) this.list.select(0);
    }

    // ---- search, filters, order ----

    controls() {
      this.search = element("input", { type: "search", autocomplete: "off", spellcheck: "false", placeholder: "Search" });
      this.search.setAttribute("aria-label", `Search in ${this.kind.name}`);
      let waiting;
      this.search.addEventListener("input", () => {
        clearTimeout(waiting);
        waiting = setTimeout(() => this.apply(), 120);
      });
      this.search.addEventListener("keydown", (event) => {
        if (event.key === "Enter" || event.key === "ArrowDown") this.list.holder.focus();
        else if (event.key === "Escape" && !this.search.value) this.list.holder.focus();
        else return;
        event.preventDefault();
      });
      this.filters = this.kind.filters(this.items).filter((filter) => filter.options.length > 1);
      const choices = this.filters.map((filter) => this.choice(filter.label, [["", filter.all], ...filter.options], filter));
      if (this.kind.orders.length > 1) {
        this.order = {};
        const options = this.kind.orders.map((order, at) => [String(at), order.label]);
        choices.push(this.choice("Order", options, this.order));
      }
      return element("div", { class: "controls" }, this.search, choices.length ? element("div", { class: "choices" }, choices) : null);
    }

    choice(label, options, target) {
      target.select = element(
        "select",
        { "aria-label": label, title: label, on: { change: () => this.apply() } },
        options.map(([value, text]) => element("option", { value }, text)),
      );
      return target.select;
    }

    async apply() {
      const chosen = this.filters.filter((filter) => filter.select.value);
      const words = plain(this.search.value.trim());
      let found = this.items.filter((item) => chosen.every((filter) => filter.test(item, filter.select.value)));
      if (words) {
        this.status.textContent = "Searching …";
        const run = (this.searching = Symbol(words));
        found = await this.search_in(found, words);
        if (run !== this.searching) return; // another search has begun
      } else this.searching = null;
      const order = this.kind.orders[this.order ? Number(this.order.select.value) : 0];
      if (order && order.key) found = [...found].sort((a, b) => order.key(b) - order.key(a));
      const before = this.chosen;
      this.shown = found;
      this.list.set(found, found.indexOf(before));
      const all = counted(this.items.length, this.kind.what);
      const paper = button("Print", () => this.print(), { class: "quiet", title: `Print these, up to ${PRINTED}` });
      replace(this.status, found.length === this.items.length ? all : `${number(found.length)} of ${all}`, paper);
      if (this.list.current >= 0) this.list.select(this.list.current, true);
      else if (found.length && (words || chosen.length || before)) this.list.select(0);
    }

    // Texts are unpacked for the first search; from then on it is a matter of milliseconds.
    async search_in(items, words) {
      const found = [];
      for (const item of items) {
        if (!this.haystacks.has(item)) this.haystacks.set(item, plain(await this.kind.haystack(item)));
        if (this.haystacks.get(item).includes(words)) found.push(item);
      }
      return found;
    }

    // ---- what is chosen ----

    choose(id) {
      if (!this.list) return;
      let index = this.shown.findIndex((item) => String(this.kind.id(item)) === id);
      if (index < 0) {
        const item = this.items.find((one) => String(this.kind.id(one)) === id);
        if (!item) {
          this.absent();
          return;
        }
        this.search.value = "";
        for (const filter of this.filters) filter.select.value = "";
        this.apply();
        index = this.shown.indexOf(item);
      }
      if (this.chosen !== this.shown[index]) this.list.select(index);
      this.enter();
    }

    // A link may lead to a finding that a large run's page leaves out.
    absent() {
      this.chosen = null;
      replace(this.pane, element("p", { class: "notice" }, `This ${this.kind.what} is not in this page, which holds a part of a large run. “unecho review” shows all.`));
      this.enter();
    }

    async show(item) {
      this.chosen = item;
      const pane = element("div", {});
      await this.kind.detail(item, pane);
      if (this.chosen !== item) return;
      replace(this.pane, pane);
      this.pane.scrollTop = 0;
    }

    // Draw the chosen finding and the list anew.
    async refresh() {
      if (!this.list) return;
      this.list.refresh();
      const top = this.pane.scrollTop;
      if (this.chosen) await this.show(this.chosen);
      this.pane.scrollTop = top;
    }

    enter() {
      this.holder.classList.add("open");
      this.pane.focus({ preventScroll: true });
    }

    leave() {
      this.holder.classList.remove("open");
      this.list.holder.focus();
    }

    move(step) {
      if (!this.list) return;
      this.list.select(this.list.current < 0 ? 0 : this.list.current + step);
      const at = this.list.current + 1;
      tell(`${at} of ${this.shown.length}`);
    }

    // ---- paper ----

    async print() {
      if (!this.list) return;
      const items = this.shown.slice(0, PRINTED);
      const pages = await Promise.all(
        items.map(async (item) => {
          const pane = element("article", { class: "printed" });
          await this.kind.detail(item, pane);
          return pane;
        }),
      );
      if (this.shown.length > PRINTED) pages.unshift(element("p", {}, `The first ${PRINTED} of ${number(this.shown.length)}, as they were listed.`));
      this.paper = element("div", { class: "paper" }, pages);
      this.section.append(this.paper);
      window.print();
    }

    unprint() {
      if (this.paper) this.paper.remove();
      this.paper = null;
    }
  }

  unecho.Browse = Browse;
})();
