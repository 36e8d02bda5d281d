// Curves of a series: a picture for the eye, a table behind it for everybody, a file to carry away. The viewer says the values (message `chart`).

import { currentLanguage, dateText, has, named, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make, paced } from "./page.js";
import { day, duration, keys, looks } from "./chart-curves.js";
import { calendar, sheetPicture } from "./chart-calendar.js";
import { footOf, saveButtons } from "./chart-save.js";
import { over, typical } from "./chart-typical.js";
import { values } from "./chart-table.js";
import { written } from "./chart-frame.js";
import { renew } from "./renew.js";

let chart = null;
/** The year hour by hour: midnights of its days, and 24 values of each. It comes apart from the chart, which changes with the day. */
let sheet = { days: [], hours: [], typical: [] };
let drawn = { of: null, key: "", parts: [] };
let said = "";

/** A chart message of the viewer; `null` takes it away. */
export function chartOf(message) {
  chart = message.chart ?? null;
  if (chart) drawChartSoon();
  else drawChart();
  const words = chart ? named(chart.title) : "";
  if (words && words !== said) announce(t("chart-announce", { title: words }));
  said = words;
}

/** A calendar message of the viewer. */
export function calendarOf(message) {
  sheet = { days: message.days ?? [], hours: message.hours ?? [], typical: message.typical ?? [] };
  if (chart) drawChart();
}

export function drawChart() {
  const place = byId("chart");
  place.hidden = !chart;
  // Of a selected object it stands in its sheet, of the whole territory beside the list it was chosen from.
  const next = byId(store.state.selection ? "figures" : "layer-list");
  // Moved only where it must: whoever is moved loses the keyboard.
  if (place.nextElementSibling !== next) next.before(place);
  if (!chart) return place.replaceChildren();
  const unit = chart.unit ? ` (${chart.unit})` : "";
  const parts = [make("h3", `${named(chart.title)}${unit}`)];
  if (chart.typical) parts.push(make("p", t("chart-typical"), { class: "quiet" }));
  if (chart.waiting) parts.push(make("p", t("values-wait"), { class: "quiet" }));
  const known = chart.curves.some(({ points }) => points.some(([, value]) => value !== null));
  // What is selected is not among those that the series is of.
  const without = chart.curves.length === 0;
  if (!known) parts.push(make("p", chart.waiting ? "" : t(without ? "chart-without" : "chart-none"), { class: "quiet" }));
  else {
    parts.push(day(chart), ...keys(chart));
    if (chart.duration.length > 1) {
      parts.push(make("p", t("chart-duration"), { class: "quiet" }), duration(chart));
      parts.push(make("p", t("chart-counts", { known: number(chart.known, 0), absent: number(chart.absent, 0) }), { class: "quiet" }), saving("duration", () => duration(chart)));
    }
    for (const [key, end] of [["chart-peak", chart.peak], ["chart-trough", chart.trough]]) {
      if (!end) continue;
      const [at, value] = end;
      const go = make("button", t(key, { value: written(value, chart.unit), instant: dateText(Date.parse(at), store.timezone) }), { type: "button", class: "small" });
      go.onclick = () => command({ do: "set-instant", instant: at });
      parts.push(go);
    }
    parts.push(...over(chart), ...worst());
    parts.push(...year());
  }
  const origin = make("p", "", { class: "quiet" });
  if (chart.madeUp) origin.append(make("b", t("made-up"), { class: "badge made-up", title: t("made-up-help") }), " ");
  if (has(chart.nature)) origin.append(make("b", t(chart.nature), { class: "badge" }), " ");
  origin.append([chart.source, chart.method].filter(Boolean).join(" · "));
  if (without) {
    renew(place, ...parts, origin);
    place.lang = currentLanguage();
    return;
  }
  const details = make("details", "", { class: "values", "data-keep": "table" });
  details.append(make("summary", t("chart-table")));
  // Hundreds of cells that nobody sees would be written for each instant of a moving clock.
  const isRead = place.querySelector(':scope > details[data-keep="table"]')?.open;
  if (isRead) details.append(values(chart));
  details.ontoggle = ({ target }) => { if (target.open && target.childElementCount === 1) drawChart(); };
  const tools = saving("curves", () => (known ? day(chart) : null), () => (chart.curves.length > 1 ? looks(chart) : []));
  if (!store.state.selection && store.state.series) {
    const close = make("button", t("close"), { type: "button", class: "small" });
    close.onclick = () => command({ do: "show-series", series: null });
    tools.append(" ", close);
  }
  renew(place, ...parts, origin, details, tools);
  place.lang = currentLanguage();
}

/** The buttons that keep a part of the chart. */
function saving(of, drawn, legend = () => []) {
  const row = make("p", "", { class: "chart-files" });
  const unit = chart.unit ? ` (${chart.unit})` : "";
  const what = { curves: "", duration: ` · ${t("save-of-duration")}`, calendar: ` · ${t("save-of-calendar")}` }[of];
  row.append(...saveButtons(of, () => ({ name: [store.state.territory || "jumeau", chart.series, ...(of === "curves" ? [] : [of])].join("-"), title: `${named(chart.title)}${unit}${what}`, drawn: drawn(), keys: legend(), foot: footOf(chart) })));
  return row;
}

/** The sheet of a year and its typical days: the clock does not change them, so they are drawn once. */
function year() {
  const key = [named(chart.title), chart.unit, currentLanguage(), store.timezone].join();
  if (drawn.of !== sheet || drawn.key !== key) {
    drawn = { of: sheet, key, parts: [...(sheet.days.length > 1 ? [...calendar(chart, sheet), saving("calendar", () => sheetPicture(chart, sheet))] : []), ...typical(chart, sheet.typical)] };
  }
  return drawn.parts;
}

/** As the clock moves. */
export const drawChartSoon = paced(drawChart);

/** How often bounds are passed, and the moments when it is worst, each a way to go there. */
function worst() {
  const parts = [];
  if (Number.isFinite(chart.beyond)) parts.push(make("p", t("chart-beyond", { count: number(chart.beyond, 0) }), { class: "quiet" }));
  if (!chart.worst?.length) return parts;
  const list = make("ol", "", { class: "worst", "aria-label": t("chart-worst") });
  for (const [at, value] of chart.worst) {
    const row = make("li");
    const go = make("button", `${dateText(Date.parse(at), store.timezone)} · ${written(value, chart.unit)}`, { type: "button", class: "small" });
    go.onclick = () => command({ do: "set-instant", instant: at });
    row.append(go);
    list.append(row);
  }
  return [...parts, make("p", t("chart-worst"), { class: "quiet" }), list];
}
