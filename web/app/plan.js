// The solar plan of the commune: a table of its large roofs and car parks that sorts, filters and leads to each roof.
// The viewer reads the plan, chooses and adds up (message `plan`); here it becomes a table that can be read aloud and used with the keyboard.

import { currentLanguage, number, t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make, offer, setOpen, svg } from "./page.js";

const COLUMNS = ["name", "usage", "area", "power", "energy", "shade", "useful-share", "protection"];
/** Words are first wanted from the first letter on, numbers from the largest. */
const WORDS_FIRST = new Set(["name", "kind", "usage"]);
const WISHES = ["roofs", "car-parks", "public", "heritage", "over-100-kwp", "kept"];
/** What the data must know for a wish to mean anything. */
const NEEDS = { "car-parks": "carParks", public: "public", heritage: "servitudes", kept: "servitudes" };
const WIDTH = 300;
const HEIGHT = 72;
const FIRST = { by: "energy", falling: true, only: [] };

let plan = { state: "none" };
let said = "";

/** A plan message of the viewer. */
export function planOf(message) {
  plan = message && typeof message.state === "string" ? message : { state: "none" };
  drawPlan();
  const words = plan.state === "ready" ? t("plan-announce", { count: number(plan.count, 0), energy: number(plan.kwhYear / 1e6, 2) }) : plan.message ?? "";
  if (words && words !== said) announce(words);
  said = words;
}

export function wirePlan() {
  byId("plan-open").addEventListener("click", () => show(plan.state === "none" ? FIRST : null));
  byId("plan-close").addEventListener("click", () => show(null));
  byId("plan").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(null);
  });
}

function show(wish) {
  command({ do: "show-plan", plan: wish });
  if (!wish) byId("plan-open").focus();
}

const view = () => ({ by: plan.by ?? "energy", falling: plan.falling ?? true, only: [...(plan.only ?? [])] });

export function drawPlan() {
  const opener = byId("plan-open");
  opener.hidden = !plan.has && plan.state !== "ready";
  const open = plan.state !== "none";
  opener.setAttribute("aria-expanded", String(open));
  const panel = byId("plan");
  // It lies where the layers are: one of both at a time.
  if (open && panel.hidden) setOpen("layers", false);
  panel.hidden = !open;
  document.body.dataset.plan = open ? plan.state : "none";
  if (!open) return byId("plan-body").replaceChildren();
  const body = byId("plan-body");
  // What had the focus has it again: the table is drawn anew with every wish.
  const focused = body.contains(document.activeElement) ? document.activeElement.id : "";
  const scrolled = body.querySelector(".plan-rows")?.scrollTop ?? 0;
  body.lang = currentLanguage();
  if (plan.state === "ready") body.replaceChildren(...head(), pictures(), wishes(), table(), ...foot());
  else body.replaceChildren(make("p", plan.message ?? t("plan-waiting"), { class: plan.state === "failed" ? "notice-line" : "quiet" }));
  if (focused) byId(focused)?.focus();
  const rows = body.querySelector(".plan-rows");
  if (rows && focused && !focused.startsWith("plan-sort")) rows.scrollTop = scrolled;
}

function head() {
  const total = make("p", t("plan-total", { count: number(plan.count, 0), power: number(plan.kwp / 1e3, 2), energy: number(plan.kwhYear / 1e6, 2), sure: number(plan.kwhP90 / 1e6, 2) }), { class: "plan-total" });
  const { coverage } = plan;
  const words = coverage
    ? t("plan-coverage", {
      demand: number(coverage.demandKwh / 1e6, 2), covered: number(100 * coverage.covered, 1), hours: number(coverage.hoursCovered, 0),
      of: number(coverage.hours, 0), used: number(100 * coverage.used, 1),
    })
    : t("plan-no-demand");
  return [total, make("p", words, { class: coverage ? "" : "quiet" })];
}

/** How many of which power; and the mean day of the year, made against drawn. */
function pictures() {
  const place = make("div", "", { class: "plan-pictures" });
  const ends = plan.sizes.map(({ end }) => (end ? `≤ ${number(end, 0)}` : `> ${number(1000, 0)}`));
  const listed = plan.sizes.map(({ count }, place) => `${ends[place]} : ${count}`).join(", ");
  const bars = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 14}`, role: "img", "aria-label": t("plan-sizes", { list: listed }), class: "curve bars" });
  const most = Math.max(1, ...plan.sizes.map(({ count }) => count));
  const step = WIDTH / plan.sizes.length;
  plan.sizes.forEach(({ count }, place) => {
    const height = (count / most) * (HEIGHT - 14);
    bars.append(svg("rect", { x: place * step + 4, y: HEIGHT - height, width: step - 8, height, class: "plan-made" }));
    bars.append(svg("text", { x: (place + 0.5) * step, y: HEIGHT - height - 3, "text-anchor": "middle" }, String(count)));
    bars.append(svg("text", { x: (place + 0.5) * step, y: HEIGHT + 11, "text-anchor": "middle" }, ends[place]));
  });
  const titled = (key, drawn) => {
    const figure = make("figure");
    figure.append(make("figcaption", t(key), { class: "quiet" }), drawn);
    place.append(figure);
  };
  titled("plan-sizes-title", bars);
  const { coverage } = plan;
  if (coverage) {
    const day = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + 14}`, role: "img", "aria-label": t("plan-day"), class: "curve bars" });
    const top = Math.max(1e-9, ...coverage.day.flat());
    const hour = WIDTH / 24;
    const y = (kw) => HEIGHT - (Math.max(0, kw) / top) * (HEIGHT - 4);
    coverage.day.forEach(([made], place) => day.append(svg("rect", { x: place * hour, y: y(made), width: hour, height: HEIGHT - y(made), class: "plan-made" })));
    const line = coverage.day.map(([, drawn], place) => `${place ? "L" : "M"}${place * hour} ${y(drawn)}H${(place + 1) * hour}`).join("");
    day.append(svg("path", { d: line, class: "plan-drawn" }));
    for (const at of [0, 6, 12, 18]) day.append(svg("text", { x: at * hour, y: HEIGHT + 11 }, `${at} h`));
    titled("plan-day-title", day);
  }
  return place;
}

function wishes() {
  const group = make("div", "", { class: "plan-wishes", role: "group", "aria-label": t("plan-filters") });
  for (const wish of WISHES) {
    const known = !NEEDS[wish] || plan.known?.[NEEDS[wish]];
    const on = view().only.includes(wish);
    const made = make("button", t(`plan-only-${wish}`), { type: "button", class: "small", id: `plan-only-${wish}`, "aria-pressed": String(on) });
    if (!known && !on) {
      made.disabled = true;
      made.title = t("plan-unknown");
    }
    made.addEventListener("click", () => {
      const next = view();
      next.only = on ? next.only.filter((other) => other !== wish) : [...next.only, wish];
      command({ do: "show-plan", plan: next });
    });
    group.append(made);
  }
  return group;
}

function table() {
  const frame = make("div", "", { class: "plan-rows", tabindex: "0", role: "region", "aria-label": t("plan-title") });
  const made = make("table");
  const row = make("tr");
  for (const column of COLUMNS) {
    const current = plan.by === column;
    const cell = make("th", "", { scope: "col", class: WORDS_FIRST.has(column) || column === "protection" ? "" : "amount" });
    if (current) cell.setAttribute("aria-sort", plan.falling ? "descending" : "ascending");
    const sort = make("button", `${t(`plan-column-${column}`)}${current ? (plan.falling ? " ▾" : " ▴") : ""}`, { type: "button", id: `plan-sort-${column}`, title: t(`plan-help-${column}`) });
    sort.addEventListener("click", () => command({ do: "show-plan", plan: { ...view(), by: column, falling: current ? !plan.falling : !WORDS_FIRST.has(column) } }));
    cell.append(sort);
    row.append(cell);
  }
  const top = make("thead");
  top.append(row);
  const body = make("tbody");
  plan.rows.forEach((item, place) => body.append(line(item, place)));
  made.append(make("caption", t("plan-title"), { class: "hidden" }), top, body);
  frame.append(made);
  if (!plan.rows.length) frame.append(make("p", t("plan-empty"), { class: "quiet" }));
  if (plan.more > 0) frame.append(make("p", t("plan-more", { count: number(plan.more, 0) }), { class: "quiet" }));
  return frame;
}

function line(item, place) {
  const row = make("tr");
  const chosen = store.state.selection?.id === item.id && store.state.selection?.layer === item.layer;
  if (chosen) row.setAttribute("aria-current", "true");
  const name = make("th", "", { scope: "row" });
  const go = make("button", item.name, { type: "button", class: "plan-go", id: `plan-go-${place}`, title: t("plan-go") });
  go.addEventListener("click", () => command({ do: "go-to", at: item.at, span_m: 2 * Math.sqrt(Math.max(0, item.areaM2)), selection: { layer: item.layer, id: item.id } }));
  name.append(go);
  const usage = item.kind === "car-park" ? t("plan-car-park") : item.usage ? t(`usage-${item.usage}`) : "";
  const cells = [
    [item.public ? `${usage} · ${t("plan-public")}` : usage, ""],
    [number(item.areaM2, 0), "amount"],
    [number(item.kwp, 0), "amount"],
    [number(item.kwhYear / 1e3, 1), "amount"],
    [`${number(100 * item.shadingLoss, 0)}\u00a0%`, "amount"],
    [item.usefulShare == null ? "–" : `${number(100 * item.usefulShare, 0)}\u00a0%`, "amount"],
    [item.protection === "excluded" ? t("plan-excluded", { why: item.perimeters.join(", ") }) : item.perimeters.join(", "), ""],
  ];
  row.append(name, ...cells.map(([text, kind]) => make("td", text, kind ? { class: kind } : {})));
  return row;
}

function foot() {
  const parts = [];
  if (plan.known?.carParks) {
    const { usableShare, tilt, azimuth } = plan.canopies;
    parts.push(make("p", t("plan-canopies", { share: number(100 * usableShare, 0), tilt: number(tilt, 0), azimuth: number(azimuth, 0) }), { class: "quiet" }));
  }
  if (plan.exclusions?.length) parts.push(make("p", t("plan-exclusions", { list: plan.exclusions.map(({ name, count }) => `${name} (${number(count, 0)})`).join(" ; ") })));
  if (plan.pvgis) parts.push(make("p", plan.pvgis));
  const save = make("button", t("plan-csv"), { type: "button", class: "small", id: "plan-csv" });
  save.addEventListener("click", download);
  const origin = make("p", "", { class: "quiet" });
  origin.append(make("b", t("simulated"), { class: "badge simulated" }), ` ${plan.weather} · ${(plan.sources ?? []).join(" ; ")}`);
  parts.push(save, ...(store.manifest?.roofs?.files ?? []).map(wholeFile));
  if (plan.notSaved) parts.push(make("p", plan.notSaved, { class: "notice-line", role: "alert" }));
  parts.push(origin);
  return parts;
}

/** The whole plan with its outlines, for a GIS: the viewer fetches it and hands it over. */
function wholeFile(file) {
  const key = file.endsWith(".gpkg") ? "plan-geopackage" : "plan-geoparquet";
  const save = make("button", t(key), { type: "button", class: "small", id: key, title: t("plan-file-help") });
  save.addEventListener("click", () => command({ do: "save-plan", file }));
  return save;
}

/** The rows that are shown, with where they come from in the first lines. */
export function csvOf(shown) {
  const quoted = (text) => (/[",\n\r;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const notes = [
    `solar plan, roofs and car parks of at least ${shown.leastM2} m²; simulated; weather: ${shown.weather}`,
    `car parks: assumed canopies over ${shown.canopies.usableShare} of the area, tilt ${shown.canopies.tilt}°, azimuth ${shown.canopies.azimuth}°`,
    ...(shown.sources ?? []),
    ...(shown.more > 0 ? [`${shown.more} more rows are not in this file`] : []),
  ];
  const lines = shown.rows.map((item) => [
    quoted(item.id), quoted(item.layer), item.kind, quoted(item.name), quoted(item.usage), item.public ? "yes" : "no", item.areaM2.toFixed(2), item.kwp.toFixed(3), item.kwhYear.toFixed(1),
    item.kwhP90.toFixed(1), item.shadingLoss.toFixed(5), item.usefulShare == null ? "" : item.usefulShare.toFixed(5), item.protection, quoted(item.perimeters.join(" ; ")),
    item.at[0].toFixed(7), item.at[1].toFixed(7),
  ].join(","));
  const names = "building,layer,kind,name,usage,public,area_m2,kwp,kwh_year,kwh_year_p90,shading_loss,useful_share,protection,perimeters,lon,lat";
  return `${notes.map((note) => `# ${note.replace(/[\r\n]+/g, " ")}`).join("\n")}\n${names}\n${lines.join("\n")}\n`;
}

function download() {
  offer(`plan-solaire-${store.state.territory || "jumeau"}.csv`, "text/csv;charset=utf-8", csvOf(plan));
}
