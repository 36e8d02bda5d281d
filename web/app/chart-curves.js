// The curves of a chart: the part of time that the clock is in, and all of it sorted by height.

import { dateText, named, number, t } from "./words.js";
import { command, store } from "./state.js";
import { make } from "./page.js";
import { COLOURS, DASHES, HEIGHT, LEFT, WIDTH, frame, reach, svg, written, y } from "./chart-frame.js";

/** What a line of a chart is called; the one without a name is the sum. */
export function lineName(curve) {
  return curve.name || t("chart-total");
}

/** Which step holds at a moment, the last one ending at `end`: steps may be months, or days of 23 hours. None is -1. */
export function stepUnder(times, end, moment) {
  return moment < end ? times.findLastIndex((time) => time <= moment) : -1;
}

export function day(chart) {
  const all = chart.curves.flatMap(({ points }) => points);
  const [low, high] = reach(all.map(([, value]) => value).filter((value) => value !== null));
  const times = chart.curves[0].points.map(([at]) => Date.parse(at));
  const end = Date.parse(chart.end);
  const start = times[0];
  const x = (time) => LEFT + ((time - start) / Math.max(1, end - start)) * (WIDTH - LEFT);
  const most = chart.peak ? t("chart-peak", { value: written(chart.peak[1], chart.unit), instant: dateText(Date.parse(chart.peak[0]), store.timezone) }) : "";
  const picture = frame(`${t("chart-of", { title: named(chart.title) })} ${most}`, low, high);
  const look = looks(chart);
  chart.curves.forEach((curve, line) => {
    let path = "";
    let open = false;
    curve.points.forEach(([at, value], place) => {
      const time = Date.parse(at);
      // A value holds for its whole step, be it a month; where there is none the line is interrupted.
      if (value !== null) path += `${open ? "L" : "M"}${x(time).toFixed(1)} ${y(value, low, high).toFixed(1)}H${x(times[place + 1] ?? end).toFixed(1)}`;
      open = value !== null;
    });
    picture.append(svg("path", { d: path, fill: "none", "stroke-width": 2, stroke: look[line].stroke, "stroke-dasharray": look[line].dashes }));
  });
  const now = Date.parse(store.state.instant);
  if (now >= start && now < end) picture.append(svg("line", { x1: x(now), x2: x(now), y1: 4, y2: HEIGHT, class: "now" }));
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    const time = start + share * (end - start);
    const words = end - start <= 2 * 86_400_000 ? dateText(time, store.timezone).split(", ")[1] : dateText(time, store.timezone).split(", ")[0];
    picture.append(svg("text", { x: x(time), y: HEIGHT + 13, "text-anchor": anchor }, words));
  }
  picture.onclick = (event) => {
    const box = picture.getBoundingClientRect();
    const share = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT);
    const place = stepUnder(times, end, start + share * (end - start));
    if (place >= 0) command({ do: "set-instant", instant: chart.curves[0].points[place][0] });
  };
  return picture;
}

/** How each line looks, and what it is called. */
export const looks = (chart) => chart.curves.map((curve, line) => {
  const total = !curve.name && chart.total;
  return { stroke: total ? "currentColor" : COLOURS[line % COLOURS.length], dashes: total ? "" : DASHES[line % DASHES.length], words: lineName(curve) };
});

/** Which line is which, where there are several. */
export function keys(chart) {
  if (chart.curves.length < 2) return [];
  const list = make("ul", "", { class: "keys" });
  for (const { stroke, dashes, words } of looks(chart)) {
    const item = make("li");
    const key = svg("svg", { viewBox: "0 0 24 8", width: 24, height: 8, "aria-hidden": "true" });
    key.append(svg("line", { x1: 0, x2: 24, y1: 4, y2: 4, "stroke-width": 3, stroke, "stroke-dasharray": dashes }));
    item.append(key, " ", words);
    list.append(item);
  }
  if (chart.moreRows > 0) list.append(make("li", t("chart-more", { count: number(chart.moreRows, 0) })));
  return [list];
}

export function duration(chart) {
  const values = chart.duration;
  const [low, high] = reach(values);
  const picture = frame(t("chart-duration"), low, high);
  const path = values.map((value, place) => `${place ? "L" : "M"}${(LEFT + (place / (values.length - 1)) * (WIDTH - LEFT)).toFixed(1)} ${y(value, low, high).toFixed(1)}`).join("");
  picture.append(svg("path", { d: path, fill: "none", stroke: COLOURS[0], "stroke-width": 2 }));
  for (const [share, anchor] of [[0, "start"], [0.5, "middle"], [1, "end"]]) {
    picture.append(svg("text", { x: LEFT + share * (WIDTH - LEFT), y: HEIGHT + 13, "text-anchor": anchor }, `${number(share * 100, 0)}\u00a0%`));
  }
  return picture;
}
