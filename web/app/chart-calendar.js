// A year of a series as a sheet of days and hours, and its months as a table.

import { currentLanguage, form, named, t } from "./words.js";
import { command, store } from "./state.js";
import { make } from "./page.js";
import { HEIGHT, LEFT, WIDTH, svg, three, written } from "./chart-frame.js";

/** Stops of the ramp "cividis" (Nuñez, Anderton, Renslow 2018), as the picture has them. */
const CIVIDIS = [[0, 32, 77], [33, 60, 110], [76, 85, 108], [108, 110, 114], [140, 136, 120], [175, 165, 112], [214, 196, 92], [255, 234, 70]];

function shade(share) {
  const place = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(place));
  return CIVIDIS[low].map((from, at) => Math.round(from + (place - low) * (CIVIDIS[low + 1][at] - from)));
}

/** Lowest and highest; nothing where nothing is known. */
function reachOf(sheet) {
  const known = sheet.hours.flat().filter((value) => value !== null);
  return known.length === 0 ? null : [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
}

/** A pixel for each hour of each day. */
function cells(sheet, [low, high]) {
  const canvas = make("canvas", "", { width: sheet.days.length, height: 24, class: "calendar", role: "img" });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(sheet.days.length, 24);
  sheet.hours.forEach((hours, day) => hours.forEach((value, hour) => {
    if (value === null) return;
    pixels.data.set([...shade((value - low) / (high - low || 1)), 255], 4 * (hour * sheet.days.length + day));
  }));
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** The sheet as a drawing that stands alone: with its hours, its days and the key of its colours. */
export function sheetPicture(chart, sheet) {
  const ends = reachOf(sheet);
  if (!ends) return null;
  const all = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 34}`, class: "curve" });
  const plot = { x: LEFT, y: 2, width: WIDTH - LEFT, height: HEIGHT };
  // Pixels are drawn large enough to keep their edges whoever shows them.
  const large = make("canvas", "", { width: 4 * sheet.days.length, height: 4 * HEIGHT });
  const pen = large.getContext("2d");
  pen.imageSmoothingEnabled = false;
  pen.drawImage(cells(sheet, ends), 0, 0, large.width, large.height);
  all.append(svg("rect", { ...plot, fill: "#88888833" }), svg("image", { ...plot, href: large.toDataURL(), preserveAspectRatio: "none" }));
  for (const hour of [0, 6, 12, 18]) all.append(svg("text", { x: LEFT - 4, y: plot.y + (hour / 24) * HEIGHT + 8, "text-anchor": "end" }, `${hour}\u00a0h`));
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    const day = sheet.days[Math.floor((sheet.days.length - 1) * share)];
    all.append(svg("text", { x: LEFT + share * (WIDTH - LEFT), y: HEIGHT + 13, "text-anchor": anchor }, form("DateTimeFormat", currentLanguage(), { timeZone: store.timezone, day: "numeric", month: "short", year: "numeric" }).format(Date.parse(day))));
  }
  const [y, wide, parts] = [HEIGHT + 22, 96, 32];
  all.append(svg("text", { x: LEFT, y: y + 8, "text-anchor": "end" }, `${three(ends[0])}\u00a0`));
  for (let part = 0; part < parts; part += 1) all.append(svg("rect", { x: LEFT + (part / parts) * wide, y, width: wide / parts + 0.2, height: 8, fill: `rgb(${shade(part / (parts - 1))})` }));
  all.append(svg("text", { x: LEFT + wide + 4, y: y + 8 }, written(ends[1], chart.unit)));
  return all;
}

/** Days from left to right, hours from top to bottom; months and their values stand in a table for whoever does not see colours. */
export function calendar(chart, sheet) {
  const ends = reachOf(sheet);
  if (!ends) return [];
  const [low, high] = ends;
  const canvas = cells(sheet, ends);
  canvas.setAttribute("aria-label", t("chart-calendar-of", { title: named(chart.title), low: written(low, chart.unit), high: written(high, chart.unit) }));
  canvas.onclick = (event) => {
    const box = canvas.getBoundingClientRect();
    const day = Math.floor(((event.clientX - box.left) / box.width) * sheet.days.length);
    const hour = Math.min(23, Math.floor(((event.clientY - box.top) / box.height) * 24));
    const midnight = Date.parse(sheet.days[day] ?? "");
    if (Number.isFinite(midnight)) command({ do: "set-instant", instant: new Date(hourOf(midnight, hour)).toISOString().replace(/\.\d+Z$/, "Z") });
  };
  const key = make("p", "", { class: "quiet calendar-key" });
  key.append(three(low), make("i", "", { class: "ramp", "aria-hidden": "true" }), written(high, chart.unit));
  key.querySelector("i").style.backgroundImage = `linear-gradient(to right, ${CIVIDIS.map((colour) => `rgb(${colour})`).join(",")})`;
  const details = make("details", "", { class: "values", "data-keep": "months" });
  details.append(make("summary", t("chart-months")), months(chart, sheet));
  return [make("p", t("chart-calendar"), { class: "quiet" }), canvas, key, details];
}

/** The hour of a day on the clock: nights of 23 and 25 hours move it. */
function hourOf(midnight, hour) {
  const guess = midnight + 3_600_000 * hour;
  const told = Number(form("DateTimeFormat", "en-GB", { timeZone: store.timezone, hour: "2-digit", hourCycle: "h23" }).format(guess));
  const off = hour - told;
  return Math.abs(off) === 1 ? guess + 3_600_000 * off : guess;
}

function months(chart, sheet) {
  const of = new Map();
  sheet.days.forEach((day, place) => {
    const month = form("DateTimeFormat", currentLanguage(), { timeZone: store.timezone, month: "long", year: "numeric" }).format(Date.parse(day));
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
