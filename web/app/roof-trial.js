// What can be tried on the selected roof: how modules lie, which of them are left out, a felled tree, monuments without the terrain between.

import { t } from "./words.js";
import { command } from "./state.js";
import { make, svg } from "./page.js";

const MARGIN_MAX = 3;
const LAYS = ["best", "portrait", "landscape"];
/** The ground plan, in its own units. */
const PLAN = 320;
/** Modules that the keyboard reaches one by one; of more there is the pointer alone. */
const REACHED = 128;

/** A choice among a few words. */
function choice(id, label, options, chosen, act) {
  const field = make("label", label);
  const select = make("select", "", { id });
  for (const [value, text] of options) {
    const option = make("option", text, { value });
    option.selected = value === chosen;
    select.append(option);
  }
  select.addEventListener("change", () => act(select.value));
  field.append(select);
  return field;
}

/** How modules lie, their margin, and the plan on which they are taken out and put back. */
export function layout(roof) {
  const { lay = "best", marginM = null } = roof.choice ?? {};
  const field = make("fieldset", "", { class: "roof-use" });
  field.append(make("legend", t("roof-layout")));
  const tell = (lay, margin) => command({ do: "set-roof-layout", lay, margin_m: margin });
  const pair = make("div", "", { class: "roof-pair" });
  pair.append(choice("roof-lay", t("roof-lay"), LAYS.map((one) => [one, t(`roof-lay-${one}`)]), lay, (one) => tell(one, marginM)));
  const margin = make("label", t("roof-margin"));
  const input = make("input", "", { type: "number", id: "roof-margin", min: "0", max: String(MARGIN_MAX), step: "0.1", inputmode: "decimal" });
  const shown = marginM ?? roof.numbers?.marginM;
  input.value = Number.isFinite(shown) ? String(Math.round(10 * shown) / 10) : "";
  input.addEventListener("change", () => {
    const metres = Number(input.value);
    tell(lay, input.value !== "" && Number.isFinite(metres) && metres >= 0 && metres <= MARGIN_MAX ? metres : null);
  });
  margin.append(input);
  pair.append(margin);
  field.append(pair);
  const drawn = plan(roof.planes ?? []);
  if (drawn) field.append(drawn, make("p", t("roof-plan-help"), { class: "quiet" }));
  return field;
}

/** The roof from above, north up; nothing where no outline is known. */
function plan(planes) {
  const corners = planes.flatMap((plane) => plane.outline ?? []).flat().filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  if (corners.length < 3) return null;
  const reach = (axis) => [Math.min(...corners.map((at) => at[axis])), Math.max(...corners.map((at) => at[axis]))];
  const [[west, east], [south, north]] = [reach(0), reach(1)];
  const scale = (PLAN - 8) / Math.max(east - west, north - south, 1);
  const high = Math.ceil(scale * (north - south)) + 8;
  const points = (ring) => ring.map(([x, y]) => `${(4 + scale * (x - west)).toFixed(1)},${(4 + scale * (north - y)).toFixed(1)}`).join(" ");
  const picture = svg("svg", { viewBox: `0 0 ${PLAN} ${high}`, class: "roof-plan", role: "group", "aria-label": t("roof-plan") });
  const covered = planes.filter((plane) => plane.covered);
  const reached = covered.reduce((sum, plane) => sum + (plane.modulesAt ?? []).length, 0) <= REACHED;
  for (const plane of planes) {
    const colour = /^#[0-9a-f]{6}$/i.test(plane.colour ?? "") ? plane.colour : "none";
    for (const ring of plane.outline ?? []) picture.append(svg("polygon", { points: points(ring), fill: "none", stroke: colour, "stroke-width": 2 }));
  }
  for (const plane of covered) {
    for (const { place, on, corners } of plane.modulesAt ?? []) {
      const name = t("roof-module-at", { plane: plane.plane + 1, place: place + 1 });
      const shape = svg("polygon", { points: points(corners), class: "roof-module", role: "checkbox", "aria-checked": String(on), "aria-label": name, id: `roof-module-${plane.plane}-${place}` });
      if (reached) shape.setAttribute("tabindex", "0");
      const turn = () => command({ do: "set-roof-module", plane: plane.plane, place, on: !on });
      shape.addEventListener("click", turn);
      shape.addEventListener("keydown", (event) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        turn();
      });
      picture.append(shape);
    }
  }
  return picture;
}

/** The trees that take light: one of them felled, or all. Nothing where none does. */
export function trees(roof) {
  if (!roof.trees?.length) return null;
  const options = [["none", t("roof-trees-stand")], ...roof.trees.map(({ name }, place) => [String(place), t("roof-trees-without", { tree: name })])];
  if (roof.allTrees) options.push(["all", t("roof-trees-all")]);
  const field = make("fieldset", "", { class: "roof-use" });
  field.append(make("legend", t("roof-trees")));
  field.append(choice("roof-tree", t("roof-trees-try"), options, String(roof.choice?.tree ?? "none"), (tree) => command({ do: "fell-roof-tree", tree })));
  if (roof.tried?.felled) field.append(make("p", roof.tried.felled, { class: "roof-result", role: "status" }));
  if (roof.tried?.around) field.append(beside(roof.tried.around));
  field.append(make("p", t("roof-trees-help"), { class: "quiet" }));
  return field;
}

/** What the roofs beside gain, folded; each leads to its roof. */
function beside({ sentence, roofs }) {
  const fold = make("details");
  const list = make("ul");
  for (const { layer, id, text, at } of roofs ?? []) {
    const row = make("li");
    const button = make("button", text, { type: "button", class: "link" });
    button.addEventListener("click", () => command({ do: "go-to", at, span_m: 40, selection: { layer, id } }));
    row.append(button);
    list.append(row);
  }
  fold.append(make("summary", sentence), list);
  return fold;
}

/** Whether the terrain hides what is seen of the monuments. */
export function terrain(roof) {
  if (!roof.monuments?.some(({ isThis }) => !isThis)) return [];
  const label = make("label", "", { class: "roof-bare" });
  const box = make("input", "", { type: "checkbox", id: "roof-bare" });
  box.checked = Boolean(roof.choice?.bare);
  box.addEventListener("change", () => command({ do: "set-roof-terrain", bare: box.checked }));
  label.append(box, make("span", t("roof-bare")));
  return roof.tried?.bare ? [label, make("p", roof.tried.bare, { class: "notice-line", role: "status" })] : [label];
}
