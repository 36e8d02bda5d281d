// "Proposer": turbines, solar plants, batteries, charging hubs and lines, put down, moved and sized without a pointer; and what they would change.
// The viewer computes and words every number (message `proposal`); here they become HTML that can be read aloud.

import { currentLanguage, has, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, fileField, make } from "./page.js";
import { renew, sliding } from "./slider.js";

const TOOLS = ["turbine", "solar", "battery", "hub", "feeder"];
/** One press of an arrow, metres. */
const STEP = 25;
const FILE_BYTES_MAX = 4 << 20;
/** WGS84: its half axis, metres, and the square of its eccentricity. */
const AXIS = 6_378_137;
const ECCENTRICITY_2 = 6.694_379_990_141_316_5e-3;
const WIDTH = 320;
const HEIGHT = 110;

/** Fields of each kind: name, lowest, highest, step, unit. */
const FIELDS = {
  turbine: [["hub_m", 20, 180, 1, "m"]],
  solar: [["kwp", 1, 10_000, 1, "unit-kwp"], ["tilt_deg", 0, 90, 1, "°"], ["azimuth_deg", 0, 359, 1, "°"]],
  battery: [["kwh", 10, 50_000, 10, "kWh"], ["kw", 5, 20_000, 5, "kW"]],
  hub: [["points", 1, 100, 1, ""], ["kw", 3, 350, 1, "kW"]],
  feeder: [["kw", 10, 20_000, 10, "kW"]],
};

let answer = { state: "none" };
let said = "";
/** Parts that a person has unfolded stay so when the numbers change. */
const unfolded = new Set(["year"]);

/** A proposal message of the viewer. */
export function proposalOf(message) {
  answer = message && typeof message.state === "string" ? message : { state: "none" };
  drawProposal();
  const first = answer.headline?.find(({ key }) => key === "avoided") ?? answer.headline?.[0];
  const words = answer.state === "ready" && first ? `${first.name} : ${first.value}` : answer.message ?? "";
  if (words && words !== said) announce(words);
  said = words;
}

export function drawProposal() {
  const place = byId("proposal");
  if (!place) return;
  place.lang = currentLanguage();
  const { placed = [], chosen = null } = store.state.proposal ?? {};
  const parts = [make("p", t("proposal-help"), { class: "quiet" }), tools()];
  if (placed.length === 0) parts.push(make("p", t("proposal-none"), { class: "quiet" }));
  else {
    parts.push(list(placed, chosen));
    if (placed[chosen]) parts.push(editor(chosen, placed[chosen]));
    parts.push(whole(placed));
  }
  parts.push(files(placed));
  if (answer.message) parts.push(make("p", t("proposal-failed", { value: answer.message }), { class: "notice-line" }));
  else if (answer.state === "waiting") parts.push(make("p", t("proposal-waiting"), { class: "quiet" }));
  else if (answer.state === "ready" && placed.length > 0) parts.push(...results(placed));
  renew(place, parts);
}

function button(text, id, act, attributes = {}) {
  const made = make("button", text, { type: "button", class: "small", id, ...attributes });
  made.addEventListener("click", act);
  return made;
}

const kindName = (kind) => t(`proposal-${TOOLS.includes(kind) ? kind : "battery"}`);

/** What can be put down: with a click in the picture, or where the camera looks. */
function tools() {
  const field = make("fieldset", "", { class: "proposal-tools" });
  field.append(make("legend", t("proposal-put")));
  const inHand = store.state.proposal?.tool ?? null;
  for (const tool of TOOLS) {
    const row = make("div", "", { class: "proposal-row" });
    const pressed = tool === inHand;
    row.append(
      button(kindName(tool), `proposal-tool-${tool}`, () => command({ do: "use-tool", tool: pressed ? null : tool }), { "aria-pressed": String(pressed), title: t("proposal-click") }),
      button(t("proposal-here"), `proposal-here-${tool}`, () => command({ do: "place-here", tool }), { "aria-label": `${kindName(tool)} : ${t("proposal-here")}` }),
    );
    field.append(row);
  }
  if (inHand) field.append(make("p", t("proposal-now", { tool: kindName(inHand) }), { role: "status" }));
  return field;
}

function described({ thing }) {
  const { kind } = thing ?? {};
  const size = { turbine: () => thing.model, solar: () => `${number(thing.kwp, 0)}\u00a0${t("unit-kwp")}`, battery: () => `${number(thing.kwh, 0)}\u00a0kWh`, hub: () => `${thing.points} × ${number(thing.kw, 0)}\u00a0kW`, feeder: () => `${number(thing.kw, 0)}\u00a0kW` }[kind];
  return `${kindName(kind)} · ${size ? size() : ""}`;
}

function list(placed, chosen) {
  const made = make("ol", "", { class: "proposal-list" });
  placed.forEach((one, index) => {
    const row = make("li");
    const name = described(one);
    row.append(
      button(name, `proposal-choose-${index}`, () => command({ do: "choose-placed", index: index === chosen ? null : index }), { "aria-pressed": String(index === chosen) }),
      button("×", `proposal-remove-${index}`, () => command({ do: "remove-placed", index }), { "aria-label": t("proposal-remove", { name: `${index + 1}, ${name}` }) }),
    );
    made.append(row);
  });
  return made;
}

/** Size and place of the thing in hand. */
function editor(index, { at, thing }) {
  const field = make("fieldset", "", { class: "proposal-editor" });
  field.append(make("legend", `${index + 1}. ${kindName(thing.kind)}`));
  // A slider outlives the drawing: what it changes is what is in hand by then.
  const change = (next) => {
    const { placed = [], chosen = index } = store.state.proposal ?? {};
    const now = placed[chosen]?.thing;
    if (now?.kind === thing.kind) command({ do: "change-placed", index: chosen, thing: { ...now, ...next } });
  };
  for (const [name, low, high, step, unit] of FIELDS[thing.kind] ?? []) {
    const id = `proposal-${name}`;
    const label = make("label", t(`proposal-field-${name}`), { for: id });
    const shown = (value) => (unit ? `${number(value, 0)}\u00a0${unit.startsWith("unit-") ? t(unit) : unit}` : number(value, 0));
    const output = make("output", shown(thing[name]), { for: id });
    const slider = make("input", "", { type: "range", id, min: String(low), max: String(high), step: String(step), "aria-valuetext": shown(thing[name]) });
    slider.value = String(thing[name]);
    sliding(slider, shown, (value) => change({ [name]: value }));
    label.append(" ", output, slider);
    field.append(label);
  }
  if (thing.kind === "turbine") {
    const label = make("label", t("proposal-field-model"));
    const input = make("input", "", { type: "text", id: "proposal-model", maxlength: "60", autocomplete: "off", spellcheck: "false" });
    input.value = thing.model;
    input.addEventListener("change", () => input.value.trim() && change({ model: input.value.trim() }));
    label.append(input);
    field.append(label);
  }
  if (thing.kind === "solar") {
    const label = make("label", t("proposal-field-mount"));
    const select = make("select", "", { id: "proposal-mount" });
    for (const mount of ["roof", "car-park", "ground"]) {
      const option = make("option", t(`proposal-mount-${mount}`), { value: mount });
      option.selected = mount === thing.mount;
      select.append(option);
    }
    select.addEventListener("change", () => change({ mount: select.value }));
    label.append(select);
    field.append(label);
  }
  field.append(arrows("proposal-move", t("proposal-move"), (east, north) => command({ do: "move-placed", index, east_m: east, north_m: north })));
  if (thing.kind === "feeder") {
    field.append(arrows("proposal-end", t("proposal-end"), (east, north) => {
      const [lon, lat] = thing.to ?? at;
      change({ to: moved([lon, lat], east, north) });
    }));
  }
  return field;
}

/** A place some metres away, with the ellipsoid's radii of curvature there. */
export function moved([lon, lat], east, north) {
  const [sin, cos] = [Math.sin((lat * Math.PI) / 180), Math.cos((lat * Math.PI) / 180)];
  const bulge = 1 - ECCENTRICITY_2 * sin * sin;
  const across = AXIS / Math.sqrt(bulge);
  const degrees = 180 / Math.PI;
  return [lon + (degrees * east) / (across * Math.max(cos, 1e-6)), lat + (degrees * north) / ((across * (1 - ECCENTRICITY_2)) / bulge)];
}

function arrows(id, title, move) {
  const row = make("div", "", { role: "group", "aria-label": title, class: "proposal-row" });
  row.append(make("span", title, { class: "quiet" }));
  for (const [mark, way, east, north] of [["↑", "north", 0, STEP], ["↓", "south", 0, -STEP], ["←", "west", -STEP, 0], ["→", "east", STEP, 0]]) {
    row.append(button(mark, `${id}-${way}`, () => move(east, north), { "aria-label": `${title} : ${t(`proposal-${way}`)}` }));
  }
  return row;
}

/** What belongs to all of it: limit, use of batteries, wind. */
function whole(placed) {
  const { limit_kw: limit = null, battery_use: use = "connection", wind_ms: wind = null } = store.state.proposal ?? {};
  const field = make("fieldset", "", { class: "proposal-whole" });
  field.append(make("legend", t("proposal-whole")));
  const cap = make("label", `${t("proposal-limit")}, kW`);
  const input = make("input", "", { type: "number", id: "proposal-limit", min: "1", max: "1000000", step: "10", inputmode: "numeric", placeholder: t("proposal-limit-none") });
  input.value = limit === null ? "" : String(Math.round(limit));
  input.addEventListener("change", () => {
    const kw = input.value === "" ? null : Number(input.value);
    command({ do: "set-site-limit", kw: kw !== null && Number.isFinite(kw) && kw > 0 ? kw : null });
  });
  cap.append(input);
  field.append(cap);
  const kinds = new Set(placed.map(({ thing }) => thing?.kind));
  if (kinds.has("battery")) {
    const label = make("label", t("proposal-use"));
    const select = make("select", "", { id: "proposal-use" });
    for (const one of ["connection", "own-use"]) {
      const option = make("option", t(`proposal-use-${one}`), { value: one });
      option.selected = one === use;
      select.append(option);
    }
    select.addEventListener("change", () => command({ do: "set-battery-use", battery_use: select.value }));
    label.append(select);
    field.append(label);
  }
  if (kinds.has("turbine")) {
    const label = make("label", `${t("proposal-wind")}, m/s`);
    const speed = make("input", "", { type: "number", id: "proposal-wind", min: "2", max: "12", step: "0.1", inputmode: "decimal" });
    speed.value = wind === null ? "" : String(wind);
    speed.placeholder = "6.5";
    speed.addEventListener("change", () => {
      const ms = speed.value === "" ? null : Number(speed.value);
      command({ do: "set-site-wind", ms: ms !== null && Number.isFinite(ms) && ms > 0 ? ms : null });
    });
    label.append(speed);
    field.append(label);
  }
  return field;
}

/** A proposal goes out and comes in as GeoJSON; it stays on this device unless its link is shared. */
function files(placed) {
  const row = make("div", "", { class: "proposal-row" });
  if (placed.length > 0 && answer.geojson) {
    const save = make("a", t("proposal-save"), { class: "small button", id: "proposal-save", download: `projet-${store.state.territory || "jumeau"}.geojson` });
    save.href = `data:application/geo+json;charset=utf-8,${encodeURIComponent(JSON.stringify(answer.geojson))}`;
    row.append(save, button(t("proposal-clear"), "proposal-clear", () => command({ do: "set-proposal", proposal: {} })));
  }
  const open = fileField(t("proposal-open"), {
    id: "proposal-open", accept: ".geojson,.json,application/geo+json", most: FILE_BYTES_MAX, large: "proposal-large", take: async (file) => command({ do: "open-proposal", geojson: await file.text() }),
  });
  row.append(open);
  return row;
}

/** A part that folds, and keeps how it was left. */
function part(key, title, ...content) {
  const details = make("details", "", { class: "proposal-part" });
  details.open = unfolded.has(key);
  details.addEventListener("toggle", () => (details.open ? unfolded.add(key) : unfolded.delete(key)));
  details.append(make("summary", title), ...content);
  return details;
}

function results(placed) {
  const shown = [lines(answer.headline, "proposal-headline")];
  if (has(answer.nature)) shown.push(make("p", t(answer.nature), { class: "badge" }));
  if ((answer.moments ?? []).length > 1) shown.push(day());
  for (const key of ["hour", "day", "year"]) shown.push(part(key, t(`proposal-${key}`), table(key, answer[key] ?? [])));
  const money = [lines(answer.money, "proposal-money")];
  if (answer.dated) money.unshift(make("p", t("proposal-dated"), { class: "notice-line" }));
  shown.push(part("money", t("proposal-money"), ...money), connections(placed));
  const notes = make("ul");
  for (const note of answer.notes ?? []) notes.append(make("li", note));
  shown.push(part("notes", t("why"), notes));
  return shown;
}

/** Every number with where it comes from. */
function lines(rows, id) {
  const made = make("dl", "", { class: "roof-figures", id });
  for (const { name, value, origin } of rows ?? []) {
    const cell = make("dd");
    cell.append(make("span", value, { class: "value" }));
    if (origin) cell.append(make("p", origin, { class: "quiet" }));
    made.append(make("dt", name), cell);
  }
  return made;
}

function table(key, rows) {
  const made = make("table", "", { class: "proposal-table" });
  made.append(make("caption", t(`proposal-${key}`), { class: "hidden" }));
  const head = make("tr");
  head.append(make("td"));
  for (const column of ["before", "bare", "after"]) head.append(make("th", t(`proposal-${column}`), { scope: "col" }));
  const top = make("thead");
  top.append(head);
  const body = make("tbody");
  for (const { name, values } of rows) {
    const row = make("tr");
    row.append(make("th", name, { scope: "row" }), ...(values ?? []).map((value) => make("td", value)));
    body.append(row);
  }
  made.append(top, body);
  return made;
}

function svg(tag, attributes = {}, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  return element;
}

/** The day's draw without and with the batteries, for the eye; the table of the day says it to everybody. */
function day() {
  const all = answer.moments.flatMap(({ drawnKw }) => drawnKw ?? []).filter(Number.isFinite);
  const low = Math.min(0, ...all);
  const span = Math.max(1e-6, Math.max(0, ...all) - low);
  const most = Math.max(0, ...answer.moments.map(({ storedKwh }) => storedKwh ?? 0));
  const step = WIDTH / answer.moments.length;
  const y = (kw) => HEIGHT - ((kw - low) / span) * (HEIGHT - 8);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 14}`, role: "img", "aria-label": t("proposal-day-label", { low: number(low, 0), high: number(low + span, 0) }), class: "curve" });
  if (most > 0) answer.moments.forEach(({ storedKwh = 0 }, place) => {
    const height = (storedKwh / most) * (HEIGHT - 8);
    picture.append(svg("rect", { x: place * step, y: HEIGHT - height, width: step, height, class: "proposal-stored" }));
  });
  picture.append(svg("line", { x1: 0, x2: WIDTH, y1: y(0), y2: y(0), class: "grid" }));
  ["before", "bare", "after"].forEach((name, of) => {
    const points = answer.moments.flatMap(({ drawnKw = [] }, place) => [`${place * step},${y(drawnKw[of] ?? 0)}`, `${(place + 1) * step},${y(drawnKw[of] ?? 0)}`]);
    picture.append(svg("polyline", { points: points.join(" "), class: `proposal-curve ${name}`, fill: "none" }));
  });
  const key = make("p", "", { class: "quiet proposal-key" });
  for (const name of ["before", "bare", "after"]) key.append(make("i", "", { class: `swatch ${name}`, "aria-hidden": "true" }), make("span", t(`proposal-${name}`)));
  const section = make("section");
  section.append(make("h4", t("proposal-draw")), picture, key);
  return section;
}

/** The nearest post and line of each thing. */
function connections(placed) {
  const section = part("connect", t("proposal-connect"));
  if (answer.madeUp) section.append(make("p", t("made-up"), { class: "notice-line", title: t("made-up-help") }));
  if (!answer.hasBook) section.append(make("p", t("proposal-no-book"), { class: "quiet" }));
  (answer.fits ?? []).forEach((fit, index) => {
    if (!fit.length || !placed[index]) return;
    const rows = make("ul");
    for (const { text } of fit) rows.append(make("li", text));
    section.append(make("h4", `${index + 1}. ${described(placed[index])}`), rows);
  });
  return section;
}
