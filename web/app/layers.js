// What to see: layers, the meaning of colours, the legend, the sources.

import { currentLanguage, dateText, has, named, number, t } from "./words.js";
import { command, store } from "./state.js";
import { NARROW, announce, byId, make, remember, remembered, setOpen } from "./page.js";

/** What a legend says until the viewer has sent its own. */
const LEGENDS = {
  demand: { unit: "W/m²", nature: "simulated" },
  "construction-year": { unit: "", nature: "declared" },
};

let legend = null;
let drawnFor = "";

export function wireLayers() {
  // Colours without their key mean nothing: where the panel is closed, the legend lies on the picture.
  new MutationObserver(placeLegend).observe(byId("layers"), { attributes: true, attributeFilter: ["hidden"] });
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
  for (const radio of document.querySelectorAll('input[name="theme"]')) {
    radio.addEventListener("change", () => command({ do: "set-theme", theme: radio.value }));
  }
  byId("year").addEventListener("input", (event) => command({ do: "set-year", year: Number(event.target.value) }));
  byId("year").addEventListener("change", (event) => announce(t("year-announce", { year: event.target.value })));
}

/** A legend message of the viewer; `null` or theme `none` takes it away. */
export function legendOf(message) {
  legend = message;
  if (message.theme === "construction-year" && Array.isArray(message.domain)) {
    const [first, last] = message.domain;
    if (first < last) {
      store.years = [first, last];
      byId("year").min = first;
      byId("year").max = last;
    }
  }
  drawLegend();
}

export function drawLayers(state, anew = false) {
  const radio = document.querySelector(`input[name="theme"][value="${CSS.escape(state.theme)}"]`);
  if (radio) radio.checked = true;
  byId("year-row").hidden = state.theme !== "construction-year";
  byId("year").value = state.year;
  byId("year-text").textContent = state.year;
  if (store.manifest) {
    list(anew);
    for (const box of byId("layer-list").querySelectorAll("input")) box.checked = !state.hidden.includes(box.value);
  }
  const wanted = `${state.theme} ${state.instant} ${state.year}`;
  if (wanted !== drawnFor) {
    drawnFor = wanted;
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
    if (layer.nature === "made") row.append(make("b", t("made"), { class: "badge" }));
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

function placeLegend() {
  if (byId("layers").hidden) byId("stage").append(byId("legend"));
  else byId("year-row").after(byId("legend"));
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
  byId("legend-when").textContent = theme === "demand" ? dateText(Date.parse(instant), store.timezone) : String(year);
  // The viewer says the colours; until then there are none to explain.
  const colours = facts.colours ?? [];
  const ramp = byId("legend-ramp");
  ramp.hidden = colours.length < 2;
  // Only colours go into a style: what is none is left out by the browser's own parser.
  ramp.style.backgroundImage = `linear-gradient(to right, ${colours.filter((colour) => CSS.supports("color", colour)).join(",")})`;
  byId("legend-ends").replaceChildren(...(facts.ticks ?? []).map((value) => make("span", text(value, theme))));
  byId("legend-nature").textContent = has(facts.nature) ? t(facts.nature) : "";
  byId("legend-nature").hidden = !has(facts.nature);
  byId("legend-source").textContent = [named(facts.source), facts.date].filter(Boolean).join(", ");
  place.lang = currentLanguage();
}

/** Years stand without a thousands separator. */
function text(value, theme) {
  if (typeof value !== "number") return String(value);
  return theme === "construction-year" ? String(Math.round(value)) : number(value);
}
