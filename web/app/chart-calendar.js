// A year of a series as a sheet of days and hours, and its months as a table.

import { currentLanguage, form, named, t } from "./words.js";
import { command, store } from "./state.js";
import { make } from "./page.js";
import { three, written } from "./chart-frame.js";

/** Stops of the ramp "cividis" (Nuñez, Anderton, Renslow 2018), as the picture has them. */
const CIVIDIS = [[0, 32, 77], [33, 60, 110], [76, 85, 108], [108, 110, 114], [140, 136, 120], [175, 165, 112], [214, 196, 92], [255, 234, 70]];

function shade(share) {
  const place = Math.min(1, Math.max(0, share)) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(place));
  return CIVIDIS[low].map((from, at) => Math.round(from + (place - low) * (CIVIDIS[low + 1][at] - from)));
}

/** Days from left to right, hours from top to bottom; months and their values stand in a table for whoever does not see colours. */
export function calendar(chart, sheet) {
  const known = sheet.hours.flat().filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const canvas = make("canvas", "", { width: sheet.days.length, height: 24, class: "calendar", role: "img", "aria-label": t("chart-calendar-of", { title: named(chart.title), low: written(low, chart.unit), high: written(high, chart.unit) }) });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(sheet.days.length, 24);
  sheet.hours.forEach((hours, day) => hours.forEach((value, hour) => {
    if (value === null) return;
    pixels.data.set([...shade((value - low) / (high - low || 1)), 255], 4 * (hour * sheet.days.length + day));
  }));
  context.putImageData(pixels, 0, 0);
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
