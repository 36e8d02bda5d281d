// The flow diagram: where power comes from at the instant and where it goes, or the energy of its day or year. The viewer lays it out (message `flows`); here it is painted, with a table behind it.

import { currentLanguage, dateText, form, has, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make } from "./page.js";
import { renew } from "./renew.js";
import { sliding } from "./slider.js";
import { svg, three } from "./chart-frame.js";
import { footOf, saveButtons } from "./chart-save.js";

let told = { known: false, shown: false, equipped: 0, diagram: null };
let said = false;

/** A flows message of the viewer. */
export function flowsOf(message) {
  told = { ...told, ...message };
  drawFlows();
  const there = Boolean(told.diagram?.flows?.length);
  if (there && !said) announce(sentence(told.diagram));
  said = there;
}

/** Kilowatts as people say them. */
export function power(kw) {
  const [value, unit] = kw >= 999_500 ? [kw / 1e6, "GW"] : kw >= 999.5 ? [kw / 1e3, "MW"] : kw < 0.9995 ? [kw * 1e3, "W"] : [kw, "kW"];
  return `${three(value)}\u00a0${unit}`;
}

/** Kilowatt-hours as people say them. */
export function energy(kwh) {
  const [value, unit] = kwh >= 999_500 ? [kwh / 1e6, "GWh"] : kwh >= 999.5 ? [kwh / 1e3, "MWh"] : kwh < 0.9995 ? [kwh * 1e3, "Wh"] : [kwh, "kWh"];
  return `${three(value)}\u00a0${unit}`;
}

/** What a diagram holds: the power of the instant, or the energy of its day or year. */
const SPANS = ["hour", "day", "year"];
const overOf = (diagram) => (SPANS.includes(diagram?.over) ? diagram.over : "hour");
const amount = (diagram, value) => (overOf(diagram) === "hour" ? power(value) : energy(value));

function sentence(diagram) {
  const side = (column) => diagram.nodes.filter((node) => node.column === column).map((node) => `${node.name} ${amount(diagram, node.kw)}`).join(", ");
  return t("flows-said", { sources: side(0), uses: side(2) });
}

/** The switch stands with the curves, the diagram beside what it is of. */
function places() {
  let choice = byId("flows-choice");
  let place = byId("flows");
  if (!choice) {
    choice = make("label", "", { id: "flows-choice" });
    const box = make("input", "", { type: "checkbox" });
    box.onchange = () => command({ do: "show-flows", shown: box.checked });
    choice.append(box, make("span"));
    byId("curve-list").after(choice);
  }
  if (!place) place = make("section", "", { id: "flows" });
  const anchor = byId("chart");
  if (place.nextElementSibling !== anchor) anchor.before(place);
  return { choice, place };
}

export function drawFlows() {
  const { choice, place } = places();
  choice.hidden = !told.known;
  choice.querySelector("span").textContent = t("flows-title");
  choice.querySelector("input").checked = store.state.flows?.shown ?? told.shown;
  const diagram = told.diagram;
  place.hidden = !diagram;
  place.setAttribute("aria-label", t("flows-title"));
  if (!diagram) return place.replaceChildren();
  const over = overOf(diagram);
  const [date, ...time] = dateText(Date.parse(store.state.instant), store.timezone).split(", ");
  const when = over === "hour" ? [date, ...time].join(", ") : over === "day" ? date : form("DateTimeFormat", "en", { year: "numeric", timeZone: store.timezone }).format(Date.parse(store.state.instant));
  const parts = [make("h3", t("flows-title")), spans(over), make("p", `${diagram.of} · ${when}`, { class: "quiet" })];
  if (diagram.madeUp) parts.push(make("p", t("made-up"), { class: "notice-line", title: t("made-up-help") }));
  if (diagram.waiting) parts.push(make("p", t("values-wait"), { class: "quiet" }));
  if (diagram.flows.length > 0) parts.push(picture(diagram));
  else if (!diagram.waiting) parts.push(make("p", t(over === "hour" ? "flows-none" : "flows-none-over"), { class: "quiet" }));
  parts.push(...missing(diagram).map((words) => make("p", words, { class: "quiet" })));
  if (diagram.canEquip) parts.push(equipped());
  const origin = make("p", "", { class: "quiet" });
  if (has(diagram.nature)) origin.append(make("b", t(diagram.nature), { class: "badge" }), " ");
  origin.append(diagram.source);
  const details = make("details", "", { class: "values" });
  details.append(make("summary", t("flows-table")), values(diagram));
  const close = make("button", t("close"), { type: "button", class: "small" });
  close.onclick = () => command({ do: "show-flows", shown: false });
  const tools = make("p", "", { class: "chart-files" });
  if (diagram.flows.length > 0) tools.append(...saveButtons("flows", () => toKeep(diagram, when)), " ");
  tools.append(close);
  renew(place, ...parts, origin, details, tools);
  place.lang = currentLanguage();
}

/** What is not in it, in sentences. */
function missing(diagram) {
  const words = [];
  if (diagram.absent.length > 0) words.push(t(overOf(diagram) === "hour" ? "flows-absent" : "flows-absent-over", { names: diagram.absent.join(", ") }));
  if (!diagram.waiting && diagram.known < diagram.steps) words.push(t("flows-known", { known: number(diagram.known, 0), steps: number(diagram.steps, 0) }));
  return words;
}

/** The diagram as a picture of its own: what it takes for granted and what is missing stand below it. */
function toKeep(diagram, when) {
  const percent = store.state.flows?.equipped_percent ?? told.equipped;
  const foot = [footOf(diagram), ...(diagram.canEquip && percent > 0 ? [t("flows-assumed", { percent })] : []), ...missing(diagram)].join(" · ");
  return { name: `${store.state.territory || "jumeau"}-flux`, title: `${t("flows-title")} · ${diagram.of} · ${when}`, drawn: picture(diagram), foot };
}

/** The choice of what is summed. */
function spans(over) {
  const row = make("div", "", { class: "flows-over", role: "radiogroup", "aria-label": t("flows-over") });
  for (const span of SPANS) {
    const label = make("label", "", { title: t(`flows-over-${span}-help`) });
    const box = make("input", "", { type: "radio", name: "flows-over", id: `flows-over-${span}`, value: span });
    box.checked = (store.state.flows?.over ?? over) === span;
    box.onchange = () => command({ do: "set-flow-span", over: span });
    label.append(box, make("span", t(`flows-over-${span}`)));
    row.append(label);
  }
  return row;
}

function equipped() {
  const percent = store.state.flows?.equipped_percent ?? told.equipped;
  const words = (value) => `${value}\u00a0%`;
  const row = make("label", "", { class: "flows-equipped", title: t("flows-equipped-help") });
  const slider = make("input", "", { id: "flows-equipped", type: "range", min: 0, max: 100, step: 5, "aria-valuetext": words(percent) });
  slider.value = percent;
  sliding(slider, words, (value) => command({ do: "set-equipped", percent: value }));
  row.append(make("span", t("flows-equipped")), slider, make("output", words(percent)));
  return row;
}

const COLOUR = /^#[0-9a-f]{6}$/;

function colour(node) {
  return COLOUR.test(node?.colour ?? "") ? node.colour : "#808080";
}

function picture(diagram) {
  const [width, height] = diagram.frame;
  const sheet = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": sentence(diagram), class: "sankey" });
  for (const { flow, from: [x0, y0], to: [x1, y1], thickness } of diagram.bands) {
    const link = diagram.flows[flow];
    if (!link) continue;
    // A band has the colour of its outer end: the middle has none of its own.
    const outer = diagram.nodes[diagram.nodes[link.to]?.column === 1 ? link.from : link.to];
    const [middle, thick] = [(x0 + x1) / 2, Math.max(0.6, thickness)];
    const edge = (top) => [`${x0} ${y0 + top}`, `C${middle} ${y0 + top} ${middle} ${y1 + top} ${x1} ${y1 + top}`];
    const [begin, upper] = edge(0);
    const path = svg("path", { d: `M${begin}${upper}L${x1} ${y1 + thick}C${middle} ${y1 + thick} ${middle} ${y0 + thick} ${x0} ${y0 + thick}Z`, fill: colour(outer), "fill-opacity": 0.45 });
    path.append(svg("title", {}, `${diagram.nodes[link.from].name} → ${diagram.nodes[link.to].name} · ${amount(diagram, link.kw)}`));
    sheet.append(path);
  }
  const labels = [];
  for (const node of diagram.nodes) {
    if (!node.at) continue;
    const [left, top, wide, high] = node.at;
    sheet.append(svg("rect", { x: left, y: top - Math.max(0, 1.5 - high) / 2, width: wide, height: Math.max(1.5, high), fill: colour(node) }));
    const middle = top + high / 2;
    const [x, y, anchor] = node.column === 0 ? [left + wide + 4, middle + 4, "start"] : node.column === 1 ? [left + wide / 2, Math.min(height - 3, top + high + 13), "middle"] : [left - 4, middle + 4, "end"];
    const words = `${node.name}\u00a0· ${amount(diagram, node.kw)}`;
    const long = widthOf(words);
    labels.push({ x, anchor, words, left: anchor === "start" ? x : anchor === "middle" ? x - long / 2 : x - long, top: y - LABEL_UP, width: long, height: LABEL_HEIGHT, late: node.column === 1 });
  }
  // The middle one gives way to those beside the ends; these are put from the foot up, where small ones crowd, so that they keep their order.
  labels.sort((a, b) => Number(a.late) - Number(b.late) || b.top - a.top);
  const tops = apart(labels, height);
  labels.forEach(({ x, anchor, words }, at) => sheet.append(svg("text", { x, y: tops[at] + LABEL_UP, "text-anchor": anchor }, words)));
  return sheet;
}

/** A line of words, and how much of it is above their foot, as the style sheet has it. */
const LABEL_HEIGHT = 13;
const LABEL_UP = 10;
let ruler = null;

function widthOf(words) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(words).width;
}

/** Upper edges of labels, each as near as possible to where it would be best, inside the sheet and over none before it; as src/view/sankey.rs has it. */
export function apart(labels, height) {
  const placed = [];
  for (const label of labels) {
    const lowest = Math.max(0, height - label.height);
    const near = placed.filter((other) => label.left < other.left + other.width && other.left < label.left + label.width);
    const free = (top) => top >= 0 && top <= lowest && near.every((other) => top + label.height <= other.top + 1e-6 || other.top + other.height <= top + 1e-6);
    const best = Math.max(0, Math.min(lowest, label.top));
    const tops = [best, ...near.flatMap((other) => [other.top - label.height, other.top + other.height])].filter(free);
    placed.push({ ...label, top: tops.sort((a, b) => Math.abs(a - label.top) - Math.abs(b - label.top))[0] ?? best });
  }
  return placed.map(({ top }) => top);
}

function values(diagram) {
  const table = make("table");
  const head = make("tr");
  head.append(...["flows-from", "flows-to", overOf(diagram) === "hour" ? "flows-power" : "flows-energy"].map((key) => make("th", t(key), { scope: "col" })));
  const rows = diagram.flows.map(({ from, to, kw }) => {
    const row = make("tr");
    row.append(make("th", diagram.nodes[from].name, { scope: "row" }), make("td", diagram.nodes[to].name), make("td", amount(diagram, kw)));
    return row;
  });
  table.append(make("caption", t("flows-title"), { class: "hidden" }), head, ...rows);
  const scroll = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("flows-table") });
  scroll.append(table);
  return scroll;
}
