// The search box: a combobox over the answers of the viewer (message `search`). What is typed stays on this device: the viewer fetches files of an
// index, never words.

import { t } from "./words.js";
import { command, store } from "./state.js";
import { announce, byId, make } from "./page.js";

/** Longest query that is sent, letters. */
const LETTERS_MAX = 200;
/** Letters typed in one go are one question (ms). */
const PAUSE = 60;

let hits = [];
let answer = { query: "", waiting: false, index: true, partial: false };
let cursor = -1;
let open = false;
let timer = 0;
/** Somebody pressed Enter before the answer was there. */
let hurried = false;

const input = () => byId("search-text");

export function wireSearch() {
  const box = input();
  box.addEventListener("input", () => {
    cursor = -1;
    hurried = false;
    open = true;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
    drawSearch();
  });
  box.addEventListener("keydown", key);
  box.addEventListener("focus", () => { if (box.value.trim()) { open = true; drawSearch(); } });
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    // What is listed may still answer older letters.
    hurried = cursor < 0 && (answer.waiting || answer.query !== asked());
    if (hurried) ask();
    else take(Math.max(cursor, 0));
  });
  byId("search-clear").addEventListener("click", () => {
    box.value = "";
    open = false;
    ask();
    box.focus();
    drawSearch();
  });
  // A press on an answer must not take the focus away before it counts.
  byId("search-list").addEventListener("pointerdown", (event) => event.preventDefault());
  byId("search-list").addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(Number(option.dataset.place));
  });
  byId("search").addEventListener("focusout", (event) => {
    if (byId("search").contains(event.relatedTarget)) return;
    open = false;
    drawSearch();
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches?.("input:not([type=range],[type=checkbox],[type=radio]), select, textarea");
    const slash = event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey;
    const k = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if ((!slash && !k) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  drawSearch();
}

const asked = () => input().value.slice(0, LETTERS_MAX);

function ask() {
  clearTimeout(timer);
  const query = asked();
  if (!query.trim()) hits = [];
  else answer = { ...answer, waiting: true };
  command({ do: "find", query });
}

function key(event) {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    open = true;
    const step = event.key === "ArrowDown" ? 1 : -1;
    if (hits.length > 0) cursor = cursor < 0 ? (step > 0 ? 0 : hits.length - 1) : (cursor + step + hits.length) % hits.length;
    drawSearch();
  } else if (event.key === "Escape") {
    // One step back at a time: the list, then the words.
    event.stopPropagation();
    if (open && hits.length > 0) open = false;
    else if (input().value) {
      input().value = "";
      ask();
    } else byId("scene").focus();
    drawSearch();
  }
}

/** Goes to an answer. */
function take(place) {
  const hit = hits[place];
  if (!hit) return;
  input().value = hit.label;
  open = false;
  command(hit.go);
  announce(`${hit.label}, ${below(hit)}`);
  drawSearch();
  // On a phone the keyboard goes away, so that the picture can be seen.
  if (matchMedia("(pointer: coarse)").matches) input().blur();
  else byId("scene").focus();
}

/** A search message of the viewer. */
export function searchOf(message) {
  answer = message;
  hits = Array.isArray(message.hits) ? message.hits.slice(0, 20) : [];
  if (cursor >= hits.length) cursor = -1;
  if (hurried && !message.waiting && message.query === asked()) {
    hurried = false;
    if (hits.length > 0) return take(0);
  }
  drawSearch();
  if (!open || message.waiting || !message.query) return;
  announce(hits.length > 0 ? t(hits.length === 1 ? "search-one" : "search-many", { count: hits.length }) : sentence());
}

function below(hit) {
  const parts = [t(`search-${hit.what}`), hit.detail].filter(Boolean).join(" · ");
  return hit.remark === "none" ? parts : `${parts} — ${t(`search-${hit.remark}`)}`;
}

function sentence() {
  if (!answer.index) return t("search-no-index");
  if (!store.ready && answer.waiting) return t("search-soon");
  if (answer.waiting) return hits.length > 0 ? "" : t("search-waiting");
  if (answer.partial) return t("search-partial");
  return hits.length > 0 || !answer.query ? "" : t("search-nothing", { query: answer.query });
}

export function drawSearch() {
  const box = input();
  const list = byId("search-list");
  const shown = open && Boolean(box.value.trim());
  byId("search-clear").hidden = !box.value;
  list.replaceChildren(...(shown ? hits : []).map((hit, place) => {
    const option = make("li", "", { role: "option", id: `search-${place}`, "aria-selected": String(place === cursor), "data-place": place });
    option.append(make("strong", hit.label), make("span", below(hit), { class: "quiet" }));
    return option;
  }));
  list.hidden = !shown || hits.length === 0;
  const note = byId("search-note");
  note.textContent = shown ? [sentence(), t("search-local")].filter(Boolean).join(" ") : "";
  byId("search-answers").hidden = !shown;
  box.setAttribute("aria-expanded", String(shown && hits.length > 0));
  if (shown && cursor >= 0) {
    box.setAttribute("aria-activedescendant", `search-${cursor}`);
    byId(`search-${cursor}`)?.scrollIntoView({ block: "nearest" });
  } else box.removeAttribute("aria-activedescendant");
}
