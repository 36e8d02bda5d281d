// The sheet of the selected object: each figure with where it comes from.

import { has, named, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, copy, make, setOpen } from "./page.js";
import { renew } from "./renew.js";

/** The most figures one sheet shows. */
const FIGURES_MAX = 200;

let figures = [];
let figuresFor = "";
/** Who had the focus before the sheet took it. */
let before = null;

export function wireSheet() {
  setOpen("sheet", false);
  document.querySelector('[data-close="sheet"]').addEventListener("click", close);
}

export function close() {
  command({ do: "select", selection: null });
}

/** A building is one; of anything else its layer says what it is. */
function titleOf(id) {
  const layer = store.manifest?.layers?.find((one) => one.id === id);
  if (layer?.kind === "buildings") return t("sheet-title");
  return (layer && named(layer.name)) || t("sheet-object");
}

function key(selection) {
  return selection ? `${selection.layer}:${selection.id}` : "";
}

/** A figures message of the viewer. */
export function figuresOf(message) {
  figures = (Array.isArray(message.figures) ? message.figures : []).slice(0, FIGURES_MAX);
  figuresFor = key(message.selection);
  // Some viewers say what is selected here first, in the state later.
  if (message.selection && key(store.state.selection) !== figuresFor) return;
  drawSheet(store.state, null);
}

export function drawSheet(state, previous) {
  const selected = key(state.selection);
  if (previous && selected === key(previous.selection)) return;
  if (!selected) {
    if (previous?.selection) {
      announce(t("unselected"));
      const inside = byId("sheet").contains(document.activeElement);
      setOpen("sheet", false);
      if (inside) (before ?? byId("scene")).focus();
    }
    setOpen("sheet", false);
    return;
  }
  const known = figuresFor === selected ? figures : [];
  const title = titleOf(state.selection.layer);
  byId("sheet-title").textContent = title;
  byId("sheet-id").textContent = state.selection.id;
  renew(byId("figures"), ...known.flatMap(row));
  byId("sheet-empty").hidden = known.length > 0;
  drawEmpty();
  if (byId("sheet").hidden) before = document.activeElement;
  setOpen("sheet", true);
  if (previous) announce(t("selected", { name: `${title} ${state.selection.id}` }));
}

/** An object whose tile is still on its way is not one of which nothing is known. */
export function drawEmpty() {
  byId("sheet-empty").textContent = t(document.body.dataset.complete === "true" ? "sheet-empty" : "sheet-wait");
}

function row(figure) {
  const name = make("dt", figure.name);
  // What is not known has no nature and no origin.
  if (has(figure.nature) && !figure.absent) name.append(" ", make("b", t(figure.nature), { class: `badge ${figure.nature}` }));
  const value = make("dd");
  value.append(make("span", figure.value ?? t("no-data"), { class: "value" }));
  if (figure.value && /RNB/i.test(figure.name)) {
    const button = make("button", t("copy"), { type: "button", class: "small", "aria-label": `${t("copy")} ${figure.name}` });
    button.onclick = () => copy(figure.value);
    value.append(" ", button);
  }
  const facts = [["source", figure.source], ["method", figure.method], ["uncertainty", figure.uncertainty]].filter(([, text]) => text);
  if (facts.length > 0 && !figure.absent) {
    const details = make("details");
    details.append(make("summary", t("why")));
    for (const [word, text] of facts) details.append(make("p", `${t(word)} : ${text}`));
    value.append(details);
  }
  return [name, value];
}
