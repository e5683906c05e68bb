// A list of any length, of which only the rows that are seen are in the page.
"use strict";
(() => {
  const { element } = unecho.dom;
  const SPARE = 6; // rows above and below what is seen

  let lists = 0;

  class VirtualList {
    // row(item) gives the children of a row, chosen(index) is told which row is current.
    constructor({ label, row, chosen, opened }) {
      lists += 1;
      this.name = `list-${lists}`;
      this.row = row;
      this.chosen = chosen;
      this.items = [];
      this.current = -1;
      this.nodes = new Map();
      this.room = element("div", { class: "room", role: "presentation" });
      this.holder = element("div", { class: "rows", role: "listbox", tabindex: "0", "aria-label": label }, this.room);
      this.holder.addEventListener("scroll", () => this.later(), { passive: true });
      this.holder.addEventListener("keydown", (event) => this.keyed(event));
      this.holder.addEventListener("click", (event) => {
        const node = event.target.closest("[role=option]");
        if (!node) return;
        this.select(Number(node.dataset.index));
        opened();
      });
      this.opened = opened;
      new ResizeObserver(() => this.measure()).observe(this.holder);
    }

    set(items, current = -1) {
      this.items = items;
      this.current = current;
      this.clear();
      this.measure();
      this.draw();
    }

    clear() {
      for (const node of this.nodes.values()) node.remove();
      this.nodes.clear();
    }

    // Rows are as high as the style says, whatever the size of letters.
    measure() {
      const probe = element("div", { class: "row", role: "presentation" });
      this.room.append(probe);
      this.height = probe.offsetHeight || 1;
      probe.remove();
      this.room.style.height = `${this.height * this.items.length}px`;
      this.clear();
      this.draw();
    }

    later() {
      if (this.waiting) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        this.draw();
      });
    }

    draw() {
      const top = this.holder.scrollTop;
      const first = Math.max(0, Math.floor(top / this.height) - SPARE);
      const last = Math.min(this.items.length, Math.ceil((top + this.holder.clientHeight) / this.height) + SPARE);
      for (const [index, node] of this.nodes) {
        if ((index < first || index >= last) && index !== this.current) {
          node.remove();
          this.nodes.delete(index);
        }
      }
      for (let index = first; index < last; index += 1) this.node(index);
      if (this.current >= 0) this.node(this.current);
    }

    node(index) {
      if (this.nodes.has(index) || index >= this.items.length) return;
      const node = element(
        "div",
        {
          class: "row", role: "option", id: `${this.name}-${index}`, "data-index": index,
          "aria-setsize": this.items.length, "aria-posinset": index + 1, "aria-selected": String(index === this.current),
        },
        this.row(this.items[index]),
      );
      node.style.transform = `translateY(${index * this.height}px)`;
      this.nodes.set(index, node);
      this.room.append(node);
    }

    // Draw the rows anew: what they show has changed.
    refresh() {
      this.clear();
      this.draw();
    }

    select(index, silently = false) {
      if (!this.items.length) return;
      const before = this.nodes.get(this.current);
      if (before) before.setAttribute("aria-selected", "false");
      this.current = Math.min(Math.max(index, 0), this.items.length - 1);
      this.node(this.current);
      this.nodes.get(this.current).setAttribute("aria-selected", "true");
      this.holder.setAttribute("aria-activedescendant", `${this.name}-${this.current}`);
      this.reveal();
      if (!silently) this.chosen(this.current);
    }

    reveal() {
      const top = this.current * this.height;
      const seen = this.holder.clientHeight;
      if (top < this.holder.scrollTop) this.holder.scrollTop = top;
      else if (top + this.height > this.holder.scrollTop + seen) this.holder.scrollTop = top + this.height - seen;
    }

    keyed(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const page = Math.max(1, Math.floor(this.holder.clientHeight / this.height) - 1);
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
      if (event.key === "Enter") this.opened();
      else if (event.key in steps) this.select(this.current < 0 ? 0 : this.current + steps[event.key]);
      else return;
      event.preventDefault();
    }
  }

  unecho.VirtualList = VirtualList;
})();
