// Views that a person keeps: where one looks, when, and what the colours mean. They stay in this browser; a share link carries one elsewhere.

import { dateText, t } from "./words.js";
import { command, store } from "./state.js";
import { remember, remembered } from "./memory.js";
import { announce, byId, make, toast } from "./page.js";

/** Views of one territory, and letters of a name. */
const VIEWS_MAX = 40;
const NAME_MAX = 60;

const shelf = () => `views-${store.state.territory || store.manifest?.id || ""}`;

/** What was kept; whatever else lies there is nothing. */
function kept() {
  try {
    const list = JSON.parse(remembered(shelf()) ?? "[]");
    return Array.isArray(list) ? list.filter((view) => typeof view?.name === "string" && view.state?.camera).slice(0, VIEWS_MAX) : [];
  } catch {
    return [];
  }
}

/** Whether this browser keeps them. */
function keep(views) {
  const done = remember(shelf(), JSON.stringify(views));
  drawBookmarks();
  return done;
}

export function wireBookmarks() {
  byId("view-keep").addEventListener("submit", (event) => {
    event.preventDefault();
    const { state } = store;
    if (!state.camera) return;
    const field = byId("view-name");
    const name = field.value.trim().slice(0, NAME_MAX) || dateText(Date.parse(state.instant), store.timezone);
    // The same name once more is the same view, anew.
    const views = [...kept().filter((view) => view.name !== name), { name, state: { ...state, selection: state.selection ?? null } }];
    if (views.length > VIEWS_MAX) return toast(t("view-full", { count: VIEWS_MAX }));
    if (!keep(views)) return toast(t("view-refused"));
    field.value = "";
    announce(t("view-kept", { name }));
  });
}

export function drawBookmarks() {
  const views = kept();
  byId("views").replaceChildren(...views.map((view, place) => {
    const item = make("li");
    const open = make("button", view.name, { type: "button", class: "small" });
    open.append(make("small", ` ${dateText(Date.parse(view.state.instant), store.timezone)}`));
    open.addEventListener("click", () => {
      command({ do: "restore", state: { ...view.state, language: store.state.language } });
      announce(t("view-opened", { name: view.name }));
    });
    const remove = make("button", "×", { type: "button", class: "small", "aria-label": t("view-remove", { name: view.name }), title: t("view-remove", { name: view.name }) });
    remove.addEventListener("click", () => {
      keep(views.filter((_, at) => at !== place));
      byId("view-name").focus();
    });
    item.append(open, " ", remove);
    return item;
  }));
}
