// "My roof": the card of the selected roof. The viewer computes and words everything (message `roof`); here it becomes HTML that can be read aloud,
// changed with the keyboard and printed.

import { currentLanguage, has, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, fileField, make, svg } from "./page.js";
import { layout, terrain, trees } from "./roof-trial.js";
import { renew, sliding } from "./slider.js";

const WIDTH = 320;
const HEIGHT = 110;
/** A meter's file is small; larger ones are something else. */
const METER_BYTES_MAX = 32 << 20;
const BATTERY_MAX = 10;
const LOADS = ["household", "farm", "school", "meter"];
/** What a person may know better, with the dated facts that it stands for. */
const OWN_AMOUNTS = [
  { id: "cost", unit: "roof-euro", scale: 1, facts: [], digits: 0 },
  { id: "power-price", unit: "roof-euro-kwh", scale: 1, facts: ["power-price"], digits: 4 },
  { id: "surplus-tariff", unit: "roof-euro-kwh", scale: 1, facts: ["pv-surplus-tariff"], digits: 4 },
  { id: "total-tariff", unit: "roof-euro-kwh", scale: 1, facts: ["pv-total-tariff"], digits: 4 },
  { id: "premium", unit: "roof-euro-kwp", scale: 1, facts: ["pv-premium"], digits: 0 },
  { id: "vat", unit: "roof-percent", scale: 100, facts: ["vat", "vat-elsewhere"], digits: 1 },
];

let roof = { state: "none" };
let said = "";
/** Parts that a person has unfolded stay so when the numbers change. */
const unfolded = new Set();

/** A roof message of the viewer. */
export function roofOf(message) {
  roof = message && typeof message.state === "string" ? message : { state: "none" };
  drawRoof();
  const words = roof.state === "ready" && !roof.message ? t("roof-announce", { kwh: number(roof.numbers.kwhYear, 0), kwp: number(roof.numbers.kwp, 1) }) : roof.message ?? "";
  if (words && words !== said) announce(words);
  said = words;
}

export function drawRoof() {
  const place = byId("roof");
  const shown = roof.state !== "none" && Boolean(store.state.selection);
  place.hidden = !shown;
  document.body.dataset.roof = shown ? roof.state : "none";
  if (!shown) return place.replaceChildren();
  place.lang = currentLanguage();
  const title = make("h3", t("roof-title"), { id: "roof-title" });
  if (roof.state !== "ready") {
    const note = make("p", roof.message ?? t(`roof-${roof.state}`), { class: roof.state === "failed" ? "notice-line" : "quiet" });
    const parts = [title, note];
    if (roof.state === "failed") parts.push(button(t("retry"), "roof-retry", () => command({ do: "try-again" })));
    if (roof.state === "empty" && roof.planes) parts.push(planes(), layout(roof), reset());
    renew(place, parts);
  } else {
    // An answer may have something to say of what it rests on: a meter's file that could not be read.
    const note = roof.message ? [make("p", roof.message, { class: "notice-line", role: "status" })] : [];
    const shade = trees(roof);
    renew(place, [title, ...note, headline(), months(), planes(), layout(roof), ...(shade ? [shade] : []), use(), figures(), steps(), money(), climate(), sources()]);
  }
}

const unit = (value, digits, name) => `${number(value, digits)}\u00a0${name}`;

function button(text, id, act) {
  const made = make("button", text, { type: "button", class: "small", id });
  made.addEventListener("click", act);
  return made;
}

/** A part that folds, and keeps how it was left. */
function part(key, title, ...content) {
  const details = make("details", "", { class: "roof-part" });
  details.open = unfolded.has(key);
  details.addEventListener("toggle", () => (details.open ? unfolded.add(key) : unfolded.delete(key)));
  details.append(make("summary", title), ...content);
  return details;
}

/** The year's yield with its range first, then what it takes and what it brings. */
function headline() {
  const { kwhYear, kwhP90, kwhP10, kwp, usableM2, modules, paybackYears, payback, paybackWithoutBattery, selfConsumption } = roof.numbers;
  const head = make("div", "", { class: "roof-head" });
  const year = make("p", "", { class: "roof-year" });
  year.append(make("strong", unit(kwhYear, 0, t("roof-kwh-year"))), " ", make("span", t("roof-range", { low: number(kwhP90, 0), high: number(kwhP10, 0) }), { class: "quiet" }));
  const list = make("dl", "", { class: "roof-tiles" });
  const tiles = [
    [t("roof-power"), unit(kwp, 1, t("unit-kwp"))],
    [t("roof-area"), unit(usableM2, 0, "m²")],
    [t("roof-modules"), number(modules, 0)],
    [t("roof-own"), unit(100 * selfConsumption, 0, "%")],
    [t(paybackWithoutBattery ? "roof-payback-bare" : "roof-payback"), Number.isFinite(paybackYears) ? t("roof-years", { count: number(paybackYears, 0) }) : t(payback === "never" ? "roof-never" : "roof-unknown")],
  ];
  for (const [name, value] of tiles) {
    const tile = make("div");
    tile.append(make("dt", name), make("dd", value));
    list.append(tile);
  }
  head.append(year, list);
  if (has(roof.nature)) head.append(make("p", "", { class: "quiet" }));
  if (has(roof.nature)) head.lastChild.append(make("b", t(roof.nature), { class: "badge" }), " ", t("roof-honest"));
  return head;
}

/** Twelve bars for the eye, a table for everybody. */
function months() {
  const values = (roof.months ?? []).slice(0, 12);
  const names = roof.monthNames ?? [];
  const most = Math.max(1, ...values);
  const best = values.indexOf(Math.max(...values));
  const least = values.indexOf(Math.min(...values));
  const label = t("roof-months-label", { best: names[best] ?? "", high: number(values[best] ?? 0, 0), least: names[least] ?? "", low: number(values[least] ?? 0, 0) });
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 16}`, role: "img", "aria-label": label, class: "curve bars" });
  const step = (WIDTH - 44) / 12;
  for (const share of [0, 0.5, 1]) {
    const y = HEIGHT - share * (HEIGHT - 8);
    picture.append(svg("line", { x1: 44, x2: WIDTH, y1: y, y2: y, class: "grid" }), svg("text", { x: 40, y: y + 3, "text-anchor": "end" }, number(share * most, 0)));
  }
  values.forEach((value, month) => {
    const height = (Math.max(0, value) / most) * (HEIGHT - 8);
    const x = 44 + month * step;
    picture.append(svg("rect", { x: x + 2, y: HEIGHT - height, width: step - 4, height, class: "bar-fill" }));
    picture.append(svg("text", { x: x + step / 2, y: HEIGHT + 12, "text-anchor": "middle" }, (names[month] ?? "").slice(0, 1).toUpperCase()));
  });
  const table = make("table");
  const body = make("tbody");
  values.forEach((value, month) => {
    const row = make("tr");
    row.append(make("th", names[month] ?? String(month + 1), { scope: "row" }), make("td", unit(value, 0, "kWh")));
    body.append(row);
  });
  table.append(make("caption", t("roof-months"), { class: "hidden" }), body);
  const section = make("section");
  section.append(make("h4", t("roof-months")), picture, part("months", t("chart-table"), table));
  return section;
}

function planes() {
  const list = make("ul", "", { class: "roof-planes" });
  for (const plane of roof.planes ?? []) {
    const row = make("li");
    const label = make("label");
    const box = make("input", "", { type: "checkbox", id: `roof-plane-${plane.plane}` });
    box.checked = Boolean(plane.covered);
    box.addEventListener("change", () => command({ do: "cover-roof-plane", plane: plane.plane, covered: box.checked }));
    const colour = make("i", "", { class: "swatch", "aria-hidden": "true" });
    colour.style.background = /^#[0-9a-f]{6}$/i.test(plane.colour ?? "") ? plane.colour : "transparent";
    label.append(box, colour, make("span", plane.name ?? ""));
    const facts = [unit(plane.kwhM2 ?? 0, 0, t("roof-light")), unit(plane.usableM2 ?? 0, 0, "m²"), `${number(plane.modules ?? 0, 0)} ${t("roof-module")}`, t("roof-shade", { share: number(100 * (plane.shadingLoss ?? 0), 0) })];
    row.append(label, make("p", facts.join(" · "), { class: "quiet" }));
    list.append(row);
  }
  const section = make("section");
  section.append(make("h4", t("roof-planes")), list);
  const { planes: chosen, without = [], lay = "best", marginM = null } = roof.choice ?? {};
  const changed = chosen || without.length > 0 || lay !== "best" || marginM !== null;
  if (changed) section.append(reset());
  return section;
}

function reset() {
  return button(t("roof-reset"), "roof-reset", () => command({ do: "reset-roof" }));
}

/** Who uses the current, and what a battery does to it. */
function use() {
  const { load = "household", loadKwh = null, batteryKwh = 0, sellAll = false } = roof.choice ?? {};
  const { selfConsumption, selfSufficiency, loadKwh: used } = roof.numbers;
  const field = make("fieldset", "", { class: "roof-use" });
  field.append(make("legend", t("roof-use")));
  const profile = make("label", t("roof-load"));
  const select = make("select", "", { id: "roof-load" });
  for (const one of LOADS.filter((one) => one !== "meter" || roof.meter)) {
    const option = make("option", one === "meter" ? `${t("roof-load-meter")} (${roof.meter.name})` : t(`roof-load-${one}`), { value: one });
    option.selected = one === load;
    select.append(option);
  }
  const consumption = make("input", "", { type: "number", id: "roof-kwh", min: "0", max: "10000000", step: "100", inputmode: "numeric" });
  consumption.value = loadKwh === null ? "" : String(Math.round(loadKwh));
  consumption.placeholder = used ? String(Math.round(used)) : "";
  const tell = () => {
    const kwh = consumption.value === "" ? null : Number(consumption.value);
    command({ do: "set-roof-load", load: select.value, kwh: Number.isFinite(kwh) && kwh !== null && kwh > 0 ? kwh : null });
  };
  select.addEventListener("change", () => {
    consumption.value = "";
    tell();
  });
  consumption.addEventListener("change", tell);
  profile.append(select);
  const amount = make("label", t("roof-kwh"));
  amount.append(consumption);
  const battery = make("label", t("roof-battery"));
  const slider = make("input", "", { type: "range", id: "roof-battery", min: "0", max: String(BATTERY_MAX), step: "0.5", "aria-valuetext": unit(batteryKwh, 1, "kWh") });
  slider.value = String(batteryKwh);
  const shown = make("output", unit(batteryKwh, 1, "kWh"), { for: "roof-battery" });
  sliding(slider, (kwh) => unit(kwh, 1, "kWh"), (kwh) => command({ do: "set-roof-battery", kwh }));
  battery.append(" ", shown, slider);
  const sale = make("label");
  const all = make("input", "", { type: "checkbox", id: "roof-sale" });
  all.checked = Boolean(sellAll);
  all.addEventListener("change", () => command({ do: "set-roof-sale", all: all.checked }));
  sale.append(all, make("span", t("roof-sell-all")));
  const file = fileField(t("roof-meter"), {
    id: "roof-meter", accept: ".csv,text/csv,text/plain", most: METER_BYTES_MAX, large: "roof-meter-large", take: async (file) => command({ do: "roof-meter", name: file.name.slice(0, 120), csv: await file.text() }),
  });
  field.append(profile, amount, ...heatPump(), battery, sale, file);
  if (roof.meter) field.append(button(t("roof-meter-forget"), "roof-meter-forget", () => command({ do: "roof-meter", name: roof.meter.name, csv: null })));
  const result = make("p", t("roof-use-result", { own: number(100 * selfConsumption, 0), need: number(100 * selfSufficiency, 0) }), { class: "roof-result", role: "status" });
  field.append(result, make("p", t("roof-stays"), { class: "quiet" }));
  return field;
}

/** A heat pump, and the heat that it gives. */
function heatPump() {
  const { heatPump: on = false, heatKwh = null } = roof.choice ?? {};
  const { pumpKwh, pumpHeatKwh } = roof.numbers;
  const label = make("label");
  const box = make("input", "", { type: "checkbox", id: "roof-heat-pump", "aria-describedby": "roof-heat-pump-help" });
  box.checked = Boolean(on);
  box.addEventListener("change", () => command({ do: "set-roof-heat-pump", on: box.checked, kwh: null }));
  label.append(box, make("span", t("roof-heat-pump")));
  if (!on) return [label, make("p", t("roof-heat-pump-help"), { class: "quiet", id: "roof-heat-pump-help" })];
  const heat = make("label", t("roof-heat"));
  const field = make("input", "", { type: "number", id: "roof-heat", min: "0", max: "10000000", step: "100", inputmode: "numeric" });
  field.value = heatKwh === null ? "" : String(Math.round(heatKwh));
  field.placeholder = Number.isFinite(pumpHeatKwh) ? String(Math.round(pumpHeatKwh)) : "";
  field.addEventListener("change", () => {
    const kwh = Number(field.value);
    command({ do: "set-roof-heat-pump", on: true, kwh: Number.isFinite(kwh) && kwh > 0 ? kwh : null });
  });
  heat.append(field);
  const drawn = Number.isFinite(pumpKwh) ? t("roof-heat-drawn", { kwh: number(pumpKwh, 0) }) : "";
  return [label, heat, make("p", [drawn, t("roof-heat-pump-help")].filter(Boolean).join(" "), { class: "quiet", id: "roof-heat-pump-help" })];
}

/** Amounts of one's own in place of the dated facts: empty is the fact again. */
function ownAmounts() {
  const own = roof.choice?.own ?? {};
  const rows = OWN_AMOUNTS.map(({ id, unit: written, scale, facts, digits }) => {
    const label = make("label", `${t(`roof-own-${id}`)} (${t(written)})`);
    const field = make("input", "", { type: "number", id: `roof-own-${id}`, min: "0", step: "any", inputmode: "decimal" });
    const value = own[id];
    field.value = Number.isFinite(value) ? String(Number((scale * value).toFixed(digits))) : "";
    const used = (roof.facts ?? []).find((fact) => facts.includes(fact.id))?.value;
    field.placeholder = Number.isFinite(used) ? number(scale * used, digits) : "";
    field.addEventListener("change", () => {
      const amount = field.value === "" ? NaN : Number(field.value);
      command({ do: "set-roof-amount", amount: id, value: Number.isFinite(amount) && amount >= 0 ? amount / scale : null });
    });
    label.append(field);
    return label;
  });
  const list = make("fieldset", "", { class: "roof-use" });
  list.append(make("legend", t("roof-amounts")), make("p", t("roof-amounts-help"), { class: "quiet" }), ...rows);
  return list;
}

/** Every number with where it comes from. */
function figures() {
  const list = make("dl", "", { class: "roof-figures" });
  for (const { name, value, origin } of roof.figures ?? []) {
    const cell = make("dd");
    cell.append(make("span", value ?? t("no-data"), { class: "value" }));
    if (origin) {
      const why = make("details");
      why.append(make("summary", t("why")), make("p", origin));
      cell.append(why);
    }
    list.append(make("dt", name), cell);
  }
  return part("figures", t("roof-figures"), list);
}

/** What to do, in order, as a list to tick off; what is not sure says so. */
function steps() {
  const list = make("ol", "", { class: "roof-steps" });
  for (const step of roof.steps ?? []) {
    const row = make("li", "", { "data-state": step.state });
    row.append(make("b", t(`roof-step-${step.state}`), { class: "badge" }), " ", make("span", step.text));
    if (step.do) row.append(make("p", step.do));
    const origin = [step.origin, step.from && t("roof-since", { date: step.from })].filter(Boolean).join(" · ");
    if (step.why || origin) row.append(make("p", [step.why, origin].filter(Boolean).join(" — "), { class: "quiet" }));
    if (step.past) row.append(make("p", t("roof-past"), { class: "notice-line" }));
    list.append(row);
  }
  const section = make("section");
  section.append(make("h4", t("roof-steps")), list);
  section.append(...terrain(roof));
  for (const monument of roof.monuments ?? []) {
    section.append(make("p", t(verdict(monument), { name: monument.name || t("roof-monument"), distance: unit(monument.distanceM, 0, "m") })));
  }
  return section;
}

/** Whether a monument is seen together with the roof; where nobody could stand to look, nothing says that it is not. */
function verdict({ isThis, covisible, viewpoints }) {
  if (isThis) return "roof-listed";
  if (covisible === true) return "roof-covisible";
  return covisible === false && viewpoints > 0 ? "roof-not-covisible" : "roof-covisible-unknown";
}

/** Tariffs, each with its date and its source. */
function money() {
  const list = make("ul", "", { class: "roof-facts" });
  for (const fact of roof.facts ?? []) {
    const row = make("li");
    const value = fact.value === null || fact.value === undefined ? "" : ` : ${number(fact.value, 4)}\u00a0${fact.unit ?? ""}`;
    row.append(make("span", `${fact.text}${value}`));
    const dates = fact.to ? t("roof-from-to", { from: fact.from, to: fact.to }) : t("roof-since", { date: fact.from });
    const origin = make("p", [dates, fact.source].filter(Boolean).join(" · "), { class: "quiet" });
    if (fact.link) origin.append(" · ", make("a", t("roof-read-source"), { href: fact.link, rel: "noopener noreferrer", target: "_blank" }));
    row.append(origin);
    if (fact.state !== "valid") row.append(make("p", t(fact.state === "past" ? "roof-past" : "roof-not-yet"), { class: "notice-line" }));
    list.append(row);
  }
  const { costEur, premiumEur, savingsEur, saleEur, dated } = roof.numbers;
  const sums = make("dl", "", { class: "roof-tiles" });
  for (const [key, value, figure] of [["roof-cost", costEur, "cost-with-tax"], ["roof-premium", premiumEur, "premium"], ["roof-savings", savingsEur, "savings"], ["roof-sale-year", saleEur, "sale"]]) {
    const tile = make("div");
    // Without an amount the figure says whether it is unknown or not possible.
    const said = roof.figures?.find((one) => one.key === figure)?.value ?? t("roof-unknown");
    tile.append(make("dt", t(key)), make("dd", Number.isFinite(value) ? unit(value, 0, "€") : said));
    sums.append(tile);
  }
  const section = make("section");
  section.append(make("h4", t("roof-money")), sums);
  if (dated) section.append(make("p", t("roof-dated"), { class: "notice-line", role: "status" }));
  section.append(part("facts", t("roof-facts"), list), part("own", t("roof-amounts"), ownAmounts()));
  return section;
}

/** Three ways to count, never one number. */
function climate() {
  const list = make("dl", "", { class: "roof-figures" });
  for (const { name, kgYear, origin } of roof.co2 ?? []) {
    const cell = make("dd", kgYear === null || kgYear === undefined ? t("no-data") : t("roof-kg", { kg: number(kgYear, 0) }));
    if (origin) cell.append(make("p", origin, { class: "quiet" }));
    list.append(make("dt", name), cell);
  }
  return part("co2", t("roof-co2"), list);
}

function sources() {
  const section = make("section");
  section.append(make("p", (roof.sources ?? []).join(" · "), { class: "quiet" }));
  section.append(button(t("roof-dossier"), "roof-dossier", () => command({ do: "save-roof-dossier" })), " ", button(t("roof-print"), "roof-print", print));
  return section;
}

/** The browser's own print makes paper or PDF of the card: all its parts unfolded, nothing else of the page. */
function print() {
  const folded = [...byId("roof").querySelectorAll("details:not([open])")];
  for (const details of folded) details.open = true;
  document.body.dataset.print = "roof";
  const after = () => {
    delete document.body.dataset.print;
    for (const details of folded) details.open = false;
  };
  window.addEventListener("afterprint", after, { once: true });
  window.print();
}
