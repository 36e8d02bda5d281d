// The shell: real HTML around the picture, usable before the picture is there.

import { bytes, currentLanguage, dateText, metres, named, speak, t } from "./words.js";
import { command, laid, linked, onChange, overlays, readTerritory, receive, store } from "./state.js";
import { Fault, journey, program, retreat, told } from "./ahead.js";
import { hear, onStop, start } from "./viewer.js";
import { drawLayers, drawLegend, drawSeries, legendOf, wireLayers } from "./layers.js";
import { dayOf, drawTime, seriesOf, wireTime } from "./time.js";
import { attributesOf, drawAttributes, wireAttributes } from "./attributes.js";
import { drawBookmarks, wireBookmarks } from "./bookmarks.js";
import { calendarOf, chartOf, drawChart, drawChartSoon } from "./chart.js";
import { accountsOf, drawAccounts, drawAccountsSoon, wireAccounts } from "./accounts.js";
import { areaOf, drawArea } from "./area.js";
import { changesOf, drawGantt } from "./gantt.js";
import { drawFlows, flowsOf } from "./sankey.js";
import { drawEmpty, drawSheet, figuresOf, wireSheet } from "./sheet.js";
import { drawPicture, qualityOf, wirePicture } from "./picture.js";
import { drawRoof, roofOf } from "./roof.js";
import { drawPlan, planOf, wirePlan } from "./plan.js";
import { drawProposal, proposalOf } from "./proposal.js";
import { drawSearch, searchOf, wireSearch } from "./search.js";
import { drawMarks, marksOf } from "./marks.js";
import { cameraButton, wireKeys } from "./keys.js";
import { embed } from "./embed.js";
import { SHORTCUTS } from "./shortcuts.js";
import { keepForNextVisit } from "./shelf.js";
import { remember, remembered } from "./memory.js";
import { fileOf, announce, byId, toast } from "./page.js";

const canvas = byId("scene");
const settings = document.body.dataset;
const outside = embed();
/** What the picture is drawn with: `webgl2` or `webgpu`; empty until that is known. */
let graphics = "";

async function boot() {
  const first = linked().language ?? remembered("language") ?? "fr";
  setLanguage(first);
  store.state.language = first;
  wireHeader();
  wireLayers();
  wirePicture();
  wireAttributes();
  wireBookmarks();
  wireAccounts();
  wireTime();
  wireSheet();
  wireKeys(canvas);
  wireSearch();
  wirePlan();
  onChange(draw);
  hear(message);
  onStop(canvas, (code, detail) => {
    if (!store.ready && retreat(graphics)) return;
    fault(code, detail, "reload");
    if (code === "context") comeBack();
  });
  window.addEventListener("online", () => {
    toast("");
    command({ do: "try-again" });
  });
  window.addEventListener("offline", () => toast(t("fault-offline")));
  window.addEventListener("hashchange", () => {
    // Our own changes of the address replace it without this event: here somebody pasted a link. A place within the page is none.
    if (location.hash.includes("=") && location.hash.slice(1) !== store.link) location.reload();
  });
  draw(store.state, null);

  // The territory and the viewer travel together; neither waits for the other.
  await Promise.all([loadTerritory(), loadViewer()]);
}

/** Time to read what has happened, then the page begins again at the same view: its address holds it. */
const COME_BACK_AFTER = 3000;
/** A driver that fails again and again is left to the person: so many times in so long (ms). */
const COME_BACK_MOST = 3;
const COME_BACK_WITHIN = 600_000;

/** The browser took the graphics away (a driver that was renewed, a machine that slept): the scene returns by itself, once somebody looks. */
function comeBack() {
  let times = [];
  try {
    times = JSON.parse(sessionStorage.getItem("jumeau-came-back") ?? "[]").filter((time) => Date.now() - time < COME_BACK_WITHIN);
    if (times.length >= COME_BACK_MOST) return;
    sessionStorage.setItem("jumeau-came-back", JSON.stringify([...times, Date.now()]));
  } catch {
    // Without memory nobody could count: the button stays.
    return;
  }
  const begin = () => {
    if (document.hidden) document.addEventListener("visibilitychange", begin, { once: true });
    else setTimeout(() => location.reload(), COME_BACK_AFTER);
  };
  begin();
}

async function loadTerritory() {
  try {
    await readTerritory(settings.territory, told);
    if (remembered("language") && !linked().language) command({ do: "set-language", language: remembered("language") });
    drawAll();
  } catch (error) {
    fault(navigator.onLine ? "territory" : "offline", String(error.message ?? error));
  }
}

async function loadViewer() {
  loading("loading-viewer");
  const link = location.hash.slice(1);
  try {
    const chosen = await program;
    graphics = chosen.graphics;
    document.body.dataset.graphics = graphics;
    journey.told = () => {
      const { received, total } = journey;
      if (store.ready || chosen.bytes === 0 || !received) return;
      if (received >= total) loading("loading-start");
      else loading("loading-viewer-of", { done: bytes(received), all: bytes(total) }, received / total);
    };
    journey.told();
    await start({
      loaded: chosen.loaded,
      decoder: settings.decoder,
      territory: settings.territory,
      link,
      over: overlays(location.search, document.baseURI),
    });
    if (currentLanguage() !== "fr") command({ do: "set-language", language: currentLanguage() });
    if (!store.ready) loading("loading-tiles");
  } catch (error) {
    // A line that is gone says nothing of the graphics.
    const code = error instanceof Fault ? error.code : "viewer";
    if (code === "start" && retreat(graphics)) return;
    fault(code, String(error.message ?? error));
  }
}

/** What the viewer says. */
function message(received) {
  switch (received.kind) {
    case "ready":
      store.ready = true;
      byId("loading").hidden = true;
      byId("fault").hidden = true;
      document.body.dataset.ready = "true";
      keepForNextVisit();
      break;
    case "state":
      receive(received.state, received.link);
      keepLink();
      break;
    case "laid":
      laid(received);
      drawLayers(store.state, true);
      credit();
      break;
    case "progress":
      byId("tiles").textContent = received.complete || !received.waiting ? "" : t("tiles", { waiting: received.waiting });
      document.body.dataset.complete = String(Boolean(received.complete));
      drawEmpty();
      break;
    case "marks":
      marksOf(received);
      break;
    case "quality":
      qualityOf(received);
      break;
    case "figures":
      figuresOf(received);
      break;
    case "legend":
      legendOf(received);
      break;
    case "series":
      seriesOf(received);
      drawSeries();
      break;
    case "attributes":
      attributesOf(received);
      break;
    case "day":
      dayOf(received);
      break;
    case "calendar":
      calendarOf(received);
      break;
    case "area":
      areaOf(received);
      break;
    case "accounts":
      accountsOf(received);
      break;
    case "changes":
      changesOf(received);
      break;
    case "file":
      fileOf(received);
      break;
    case "roof":
      roofOf(received);
      break;
    case "plan":
      planOf(received);
      break;
    case "proposal":
      proposalOf(received);
      break;
    case "search":
      searchOf(received);
      break;
    case "flows":
      flowsOf(received);
      break;
    case "chart":
      chartOf(received);
      break;
    case "fault":
      // Only what leaves no picture at all takes its place; the rest is said beside it.
      if (received.fatal) fault(received.code, received.code, "retry", { fr: received.fr, en: received.en });
      else toast(received[currentLanguage()] ?? received.fr);
      break;
    default:
  }
  outside.tell(received);
}

function draw(state, before) {
  if (before && state.language !== before.language) {
    setLanguage(state.language);
    drawAll();
    return;
  }
  drawTime(state, before);
  drawLayers(state);
  drawAttributes();
  drawPicture(state);
  drawSheet(state, before);
  if (before && state.selection !== before.selection) {
    drawRoof();
    drawPlan();
  }
  if (!before || JSON.stringify(state.area) !== JSON.stringify(before.area)) drawArea();
  if (!before || JSON.stringify(state.proposal) !== JSON.stringify(before.proposal)) drawProposal();
  if (before && (state.selection !== before.selection || state.series !== before.series)) drawChart();
  else if (before && state.instant !== before.instant) drawChartSoon();
  if (before && state.balance !== before.balance) drawAccounts();
  else if (before && state.instant !== before.instant) drawAccountsSoon();
  if (before && (state.flows !== before.flows || state.selection !== before.selection)) drawFlows();
  drawCamera(state, before);
  byId("clock").textContent = dateText(Date.parse(state.instant), store.timezone);
}

function drawAll() {
  again();
  if (store.manifest) {
    byId("territory-name").textContent = named(store.manifest.name);
    document.title = `${named(store.manifest.name)} – Jumeau`;
  }
  drawTime(store.state, null);
  drawLayers(store.state, true);
  drawAttributes(true);
  drawBookmarks();
  drawPicture(store.state);
  drawMarks();
  drawRoof();
  drawPlan();
  drawProposal();
  drawSearch();
  drawSeries();
  drawLegend();
  drawGantt();
  drawArea();
  drawAccounts();
  drawSheet(store.state, null);
  drawChart();
  drawFlows();
  byId("clock").textContent = dateText(Date.parse(store.state.instant), store.timezone);
  credit();
}

let cameraTimer = 0;

function drawCamera({ camera }, before) {
  if (!camera || camera === before?.camera) return;
  byId("needle").style.rotate = `${-camera.heading_deg}deg`;
  if (!before?.camera || !document.activeElement?.closest("#stage")) return;
  const moved = JSON.stringify(camera) !== JSON.stringify(before.camera);
  if (!moved) return;
  clearTimeout(cameraTimer);
  cameraTimer = setTimeout(() => {
    const direction = t("directions")[Math.round(camera.heading_deg / 45) % 8];
    announce(t("view-announce", { direction, distance: metres(camera.distance_m), pitch: Math.round(-camera.pitch_deg) }));
  }, 700);
}

/** Every licence wants its sentence beside the picture. */
function credit() {
  const datasets = store.manifest?.datasets ?? [];
  // What is owed to others comes first: it must be read even where there is little room.
  const others = datasets.filter((dataset) => dataset.producer !== "Jumeau");
  const ours = datasets.filter((dataset) => dataset.producer === "Jumeau");
  const sentences = [...others, ...ours].map((dataset) => dataset.attribution).filter(Boolean);
  byId("credit").textContent = [...new Set(sentences)].join(" · ");
}

let linkTimer = 0;

/** The address bar follows the view, so that reloading and bookmarks come back to it. */
function keepLink() {
  if (!store.link || linkTimer) return;
  // Browsers allow about a hundred changes of the address in thirty seconds.
  linkTimer = setTimeout(() => {
    linkTimer = 0;
    if (location.hash.slice(1) !== store.link) history.replaceState(null, "", `#${store.link}`);
  }, 500);
}

function wireHeader() {
  byId("language").addEventListener("click", () => {
    const language = currentLanguage() === "fr" ? "en" : "fr";
    remember("language", language);
    command({ do: "set-language", language });
  });
  byId("share").addEventListener("click", share);
  byId("help-open").addEventListener("click", () => byId("help").showModal());
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => cameraButton(button.dataset.do));
  }
  byId("fault-retry").addEventListener("click", () => location.reload());
}

async function share() {
  const address = new URL(location.href);
  if (store.link) address.hash = store.link;
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title: document.title, url: address.href });
      return;
    }
    await navigator.clipboard.writeText(address.href);
    toast(t("link-copied"));
  } catch (error) {
    // A person who closes the share sheet has not met a fault.
    if (error?.name !== "AbortError") toast(t("link-manual"));
  }
}

function setLanguage(language) {
  speak(language);
  const button = byId("language");
  const other = language === "fr" ? "en" : "fr";
  button.textContent = other.toUpperCase();
  button.lang = other;
  button.title = t("language");
  button.setAttribute("aria-label", `${other.toUpperCase()} – ${t("language")}`);
  byId("keys").replaceChildren(...SHORTCUTS.map((row) => [named(row.name), named(row.text)]).map(([keys, does]) => {
    const row = document.createElement("tr");
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = keys;
    const cell = document.createElement("td");
    cell.textContent = does;
    row.append(head, cell);
    return row;
  }));
}

let spoken = "";
/** Says again what is being loaded, or what went wrong, when the language changes. */
let again = () => {};

function loading(key, values, share) {
  again = () => { byId("loading-text").textContent = t(key, values); };
  const bar = byId("loading-bar");
  if (share === undefined) bar.removeAttribute("value");
  else bar.value = share;
  byId("loading-text").textContent = t(key, values);
  // A screen reader hears each stage, not each megabyte.
  byId("loading").setAttribute("aria-live", key === spoken ? "off" : "polite");
  spoken = key;
}

const TITLES = { territory: "fault-territory-title", offline: "fault-offline-title" };

/** `sentences` has the viewer's own words, `{fr, en}`, for faults that the shell does not know. */
function fault(code, detail, remedy = "retry", sentences = null) {
  again = () => {
    byId("fault-title").textContent = t(TITLES[code] ?? "fault-title");
    byId("fault-text").textContent = sentences ? named(sentences) : t(`fault-${code}`);
    byId("fault-retry").textContent = t(remedy);
  };
  again();
  byId("loading").hidden = true;
  byId("fault-code").textContent = detail && detail !== code ? `${code}: ${detail}` : code;
  byId("fault").hidden = false;
  outside.tell({ kind: "fault", code });
}

// Last, so that everything above is there when it begins.
boot();
