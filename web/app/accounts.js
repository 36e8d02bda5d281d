// The balance: sources above the line, uses below it, as much above as below in every step. A picture, and the same numbers as a table (message `accounts`).

import { currentLanguage, dateText, has, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make, paced } from "./page.js";
import { COLOURS, LEFT, WIDTH, svg, three } from "./chart-frame.js";
import { renew } from "./renew.js";
import { footOf, saveButtons } from "./chart-save.js";

const HEIGHT = 180;
/** What a colour keeps of its light when it comes once more. */
const AGAIN = 0.55;
/** What passes the border is grey. */
const BORDER = "#969696";
/** Rows of the table. */
const ROWS_MAX = 100;

let accounts = null;

/** An accounts message of the viewer; without lines the balance is not shown. */
export function accountsOf(message) {
  const was = Boolean(accounts);
  accounts = Array.isArray(message.lines) ? message : null;
  if (accounts) drawAccountsSoon();
  else drawAccounts();
  if (accounts && !was) announce(t("accounts-title"));
}

export function wireAccounts() {
  byId("balance").addEventListener("change", (event) => command({ do: "show-balance", shown: event.target.checked }));
}

/** A colour by the place of a line, the same as on the desktop, darker where the colours begin again. */
function colour(line, place) {
  if (line.border) return BORDER;
  const again = AGAIN ** Math.floor(place / COLOURS.length);
  const parts = COLOURS[place % COLOURS.length].match(/[0-9a-f]{2}/g).map((part) => Math.trunc(Number.parseInt(part, 16) * again));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** Watts in the unit that reads best. */
function power(watts) {
  const [divisor, unit] = watts >= 1e9 ? [1e9, "GW"] : watts >= 1e6 ? [1e6, "MW"] : [1e3, "kW"];
  return `${three(watts / divisor)}\u00a0${unit}`;
}

function energy(wh) {
  if (wh === null) return t("no-data");
  const size = Math.abs(wh);
  const [divisor, unit] = size >= 1e9 ? [1e9, "GWh"] : size >= 1e6 ? [1e6, "MWh"] : [1e3, "kWh"];
  return `${three(wh / divisor)}\u00a0${unit}`;
}

/** Whether all lines of a step are known. */
const closed = (at) => accounts.lines.every((line) => (line.wh[at] ?? null) !== null);

/** The sum of a line over the steps that are closed: whole watt-hours, and both sides the same where a value is absent. Of none there is no sum. */
function over(line) {
  if (!line.wh.some((_, at) => closed(at))) return null;
  return line.wh.reduce((sum, wh, at) => (closed(at) ? sum + wh : sum), 0);
}

/** Hours of a part that are counted: days and months of a calendar differ. */
const hours = (at) => accounts.hours?.[at] || lasts(at) / 3_600_000;

/** Milliseconds of a part. */
const lasts = (at) => Math.max(1, Date.parse(accounts.starts[at + 1] ?? accounts.end) - Date.parse(accounts.starts[at])) || 3_600_000;

/** Mean watts of a line in a part; what is negative stands on no side. */
const watts = (line, at) => Math.max(0, line.wh[at] ?? 0) / hours(at);

export function drawAccounts() {
  byId("balance").checked = Boolean(store.state.balance);
  const place = byId("accounts");
  place.hidden = !accounts;
  if (!accounts) return place.replaceChildren();
  const parts = [make("h3", accounts.title || t(accounts.ofArea ? "accounts-of-area" : accounts.of ? "accounts-of-selection" : "accounts-title"))];
  if (accounts.madeUp) parts.push(make("p", t("made-up"), { class: "notice-line", title: t("made-up-help") }));
  if (accounts.waiting) parts.push(make("p", t("values-wait"), { class: "quiet" }));
  if (accounts.secret) parts.push(make("p", t("area-secret")));
  if (accounts.tooLong) parts.push(make("p", t("accounts-too-long")));
  else if (accounts.lines.length > 0) parts.push(picture(), ...extremes(), table(), origin(), saving());
  else if (!accounts.waiting) parts.push(make("p", t("accounts-none"), { class: "quiet" }));
  const open = accounts.open ?? accounts.starts.filter((_, at) => !closed(at)).length;
  if (accounts.lines.length > 0 && open > 0) parts.push(make("p", t("accounts-open", { count: number(open, 0) }), { class: "quiet" }));
  if (accounts.omitted?.length) parts.push(make("p", t("accounts-omitted", { names: accounts.omitted.join(", ") }), { class: "quiet" }));
  parts.push(make("p", t("accounts-help"), { class: "quiet" }));
  renew(place, ...parts);
  place.lang = currentLanguage();
}

/** As the clock moves. */
export const drawAccountsSoon = paced(drawAccounts);

/** What its values are, and whose. */
function origin() {
  const line = make("p", "", { class: "quiet" });
  if (has(accounts.nature)) line.append(make("b", t(accounts.nature), { class: "badge" }), " ");
  line.append(accounts.sources ?? "");
  return line;
}

/** The buttons that keep it; its picture says what each colour comes to. */
function saving() {
  const row = make("p", "", { class: "chart-files" });
  const keys = () => [true, false].flatMap((source) => accounts.lines.map((line, place) => [line, place]).filter(([line]) => line.source === source)
    .map(([line, place]) => ({ fill: colour(line, place), words: `${t(source ? "accounts-sources" : "accounts-uses")} · ${line.name} · ${energy(over(line))}` })));
  row.append(...saveButtons("balance", () => ({
    name: `${store.state.territory || "jumeau"}-bilan`, title: accounts.title || t("accounts-title"), drawn: picture(), keys: keys(), foot: footOf({ madeUp: accounts.madeUp, nature: accounts.nature, source: accounts.sources }),
  })));
  return row;
}

/** When most is used, and when least. */
function extremes() {
  if (!accounts.extremes) return [];
  const [[at, high], [then, low]] = accounts.extremes;
  const when = (moment) => dateText(Date.parse(moment), store.timezone);
  return [make("p", t("accounts-extremes", { high: power(high * 1e3), at: when(at), low: power(low * 1e3), then: when(then) }))];
}

function picture() {
  const { lines, starts } = accounts;
  const steps = starts.length;
  const sum = (source, at) => lines.filter((line) => line.source === source).reduce((all, line) => all + watts(line, at), 0);
  const most = Math.max(1, ...starts.map((_, at) => Math.max(sum(true, at), sum(false, at))));
  const middle = HEIGHT / 2;
  const scale = (middle - 6) / most;
  const [begin, end] = [Date.parse(starts[0]), Date.parse(starts[steps - 1]) + lasts(steps - 1)];
  const when = (time) => LEFT + ((time - begin) / (end - begin)) * (WIDTH - LEFT);
  const x = (at) => when(at < steps ? Date.parse(starts[at]) : end);
  const all = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 16}`, role: "img", "aria-label": t("accounts-picture"), class: "curve" });
  for (const source of [true, false]) {
    const base = new Array(steps).fill(0);
    lines.forEach((line, place) => {
      if (line.source !== source) return;
      let path = "";
      for (let at = 0; at < steps; at += 1) {
        const own = watts(line, at);
        if (own > 0) {
          const [near, far] = [base[at], base[at] + own].map((value) => middle + (source ? -1 : 1) * value * scale);
          path += `M${x(at).toFixed(1)} ${near.toFixed(2)}V${far.toFixed(2)}H${x(at + 1).toFixed(1)}V${near.toFixed(2)}Z`;
        }
        base[at] += own;
      }
      all.append(svg("path", { d: path, fill: colour(line, place) }));
    });
  }
  for (const [size, y] of [[most, 6], [0, middle], [most, HEIGHT - 6]]) {
    all.append(svg("line", { x1: LEFT, x2: WIDTH, y1: y, y2: y, class: "grid" }), svg("text", { x: LEFT - 4, y: y + 3, "text-anchor": "end" }, power(size)));
  }
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    const words = dateText(begin + share * (end - begin), store.timezone).split(", ")[end - begin <= 2 * 86_400_000 ? 1 : 0];
    all.append(svg("text", { x: LEFT + share * (WIDTH - LEFT), y: HEIGHT + 13, "text-anchor": anchor }, words));
  }
  const now = Date.parse(store.state.instant);
  if (now >= begin && now < end) {
    const at = when(now);
    all.append(svg("line", { x1: at, x2: at, y1: 2, y2: HEIGHT, class: "now" }));
  }
  all.onclick = (event) => {
    const box = all.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT);
    const place = starts.findLastIndex((start) => Date.parse(start) <= begin + share * (end - begin));
    if (place >= 0 && share < 1) command({ do: "set-instant", instant: starts[place] });
  };
  return all;
}

/** Each line at the clock and over all that is drawn; the sums of both sides are the same. */
function table() {
  const now = Date.parse(store.state.instant);
  const at = accounts.starts.findLastIndex((start) => Date.parse(start) <= now);
  const mean = (wh) => (wh === null || wh === undefined ? t("no-data") : power(wh / hours(at)));
  const nowWord = accounts.grain ? `accounts-mean-${accounts.grain}` : "accounts-now";
  const all = make("table", "", { class: "accounts" });
  all.append(make("caption", accounts.title || t("accounts-title"), { class: "hidden" }));
  for (const source of [true, false]) {
    const head = make("tr");
    head.append(...[source ? "accounts-sources" : "accounts-uses", nowWord, "accounts-all"].map((key) => make("th", t(key), { scope: "col" })));
    const lines = accounts.lines.map((line, place) => [line, place]).filter(([line]) => line.source === source).slice(0, ROWS_MAX);
    const rows = lines.map(([line, place]) => {
      const row = make("tr");
      const name = make("th", "", { scope: "row" });
      const swatch = make("i", "", { class: "swatch", "aria-hidden": "true" });
      swatch.style.backgroundColor = colour(line, place);
      name.append(swatch, " ", line.name);
      if (line.from) name.title = `${has(line.nature) ? `${t(line.nature)} · ` : ""}${line.from}`;
      row.append(name, make("td", mean(line.wh[at])), make("td", energy(over(line))));
      return row;
    });
    const last = make("tr", "", { class: "total" });
    const values = lines.map(([line]) => line.wh[at] ?? null);
    const of = lines.map(([line]) => over(line)).reduce((a, b) => (a === null || b === null ? null : a + b), 0);
    last.append(make("th", t("chart-total"), { scope: "row" }), make("td", mean(values.includes(null) ? null : values.reduce((a, b) => a + b, 0))), make("td", energy(of)));
    all.append(head, ...rows, last);
  }
  return all;
}
