// The real viewer through a page's life: workers and without them, standing still, a network that goes and comes, a tab that sleeps, graphics that are taken away.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { browser, manifest, serve, watch } from "./helper.mjs";

/** A limit against hanging, not a measure. */
const PATIENCE = 600_000;
/** Little to draw: these stories are not about pixels. */
const SMALL = { width: 360, height: 260 };

let chrome;
let server;

before(async () => {
  server = await serve();
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
});

async function open({ setup } = {}) {
  const context = await chrome.newContext({ viewport: SMALL, serviceWorkers: "block" });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const faults = watch(page);
  await page.addInitScript(() => {
    window.parcels = 0;
    window.drawn = 0;
    window.drawnAt = 0;
    window.frames = 0;
    window.Worker = class extends window.Worker {
      constructor(...words) {
        super(...words);
        this.addEventListener("message", ({ data }) => { if (data.parcel) window.parcels += 1; });
      }
    };
    for (const name of ["drawElements", "drawElementsInstanced", "drawArrays", "drawArraysInstanced"]) {
      const draw = WebGL2RenderingContext.prototype[name];
      WebGL2RenderingContext.prototype[name] = function (...words) {
        // Calls of one frame follow each other at once.
        const now = performance.now();
        if (now - window.drawnAt > 100) window.frames += 1;
        window.drawnAt = now;
        window.drawn += 1;
        return draw.apply(this, words);
      };
    }
    window.addEventListener("jumeau", ({ detail }) => {
      const message = JSON.parse(detail);
      if (message.kind === "progress") window.progress = message;
      if (message.kind === "state") window.state = message.state;
    });
  });
  await setup?.(page, context);
  await page.goto(server.origin);
  return { page, faults, context };
}

const complete = (page) => page.waitForFunction(() => window.progress?.complete && window.progress.shown > 0);
/** Says a command as the page's own parts do. */
const say = (page, command) => page.evaluate(async (command) => {
  const state = await import(new URL("state.js", document.querySelector('script[type="module"]').src).href);
  state.command(command);
}, command);
const elsewhere = () => {
  const { bounds_lonlat: [west, south, east, north], home } = manifest();
  const target = [west + 0.7 * (east - west), south + 0.3 * (north - south), home.height_m];
  return { do: "look-at", camera: { target, distance_m: 300, heading_deg: 100, pitch_deg: -40 } };
};

test("workers decode every tile; without them the page does, and shows the same", async (context) => {
  // What a page picks for itself depends on the frames that it happens to have drawn.
  const preset = { do: "set-quality", quality: "mobile" };
  const apart = await open();
  await say(apart.page, preset);
  await complete(apart.page);
  const [parcels, with_] = await apart.page.evaluate(() => [window.parcels, window.progress]);
  assert.ok(with_.uploaded > 0 && parcels >= with_.uploaded, `${parcels} of ${with_.uploaded}`);
  assert.deepEqual(apart.faults, []);
  await apart.context.close();

  const alone = await open({ setup: (page) => page.route("**/decoder.js", (route) => route.abort()) });
  await say(alone.page, preset);
  await complete(alone.page);
  const [none, without] = await alone.page.evaluate(() => [window.parcels, window.progress]);
  assert.equal(none, 0);
  assert.deepEqual([without.shown, without.features, without.failed], [with_.shown, with_.features, 0]);
  await alone.context.close();
  for (const [name, { work_ms, uploaded }] of Object.entries({ with_, without })) {
    context.diagnostic(`${name}: ${(work_ms / uploaded).toFixed(2)} ms of the page's thread for each of ${uploaded} tiles`);
  }
});

test("a worker whose module traps gives its tiles back", async () => {
  const broken = `self.onmessage = ({ data }) => { if (!data.module) self.postMessage({ broken: "trap" }); };`;
  const { page, context } = await open({ setup: (page) => page.route("**/decoder.js", (route) => route.fulfill({ contentType: "text/javascript", body: broken })) });
  await complete(page);
  assert.equal(await page.evaluate(() => window.progress.failed), 0);
  await context.close();
});

test("a view that stands still is not drawn any more, and a command is heard at once all the same", async () => {
  const { page, context } = await open();
  await complete(page);
  // After the last event there are some looks, five seconds apart; what fades in before ends when its frames end, on a busy machine not in a second.
  const frames = () => page.evaluate(() => window.frames);
  let before;
  for (let tries = 0; tries < 6 && (await frames()) !== before; tries += 1) {
    before = await frames();
    await page.waitForTimeout(14_000);
  }
  assert.equal(await frames(), before);
  before = await page.evaluate(() => window.drawn);
  // No pointer, no key: the command alone.
  await say(page, { do: "set-theme", theme: "demand" });
  await page.waitForFunction(() => window.state.theme === "demand");
  await page.waitForFunction((before) => window.drawn > before, before);
  await context.close();
});

test("tiles that a network swallowed come when it is back", async () => {
  const { page, context } = await open();
  await complete(page);
  await context.setOffline(true);
  await say(page, elsewhere());
  await page.waitForFunction(() => window.progress.failed > 0 || window.progress.waiting > 0);
  await page.locator("#toast").filter({ hasText: /\S/ }).waitFor();
  await context.setOffline(false);
  await complete(page);
  await page.waitForFunction(() => window.progress.complete && window.progress.failed === 0);
  await context.close();
});

test("a tab that slept goes on where it was", async () => {
  const { page, context } = await open();
  await complete(page);
  const session = await context.newCDPSession(page);
  await session.send("Page.setWebLifecycleState", { state: "frozen" });
  await new Promise((done) => setTimeout(done, 3_000));
  await session.send("Page.setWebLifecycleState", { state: "active" });
  const wanted = elsewhere();
  await say(page, wanted);
  await page.waitForFunction((distance) => window.state.camera.distance_m === distance, wanted.camera.distance_m);
  await page.waitForFunction(() => !window.progress.complete);
  await complete(page);
  await context.close();
});

test("graphics that are taken away come back by themselves, at the same view", async () => {
  const { page, context } = await open();
  await complete(page);
  const wanted = elsewhere();
  await say(page, wanted);
  await page.waitForFunction(() => location.hash.includes("300"));
  await page.evaluate(() => { window.old = true; });
  await page.evaluate(() => document.querySelector("#scene").getContext("webgl2").getExtension("WEBGL_lose_context").loseContext());
  await page.locator("#fault").waitFor({ state: "visible" });
  await page.waitForFunction(() => !window.old);
  await complete(page);
  assert.ok(await page.locator("#fault").isHidden());
  assert.ok(Math.abs(await page.evaluate(() => window.state.camera.distance_m) - wanted.camera.distance_m) < 1);
  await context.close();
});
