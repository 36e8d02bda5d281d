// The time strip: hours of the year on a slider, steps, play, speed, a date that can be typed.

import { dateText, instantOf, localText, monthInitials, number, rfc3339, t } from "./words.js";
import { command, onChange, store } from "./state.js";
import { announce, byId, make, toast } from "./page.js";

let timer = 0;

export function wireTime() {
  const hour = byId("hour");
  hour.addEventListener("input", () => {
    const { start, step } = store.axis;
    command({ do: "set-instant", instant: rfc3339(start + Number(hour.value) * step) });
  });
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => command({ do: "step-instant", seconds: Number(button.dataset.step) }));
  }
  byId("play").addEventListener("click", toggle);
  byId("speed").addEventListener("change", (event) => command({ do: "set-speed", speed: Number(event.target.value) }));
  byId("date").addEventListener("change", (event) => {
    const instant = instantOf(event.target.value, store.timezone);
    // An incomplete or impossible date changes nothing; the field shows the instant again.
    if (Number.isFinite(instant)) command({ do: "set-instant", instant: rfc3339(instant) });
    const shown = localText(Date.parse(store.state.instant), store.timezone);
    if (Number.isFinite(instant) && shown.slice(0, 4) !== event.target.value.slice(0, 4)) {
      toast(t("date-round", { year: shown.slice(0, 4) }));
    }
    event.target.value = shown;
  });
  // Without a viewer nothing moves the clock; the strip still does what it says.
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    const { playback, instant } = store.state;
    if (!store.ready && playback.playing) {
      const next = Date.parse(instant) + Math.min(now - last, 1000) * playback.speed;
      command({ do: "set-instant", instant: rfc3339(next) });
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
  const { start, end, step } = store.axis;
  const time = Date.parse(state.instant);
  const hour = byId("hour");
  hour.max = Math.max(1, Math.round((end - start) / step) - 1);
  hour.value = Math.floor((time - start) / step);
  hour.setAttribute("aria-valuetext", dateText(time, store.timezone));
  const date = byId("date");
  date.min = localText(start, store.timezone);
  date.max = localText(end - step, store.timezone);
  // Writing into a field that somebody types in would take the words out of their mouth.
  if (document.activeElement !== date || state.playback.playing) date.value = localText(time, store.timezone);

  const play = byId("play");
  if (!before || state.playback.playing !== before.playback.playing) {
    const playing = state.playback.playing;
    play.setAttribute("aria-pressed", String(playing));
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
  if (!before) byId("months").replaceChildren(...monthInitials().map((initial) => make("li", initial)));
}

function speedText(seconds) {
  const [word, unit] = seconds >= 86_400 ? ["speed-days", 86_400] : seconds >= 3600 ? ["speed-hours", 3600] : ["speed-minutes", 60];
  return t(word, { count: number(Math.round((seconds / unit) * 10) / 10) });
}
