// What to see: layers, the meaning of colours, the legend, the sources.

import { currentLanguage, dateText, has, named, number, t } from "./words.js";
import { command, store } from "./state.js";
import { three } from "./chart-frame.js";
import { renew } from "./renew.js";
import { remember, remembered } from "./memory.js";
import { NARROW, announce, byId, make, setOpen } from "./page.js";

/** What a legend says until the viewer has sent its own. */
const LEGENDS = {
  attribute: { unit: "", nature: "declared" },
  demand: { unit: "W/m²", nature: "simulated" },
  "construction-year": { unit: "", nature: "declared" },
};

/** As the viewer has it. */
const CLASSES_MAX = 8;

let legend = null;
let drawnFor = "";
/** What is wrong with the classes that are being chosen, and how many classes came of those that are. */
let scaleFault = "";
let classesFound = 0;

export function wireLayers() {
  // Colours without their key mean nothing.
  new MutationObserver(placeLegend).observe(byId("layers"), { attributes: true, attributeFilter: ["hidden"] });
  NARROW.addEventListener("change", placeLegend);
  const opener = byId("layers-toggle");
  opener.addEventListener("click", () => {
    const open = byId("layers").hidden;
    setOpen("layers", open);
    remember("layers", open ? "open" : "closed");
    if (open && NARROW.matches) byId("layers").querySelector(".close").focus();
  });
  document.querySelector('[data-close="layers"]').addEventListener("click", () => {
    setOpen("layers", false);
    remember("layers", "closed");
    opener.focus();
  });
  // The picture comes first where there is little room.
  setOpen("layers", !NARROW.matches && remembered("layers") !== "closed" && !document.body.dataset.embed);
  placeLegend();
  wireScale();
  byId("raise").addEventListener("change", (event) => command({ do: "set-raised", raised: event.target.checked }));
  for (const radio of document.querySelectorAll('input[name="theme"]')) {
    radio.addEventListener("change", () => command({ do: "set-theme", theme: radio.value }));
  }
  byId("year").addEventListener("input", (event) => command({ do: "set-year", year: Number(event.target.value) }));
  byId("year").addEventListener("change", (event) => announce(t("year-announce", { year: event.target.value })));
}

/** A legend message of the viewer; `null` or theme `none` takes it away. */
export function legendOf(message) {
  legend = message;
  if (message.theme === "construction-year" && Array.isArray(message.years)) {
    const [first, last] = message.years;
    if (first < last) {
      store.years = [first, last];
      byId("year").min = first;
      byId("year").max = last;
    }
  }
  drawLegend();
}

export function drawLayers(state, anew = false) {
  const wanted = state.theme === "series" ? `series:${state.series}` : state.theme;
  const radio = document.querySelector(`input[name="theme"][value="${CSS.escape(wanted)}"]`);
  if (radio) radio.checked = true;
  // An attribute is chosen elsewhere.
  else for (const other of document.querySelectorAll('input[name="theme"]')) other.checked = false;
  for (const box of byId("curve-list").querySelectorAll("input")) box.checked = box.value === state.series;
  byId("year-row").hidden = state.theme !== "construction-year";
  byId("year").value = state.year;
  byId("year-text").textContent = state.year;
  if (store.manifest) {
    list(anew);
    for (const box of byId("layer-list").querySelectorAll("input")) box.checked = !state.hidden.includes(box.value);
  }
  const picture = `${state.theme} ${state.instant} ${state.year} ${state.raised} ${state.mean}`;
  if (picture !== drawnFor) {
    drawnFor = picture;
    drawLegend();
  }
}

function list(anew) {
  const place = byId("layer-list");
  if (!anew && place.querySelector("label")) return;
  const { layers, imagery, datasets } = store.manifest;
  // Pictures from above are switched like layers; years apart have the same name.
  const pictures = (imagery ?? []).map(({ id, name, date }) => {
    const [said, year] = [named(name) || id, (date ?? "").slice(0, 4)];
    return { id, title: year && !said.includes(year) ? `${said}, ${year}` : said };
  });
  const rows = [...layers, ...pictures].map((layer) => {
    const row = make("label");
    const box = make("input", "", { type: "checkbox", value: layer.id });
    box.addEventListener("change", () => command({ do: "show-layer", layer: layer.id, visible: box.checked }));
    const name = make("span", layer.title ?? (named(layer.name) || layer.id));
    row.append(box, name);
    if (layer.nature === "made") row.append(make("b", t("made-up"), { class: "badge", title: t("made-up-help") }));
    if (layer.features > 1) row.append(make("small", t("layer-count", { count: number(layer.features, 0) })));
    return row;
  });
  place.replaceChildren(make("legend", t("layers")), ...rows);
  if (rows.length === 0) place.append(make("p", t("no-layer"), { class: "quiet" }));
  byId("attributions").replaceChildren(...(datasets ?? []).map((dataset) => {
    const item = make("li");
    item.append(make("strong", dataset.attribution || dataset.title), make("br"), `${dataset.title}, ${dataset.producer}, ${dataset.date} – ${dataset.licence}`);
    return item;
  }));
}

/** The territory's own series: of objects as colours, of the whole as curves. */
export function drawSeries() {
  const row = (series, type, name) => {
    const label = make("label");
    const input = make("input", "", { type, name, value: type === "radio" ? `series:${series.id}` : series.id });
    input.addEventListener("change", () => command({ do: "show-series", series: input.checked ? series.id : null }));
    label.append(input, make("span", series.title));
    if (series.unit) label.append(make("small", series.unit));
    return label;
  };
  const [colours, curves] = [store.series.filter(({ layer }) => layer), store.series.filter(({ layer }) => !layer)];
  byId("series-list").replaceChildren(...colours.map((series) => row(series, "radio", "theme")));
  byId("curve-list").hidden = curves.length === 0;
  byId("curve-list").replaceChildren(make("legend", t("curves")), ...curves.map((series) => row(series, "checkbox", "curve")));
  drawLayers(store.state);
}

/** Colours and classes of the legend. */
function wireScale() {
  const change = () => {
    const [by, classes] = [byId("scale-breaks").value, Number(byId("scale-classes").value)];
    const at = byId("scale-ends").value.split(/[;\s]+/).filter(Boolean).map((text) => Number(text.replace(",", ".")));
    const few = Number.isInteger(classes) && classes >= 2 && classes <= CLASSES_MAX;
    const rising = at.length > 0 && at.length < CLASSES_MAX && at.every((end, place) => Number.isFinite(end) && (place === 0 || end > at[place - 1]));
    const counts = by !== "smooth" && by !== "manual";
    byId("scale-ends-row").hidden = by !== "manual";
    byId("scale-classes-row").hidden = !counts;
    byId("scale-classes").setAttribute("aria-invalid", String(counts && !few));
    byId("scale-ends").setAttribute("aria-invalid", String(by === "manual" && at.length > 0 && !rising));
    // What means nothing is not sent, and said.
    scaleFault = counts && !few ? "scale-said-classes" : by === "manual" && !rising ? "scale-said-ends" : "";
    if (scaleFault) return sayScale();
    const breaks = by === "manual" ? { by, at } : by === "smooth" ? { by } : { by, classes };
    command({ do: "set-scale", scale: { breaks, palette: byId("scale-palette").value } });
    sayScale();
  };
  for (const id of ["scale-breaks", "scale-classes", "scale-palette", "scale-ends"]) byId(id).addEventListener("change", change);
}

/** Beside the controls: what they take, or that there are fewer different values than classes. */
function sayScale() {
  const { classes } = store.state.scale?.breaks ?? {};
  const fewer = classes && classesFound > 0 && classesFound < classes;
  byId("scale-said").textContent = scaleFault ? t(scaleFault, { most: CLASSES_MAX, ends: CLASSES_MAX - 1 }) : fewer ? t("scale-said-fewer", { count: classesFound }) : "";
}

/** What the legend says, for a picture that is carried away; nothing where there is none. */
export function legendKey() {
  if (byId("legend").hidden) return null;
  const said = (id) => (byId(id).hidden ? "" : byId(id).textContent.trim());
  const list = (id) => (byId(id).hidden ? [] : [...byId(id).children].map((line) => line.textContent.trim()));
  return {
    title: said("legend-title"), colours: (legend?.colours ?? []).filter((colour) => CSS.supports("color", colour)), classes: list("legend-classes"), ticks: list("legend-ends"),
    about: ["legend-made-up", "legend-nature", "legend-source"].map(said).filter(Boolean).join(" · "),
  };
}

function drawScale(facts) {
  const { breaks, palette } = store.state.scale ?? { breaks: { by: "smooth" }, palette: "cividis" };
  byId("scale-palette").value = palette;
  if (document.activeElement !== byId("scale-breaks")) byId("scale-breaks").value = breaks.by;
  // What is being typed stays.
  if (breaks.classes && document.activeElement !== byId("scale-classes")) byId("scale-classes").value = breaks.classes;
  if (breaks.at && document.activeElement !== byId("scale-ends")) byId("scale-ends").value = breaks.at.map((end) => String(end).replace(".", currentLanguage() === "fr" ? "," : ".")).join("; ");
  classesFound = (facts.ends ?? []).length;
  sayScale();
  byId("scale-classes-row").hidden = ["smooth", "manual"].includes(byId("scale-breaks").value);
  byId("scale-ends-row").hidden = byId("scale-breaks").value !== "manual";
  for (const option of byId("scale-breaks").options) option.hidden = ["quantiles", "jenks"].includes(option.value) && !facts.countsClasses;
}

/** How the values in view are spread; the sentence says the same. */
function drawHistogram(histogram) {
  const place = byId("legend-histogram");
  place.hidden = !histogram;
  byId("legend-counts").textContent = histogram ? t("legend-counts", { known: number(histogram.known, 0), without: number(histogram.without, 0) }) : "";
  if (!histogram) return;
  const most = Math.max(1, ...histogram.counts);
  place.replaceChildren(...histogram.counts.map((count) => {
    const bar = make("i");
    bar.style.height = count > 0 ? `${Math.max(6, (100 * count) / most)}%` : "0";
    return bar;
  }));
}

function placeLegend() {
  // A sheet over the picture has it below the themes; elsewhere it lies on the picture, never below a fold.
  if (byId("layers").hidden || !NARROW.matches) byId("stage").append(byId("legend"));
  else byId("layers").querySelector("fieldset").after(byId("legend"));
}

/** What marks mean that are no colours: bounds, arrows. */
function marksOf({ band, directed, unit, theme, note, approximate }) {
  if (theme === "construction-year") return t("legend-works");
  const [least, most] = band ?? [];
  const bounds = !band ? "" : directed ? t("legend-beyond", { most: three(most), unit: unit ?? "" }) : t("legend-outside-band", { least: three(least), most: three(most) });
  return [bounds, directed ? t("legend-arrows") : "", approximate ? t("legend-approximate") : "", named(note) ?? ""].filter(Boolean).join(" · ");
}

export function drawLegend() {
  const { theme, instant, year } = store.state;
  const place = byId("legend");
  place.hidden = theme === "none";
  if (theme === "none") return;
  const said = legend?.theme === theme ? legend : {};
  const facts = { ...LEGENDS[theme], ...said };
  const unit = facts.unit ? ` (${facts.unit})` : "";
  byId("legend-title").textContent = `${named(facts.title) || t(`theme-${theme}`)}${unit}`;
  byId("legend-notice").textContent = facts.waiting ? t("values-wait") : facts.tooLong ? t("mean-too-long") : facts.outside ? t("values-outside") : facts.typical ? t("chart-typical") : "";
  byId("legend-when").textContent = theme === "attribute" ? "" : facts.mean ? t("mean-over", { from: dateText(Date.parse(facts.mean.start), store.timezone), to: dateText(Date.parse(facts.mean.end), store.timezone) }) : theme !== "construction-year" ? dateText(Date.parse(instant), store.timezone) : String(year);
  // The viewer says the colours; until then there are none to explain.
  const colours = facts.colours ?? [];
  const ramp = byId("legend-ramp");
  const ends = facts.ends ?? [];
  ramp.hidden = colours.length < 2 || ends.length > 0;
  byId("legend-ends").hidden = ends.length > 0;
  byId("legend-classes").hidden = ends.length === 0;
  byId("legend-classes").replaceChildren(...ends.map((end, place) => {
    const row = make("li");
    const swatch = make("i", "", { class: "swatch", "aria-hidden": "true" });
    if (CSS.supports("color", colours[place] ?? "")) swatch.style.backgroundColor = colours[place];
    const name = facts.names?.[place];
    if (name !== undefined) row.append(swatch, name || t("legend-others"));
    else row.append(swatch, t("legend-class", { low: three(place > 0 ? ends[place - 1] : (facts.domain?.[0] ?? 0)), high: three(end) }));
    return row;
  }));
  drawHistogram(facts.histogram);
  drawScale(facts);
  // Only colours go into a style: what is none is left out by the browser's own parser.
  ramp.style.backgroundImage = `linear-gradient(to right, ${colours.filter((colour) => CSS.supports("color", colour)).join(",")})`;
  byId("legend-ends").replaceChildren(...(facts.ticks ?? []).map((value) => make("span", text(value, theme))));
  byId("legend-marks").textContent = marksOf(facts);
  drawGrain();
  byId("raise-row").hidden = !facts.raise;
  byId("raise").checked = Boolean(store.state.raised);
  byId("raise-key").textContent = facts.raise && store.state.raised ? t("legend-raise-key", { value: three(10 * facts.raise.perMetre), unit: facts.unit ?? "" }) : "";
  byId("legend-made-up").textContent = t("made-up");
  byId("legend-made-up").hidden = !facts.madeUp;
  byId("legend-nature").textContent = has(facts.nature) ? t(facts.nature) : "";
  byId("legend-nature").hidden = !has(facts.nature);
  byId("legend-source").textContent = [named(facts.source), facts.date].filter(Boolean).join(", ");
  place.lang = currentLanguage();
}

/** The same quantity by building, by district, by IRIS, as the desktop has it; the demand of buildings is a theme of its own. */
const GRAINS = [["demand", "demand-areas", "demand-iris"], ["pv-if-equipped", "pv-areas", "pv-iris"]];
const GRAIN_WORDS = ["legend-by-building", "legend-by-district", "legend-by-iris"];
/** From so far away buildings are dots, metres; the viewer shows districts from there. */
const FAR = 6500;

function drawGrain() {
  const { theme, series, camera, gather } = store.state;
  const now = theme === "demand" ? "demand" : theme === "series" ? series : "";
  const family = GRAINS.find((ids) => ids.includes(now)) ?? [];
  const offers = family.map((id, place) => [id, GRAIN_WORDS[place]]).filter(([id]) => id === "demand" || store.series.some((one) => one.id === id));
  byId("legend-grain").hidden = offers.length < 2;
  if (offers.length < 2) return;
  const show = (id) => command(id === "demand" ? { do: "set-theme", theme: "demand" } : { do: "show-series", series: id });
  const button = (word, pressed, key, act) => {
    const one = make("button", t(word), { type: "button", class: "small", "aria-pressed": String(pressed), "data-keep": key });
    one.onclick = act;
    return one;
  };
  // By itself after the distance, or always the same.
  const [finest] = offers[0];
  const auto = button("legend-by-distance", now === finest && gather, "distance", () => {
    command({ do: "set-gather", gather: true });
    if (now !== finest) show(finest);
  });
  auto.title = t("legend-by-distance-help");
  const buttons = [auto, ...offers.map(([id, word]) => button(word, id === now && (id !== finest || !gather), id, () => {
    if (id === finest) command({ do: "set-gather", gather: false });
    if (id !== now) show(id);
  }))];
  const far = !gather && (camera?.distance_m ?? 0) > FAR && now === finest ? make("span", t("legend-far"), { class: "quiet" }) : null;
  renew(byId("legend-grain"), ...buttons, far);
}

/** Years stand without a thousands separator. */
function text(value, theme) {
  if (typeof value !== "number") return String(value);
  return theme === "construction-year" ? String(Math.round(value)) : three(value);
}
