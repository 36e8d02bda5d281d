// The numbers behind the curves.

import { dateText, named, t } from "./words.js";
import { store } from "./state.js";
import { make } from "./page.js";
import { three } from "./chart-frame.js";
import { lineName } from "./chart-curves.js";

/** Rows of the table that are written; the file has them all. */
const ROWS_MAX = 400;

export function values(chart) {
  const table = make("table");
  const head = make("tr");
  head.append(make("th", t("chart-instant"), { scope: "col" }), ...chart.curves.map((curve) => make("th", chart.curves.length > 1 ? lineName(curve) : chart.unit || t("chart-value"), { scope: "col" })));
  const rows = chart.curves[0].points.slice(0, ROWS_MAX).map(([at], place) => {
    const row = make("tr");
    row.append(make("th", dateText(Date.parse(at), store.timezone), { scope: "row" }));
    row.append(...chart.curves.map(({ points }) => make("td", (points[place]?.[1] ?? null) === null ? t("no-data") : three(points[place][1]))));
    return row;
  });
  table.append(make("caption", named(chart.title), { class: "hidden" }), head, ...rows);
  const scroll = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("chart-table") });
  scroll.append(table);
  return scroll;
}
