// The real bundle with the real territory, in a real browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SIZES, browser, picture, serve, violations, watch } from "./helper.mjs";

/** Software drawing on a small machine is slow; this is a limit against hanging, not a measure. */
const PATIENCE = 600_000;

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

for (const size of Object.keys(SIZES)) {
  test(`the territory opens (${size})`, async (context) => {
    // A laptop's picture: software would draw a whole desktop's for minutes.
    const viewport = size === "desktop" ? { width: 1280, height: 720 } : SIZES[size].viewport;
    const held = await chrome.newContext({ ...SIZES[size], viewport });
    const page = await held.newPage();
    page.setDefaultTimeout(PATIENCE);
    const faults = watch(page);
    await page.addInitScript(() => {
      window.said = [];
      window.addEventListener("jumeau", ({ detail }) => {
        const message = JSON.parse(detail);
        window.said.push(message.kind);
        if (message.kind === "state") window.lastState = message.state;
        if (message.kind === "ready") window.readyAt = performance.now();
      });
    });
    await page.goto(server.origin);
    // Usable before the WebAssembly: the list of layers does not wait for it.
    await page.locator('#layer-list input[type="checkbox"]').first().waitFor({ state: "attached", timeout: PATIENCE });

    // What is chosen before the viewer speaks is kept.
    if (size === "phone") await page.locator("#language").click();
    await page.waitForFunction(() => window.readyAt, null, { timeout: PATIENCE });
    await page.waitForFunction(() => document.body.dataset.complete === "true", null, { timeout: PATIENCE });
    context.diagnostic(`first picture after ${Math.round(await page.evaluate(() => window.readyAt))} ms`);
    assert.ok(await page.locator("#loading").isHidden());
    assert.ok(await page.locator("#fault").isHidden());
    if (size === "phone") {
      assert.equal(await page.evaluate(() => window.lastState.language), "en");
      await page.locator("#language").click();
      await page.waitForFunction(() => window.lastState.language === "fr", null, { timeout: PATIENCE });
    }
    await picture(page, `page-${size}`);
    assert.ok(await colours(page) > 50, "the scene is one flat colour");

    const camera = await page.evaluate(() => JSON.stringify(window.lastState.camera));
    await page.locator("#scene").focus();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("+");
    await page.waitForFunction((before) => JSON.stringify(window.lastState.camera) !== before, camera, { timeout: PATIENCE });
    await page.keyboard.press("Home");
    await page.waitForFunction((before) => JSON.stringify(window.lastState.camera) === before, camera, { timeout: PATIENCE });

    if (size === "phone") await page.locator("#layers-toggle").click();
    await page.getByLabel("Demande d'électricité").check();
    await page.waitForFunction(() => window.lastState.theme === "demand", null, { timeout: PATIENCE });
    // The legend says when the values are there; their colours are in the next frames.
    await page.waitForFunction(() => document.querySelector("#legend-ramp").hidden === false && document.querySelector("#legend-notice").textContent === "", null, { timeout: PATIENCE });
    await page.waitForTimeout(4000);
    await picture(page, `page-demand-${size}`);

    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);

    // A browser may take the graphics away at any time: the page says so and offers the way back.
    await page.evaluate(() => document.querySelector("#scene").getContext("webgl2").getExtension("WEBGL_lose_context").loseContext());
    await page.locator("#fault").waitFor({ state: "visible" });
    assert.match(await page.locator("#fault-text").innerText(), /\S/);
    assert.ok(await page.locator("#fault-retry").isVisible());
    await held.close();
  });
}

/** How many different colours a grid of points over the scene has, as people see it. */
async function colours(page) {
  const shot = await page.locator("#scene").screenshot();
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" })).catch(() => null);
    if (!image) return 0;
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const seen = new Set();
    const { data } = context.getImageData(0, 0, image.width, image.height);
    for (let at = 0; at < data.length; at += 4 * 97) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
    return seen.size;
  }, shot.toString("base64"));
}
