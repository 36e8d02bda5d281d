// Typical days of the seasons beside the real one: means of weekdays and of weekends, as a picture and as a table; and what an interval comes to.

import { number, t } from "./words.js";
import { make } from "./page.js";
import { HEIGHT, LEFT, WIDTH, frame, reach, svg, three, written, y } from "./chart-frame.js";

const SEASONS = ["winter", "spring", "summer", "autumn"];
/** One colour for each season; weekends are thin and dashed. */
const COLOURS = ["#56b4e9", "#009e73", "#e69f00", "#cc79a7"];

const name = ({ season, weekend, days }) => t("chart-typical-name", { season: t(`season-${SEASONS[season]}`), part: t(weekend ? "chart-weekend" : "chart-weekday"), days: number(days, 0) });

/** The mean over the part that is played, and the energy of a power or the sum of amounts. */
export function over(chart) {
  if (!chart.over) return [];
  const { mean, sum, sumUnit, known, absent } = chart.over;
  const said = [t("chart-over-mean", { value: written(mean, chart.unit), known: number(known, 0), absent: number(absent, 0) })];
  if (sumUnit) said.push(t("chart-over-sum", { value: written(sum, sumUnit) }));
  return [make("p", said.join(" · "))];
}

export function typical(chart, days) {
  const known = days.flatMap(({ hours }) => hours).filter((value) => value !== null);
  if (known.length === 0) return [];
  const [low, high] = reach(known);
  const picture = frame(t("chart-typical-days"), low, high);
  const x = (hour) => LEFT + (hour / 24) * (WIDTH - LEFT);
  const list = make("ul", "", { class: "keys" });
  for (const day of days) {
    let path = "";
    let open = false;
    day.hours.forEach((value, hour) => {
      // A value holds for its hour; hours without any interrupt the line.
      if (value !== null) path += `${open ? "L" : "M"}${x(hour).toFixed(1)} ${y(value, low, high).toFixed(1)}H${x(hour + 1).toFixed(1)}`;
      open = value !== null;
    });
    const look = { stroke: COLOURS[day.season], "stroke-width": day.weekend ? 1.2 : 2.2, "stroke-dasharray": day.weekend ? "4 2" : "" };
    picture.append(svg("path", { d: path, fill: "none", ...look }));
    const key = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
    key.append(svg("line", { x1: 0, x2: 24, y1: 4, y2: 4, ...look }));
    const item = make("li");
    item.append(key, " ", name(day));
    list.append(item);
  }
  for (const [hour, anchor] of [[0, "start"], [6, "middle"], [12, "middle"], [18, "middle"], [24, "end"]]) {
    picture.append(svg("text", { x: x(hour), y: HEIGHT + 13, "text-anchor": anchor }, `${hour}\u00a0h`));
  }
  const details = make("details", "", { class: "values", "data-keep": "typical" });
  details.append(make("summary", t("chart-typical-table")), table(chart, days));
  return [make("p", t("chart-typical-days"), { class: "quiet" }), picture, list, make("p", t("chart-typical-nature"), { class: "quiet" }), details];
}

function table(chart, days) {
  const all = make("table");
  const head = make("tr");
  head.append(make("th", t("chart-instant"), { scope: "col" }), ...days.map((day) => make("th", name(day), { scope: "col" })));
  const rows = Array.from({ length: 24 }, (_, hour) => {
    const row = make("tr");
    row.append(make("th", `${hour}\u00a0h`, { scope: "row" }), ...days.map(({ hours }) => make("td", hours[hour] === null ? t("no-data") : three(hours[hour]))));
    return row;
  });
  all.append(make("caption", `${t("chart-typical-days")}${chart.unit ? ` (${chart.unit})` : ""}`), head, ...rows);
  const scroll = make("div", "", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("chart-typical-table") });
  scroll.append(all);
  return scroll;
}
