// The review: a queue of findings, one of them shown, and what a person says about it.
// Nothing is put into the page as markup but what the server has escaped.
(() => {
  "use strict";

  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const { counted: count, number: figure } = unecho.text;
  const { element, tag } = unecho.dom;

  const form = $("#filter");
  const list = $("#queue");
  const pane = $("#finding");
  const state = { version: 0, rows: [], more: false, at: 0, names: {}, threshold: 0.9, whole: false, loading: 0 };

  // ---- talking to the server -----------------------------------------------------------------------

  async function ask(path, body) {
    const options = body === undefined ? {} : {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    };
    let answer;
    try {
      answer = await fetch(path, options);
    } catch {
      throw new Error("The review has ended: start unecho review again.");
    }
    if (answer.ok) return answer;
    const problem = new Error("Refused: open the address that unecho review printed.");
    problem.status = answer.status;
    if ((answer.headers.get("content-type") || "").includes("json")) problem.message = (await answer.json()).problem;
    throw problem;
  }

  const getJson = async (path, body) => (await ask(path, body)).json();
  const getText = async (path) => (await ask(path)).text();

  let fading;
  function say(text, wrong = false) {
    const line = $("#message");
    ($("dialog[open]") || document.body).append(line); // above what is open
    line.textContent = text;
    line.classList.toggle("wrong", wrong);
    clearTimeout(fading);
    fading = setTimeout(() => { line.textContent = ""; }, wrong ? 15000 : 5000);
  }

  // What changes something is sent one after another, each with the version that the one before gave.
  let last = Promise.resolve();
  function inTurn(work) {
    last = last.then(work).catch(async (problem) => {
      say(problem.message, true);
      if (problem.status === 409) await refresh();
    });
    return last;
  }

  // ---- the queue -----------------------------------------------------------------------------------

  function filters() {
    return Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  }

  function query(more = {}) {
    return new URLSearchParams({ ...filters(), ...more }).toString();
  }

  async function loadQueue(wanted) {
    const mine = ++state.loading;
    const found = await getJson(`/queue?${query()}`);
    if (mine !== state.loading) return;
    state.rows = found.rows;
    state.more = found.more;
    state.count = found.count;
    list.replaceChildren(...found.rows.map(row));
    $("#count").textContent = `${count(found.count.findings, "finding")}, ${count(found.count.words, "word")}`;
    $("#batch-button").disabled = !found.rows.length;
    for (let had = 0; state.more && state.rows.length > had && state.rows.at(-1).num < (wanted || 0);) {
      had = state.rows.length;
      await loadMore();
    }
    const place = Math.max(0, state.rows.findIndex((one) => one.num >= (wanted || 0)));
    await show(place);
  }

  async function loadMore() {
    if (!state.more || state.fetching) return;
    state.fetching = true;
    try {
      const after = state.rows[state.rows.length - 1].num;
      const found = await getJson(`/queue?${query({ after })}`);
      state.rows.push(...found.rows);
      state.more = found.more;
      list.append(...found.rows.map(row));
    } finally {
      state.fetching = false;
    }
  }

  function row(finding) {
    const item = element("li", { id: `f${finding.num}`, role: "option" });
    item.dataset.num = finding.num;
    item.append(element("span", { class: "lead", dir: "auto" }, finding.lead), facts(finding));
    item.setAttribute("aria-selected", "false");
    return item;
  }

  function facts(finding) {
    const parts = [];
    if (finding.kind === "line") parts.push(`${finding.category}`, `${finding.removed}×`);
    else if (finding.kind === "quote") parts.push("quote", count(finding.copies, "document"));
    else parts.push(count(finding.copies, "copy"));
    parts.push(count(finding.words, "word"));
    const close = finding.kind === "cluster" && (finding.kinds || "").includes("guarded");
    return element("span", { class: "facts" },
      parts.map((text) => element("span", {}, text)),
      close && tag("differs where it matters", "close"),
      finding.verdict && tag(state.names[finding.verdict] || finding.verdict, "said"));
  }

  function mark(number, verdict) {
    const finding = state.rows.find((one) => one.num === number);
    if (!finding) return;
    finding.verdict = verdict;
    const item = $(`#f${number}`);
    if (item) $(".facts", item).replaceWith(facts(finding));
    if (item) item.classList.toggle("decided", Boolean(verdict));
  }

  const current = () => state.rows[state.at];

  async function show(place, member) {
    const finding = state.rows[place];
    for (const item of $$("[aria-selected=true]", list)) item.setAttribute("aria-selected", "false");
    state.at = place;
    if (!finding) {
      list.removeAttribute("aria-activedescendant");
      const open = form.elements.status.value === "open";
      pane.replaceChildren(element("div", { class: "empty" },
        element("h2", {}, open ? "Nothing is left to review here" : "Nothing is listed"),
        element("p", { class: "soft" }, open ? "Widen the filter, look at what a rule settled, or apply what was decided." : "Widen the filter.")));
      shape(null);
      return;
    }
    const item = $(`#f${finding.num}`);
    item.setAttribute("aria-selected", "true");
    item.classList.toggle("decided", Boolean(finding.verdict));
    list.setAttribute("aria-activedescendant", item.id);
    if (list.scrollHeight > list.clientHeight) list.scrollTop = scrolledTo(item);
    const parameters = new URLSearchParams();
    if (member) parameters.set("member", member);
    if (state.whole) parameters.set("whole", "1");
    shape(finding);
    state.showing = fillPane(finding, parameters);
    await state.showing;
    if (place + 10 > state.rows.length) loadMore();
  }

  async function fillPane(finding, parameters) {
    const html = await getText(`/finding/${finding.num}?${parameters}`);
    if (current() !== finding) return;
    pane.innerHTML = html; // escaped by the server; the content policy runs no script of it
    pane.scrollTop = 0;
    state.seen = finding.num;
    if (state.shown && matchMedia("(max-width: 52rem)").matches) pane.scrollIntoView({ block: "start" });
    state.shown = true;
  }

  // Only what can be said of a finding can be pressed.
  function shape(finding) {
    for (const button of $$("[data-verdict]")) {
      const only = button.dataset.for;
      const fits = finding && (!only || only.split(" ").includes(finding.kind));
      button.hidden = !fits;
    }
  }

  // Where the list must be scrolled for an item to be seen; the page itself stays where it is.
  function scrolledTo(item) {
    const top = item.offsetTop - list.offsetTop;
    return Math.max(Math.min(list.scrollTop, top), top + item.offsetHeight - list.clientHeight);
  }

  async function move(step) {
    state.whole = false;
    if (state.at + step >= state.rows.length) await loadMore();
    const place = state.at + step;
    if (place < 0 || place >= state.rows.length) say(step > 0 ? "This is the last one." : "This is the first one.");
    else await show(place);
  }

  const chosen = () => Number(($("[data-chosen]", pane) || { dataset: {} }).dataset.chosen) || null;

  function moveMember(step) {
    const buttons = $$("[data-member]", pane);
    const at = buttons.findIndex((button) => button.getAttribute("aria-current"));
    const next = buttons[at + step];
    if (next) show(state.at, next.dataset.member);
  }

  // ---- deciding ------------------------------------------------------------------------------------

  function stand(found) {
    state.version = found.version;
    const { total, done, settled, steps } = found.progress;
    $("#progress-text").textContent = total
      ? `${figure(done)} of ${figure(total)} reviewed, ${figure(settled)} settled by rule`
      : `nothing needs a decision, ${figure(settled)} settled by rule`;
    const share = total ? Math.round((100 * done) / total) : 100;
    $(".track").setAttribute("aria-valuenow", share);
    const bar = $(".track .done");
    bar.hidden = !share;
    bar.style.width = `${share}%`;
    const notes = found.conflicts + found.stale;
    $("#notes-count").hidden = !notes;
    $("#notes-count").textContent = notes;
    $("#apply-count").textContent = count(steps, "decision");
    $("[data-undo]").disabled = !steps;
  }

  function decide(verdict) {
    const finding = current();
    const button = $(`[data-verdict="${verdict}"]`);
    if (!finding || !button || button.hidden) return;
    const showing = state.showing;
    let member = state.seen === finding.num ? chosen() : null;
    inTurn(async () => {
      if (!member) await showing; // the key came before the finding was there
      member ||= state.seen === finding.num ? chosen() : null;
      const found = await getJson("/decide", { verdict, finding: finding.num, member, version: state.version });
      stand(found);
      mark(finding.num, found.finding.verdict);
      say(`${state.names[found.verdict] || found.verdict}: ${finding.lead.slice(0, 60)} ${found.note}`, Boolean(found.note));
      if (current() === finding) {
        const stays = verdict === "exclude" && $$("[data-member]", pane).length > 1;
        if (stays || state.at + 1 >= state.rows.length) await show(state.at, member);
        else await move(1);
      }
    });
  }

  function undo() {
    inTurn(async () => {
      const found = await getJson("/undo", { version: state.version });
      stand(found);
      await loadQueue(found.finding || (current() ? current().num : 0));
      say(found.undone ? `Undone: ${found.undone}.` : "There is nothing to undo.");
    });
  }

  async function refresh() {
    const found = await getJson("/state");
    Object.assign(state, { names: found.names, threshold: found.threshold, facets: found.facets });
    stand(found);
    if (found.writing !== null) last = last.then(written).catch((problem) => say(problem.message, true));
    await loadQueue(current() ? current().num : 0);
  }

  // ---- the boxes -----------------------------------------------------------------------------------

  const opening = {
    "batch-box": loadBatch, "threshold-box": loadThreshold, "sample-box": loadSample, "notes-box": loadNotes,
    "apply-box": (box) => { $(".holder", box).textContent = ""; },
  };

  async function open(name) {
    const box = document.getElementById(name);
    if (box.open) return;
    box.showModal();
    try {
      await (opening[name] || (() => {}))(box);
    } catch (problem) {
      say(problem.message, true);
      box.close();
    }
  }

  async function loadBatch(box) {
    const holder = $(".holder", box);
    holder.textContent = "Counting…";
    const found = await getJson(`/batch?${query()}`);
    const { findings, removals, words } = found.count;
    holder.innerHTML = found.html; // escaped by the server
    const { copies, quotes, lines } = found.kinds;
    const parts = [[copies, "copy", "stays", "stay"], [lines, "boilerplate line", "is never taken out", "are never taken out"], [quotes, "quote", "is reported no more", "are reported no more"]]
      .filter(([many]) => many).map(([many, what, one, several]) => `${count(many, what)} ${many === 1 ? one : several}`);
    holder.prepend(
      element("p", {}, `${count(findings, "finding")} with ${count(removals, "removal")} and ${count(words, "word")}, decided as one step that one undo takes back.`),
      element("p", { class: "small soft" }, `If you reject them: ${parts.join(", ")}.`),
      element("h3", {}, count(found.samples, "sample")),
    );
  }

  function decideAll(verdict) {
    inTurn(async () => {
      const found = await getJson("/decide-all", { verdict, filter: filters(), version: state.version });
      $("#batch-box").close();
      stand(found);
      await loadQueue();
      if (found.writing !== null) await written();
      say(`${state.names[verdict]}: ${count(found.findings, "finding")} in one step. Press u to undo it.`);
    });
  }

  // A large batch counts at once and is written behind the answers; until it is, nothing else can be decided.
  async function written() {
    for (;;) {
      const found = await getJson("/progress");
      stand(found);
      if (found.writing === null) {
        if (!found.problem) return;
        await loadQueue();
        throw new Error(found.problem);
      }
      say(`Writing the decisions: ${Math.round(100 * found.writing)}%. You can read on.`);
      await new Promise((done) => { setTimeout(done, 200); });
    }
  }

  async function loadThreshold(box) {
    const slider = $("#threshold");
    const found = await getJson(`/threshold?steps=1&at=${state.threshold}`);
    state.steps = found.steps;
    slider.value = state.threshold;
    drawChart();
    tellThreshold();
    $(".holder", box).innerHTML = found.html; // escaped by the server
  }

  function drawChart() {
    const chart = $("#threshold-chart");
    const most = Math.max(1, ...state.steps.map((step) => step.words));
    const points = state.steps.map((step, place) => `${(600 * place) / (state.steps.length - 1)},${116 - (112 * step.words) / most}`);
    const line = (x, name) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", "line");
      for (const [key, value] of Object.entries({ x1: x, x2: x, y1: 0, y2: 120 })) made.setAttribute(key, value);
      made.setAttribute("class", name);
      return made;
    };
    const area = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
    area.setAttribute("points", `0,120 ${points.join(" ")} 600,120`);
    chart.replaceChildren(area, line(1200 * (state.threshold - 0.5), "own"), line(0, "now"));
  }

  function tellThreshold() {
    const at = Number($("#threshold").value);
    const step = state.steps[Math.round((at - 0.5) * 100)];
    const own = state.steps[Math.round((state.threshold - 0.5) * 100)];
    $("#threshold-value").textContent = `${Math.round(at * 100)}%`;
    for (const end of ["x1", "x2"]) $("#threshold-chart .now").setAttribute(end, 1200 * (at - 0.5));
    const change = (now, then, what) => (now === then ? `as many ${what}s` : `${count(Math.abs(now - then), what)} ${now > then ? "more" : "fewer"}`);
    $("#threshold-text").textContent = `${count(step.removals, "copy")} and ${count(step.words, "word")} would go`
      + (at === state.threshold ? ", as in this run." : `: ${change(step.removals, own.removals, "copy")}, ${change(step.words, own.words, "word")}, than at ${Math.round(state.threshold * 100)}%.`);
  }

  async function loadSample(box) {
    const found = await getJson("/sample");
    state.sampled = found.removal;
    $(".holder", box).innerHTML = found.html; // escaped by the server
    for (const button of $$("[data-answer]", box)) button.hidden = !found.removal;
  }

  function answer(right) {
    if (!state.sampled) return;
    const removal = state.sampled;
    state.sampled = null;
    inTurn(async () => {
      await ask("/answer", { removal, right });
      await loadSample($("#sample-box"));
    });
  }

  async function loadNotes(box) {
    $(".holder", box).innerHTML = await getText("/notes"); // escaped by the server
  }

  async function openDocument(number) {
    const box = $("#document-box");
    $(".holder", box).innerHTML = await getText(`/document/${number}`); // escaped by the server
    if (!box.open) box.showModal();
    box.scrollTop = 0;
  }

  function openChosen(kept) {
    const places = $$(`${kept ? ".pane.kept" : ".pane:not(.kept)"} [data-document]`, pane);
    if (places.length) openDocument(places[0].dataset.document).catch((problem) => say(problem.message, true));
  }

  function apply() {
    const told = $("#apply-box .holder");
    const button = $("#apply");
    told.textContent = "Writing…";
    button.disabled = true;
    inTurn(async () => {
      try {
        const found = await getJson("/apply", { version: state.version });
        stand(found);
        told.textContent = `Done: ${found.told}.`;
      } catch (problem) {
        told.textContent = problem.message;
        throw problem;
      } finally {
        button.disabled = false;
      }
    });
  }

  // ---- what starts it all --------------------------------------------------------------------------

  function fill(select, values) {
    // Not by element: the value is what is asked for, whatever characters are in it.
    select.append(...values.map(([value, shown, number]) => new Option(`${shown} (${figure(number)})`, value)));
  }

  const keys = {
    j: () => move(1), k: () => move(-1), "]": () => moveMember(1), "[": () => moveMember(-1),
    ArrowDown: () => move(1), ArrowUp: () => move(-1),
    a: () => decide("accept"), r: () => decide("reject"), s: () => decide("swap"), x: () => decide("exclude"),
    b: () => decide("boilerplate"), n: () => decide("never-boilerplate"), N: () => decide("never-rule"), u: undo,
    f: () => form.elements.status.focus(), "/": () => form.elements.text.focus(), "?": () => open("help-box"),
    e: () => { state.whole = !state.whole; show(state.at, chosen()); },
  };

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    if (document.querySelector("dialog[open]")) {
      if ($("#sample-box").open && (event.key === "y" || event.key === "n")) answer(event.key === "y");
      return;
    }
    if (target.closest("input, select, textarea")) {
      if (event.key === "Escape") list.focus();
      return;
    }
    if (event.key.startsWith("Arrow") && target !== list) return;
    if (event.key === "Enter") {
      if (target.closest("button, a, summary")) return;
      openChosen(event.shiftKey);
    } else if (keys[event.key]) {
      event.preventDefault();
      keys[event.key]();
    }
  });

  let waiting;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => loadQueue().catch((problem) => say(problem.message, true)), 150);
  });
  form.addEventListener("reset", () => setTimeout(() => loadQueue(), 0));
  form.addEventListener("submit", (event) => { event.preventDefault(); list.focus(); });

  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) show(state.rows.findIndex((one) => one.num === Number(item.dataset.num)));
  });
  list.addEventListener("scroll", () => {
    if (list.scrollTop + list.clientHeight > list.scrollHeight - 300) loadMore();
  });

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { open: name, verdict, move: step, member, document: number, batch, finding } = button.dataset;
    if (name) open(name);
    else if (verdict) decide(verdict);
    else if (step) move(Number(step));
    else if (member) show(state.at, member);
    else if (number) openDocument(number).catch((problem) => say(problem.message, true));
    else if (batch) decideAll(batch);
    else if (finding) { button.closest("dialog").close(); goTo(Number(finding)); }
    else if ("undo" in button.dataset) undo();
    else if ("whole" in button.dataset) { state.whole = true; show(state.at, chosen()); }
    else if (button.dataset.answer) answer(button.dataset.answer === "yes");
    else if (button.id === "apply") apply();
  });

  function goTo(number) {
    form.reset();
    form.elements.status.value = "all";
    loadQueue(number).then(async () => {
      while (state.more && !state.rows.some((one) => one.num === number)) await loadMore();
      show(Math.max(0, state.rows.findIndex((one) => one.num === number)));
    });
  }

  $("#threshold").addEventListener("input", () => {
    tellThreshold();
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const found = await getJson(`/threshold?at=${$("#threshold").value}`);
      $("#threshold-box .holder").innerHTML = found.html; // escaped by the server
    }, 120);
  });

  addEventListener("unhandledrejection", (event) => {
    say(event.reason.message, true);
    event.preventDefault();
  });

  refresh().then(() => {
    fill(form.elements.site, state.facets.sites);
    fill(form.elements.folder, state.facets.folders);
    fill(form.elements.rule, state.facets.rules);
    fill($("#categories"), state.facets.categories);
    list.focus({ preventScroll: true });
    document.documentElement.dataset.ready = "yes";
  }).catch((problem) => say(problem.message, true));
})();
