// How long a clicked roof takes to answer on the page, and a changed choice after it: JSON on stdout.
//
//   JUMEAU_PROGRAM=target/debug/jumeau JUMEAU_WEB=build/web JUMEAU_TERRITORY=DIR node tests/bench/solar/answer.mjs [ROOFS]
//
// The territory has a roof book (`jumeau solar DIR --all --store`). A click is the command `select`; what counts is the time until the message `roof` says
// `ready` for that building, the way through the network and the bridge included, and `ms`, which the viewer measured for the answer alone.
// The picture is small and its quality the lowest, so that a software renderer leaves time to answer: frames are measured elsewhere.

import { readFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { browser, manifest, serve, territory } from "../../web/helper.mjs";

const wanted = Math.max(1, Number(process.argv[2] ?? 30));
const book = manifest().roofs;
if (!book) throw new Error(`${territory} has no roof book: jumeau solar ${territory} --all --store`);
const buildings = [];
for (let page = 0; page < book.pages && buildings.length < wanted; page += 1) {
  const file = join(territory, book.path, `${String(page).padStart(4, "0")}.jsonl.gz`);
  for (const line of gunzipSync(readFileSync(file)).toString("utf8").split("\n").filter(Boolean)) {
    const record = JSON.parse(line);
    // Every page once more: a page that is already on the device answers faster.
    if (record.planes.some(({ modules }) => modules > 0)) buildings.push({ layer: record.layer, id: record.building });
    if (buildings.length >= wanted || buildings.length % 4 === 3) break;
  }
}

const server = await serve();
const chrome = await browser();
try {
  const context = await chrome.newContext({ viewport: { width: 480, height: 320 }, deviceScaleFactor: 1, locale: "fr-FR" });
  const page = await context.newPage();
  await page.addInitScript(() => {
    window.waiting = null;
    window.addEventListener("jumeau", (event) => {
      const message = typeof event.detail === "string" ? JSON.parse(event.detail) : event.detail;
      if (message.kind === "ready") window.isReady = true;
      if (message.kind === "roof" && window.waiting?.(message)) window.waiting = null;
    });
  });
  await page.goto(`${server.origin}/`);
  await page.waitForFunction(() => window.isReady, null, { timeout: 180_000 });
  const measured = await page.evaluate(async (buildings) => {
    const { command } = await import(new URL("state.js", document.querySelector('script[type="module"]').src).href);
    const PATIENCE = 20_000;
    const answered = (ask, is) => new Promise((done) => {
      const began = performance.now();
      const timer = setTimeout(() => { window.waiting = null; done(null); }, PATIENCE);
      window.waiting = (message) => {
        if (!is(message)) return false;
        clearTimeout(timer);
        done({ wall: performance.now() - began, ms: message.ms ?? null });
        return true;
      };
      command(ask);
    });
    command({ do: "set-quality", quality: "mobile" });
    const clicks = [];
    const changes = [];
    for (const selection of buildings) {
      const click = await answered({ do: "select", selection }, (message) => message.building === selection.id && ["ready", "empty", "absent", "failed"].includes(message.state));
      if (click) clicks.push(click);
      const kwh = 1 + (changes.length % 8);
      const change = await answered({ do: "set-roof-battery", kwh }, (message) => message.state === "ready" && message.choice.batteryKwh === kwh);
      if (change) changes.push(change);
    }
    return { clicks, changes };
  }, buildings);
  const spread = (values) => {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    const at = (share) => (sorted.length ? Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 10) / 10 : null);
    return { count: sorted.length, median: at(0.5), p95: at(0.95), worst: at(1) };
  };
  const told = {
    roofs: buildings.length, load: loadavg()[0],
    click_wall_ms: spread(measured.clicks.map(({ wall }) => wall)), click_answer_ms: spread(measured.clicks.map(({ ms }) => ms)),
    change_wall_ms: spread(measured.changes.map(({ wall }) => wall)), change_answer_ms: spread(measured.changes.map(({ ms }) => ms)),
  };
  process.stdout.write(`${JSON.stringify(told, null, 2)}\n`);
} finally {
  await chrome.close();
  await server.stop();
}
