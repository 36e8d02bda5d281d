// What changes around the year shown, each thing on a line with its years; a press goes to the year and to the place. The viewer says it (message `changes`).

import { number, t } from "./words.js";
import { command } from "./state.js";
import { announce, byId, make } from "./page.js";
import { renew } from "./renew.js";

let changes = null;

/** A changes message of the viewer; without rows there is nothing to list. */
export function changesOf(message) {
  changes = Array.isArray(message.rows) ? message : null;
  drawGantt();
}

/** Its years as a sentence, for everybody. */
function years({ works, from, to }) {
  return [["gantt-works", works], ["gantt-from", from], ["gantt-to", to]].filter(([, year]) => year).map(([key, year]) => t(key, { year })).join(", ");
}

export function drawGantt() {
  const place = byId("gantt");
  place.hidden = !changes;
  if (!changes) return place.replaceChildren();
  const { first, last, year, rows, more } = changes;
  const share = (value) => 100 * Math.min(1, Math.max(0, (value - first) / (last + 1 - first)));
  const lines = rows.map((row) => {
    const go = make("button", "", { type: "button", class: "gantt-line" });
    const bars = make("span", "", { class: "gantt-bars", "aria-hidden": "true" });
    const bar = (from, to, kind) => {
      if (to <= first || from > last) return;
      const one = make("i", "", { class: kind });
      one.style.insetInlineStart = `${share(from)}%`;
      one.style.width = `${Math.max(0.8, share(to) - share(from))}%`;
      bars.append(one);
    };
    if (row.works) bar(row.works, Math.min(row.from, row.to ?? row.from), "works");
    bar(row.from ?? first, row.to ?? last + 1, "service");
    const now = make("i", "", { class: "now" });
    now.style.insetInlineStart = `${share(year)}%`;
    bars.append(now);
    const said = [years(row), row.madeUp ? t("made-up") : ""].filter(Boolean).join(" · ");
    go.append(make("span", row.name, { class: "gantt-name" }), make("small", said), bars);
    go.onclick = () => {
      command({ do: "set-year", year: row.year });
      command({ do: "go-to", at: row.at, span_m: row.span_m, selection: row.id ? { layer: row.layer, id: row.id } : null });
      announce(t("year-announce", { year: row.year }));
    };
    const item = make("li");
    item.append(go);
    return item;
  });
  const list = make("ol");
  list.append(...lines);
  const parts = [make("h3", t(rows.length > 0 ? "gantt-title" : "gantt-none", { first, last }))];
  if (rows.length > 0) parts.push(list);
  if (more > 0) parts.push(make("p", t("gantt-more", { count: number(more, 0) }), { class: "quiet" }));
  renew(place, ...parts);
}
