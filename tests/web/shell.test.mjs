// The shell with a scripted viewer: what people can do before, without and around the picture.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SIZES, files, picture, root, violations, watch } from "./helper.mjs";
import { VIEWER, chrome, open, server, started } from "./scripted.mjs";

test("what the address lays on the ground reaches the viewer, and whose it is stands beside the picture", async () => {
  const over = ["https://{s}.tiles.test/{z}/{x}/{y}.png", "roads/tiles.json?key=a b", "ftp://tiles.test/{z}"].map((one) => `over=${encodeURIComponent(one)}`);
  const { page, faults, context } = await open({ hash: `?${over.join("&")}` });
  await started(page);
  assert.deepEqual(await page.evaluate(() => window.started.over), [
    "https://a.tiles.test/{z}/{x}/{y}.png", `${server.origin}/roads/tiles.json?key=a%20b`, "ftp://tiles.test/{z}",
  ]);
  await page.evaluate(() => window.say({
    kind: "laid", layers: [{ id: "over-2", kind: "areas", name: { fr: "Routes", en: "Roads" }, features: 0, nature: "declared" }],
    imagery: [{ id: "over-1", name: { fr: "tiles.test", en: "tiles.test" }, date: null }],
    datasets: [{ id: "over-2", title: "Routes", producer: "", licence: "", date: "", attribution: "© Quelqu'un", nature: "declared" }],
  }));
  await page.waitForFunction(() => document.querySelector("#credit").textContent.includes("© Quelqu'un"));
  const layers = await page.locator("#layer-list").innerText();
  assert.match(layers, /Bâtiments[\s\S]*Routes[\s\S]*tiles\.test/);
  await page.getByLabel("Routes").uncheck();
  assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-layer", layer: "over-2", visible: false });
  // A link to the view keeps what lies over.
  assert.match(page.url(), /\?over=/);
  assert.deepEqual(faults, []);
  await context.close();
});

for (const size of ["phone", "desktop"]) {
  test(`before the viewer is there the shell works (${size})`, async () => {
    const { page, faults, arrive, context } = await open({ size, held: true });
    await page.waitForFunction(() => document.querySelector("#territory-name").textContent === "Essai-sur-Loire");
    assert.ok(await page.locator("#loading").isVisible());
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-loading-${size}`);

    if (size === "phone") await page.locator("#layers-toggle").click();
    await page.getByLabel("Arbres").uncheck();
    await page.getByLabel("Demande d'électricité").check();
    assert.ok(await page.locator("#legend").isVisible());
    assert.match(await page.locator("#legend").innerText(), /simulé/);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-layers-${size}`);
    if (size === "phone") await page.keyboard.press("Escape");
    await page.getByLabel("Une heure après").click();

    arrive();
    await started(page);
    // What the shell has read the viewer need not ask for.
    assert.equal(await page.evaluate(() => JSON.parse(window.started.manifest).name.fr), "Essai-sur-Loire");
    // What was chosen meanwhile reaches the viewer, in order.
    await page.waitForFunction(() => window.heard.length >= 3);
    assert.deepEqual(await page.evaluate(() => window.heard.slice(0, 3)), [
      { do: "show-layer", layer: "trees-generated", visible: false },
      { do: "set-theme", theme: "demand" },
      { do: "step-instant", seconds: 3600 },
    ]);
    await page.evaluate(() => window.say({ kind: "ready" }));
    assert.ok(await page.locator("#loading").isHidden());
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("the keyboard does on the scene what the pointer does", async () => {
  const { page, context } = await open();
  await started(page);
  await page.evaluate(() => {
    window.say({ kind: "ready" });
    window.say({ kind: "state", state: { camera: { target: [-1.55, 47.2, 60], distance_m: 1000, heading_deg: 0, pitch_deg: -35 } } });
  });
  await page.locator("#scene").focus();
  for (const key of ["ArrowUp", "Shift+ArrowRight", "Q", "=", "n", "Home", ".", ")", "r", " "]) await page.keyboard.press(key);
  assert.deepEqual(await page.evaluate(() => window.heard), [
    { do: "pan", right_m: 0, forward_m: 100 },
    { do: "pan", right_m: 300, forward_m: 0 },
    { do: "orbit", heading_deg: -10, pitch_deg: 0 },
    { do: "zoom", factor: 0.8 },
    { do: "north" },
    { do: "home" },
    { do: "step-instant", seconds: 3600 },
    { do: "set-year", year: 2036 },
    { do: "try-again" },
    { do: "play", playing: true },
  ]);
  await page.evaluate(() => window.say({ kind: "state", state: { camera: { target: [-1.55, 47.2, 60], distance_m: 800, heading_deg: 44, pitch_deg: -35 } } }));
  await page.waitForFunction(() => document.querySelector("#live").textContent.includes("nord-est"));
  await page.keyboard.press("?");
  assert.ok(await page.locator("#help").isVisible());
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Escape");
  assert.ok(await page.locator("#help").isHidden());
  await context.close();
});

test("English is one click away and stays", async () => {
  const { page, context } = await open();
  await started(page);
  await page.locator("#language").click();
  await page.waitForFunction(() => document.documentElement.lang === "en");
  assert.equal(await page.locator("#territory-name").innerText(), "Trial-on-Loire");
  const left = await page.evaluate(() => document.body.innerText.match(/[éèêàç]\w*/g));
  // Names of data sets and their attributions stay as their producers wrote them.
  assert.deepEqual((left ?? []).filter((word) => !word.startsWith("é")), []);
  await page.reload();
  await page.waitForFunction(() => document.documentElement.lang === "en");
  await context.close();
});

test("no WebGL 2, a broken viewer, a missing territory: each says what to do", async () => {
  const blind = await open({ setup: (page) => page.addInitScript(() => {
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
      return kind === "webgl2" ? null : original.call(this, kind, ...rest);
    };
  }) });
  await blind.page.locator("#fault").waitFor();
  assert.match(await blind.page.locator("#fault").innerText(), /WebGL 2/);
  assert.deepEqual(await violations(blind.page), []);
  await picture(blind.page, "shell-no-webgl");
  await blind.context.close();

  const broken = await open({ wasm: 500 });
  await broken.page.locator("#fault").waitFor();
  assert.match(await broken.page.locator("#fault").innerText(), /moteur 3D/);
  await broken.context.close();

  const lost = await open({ held: true, setup: (page) => page.route("**/territory/territory.json", (route) => route.fulfill({ status: 404, body: "{}" })) });
  await lost.page.locator("#fault").waitFor();
  assert.match(await lost.page.locator("#fault").innerText(), /territoire/);
  await lost.context.close();
});

test("a page that holds the frame commands it, a stranger does not", async () => {
  const holder = await files(join(root, "web"), { "/holder": `<title>holder</title><iframe id="view" width="800" height="600"></iframe>` });
  const context = await chrome.newContext(SIZES.desktop);
  const page = await context.newPage();
  await context.route("**/pkg/jumeau_web.js", (route) => route.fulfill({ contentType: "text/javascript", body: VIEWER }));
  await context.route("**/pkg/jumeau_web_bg.wasm", (route) => route.fulfill({ contentType: "application/wasm", body: "wasm" }));
  const heard = async (query) => {
    await page.goto(`${holder.origin}/holder`);
    await page.evaluate((address) => {
      window.messages = [];
      window.addEventListener("message", ({ data }) => window.messages.push(data));
      document.querySelector("iframe").src = address;
    }, `${server.origin}/${query}`);
    await page.waitForFunction(() => document.querySelector("iframe").contentWindow.length === 0);
    const frame = await (await page.$("iframe")).contentFrame();
    await frame.waitForFunction(() => window.started);
    await page.evaluate(() => {
      const view = document.querySelector("iframe").contentWindow;
      view.postMessage({ jumeau: 1, command: { do: "set-theme", theme: "demand" } }, "*");
      view.postMessage({ jumeau: 1, command: { do: "format-disk" } }, "*");
    });
    await page.waitForTimeout(300);
    return [await frame.evaluate(() => window.heard), await page.evaluate(() => window.messages)];
  };
  const [obeyed, answers] = await heard(`?embed=${encodeURIComponent(holder.origin)}`);
  assert.deepEqual(obeyed, [{ do: "set-theme", theme: "demand" }]);
  assert.equal(answers.find(({ message }) => message.kind === "state").message.state.theme, "demand");
  const [ignored, silence] = await heard("");
  assert.deepEqual(ignored, []);
  assert.deepEqual(silence, []);
  await context.close();
  holder.stop();
});

for (const [whose, lose] of [
  ["viewer", () => window.say({ kind: "lost", cause: "device lost" })],
  ["device", async () => {
    await new window.GPUAdapter().requestDevice();
    window.lose({ reason: "unknown", message: "device lost" });
  }],
]) {
  test(`a ${whose} that loses its graphics without an event of the page: it comes back by itself`, async () => {
    const { page, context } = await open({
      setup: (page) => page.addInitScript(() => {
        window.GPUAdapter = class {
          async requestDevice() { return { lost: new Promise((done) => { window.lose = done; }) }; }
        };
      }),
    });
    await started(page);
    await page.evaluate(() => {
      window.before = true;
      window.say({ kind: "ready" });
    });
    await page.evaluate(lose);
    await page.locator("#fault").waitFor({ state: "visible" });
    assert.match(await page.locator("#fault").innerText(), /carte graphique/);
    await page.waitForFunction(() => !window.before && window.started);
    await context.close();
  });
}

test("the example of embedding works on our own server", async () => {
  const context = await chrome.newContext({ ...SIZES.desktop, locale: "fr-FR" });
  const page = await context.newPage();
  const faults = watch(page);
  await context.route("**/pkg/jumeau_web.js", (route) => route.fulfill({ contentType: "text/javascript", body: VIEWER }));
  await context.route("**/pkg/jumeau_web_bg.wasm", (route) => route.fulfill({ contentType: "application/wasm", body: "wasm" }));
  await page.goto(`${server.origin}/embed.html`);
  const frame = await (await page.waitForSelector("#view")).contentFrame();
  await frame.waitForFunction(() => window.started);
  await page.getByText("Demande d'électricité").click();
  await frame.waitForFunction(() => window.heard.some((one) => one.do === "set-theme" && one.theme === "demand"));
  assert.deepEqual(faults, []);
  await context.close();
});

test("no part of the page answers to another's name", () => {
  const names = [...readFileSync(join(root, "web/index.html"), "utf8").matchAll(/\sid="([^"]+)"/g)].map((found) => found[1]);
  assert.deepEqual(names.filter((name, index) => names.indexOf(name) !== index), []);
});

test("both languages say everything", async () => {
  const text = readFileSync(join(root, "web/app/words.js"), "utf8");
  const context = await chrome.newContext();
  const page = await context.newPage();
  const missing = await page.evaluate((source) => {
    const words = new Function(`${source.slice(source.indexOf("const WORDS"), source.indexOf("let language"))}; return WORDS;`)();
    const [fr, en] = [new Set(Object.keys(words.fr)), new Set(Object.keys(words.en))];
    return [...fr.symmetricDifference(en)];
  }, text);
  assert.deepEqual(missing, []);
  // A key that stands twice is silently the later one.
  const block = text.slice(text.indexOf("const WORDS"), text.indexOf("let language"));
  for (const said of block.split(/^  en: \{$/mu)) {
    const keys = [...said.replace(/:\s*"(?:[^"\\]|\\.)*"/gu, ":").matchAll(/"?([A-Za-z][\w-]*)"?\s*:(?!\s*\{)/gu)].map((found) => found[1]);
    assert.ok(keys.length > 300);
    assert.deepEqual(keys.filter((key, index) => keys.indexOf(key) !== index), []);
  }
  await context.close();
});
