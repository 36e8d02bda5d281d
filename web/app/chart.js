// Curves of a series: a picture for the eye, a table behind it for everybody, a file to carry away. The viewer says the values (message `chart`).

import { currentLanguage, dateText, has, named, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make } from "./page.js";

const WIDTH = 320;
const HEIGHT = 120;
/** Okabe and Ito's colours, as on the desktop; lines differ in their dashes too. */
const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442"];
const DASHES = ["", "6 3", "2 2", "8 3 2 3", "4 4", "1 3", "10 4"];
/** Rows of the table that are written; the file has them all. */
const ROWS_MAX = 400;

let chart = null;
/** The year hour by hour: midnights of its days, and 24 values of each. It comes apart from the chart, which changes with the day. */
let sheet = { days: [], hours: [] };
let said = "";

/** A chart message of the viewer; `null` takes it away. */
export function chartOf(message) {
  chart = message.chart ?? null;
  drawChart();
  const words = chart ? named(chart.title) : "";
  if (words && words !== said) announce(t("chart-announce", { title: words }));
  said = words;
}

/** A calendar message of the viewer. */
export function calendarOf(message) {
  sheet = { days: message.days ?? [], hours: message.hours ?? [] };
  if (chart) drawChart();
}

export function drawChart() {
  const place = byId("chart");
  place.hidden = !chart;
  // Of a selected object it stands in its sheet, of the whole territory beside the list it was chosen from.
  if (store.state.selection) byId("figures").before(place);
  else byId("layer-list").before(place);
  if (!chart) return place.replaceChildren();
  const table = place.querySelector("details.values")?.open ?? false;
  const unit = chart.unit ? ` (${chart.unit})` : "";
  const parts = [make("h3", `${named(chart.title)}${unit}`)];
  if (chart.typical) parts.push(make("p", t("chart-typical"), { class: "quiet" }));
  if (chart.waiting) parts.push(make("p", t("values-wait"), { class: "quiet" }));
  const known = chart.curves.some(({ points }) => points.some(([, value]) => value !== null));
  if (!known) parts.push(make("p", chart.waiting ? "" : t("chart-none"), { class: "quiet" }));
  else {
    parts.push(day(), ...keys());
    if (chart.duration.length > 1) {
      parts.push(make("p", t("chart-duration"), { class: "quiet" }), duration());
      parts.push(make("p", t("chart-counts", { known: number(chart.known, 0), absent: number(chart.absent, 0) }), { class: "quiet" }));
    }
    for (const [key, end] of [["chart-peak", chart.peak], ["chart-trough", chart.trough]]) {
      if (!end) continue;
      const [at, value] = end;
      const go = make("button", t(key, { value: written(value), instant: dateText(Date.parse(at), store.timezone) }), { type: "button", class: "small" });
      go.addEventListener("click", () => command({ do: "set-instant", instant: at }));
      parts.push(go);
    }
    parts.push(...worst());
    if (sheet.days.length > 1) parts.push(...calendar());
  }
  const origin = make("p", "", { class: "quiet" });
  if (has(chart.nature)) origin.append(make("b", t(chart.nature), { class: "badge" }), " ");
  origin.append([chart.source, chart.method].filter(Boolean).join(" · "));
  const details = make("details", "", { class: "values" });
  details.open = table;
  details.append(make("summary", t("chart-table")), values());
  const save = make("button", t("chart-csv"), { type: "button", class: "small" });
  save.addEventListener("click", download);
  const still = make("button", t("chart-png"), { type: "button", class: "small" });
  still.addEventListener("click", () => downloadPicture(place.querySelector("svg.curve")));
  const tools = make("p");
  tools.append(save, " ", still);
  if (!store.state.selection && store.state.series) {
    const close = make("button", t("close"), { type: "button", class: "small" });
    close.addEventListener("click", () => command({ do: "show-series", series: null }));
    tools.append(" ", close);
  }
  place.replaceChildren(...parts, origin, details, tools);
  place.lang = currentLanguage();
}

/** How often bounds are passed, and the moments when it is worst, each a way to go there. */
function worst() {
  const parts = [];
  if (Number.isFinite(chart.beyond)) parts.push(make("p", t("chart-beyond", { count: number(chart.beyond, 0) }), { class: "quiet" }));
  if (!chart.worst?.length) return parts;
  const list = make("ol", "", { class: "worst", "aria-label": t("chart-worst") });
  for (const [at, value] of chart.worst) {
    const row = make("li");
    const go = make("button", `${dateText(Date.parse(at), store.timezone)} · ${written(value)}`, { type: "button", class: "small" });
    go.addEventListener("click", () => command({ do: "set-instant", instant: at }));
    row.append(go);
    list.append(row);
  }
  return [...parts, make("p", t("chart-worst"), { class: "quiet" }), list];
}

/** Three digits that count. */
export function three(value) {
  return number(value, value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))));
}

function written(value) {
  return `${three(value)}${chart.unit ? `\u00a0${chart.unit}` : ""}`;
}

function name(curve) {
  return curve.name || t("chart-total");
}

function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

function frame(label, low, high) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 16}`, role: "img", "aria-label": label, class: "curve" });
  for (const share of [0, 0.5, 1]) {
    const y = HEIGHT - share * (HEIGHT - 8);
    picture.append(svg("line", { x1: 44, x2: WIDTH, y1: y, y2: y, class: "grid" }), svg("text", { x: 40, y: y + 3, "text-anchor": "end" }, three(low + share * (high - low))));
  }
  return picture;
}

function reach(values) {
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (low > 0 && low < 0.6 * high) low = 0;
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

const y = (value, low, high) => HEIGHT - ((value - low) / (high - low)) * (HEIGHT - 8);

function day() {
  const all = chart.curves.flatMap(({ points }) => points);
  const [low, high] = reach(all.map(([, value]) => value).filter((value) => value !== null));
  const times = chart.curves[0].points.map(([at]) => Date.parse(at));
  const step = times.length > 1 ? times[1] - times[0] : 3_600_000;
  const [start, end] = [times[0], times.at(-1) + step];
  const x = (time) => 44 + ((time - start) / Math.max(1, end - start)) * (WIDTH - 44);
  const most = chart.peak ? t("chart-peak", { value: written(chart.peak[1]), instant: dateText(Date.parse(chart.peak[0]), store.timezone) }) : "";
  const picture = frame(`${t("chart-of", { title: named(chart.title) })} ${most}`, low, high);
  chart.curves.forEach((curve, line) => {
    let path = "";
    let open = false;
    curve.points.forEach(([at, value]) => {
      const time = Date.parse(at);
      // A value holds for its whole step; where there is none the line is interrupted.
      if (value !== null) path += `${open ? "L" : "M"}${x(time).toFixed(1)} ${y(value, low, high).toFixed(1)}H${x(time + step).toFixed(1)}`;
      open = value !== null;
    });
    const total = !curve.name && chart.total;
    picture.append(svg("path", { d: path, fill: "none", "stroke-width": 2, stroke: total ? "currentColor" : COLOURS[line % COLOURS.length], "stroke-dasharray": total ? "" : DASHES[line % DASHES.length] }));
  });
  const now = Date.parse(store.state.instant);
  if (now >= start && now < end) picture.append(svg("line", { x1: x(now), x2: x(now), y1: 4, y2: HEIGHT, class: "now" }));
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    const time = start + share * (end - start);
    const words = end - start <= 2 * 86_400_000 ? dateText(time, store.timezone).split(", ")[1] : dateText(time, store.timezone).split(", ")[0];
    picture.append(svg("text", { x: x(time), y: HEIGHT + 13, "text-anchor": anchor }, words));
  }
  picture.addEventListener("click", (event) => {
    const box = picture.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * WIDTH - 44) / (WIDTH - 44);
    const place = Math.floor(share * times.length);
    if (place >= 0 && place < times.length) command({ do: "set-instant", instant: chart.curves[0].points[place][0] });
  });
  return picture;
}

function keys() {
  if (chart.curves.length < 2) return [];
  const list = make("ul", "", { class: "keys" });
  chart.curves.forEach((curve, line) => {
    const item = make("li");
    const total = !curve.name && chart.total;
    const key = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
    key.append(svg("line", { x1: 0, x2: 24, y1: 4, y2: 4, "stroke-width": 3, stroke: total ? "currentColor" : COLOURS[line % COLOURS.length], "stroke-dasharray": total ? "" : DASHES[line % DASHES.length] }));
    item.append(key, " ", name(curve));
    list.append(item);
  });
  if (chart.moreRows > 0) list.append(make("li", t("chart-more", { count: number(chart.moreRows, 0) })));
  return [list];
}

function duration() {
  const values = chart.duration;
  const [low, high] = reach(values);
  const picture = frame(t("chart-duration"), low, high);
  const path = values.map((value, place) => `${place ? "L" : "M"}${(44 + (place / (values.length - 1)) * (WIDTH - 44)).toFixed(1)} ${y(value, low, high).toFixed(1)}`).join("");
  picture.append(svg("path", { d: path, fill: "none", stroke: COLOURS[0], "stroke-width": 2 }));
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    picture.append(svg("text", { x: 44 + share * (WIDTH - 44), y: HEIGHT + 13, "text-anchor": anchor }, `${number(share * 100, 0)}\u00a0%`));
  }
  return picture;
}

/** Stops of the ramp "cividis" (Nuñez, Anderton, Renslow 2018), as the picture has them. */
const CIVIDIS = [[0, 32, 77], [33, 60, 110], [76, 85, 108], [108, 110, 114], [140, 136, 120], [175, 165, 112], [214, 196, 92], [255, 234, 70]];

function shade(share) {
  const place = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(place));
  return CIVIDIS[low].map((from, at) => Math.round(from + (place - low) * (CIVIDIS[low + 1][at] - from)));
}

/** Days from left to right, hours from top to bottom; months and their values stand in a table for whoever does not see colours. */
function calendar() {
  const known = sheet.hours.flat().filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const canvas = make("canvas", "", { width: sheet.days.length, height: 24, class: "calendar", role: "img", "aria-label": t("chart-calendar-of", { title: named(chart.title), low: written(low), high: written(high) }) });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(sheet.days.length, 24);
  sheet.hours.forEach((hours, day) => hours.forEach((value, hour) => {
    if (value === null) return;
    pixels.data.set([...shade((value - low) / (high - low || 1)), 255], 4 * (hour * sheet.days.length + day));
  }));
  context.putImageData(pixels, 0, 0);
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const day = Math.floor(((event.clientX - box.left) / box.width) * sheet.days.length);
    const hour = Math.min(23, Math.floor(((event.clientY - box.top) / box.height) * 24));
    const midnight = Date.parse(sheet.days[day] ?? "");
    if (Number.isFinite(midnight)) command({ do: "set-instant", instant: new Date(hourOf(midnight, hour)).toISOString().replace(/\.\d+Z$/, "Z") });
  });
  const key = make("p", "", { class: "quiet calendar-key" });
  key.append(three(low), make("i", "", { class: "ramp", "aria-hidden": "true" }), written(high));
  key.querySelector("i").style.backgroundImage = `linear-gradient(to right, ${CIVIDIS.map((colour) => `rgb(${colour})`).join(",")})`;
  const details = make("details", "", { class: "values" });
  details.append(make("summary", t("chart-months")), months());
  return [make("p", t("chart-calendar"), { class: "quiet" }), canvas, key, details];
}

/** The hour of a day on the clock: nights of 23 and 25 hours move it. */
function hourOf(midnight, hour) {
  const guess = midnight + 3_600_000 * hour;
  const told = Number(new Intl.DateTimeFormat("en-GB", { timeZone: store.timezone, hour: "2-digit", hourCycle: "h23" }).format(guess));
  const off = hour - told;
  return Math.abs(off) === 1 ? guess + 3_600_000 * off : guess;
}

function months() {
  const of = new Map();
  sheet.days.forEach((day, place) => {
    const month = new Intl.DateTimeFormat(currentLanguage(), { timeZone: store.timezone, month: "long", year: "numeric" }).format(Date.parse(day));
    of.set(month, [...(of.get(month) ?? []), ...sheet.hours[place].filter((value) => value !== null)]);
  });
  const table = make("table");
  const head = make("tr");
  head.append(...["chart-month", "chart-lowest", "chart-mean", "chart-highest"].map((word) => make("th", t(word), { scope: "col" })));
  const rows = [...of].map(([month, values]) => {
    const row = make("tr");
    const cell = (value) => make("td", values.length === 0 ? t("no-data") : three(value));
    row.append(make("th", month, { scope: "row" }), cell(Math.min(...values)), cell(values.reduce((a, b) => a + b, 0) / Math.max(1, values.length)), cell(Math.max(...values)));
    return row;
  });
  table.append(make("caption", `${named(chart.title)}${chart.unit ? ` (${chart.unit})` : ""}`), head, ...rows);
  return table;
}

function values() {
  const table = make("table");
  const head = make("tr");
  head.append(make("th", t("chart-instant"), { scope: "col" }), ...chart.curves.map((curve) => make("th", chart.curves.length > 1 ? name(curve) : chart.unit || t("chart-value"), { scope: "col" })));
  const rows = chart.curves[0].points.slice(0, ROWS_MAX).map(([at], place) => {
    const row = make("tr");
    row.append(make("th", dateText(Date.parse(at), store.timezone), { scope: "row" }));
    row.append(...chart.curves.map(({ points }) => make("td", (points[place]?.[1] ?? null) === null ? t("no-data") : three(points[place][1]))));
    return row;
  });
  table.append(make("caption", named(chart.title), { class: "hidden" }), head, ...rows);
  const scroll = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("chart-table") });
  scroll.append(table);
  return scroll;
}

function download() {
  // The mark at the beginning tells spreadsheets that it is UTF-8.
  keep("csv", new Blob(["\ufeff", chart.csv], { type: "text/csv;charset=utf-8" }));
}

/** The curve of the day as a picture, four times as large, with title and source: what is shown elsewhere says where it comes from. */
function downloadPicture(drawn) {
  if (!drawn) return;
  const [scale, head, foot] = [4, 22, 18];
  const [width, height] = [WIDTH + 8, HEIGHT + 16 + head + foot];
  const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: width * scale, height: height * scale, viewBox: `0 0 ${width} ${height}` });
  const [ink, paper] = [getComputedStyle(document.body).color, getComputedStyle(byId("layers")).backgroundColor];
  const inside = drawn.cloneNode(true);
  for (const [key, value] of Object.entries({ x: 0, y: head, width: WIDTH, height: HEIGHT + 16, overflow: "visible" })) inside.setAttribute(key, value);
  inside.querySelectorAll("text").forEach((text) => text.setAttribute("fill", ink));
  inside.querySelectorAll(".grid").forEach((line) => line.setAttribute("stroke", "#88888855"));
  inside.querySelectorAll(".now").forEach((line) => line.setAttribute("stroke", "#d55e00"));
  const style = { fill: ink, "font-family": "sans-serif" };
  picture.append(
    svg("rect", { width: "100%", height: "100%", fill: paper }),
    svg("text", { ...style, x: 4, y: 14, "font-size": 11, "font-weight": 600 }, `${named(chart.title)}${chart.unit ? ` (${chart.unit})` : ""}`),
    inside,
    svg("text", { ...style, x: 4, y: height - 5, "font-size": 7 }, [t(has(chart.nature) ? chart.nature : "no-data"), chart.source].filter(Boolean).join(" · ")),
  );
  picture.style.color = ink;
  picture.style.font = "10px sans-serif";
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", "", { width: width * scale, height: height * scale });
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.toBlob((blob) => blob && keep("png", blob), "image/png");
  });
  image.addEventListener("error", () => announce(t("chart-png-failed")));
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
}

function keep(ending, blob) {
  const link = make("a", "", { download: `${chart.series.replace(/[^\w-]+/g, "-")}.${ending}` });
  link.href = URL.createObjectURL(blob);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
