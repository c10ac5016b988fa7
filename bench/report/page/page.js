"use strict";

// Theme: the system's, until the button says otherwise; then what was said last.
const root = document.documentElement;
const button = document.getElementById("theme");
const systemDark = matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
}

function showTheme() {
  root.classList.toggle("dark", isDark()); // as DataTables asks for
  button.textContent = isDark() ? "Light" : "Dark";
  button.setAttribute("aria-pressed", String(isDark()));
  const template = theme();
  for (const canvas of document.querySelectorAll(".canvas.js-plotly-plot")) {
    Plotly.relayout(canvas, { template });
  }
}

function remembered() {
  try {
    return localStorage.getItem("theme");
  } catch {
    return null; // a browser may refuse storage to a page on disk
  }
}

button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  try {
    localStorage.setItem("theme", root.dataset.theme);
  } catch {
    // it holds until the page is closed
  }
  showTheme();
});
systemDark.addEventListener("change", showTheme);

// Pictures: each is drawn when it first comes into view.
function colour(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function theme() {
  const axis = { gridcolor: colour("--rule"), linecolor: colour("--rule") };
  const none = "rgba(0,0,0,0)";
  const font = { color: colour("--ink") };
  return { layout: { paper_bgcolor: none, plot_bgcolor: none, font, xaxis: axis, yaxis: axis } };
}

function draw(canvas) {
  const { data, layout } = JSON.parse(canvas.nextElementSibling.textContent);
  const narrow = canvas.clientWidth < 500;
  if (narrow && layout.xaxis) {
    layout.font = { size: 10 };
  }
  layout.template = theme();
  if (chosen()) {
    mark(data, layout, chosen());
  }
  const config = { responsive: true, displaylogo: false, modeBarButtonsToRemove: ["select2d", "lasso2d"] };
  Plotly.newPlot(canvas, data, layout, config);
}

function drawOnce(canvas) {
  comesIntoView.unobserve(canvas);
  if (!canvas.dataset.drawn) {
    canvas.dataset.drawn = "true";
    draw(canvas);
  }
}

const comesIntoView = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((each) => each.isIntersecting)) {
    drawOnce(entry.target);
  }
}, { rootMargin: "200px" });

for (const canvas of document.querySelectorAll(".canvas")) {
  canvas.style.minHeight = `${canvas.dataset.height}px`;
  comesIntoView.observe(canvas);
}

// What is open is printed whole, seen before or not.
addEventListener("beforeprint", () => {
  for (const canvas of document.querySelectorAll(".canvas")) {
    if (canvas.checkVisibility()) {
      drawOnce(canvas);
    }
  }
});

// A chosen detector: its lines and points stand out, the others fade.
function mark(data, layout, detector) {
  for (const trace of data) {
    const about = trace.meta ?? {};
    if (trace.type === "heatmap") {
      const row = detector ? about.detectors.indexOf(detector) : -1;
      const box = { type: "rect", xref: "paper", x0: 0, x1: 1, y0: row - 0.5, y1: row + 0.5 };
      layout.shapes = row < 0 ? [] : [{ ...box, line: { color: "#D55E00", width: 3 } }];
    } else if (about.detectors) {
      const found = about.detectors.indexOf(detector);
      trace.selectedpoints = detector ? (found < 0 ? [] : [found]) : null;
    } else if (about.detector) {
      trace.opacity = !detector || about.detector === detector ? 1 : 0.2;
      if (about.detector === detector) {
        trace.visible = true;
      }
    }
  }
}

// Tables: DataTables sorts and filters what is readable without it, from when it is first to be seen.
let $ = null; // until it is loaded

function enhance() {
  for (const table of $ ? document.querySelectorAll(".table table:not(.dataTable)") : []) {
    if (table.checkVisibility()) {
      enhanceOne(table);
    }
  }
}

function enhanceOne(table) {
  $(table).DataTable({
    paging: false,
    info: false,
    autoWidth: false,
    order: [],
    language: { search: "Filter", searchPlaceholder: "words", zeroRecords: "No row has these words." },
    layout: { topStart: table.rows.length > 6 ? "search" : null, topEnd: null, bottomStart: null, bottomEnd: null },
  });
  const scrolls = table.closest(".dt-layout-table");
  scrolls.tabIndex = 0;
  scrolls.setAttribute("role", "region");
  scrolls.setAttribute("aria-label", table.caption.textContent);
}

document.addEventListener("toggle", enhance, true); // captured, since it does not bubble

// The detector of the address, #detector=NAME; the address of a part opens what it lies in.
function chosen() {
  return new URLSearchParams(location.hash.slice(1)).get("detector") ?? "";
}

function showChosen() {
  const detector = chosen();
  document.getElementById("detector").value = detector;
  document.getElementById("clear").hidden = !detector;
  const rows = [...document.querySelectorAll("tr[data-detector]")];
  for (const row of rows) {
    row.classList.toggle("chosen", row.dataset.detector === detector);
  }
  const own = rows.filter((row) => row.dataset.detector === detector);
  const suites = new Set(own.map((row) => row.closest(".suite")));
  document.getElementById("found").textContent =
    !detector ? "" : own.length ? `in ${suites.size} ${suites.size === 1 ? "suite" : "suites"}` : "there is no such detector";
  for (const canvas of document.querySelectorAll(".canvas.js-plotly-plot")) {
    mark(canvas.data, canvas.layout, detector);
    Plotly.redraw(canvas);
  }
  const first = own.find((row) => row.closest(".suite").open) ?? own[0];
  if (first) {
    open(first);
    first.scrollIntoView({ block: "center" });
  }
}

function open(element) {
  for (let part = element.closest("details"); part; part = part.parentElement.closest("details")) {
    part.open = true;
  }
  enhance();
}

function follow() {
  const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (part) {
    open(part);
    part.scrollIntoView();
  }
  showChosen();
}

document.getElementById("find").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = document.getElementById("detector").value.trim();
  location.hash = name ? `detector=${encodeURIComponent(name)}` : "";
});
document.getElementById("clear").addEventListener("click", () => {
  location.hash = "";
});
addEventListener("hashchange", follow);

const saved = remembered();
if (saved === "light" || saved === "dark") {
  root.dataset.theme = saved;
}
showTheme();

const module = URL.createObjectURL(new Blob([window.tablesModule], { type: "text/javascript" }));
import(module).then(({ jQuery }) => {
  URL.revokeObjectURL(module);
  $ = jQuery;
  enhance();
  follow();
  root.dataset.ready = "true";
});
