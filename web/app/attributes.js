// Attributes of the objects: which one the colours show, and which objects are shown at all. The viewer says which there are (message `attributes`).

import { named, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make } from "./page.js";
import { renew } from "./renew.js";

/** As the viewer has it: more filters at once are not taken. */
const FILTERS_MAX = 4;
const VALUES_MAX = 16;

let known = [];
let drawn = "";

const key = ({ layer, name }) => `${layer}\n${name}`;

/** An `attributes` message of the viewer. */
export function attributesOf(message) {
  known = Array.isArray(message.attributes) ? message.attributes : [];
  drawAttributes(true);
}

export function wireAttributes() {
  byId("attribute").addEventListener("change", (event) => {
    const chosen = known.find((one) => key(one) === event.target.value);
    command({ do: "show-attribute", attribute: chosen ? { layer: chosen.layer, name: chosen.name } : null });
  });
  byId("filter-add").addEventListener("change", (event) => {
    const chosen = known.find((one) => key(one) === event.target.value);
    event.target.value = "";
    if (!chosen) return;
    const keep = chosen.range ? { by: "range", low: chosen.range[0], high: chosen.range[1] } : { by: "values", values: chosen.kinds.slice(0, VALUES_MAX) };
    set([...filters(), { layer: chosen.layer, name: chosen.name, ...keep }]);
    announce(t("filter-added", { name: title(chosen) }));
  });
}

const filters = () => store.state.filters ?? [];

function set(next) {
  command({ do: "set-filters", filters: next });
}

function title({ layer, name }) {
  const one = known.find((candidate) => candidate.layer === layer && candidate.name === name);
  const of = store.manifest?.layers.find(({ id }) => id === layer);
  return `${(of && named(of.name)) || layer} · ${(one && named(one.title)) || name}`;
}

export function drawAttributes(anew = false) {
  const { attribute, theme } = store.state;
  byId("attributes").hidden = known.length === 0 && filters().length === 0;
  const now = JSON.stringify([known.length, attribute, theme, filters(), store.state.language]);
  if (!anew && now === drawn) return;
  drawn = now;
  const option = (value, words) => make("option", words, { value });
  const select = byId("attribute");
  renew(select, option("", t("attribute-none")), ...known.map((one) => option(key(one), title(one))));
  select.value = theme === "attribute" && attribute ? key(attribute) : "";
  const add = byId("filter-add");
  const taken = new Set(filters().map(key));
  renew(add, option("", t("filter-add")), ...known.filter((one) => !taken.has(key(one))).map((one) => option(key(one), title(one))));
  add.closest("label").hidden = filters().length >= FILTERS_MAX;
  byId("filters-full").hidden = filters().length < FILTERS_MAX;
  // What is being typed stays, and the keyboard where it is.
  renew(byId("filters"), ...filters().map(row));
}

function row(filter, place) {
  const name = title(filter);
  const group = make("fieldset", "", { class: "filter" });
  const change = (keep) => set(filters().map((one, at) => (at === place ? { layer: one.layer, name: one.name, ...keep } : one)));
  const remove = make("button", t("filter-remove"), { type: "button", class: "small", "aria-label": t("filter-remove-of", { name }), "data-filter": `${place}-remove` });
  remove.onclick = () => {
    set(filters().filter((_, at) => at !== place));
    byId("filter-add").focus();
  };
  group.append(make("legend", name));
  const one = known.find((candidate) => key(candidate) === key(filter));
  if (filter.by === "range") {
    const field = (end, words) => {
      const label = make("label", words);
      const input = make("input", "", { type: "number", step: "any", value: filter[end] ?? "", "data-filter": `${place}-${end}` });
      input.onchange = ({ target }) => {
        const number = target.value === "" ? null : Number(target.value);
        const next = { by: "range", low: filter.low ?? null, high: filter.high ?? null, [end]: number };
        const sound = (next.low !== null || next.high !== null) && (next.low === null || next.high === null || next.low <= next.high);
        target.setAttribute("aria-invalid", String(!sound));
        if (sound) change(next);
      };
      label.append(" ", input);
      return label;
    };
    group.append(field("low", t("filter-from")), field("high", t("filter-to")));
  } else {
    const all = one?.kinds?.length ? one.kinds : filter.values;
    for (const kind of all) {
      const label = make("label");
      const box = make("input", "", { type: "checkbox", "data-filter": `${place}-${kind}` });
      box.checked = filter.values.includes(kind);
      box.onchange = ({ target }) => {
        const values = all.filter((other) => (other === kind ? target.checked : filter.values.includes(other)));
        // Nothing at all is no filter: the last kind stays.
        if (values.length === 0) target.checked = true;
        else change({ by: "values", values });
      };
      label.append(box, make("span", named(one?.words?.[all.indexOf(kind)]) || kind));
      group.append(label);
    }
  }
  // A list cut short would leave objects out in silence.
  if (filter.by === "values" && (one?.kinds?.length ?? 0) > VALUES_MAX && filter.values.length >= VALUES_MAX) group.append(make("p", t("filter-values-full", { most: VALUES_MAX }), { class: "quiet" }));
  group.append(remove);
  return group;
}
