// What the shell knows: the territory's manifest and a mirror of the viewer's state.
//
// The viewer owns the truth. Until it is there, the mirror follows the commands by itself, so that every control works from the first moment.

import { opensAlone } from "./ahead.js";
import { around, stepped } from "./ruler.js";
import { clock, instantOf } from "./words.js";

/** Commands kept for a viewer that has not arrived; later ones push out the oldest. */
const WAITING_MAX = 200;

const listeners = new Set();
let send = null;
let waiting = [];

export const store = {
  manifest: null,
  /** What lies over it, as the viewer has told. */
  laid: null,
  timezone: "Europe/Paris",
  /** `{start, end, step}` of the hours on the slider, milliseconds. */
  axis: { start: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1), step: 3_600_000 },
  /** First and last year that the clock may be set to. */
  years: [1850, 2056],
  /** What may be shown in time: `{id, title, unit, layer, start, end, gaps}` of each series. */
  series: [],
  state: {
    territory: "", camera: null, instant: "2026-06-21T13:30:00Z", year: 2026,
    playback: { playing: false, speed: 3600 }, hidden: [], filters: [], attribute: null, theme: "none", selection: null, language: "fr",
    raised: false, balance: false, mean: false, gather: true, series: null, span: null, scale: { breaks: { by: "smooth" }, palette: "cividis" },
    flows: { shown: false, equipped_percent: 0, over: "hour" }, area: { corners: [], drawing: false },
  },
  /** The part of a share link after `#`, as the viewer writes it. */
  link: "",
  ready: false,
};

/** Calls `listener(state, before)` at every change. */
export function onChange(listener) {
  listeners.add(listener);
}

function replace(state) {
  const before = store.state;
  store.state = state;
  for (const listener of listeners) listener(state, before);
}

/** A state message of the viewer. */
export function receive(state, link) {
  if (typeof link === "string") store.link = link;
  replace({ ...store.state, ...state });
}

/** Does what a person asked for: at once here, and in the viewer when there is one. */
export function command(message) {
  if (send) send(message);
  else {
    waiting.push(message);
    if (waiting.length > WAITING_MAX) waiting.shift();
  }
  const guess = mirrored(store.state, message);
  if (guess !== store.state) replace(guess);
}

/** The viewer listens from now on; it first hears what it missed. */
export function connect(sender) {
  send = sender;
  const missed = waiting;
  waiting = [];
  missed.forEach(send);
}

/** The viewer is gone: commands wait again, for the mirror only. */
export function disconnect() {
  send = null;
}

/** The commands whose outcome is plain; camera moves are the viewer's own affair. */
function mirrored(state, message) {
  switch (message.do) {
    case "set-instant": return timed(state, message.instant);
    case "step-instant": return timed(state, Date.parse(state.instant) + 1000 * message.seconds);
    case "step-clock": return timed(state, stepped(Date.parse(state.instant), message.unit, message.count, store.timezone));
    case "set-span": return { ...state, span: message.span };
    case "show-mean": return { ...state, mean: message.shown };
    case "set-gather": return { ...state, gather: message.gather };
    case "set-scale": return { ...state, scale: message.scale };
    case "show-series": return shown(state, message.series);
    case "next-series": {
      const ids = [null, ...store.series.map(({ id }) => id)];
      const place = Math.max(0, ids.indexOf(state.series)) + message.by;
      return shown(state, ids[((place % ids.length) + ids.length) % ids.length]);
    }
    case "draw-area": return { ...state, area: { corners: message.drawing || (state.area?.corners.length ?? 0) < 3 ? [] : state.area.corners, drawing: message.drawing } };
    case "add-corner": return { ...state, area: { corners: [...(state.area?.corners ?? []), message.at], drawing: true } };
    case "remove-corner": return { ...state, area: { corners: (state.area?.corners ?? []).slice(0, -1), drawing: true } };
    case "set-area": return { ...state, area: { corners: message.corners, drawing: false } };
    case "show-flows": return { ...state, flows: { ...state.flows, shown: message.shown } };
    case "set-equipped": return { ...state, flows: { ...state.flows, equipped_percent: message.percent } };
    case "set-flow-span": return { ...state, flows: { ...state.flows, over: message.over } };
    case "set-year": return timed(state, inYear(Date.parse(state.instant), message.year));
    case "play": return { ...state, playback: { ...state.playback, playing: message.playing } };
    case "set-speed": return { ...state, playback: { ...state.playback, speed: message.speed } };
    case "set-theme": return { ...state, theme: message.theme };
    case "show-attribute": {
      const theme = message.attribute ? "attribute" : state.theme === "attribute" ? "none" : state.theme;
      return { ...state, attribute: message.attribute, theme };
    }
    case "set-filters": return { ...state, filters: message.filters };
    case "show-balance": return { ...state, balance: message.shown };
    case "set-raised": return { ...state, raised: message.raised };
    case "set-underground": return { ...state, underground: message.underground };
    case "set-quality": return { ...state, quality: message.quality };
    case "set-language": return { ...state, language: message.language };
    case "select": return { ...state, selection: message.selection };
    case "show-layer": {
      const hidden = state.hidden.filter((layer) => layer !== message.layer);
      if (!message.visible) hidden.push(message.layer);
      return { ...state, hidden };
    }
    default: return state;
  }
}

/** A series of objects is a meaning of colours, one of the whole territory a curve. */
function shown(state, id) {
  const series = store.series.find((one) => one.id === id);
  if (id !== null && !series) return state;
  const theme = series?.layer ? "series" : state.theme === "series" ? "none" : state.theme;
  // Colours of a layer that is switched off would be seen nowhere.
  return { ...state, series: id, theme, hidden: state.hidden.filter((layer) => layer !== series?.layer) };
}

/** The same day and hour of a year, or of the nearest one that the clock may be set to. */
function inYear(time, year) {
  const [first, last] = store.years;
  const count = Math.max(first, Math.min(last, year)) - Number(clock(time, store.timezone).year);
  return count ? stepped(time, "year", count, store.timezone) : time;
}

/** The state at another moment; the year is that of the moment. Years that the clock cannot be set to become the nearest that it can. */
function timed(state, instant) {
  let time = typeof instant === "number" ? instant : Date.parse(instant);
  if (!Number.isFinite(time)) return state;
  const [first, last] = reach();
  if (time < first || time >= last) time = inYear(time, Number(clock(time, store.timezone).year));
  return { ...state, instant: new Date(time).toISOString().replace(/\.\d+Z$/, "Z"), year: Number(clock(time, store.timezone).year) };
}

/** When the clock may be: in any of the years, and wherever there are values. */
export function reach() {
  const { start, end } = store.axis;
  const begins = (year) => instantOf(`${year}-01-01T00:00`, store.timezone);
  return [Math.min(start, begins(store.years[0])), Math.max(end, begins(store.years[1] + 1))];
}

/** All of time that there is something of: what has values, the part that is played, and the year that the clock is in. */
export function ruled() {
  const { start, end } = store.axis;
  const { instant, span } = store.state;
  const now = Date.parse(instant);
  const year = now >= start && now < end ? [start, end] : around("year", now, store.timezone);
  const played = span ? [Date.parse(span.start), Date.parse(span.end)] : [start, end];
  return [Math.min(start, year[0], played[0]), Math.max(end, year[1], played[1])];
}

/** What opens by its own address: a tileset, a description of tiles, an archive, a cloud of points. The viewer reads it; the shell knows its name. */
export function foreign(address) {
  if (!opensAlone(address)) return null;
  const name = address.split(/[?#]/)[0].split("/").at(-1);
  let title = name;
  try {
    title = decodeURIComponent(name);
  } catch {
    // A name that is no text stays as it is written.
  }
  const both = { fr: title, en: title };
  const layer = { id: "tileset", kind: "models", name: both, tileset: name, features: 0, tiles: 0, bytes: 0, datasets: [], nature: "declared" };
  return { jumeau: 1, id: "tileset", name: both, layers: [layer], axes: [], series: [], datasets: [] };
}

/** More than so many are not laid. */
const OVER_MAX = 16;

/**
 * What the page's own address lays on the ground (`?over=…`, as often as one likes), as whole addresses; relative ones count from the page.
 * What is none goes on as it stands: the viewer says what is wrong with it.
 */
export function overlays(search, base) {
  const asked = new URLSearchParams(search).getAll("over").map((one) => one.trim()).filter(Boolean);
  return asked.slice(0, OVER_MAX).map((one) => {
    try {
      // Servers that share the work are asked by the first of their names. Braces are the template's.
      const url = new URL(one.replaceAll("{s}", "a"), base);
      const plain = ["http:", "https:"].includes(url.protocol) && !url.username && !url.password;
      return plain ? url.href.replace(/%7B/gi, "{").replace(/%7D/gi, "}") : one;
    } catch {
      return one;
    }
  });
}

/** What the viewer has beside the manifest: documents that open by themselves, and what lies over. Whose data they are must be said. */
export function laid({ layers, imagery, datasets }) {
  const { manifest } = store;
  store.laid = { layers, imagery, datasets };
  if (!manifest) return;
  const joined = (known, more) => [...(known ?? []), ...(more ?? []).filter(({ id }) => !(known ?? []).some((one) => one.id === id))];
  store.manifest = { ...manifest, layers: joined(manifest.layers, layers), imagery: joined(manifest.imagery, imagery), datasets: joined(manifest.datasets, datasets) };
}

/** Reads the manifest, a promise of its text, and sets what follows from it. */
export async function readTerritory(address, told) {
  const manifest = foreign(address) ?? JSON.parse(await told);
  if (manifest?.jumeau !== 1 || !Array.isArray(manifest.layers)) throw new Error("manifest-version");
  store.manifest = manifest;
  // The viewer may have been faster.
  if (store.laid) laid(store.laid);
  store.timezone = valid(manifest.timezone) ? manifest.timezone : "Europe/Paris";
  // The clock runs over everything that has a date.
  const dated = (manifest.axes ?? []).map((axis) => [Date.parse(axis.start), Date.parse(axis.end)]).filter(([start, end]) => start < end);
  if (dated.length > 0) {
    const [start, end] = [Math.min(...dated.map(([first]) => first)), Math.max(...dated.map(([, last]) => last))];
    store.axis = { start, end, step: 3_600_000 };
  }
  const hidden = manifest.layers.filter((layer) => layer.visible === false).map((layer) => layer.id);
  // Of several pictures from above the newest lies on the ground at first.
  const pictures = [...(manifest.imagery ?? [])].sort((a, b) => (b.date ?? "").localeCompare(a.date ?? ""));
  hidden.push(...pictures.slice(1).map((picture) => picture.id));
  const link = linked();
  replace({
    ...store.state,
    territory: manifest.id,
    instant: manifest.home?.instant ?? store.state.instant,
    hidden,
    ...link,
  });
}

function valid(timezone) {
  try {
    return Boolean(timezone && new Intl.DateTimeFormat("en", { timeZone: timezone }));
  } catch {
    return false;
  }
}

/** What the shell shows of a share link before the viewer has read all of it. */
export function linked() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const state = {};
  const time = parts.get("t");
  if (time && Number.isFinite(Date.parse(time))) state.instant = time;
  if (["none", "demand", "construction-year", "series", "attribute"].includes(parts.get("theme"))) state.theme = parts.get("theme");
  if (parts.get("series")) state.series = parts.get("series");
  const year = Number(/^\d{4}$/.exec(parts.get("y") ?? "")?.[0]);
  // Years once had a clock of their own: a link of then was of the year in the colours of years, and of the date in all others.
  if (year && (!state.instant || state.theme === "construction-year")) Object.assign(state, timed({}, inYear(Date.parse(state.instant ?? store.state.instant), year)));
  else if (state.instant) Object.assign(state, timed({}, state.instant));
  if (["fr", "en"].includes(parts.get("lang"))) state.language = parts.get("lang");
  return state;
}
