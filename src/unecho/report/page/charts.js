// The charts of the overview. Each has its figures in a table below it, which is what readers without sight get.
"use strict";
(() => {
  const { facts } = unecho;
  const { number, percent } = unecho.text;
  const drawn = [];

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

  // A line where the threshold lies, with its name.
  const threshold = {
    id: "threshold",
    afterDatasetsDraw(chart, _, { at, label }) {
      if (at === undefined) return;
      const { ctx, chartArea, scales } = chart;
      const step = scales.x.getPixelForValue(1) - scales.x.getPixelForValue(0);
      const x = scales.x.getPixelForValue(0) - step / 2 + at * step;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("text");
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.moveTo(x, chartArea.top);
      ctx.lineTo(x, chartArea.bottom);
      ctx.stroke();
      ctx.font = `12px ${Chart.defaults.font.family}`;
      ctx.textAlign = x > (chartArea.left + chartArea.right) / 2 ? "right" : "left";
      ctx.fillText(label, x + (ctx.textAlign === "right" ? -6 : 6), chartArea.top + 10);
      ctx.restore();
    },
  };

  function options(more = {}) {
    const grid = { color: colour("line"), drawTicks: false };
    const ticks = { color: colour("soft"), precision: 0, maxRotation: 0, autoSkipPadding: 12 };
    return {
      responsive: true, maintainAspectRatio: false, animation: false, indexAxis: more.indexAxis || "x",
      interaction: { mode: "index", intersect: false, axis: more.indexAxis || "x" },
      plugins: {
        legend: { display: Boolean(more.legend), position: "top", align: "start", labels: { color: colour("text"), boxWidth: 12, boxHeight: 12 } },
        tooltip: { callbacks: more.callbacks || {} },
        threshold: more.threshold || {},
      },
      scales: {
        x: { stacked: true, grid: more.indexAxis ? grid : { display: false }, border: { display: false }, ticks, title: title(more.x) },
        y: { stacked: true, grid: more.indexAxis ? { display: false } : grid, border: { display: false }, ticks: { ...ticks, autoSkip: !more.indexAxis }, title: title(more.y) },
      },
    };
  }

  const title = (text) => ({ display: Boolean(text), text, color: colour("soft") });
  const bars = (label, data, name) => ({ label, data, backgroundColor: colour(name), borderRadius: 2, categoryPercentage: 0.92, barPercentage: 0.92, maxBarThickness: 64 });

  const made = {
    similarity(rows) {
      const width = (1 - facts.similar) / rows.length;
      return {
        type: "bar",
        data: {
          labels: rows.map(([low]) => percent(low).replace(".0%", "%")),
          datasets: [bars("removed", rows.map((row) => row[1]), "duplicate"), bars("stay", rows.map((row) => row[2]), "kept")],
        },
        options: options({
          legend: true, x: "share of the words covered", y: "paragraphs",
          threshold: { at: (facts.threshold - facts.similar) / width, label: `threshold ${Math.round(facts.threshold * 1000) / 10}%` },
          callbacks: { title: ([item]) => `${percent(rows[item.dataIndex][0])} to ${percent(Math.min(1, rows[item.dataIndex][0] + width))}` },
        }),
      };
    },
    sizes: (rows) => ({
      type: "bar",
      data: { labels: rows.map(([size]) => size), datasets: [bars("clusters", rows.map((row) => row[1]), "accent")] },
      options: options({ x: "copies", y: "clusters" }),
    }),
    categories(rows) {
      const sorted = [...rows].sort((a, b) => b[2] - a[2]).slice(0, 14);
      return {
        type: "bar",
        data: {
          labels: sorted.map(([reason, category]) => unecho.text.oneLine(category || facts.reasons[reason] || reason, 30)),
          datasets: [{ ...bars("words", sorted.map((row) => row[2]), "accent"), backgroundColor: sorted.map(([reason]) => colour(reason)) }],
        },
        options: options({ indexAxis: "y", x: "words" }),
        rows: sorted.length,
      };
    },
    time: (rows) => ({
      type: "bar",
      data: {
        labels: rows.map(([label]) => label),
        datasets: [bars("removed as copies", rows.map((row) => row[3]), "duplicate"), bars("other words", rows.map((row) => row[2] - row[3]), "kept")],
      },
      options: options({ legend: true, y: "words", callbacks: { footer: ([item]) => `${number(rows[item.dataIndex][1])} documents, ${percent(rows[item.dataIndex][2] ? rows[item.dataIndex][3] / rows[item.dataIndex][2] : 0)} copies` } }),
    }),
  };

  function draw() {
    for (const chart of drawn.splice(0)) chart.destroy();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const [name, make] of Object.entries(made)) {
      const figure = document.getElementById(`chart-${name}`);
      if (!figure) continue;
      const holder = figure.querySelector(".canvas");
      holder.hidden = false;
      const { rows, ...config } = make(facts.charts[name]);
      if (rows) holder.style.height = `${Math.max(rows * 1.7 + 3, 9)}rem`;
      drawn.push(new Chart(holder.querySelector("canvas"), { ...config, plugins: [threshold] }));
    }
    shade();
  }

  // The table of who repeats whom: the more words, the darker the cell.
  function shade() {
    const cells = [...document.querySelectorAll(".matrix td[data-words]")];
    const most = Math.max(1, ...cells.map((cell) => Number(cell.dataset.words)));
    for (const cell of cells) {
      const share = Math.round(8 + 52 * Math.sqrt(Number(cell.dataset.words) / most));
      cell.style.background = `color-mix(in srgb, var(--duplicate) ${share}%, transparent)`;
    }
  }

  unecho.charts = { draw };
})();
