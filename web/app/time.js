// The time strip: hours of the year on a slider, steps, play, speed, a date that can be typed.

import { clock, dateText, form, number, rfc3339, t } from "./words.js";
import { command, onChange, reach, ruled as all, store } from "./state.js";
import { around, inside, marks } from "./ruler.js";
import { datePattern, fieldText, typedDate } from "./typed-date.js";
import { announce, byId, make, toast } from "./page.js";

let timer = 0;
/** What the slider shows of time, milliseconds; all of it at first, or the year where there are many. */
let shown = null;
/** Moments of the day that can be jumped to. */
let moments = {};
/** Steps of the slider: a quarter of an hour in a day or a month, an hour beyond. */
const stepOf = ([start, end]) => (end - start > 40 * 86_400_000 ? 3_600_000 : 900_000);
/** Lanes drawn under the slider while it is folded; the series in view is always among them. */
const LANES_MAX = 4;
/** Whether all of them are shown, with their names. */
let unfolded = false;

/** The visible part of time, with the instant in it. */
function visible() {
  const [start, end] = all();
  const now = Date.parse(store.state.instant);
  shown ??= end - start > 400 * 86_400_000 ? around("year", now, store.timezone) : [start, end];
  if (now < shown[0] || now >= shown[1]) {
    const half = (shown[1] - shown[0]) / 2;
    shown = [now - half, now + half];
  }
  // Beyond what has values there are years to look at too.
  shown = inside(shown, reach());
  return shown;
}

/** A series message of the viewer: what there is in time. */
export function seriesOf(message) {
  store.series = Array.isArray(message.series) ? message.series : [];
  const [start, end] = [Date.parse(message.start), Date.parse(message.end)];
  if (Array.isArray(message.years)) store.years = message.years;
  if (start < end && (start !== store.axis.start || end !== store.axis.end)) {
    store.axis = { start, end, step: 3_600_000 };
    shown = null;
  }
  drawTime(store.state, null);
}

/** A day message of the viewer: sunrise, noon, sunset, and when the series in view is highest. */
export function dayOf(message) {
  moments = message;
  for (const button of document.querySelectorAll("[data-moment]")) button.hidden = !moments[button.dataset.moment];
}

export function wireTime() {
  const hour = byId("hour");
  hour.addEventListener("input", () => {
    const [start] = visible();
    command({ do: "set-instant", instant: rfc3339(start + Number(hour.value) * stepOf(shown)) });
  });
  // The wheel comes closer to what the pointer is on.
  hour.closest(".year-line").addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = hour.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const [start, end] = visible();
    const length = Math.max(3_600_000, Math.min((end - start) * 1.25 ** Math.sign(event.deltaY), reach()[1] - reach()[0]));
    const fixed = start + share * (end - start);
    shown = inside([fixed - share * length, fixed + (1 - share) * length], reach());
    drawTime(store.state, null);
  }, { passive: false });
  for (const button of document.querySelectorAll("[data-scope]")) {
    button.addEventListener("click", () => {
      shown = button.dataset.scope === "all" ? all() : inside(around(button.dataset.scope, Date.parse(store.state.instant), store.timezone), reach());
      drawTime(store.state, null);
      announce(t("scope-announce", { from: dateText(shown[0], store.timezone), to: dateText(shown[1], store.timezone) }));
    });
  }
  for (const button of document.querySelectorAll("[data-clock]")) {
    button.addEventListener("click", () => command({ do: "step-clock", unit: button.dataset.clock, count: Number(button.dataset.count) }));
  }
  for (const button of document.querySelectorAll("[data-moment]")) {
    button.addEventListener("click", () => command({ do: "set-instant", instant: moments[button.dataset.moment] }));
  }
  byId("span").addEventListener("click", () => {
    const [start, end] = visible();
    command({ do: "set-span", span: store.state.span ? null : { start: rfc3339(start), end: rfc3339(end) } });
  });
  byId("mean").addEventListener("click", () => command({ do: "show-mean", shown: !store.state.mean }));
  byId("lanes-more").addEventListener("click", () => {
    unfolded = !unfolded;
    drawMarks();
  });
  new ResizeObserver(() => drawMarks()).observe(hour);
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => command({ do: "step-instant", seconds: Number(button.dataset.step) }));
  }
  byId("play").addEventListener("click", toggle);
  byId("speed").addEventListener("change", (event) => command({ do: "set-speed", speed: Number(event.target.value) }));
  byId("date").addEventListener("change", (event) => {
    const instant = typedDate(event.target.value, store.timezone, Date.parse(store.state.instant));
    // An incomplete or impossible date changes nothing; the field shows the instant again.
    if (Number.isFinite(instant)) command({ do: "set-instant", instant: rfc3339(instant) });
    const now = Date.parse(store.state.instant);
    const { year } = clock(now, store.timezone);
    if (!Number.isFinite(instant)) toast(t("date-unread", { pattern: datePattern() }));
    else if (year !== clock(instant, store.timezone).year) toast(t("date-round", { year }));
    event.target.value = fieldText(now, store.timezone);
  });
  // Without a viewer nothing moves the clock; the strip still does what it says.
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const { playback, instant } = store.state;
    if (!store.ready && playback.playing) {
      const [from, next] = [Date.parse(instant), Date.parse(instant) + Math.min(now - last, 1000) * playback.speed];
      // What has values is played over and over.
      const { start, end } = store.axis;
      command({ do: "set-instant", instant: rfc3339(from < end && next >= end ? start + (next - end) : next) });
    }
    last = now;
  }, 250);
  onChange((state, before) => {
    if (state.instant !== before?.instant && !state.playback.playing) later();
  });
}

/** Play or pause; people who asked for less motion get the slowest speed first. */
export function toggle() {
  const playing = !store.state.playback.playing;
  if (playing && matchMedia("(prefers-reduced-motion: reduce)").matches && store.state.playback.speed > 3600) {
    command({ do: "set-speed", speed: 3600 });
  }
  command({ do: "play", playing });
  announce(t(playing ? "playing" : "paused"));
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    // The slider says its own value; this is for steps and typed dates.
    if (document.activeElement !== byId("hour")) announce(dateText(Date.parse(store.state.instant), store.timezone));
  }, 700);
}

export function drawTime(state, before) {
  const time = Date.parse(state.instant);
  const part = visible();
  const step = stepOf(part);
  const hour = byId("hour");
  hour.max = Math.max(1, Math.round((part[1] - part[0]) / step) - 1);
  hour.value = Math.floor((time - part[0]) / step);
  hour.setAttribute("aria-valuetext", dateText(time, store.timezone));
  byId("span").setAttribute("aria-pressed", String(Boolean(state.span)));
  byId("mean").hidden = !state.span || !["demand", "series"].includes(state.theme);
  byId("mean").setAttribute("aria-pressed", String(Boolean(state.mean)));
  const picture = `${unfolded} ${part} ${state.series} ${JSON.stringify(state.span)} ${store.series.length} ${document.documentElement.lang}`;
  if (!before || picture !== drawnFor) {
    drawnFor = picture;
    drawMarks();
  }
  const date = byId("date");
  date.placeholder = datePattern();
  // Writing into a field that somebody types in would take the words out of their mouth.
  if (document.activeElement !== date || state.playback.playing) date.value = fieldText(time, store.timezone);

  const play = byId("play");
  if (!before || state.playback.playing !== before.playback.playing) {
    const playing = state.playback.playing;
    play.dataset.label = playing ? "pause" : "play";
    play.setAttribute("aria-label", t(play.dataset.label));
    play.title = t(play.dataset.label);
    play.querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
  }
  const speed = byId("speed");
  const rate = state.playback.speed;
  let own = speed.querySelector("[data-own]");
  if (![...speed.options].some((option) => !option.dataset.own && Number(option.value) === rate)) {
    // The keyboard doubles and halves; whatever comes of it is said too.
    own ??= speed.appendChild(make("option", "", { "data-own": "true" }));
    own.value = String(rate);
    own.textContent = speedText(rate);
  } else own?.remove();
  speed.value = String(rate);
}

let drawnFor = "";

/** Marks of the visible part, and under them what there is of each series, its gaps, and the part that is played. */
function drawMarks() {
  const part = visible();
  const share = (time) => 100 * Math.min(1, Math.max(0, (time - part[0]) / (part[1] - part[0])));
  const width = byId("hour").clientWidth || 320;
  byId("months").replaceChildren(...marks(part, width, store.timezone).map((mark) => {
    const item = make("li", mark.hasWords ? words(mark) : "");
    item.style.insetInlineStart = `${100 * mark.share}%`;
    return item;
  }));
  const bar = (from, to, kind) => {
    const element = make("i", "", { class: kind });
    element.style.insetInlineStart = `${share(from)}%`;
    element.style.width = `${Math.max(0.2, share(to) - share(from))}%`;
    return element;
  };
  const { series, span } = store.state;
  const ordered = [...store.series].sort((a, b) => Number(b.id === series) - Number(a.id === series));
  const laneOf = (one) => {
    const lane = make("div", "", { class: one.id === series ? "lane current" : "lane", title: one.title });
    lane.append(bar(Date.parse(one.start), Date.parse(one.end), "extent"), ...(one.gaps ?? []).map((gap) => bar(Date.parse(gap.start), Date.parse(gap.end), "gap")));
    return lane;
  };
  const more = byId("lanes-more");
  more.hidden = ordered.length === 0;
  more.textContent = t("lanes-more", { count: number(ordered.length, 0) });
  more.title = t("lanes-all");
  more.setAttribute("aria-expanded", String(unfolded && ordered.length > 0));
  byId("lanes").hidden = unfolded;
  const list = byId("lanes-all");
  list.hidden = !unfolded || ordered.length === 0;
  // A list of all of them stays in the order of the catalogue: rows that move under the finger cannot be followed.
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.series : null;
  list.replaceChildren(...(unfolded ? store.series : []).map((one) => {
    const item = make("li");
    const gaps = (one.gaps ?? []).length;
    const go = make("button", "", { type: "button", "data-series": one.id, "aria-pressed": String(one.id === series) });
    const dates = [one.start, one.end].map((at) => dateText(Date.parse(at), store.timezone).split(", ")[0]);
    const lane = laneOf(one);
    lane.setAttribute("aria-hidden", "true");
    lane.classList.remove("current");
    go.append(make("span", one.title), make("span", t("lane-of", { from: dates[0], to: dates[1], gaps: gaps ? t("lane-gaps", { count: number(gaps, 0) }) : "" }), { class: "hidden" }), lane);
    go.onclick = () => command({ do: "show-series", series: one.id === series ? null : one.id });
    item.append(go);
    return item;
  }));
  if (focused !== null) [...list.querySelectorAll("button")].find((button) => button.dataset.series === focused)?.focus();
  const lanes = (unfolded ? [] : ordered.slice(0, LANES_MAX)).map((one) => {
    const lane = laneOf(one);
    // The one in view has its name; the others say theirs under the pointer.
    if (one.id === series) lane.append(make("span", one.title));
    return lane;
  });
  if (span) {
    const lane = make("div", "", { class: "lane span" });
    lane.append(bar(Date.parse(span.start), Date.parse(span.end), "extent"));
    lanes.unshift(lane);
  }
  byId("lanes").replaceChildren(...lanes);
}

/** As much as tells a mark from its neighbours. */
function words({ time, span }) {
  const local = clock(time, store.timezone);
  if (span === "year" || span === "decade") return local.year;
  if (span === "hour" || span === "quarter") return `${local.hour}:${local.minute}`;
  const parts = span === "month" ? { month: "short" } : { day: "numeric", month: "short" };
  return form("DateTimeFormat", document.documentElement.lang, { ...parts, timeZone: store.timezone }).format(time);
}

function speedText(seconds) {
  const [word, unit] = seconds >= 86_400 ? ["speed-days", 86_400] : seconds >= 3600 ? ["speed-hours", 3600] : seconds >= 60 ? ["speed-minutes", 60] : ["speed-seconds", 1];
  return t(word, { count: number(Math.round((seconds / unit) * 10) / 10) });
}
