// Somebody else's reader: CesiumJS opens every tileset of the territory and finds the features the manifest states.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { browser, files, manifest, need, root, serve, territory, watch } from "./helper.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>CesiumJS</title>
<div id="view" style="width:320px;height:240px"></div>
<script>window.CESIUM_BASE_URL = "/Build/Cesium/";</script>
<script src="/Build/Cesium/Cesium.js"></script>`;

let chrome;
let server;
let library;

before(async () => {
  need(join(territory, "territory.json"));
  library = await files(join(root, "tests/web/node_modules/cesium"), { "/": PAGE });
  server = await serve({ extra: ["--allow-origin", library.origin] });
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
  library?.stop();
});

/** Loads every leaf of a tileset and counts its features by identity. */
async function load(page, address) {
  return page.evaluate(async (url) => {
    const { Cesium } = window;
    Cesium.Ion.defaultAccessToken = undefined;
    const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
    document.querySelector("#view").replaceChildren(canvas);
    const scene = new Cesium.Scene({
      canvas,
      contextOptions: { webgl: { alpha: false } },
    });
    const faults = [];
    const tileset = await Cesium.Cesium3DTileset.fromUrl(url, {
      maximumScreenSpaceError: 0.0001,
      cullRequestsWhileMoving: false,
      cullWithChildrenBounds: false,
      preloadWhenHidden: true,
      preferLeaves: true,
      skipLevelOfDetail: false,
      cacheBytes: 4e9,
      maximumCacheOverflowBytes: 4e9,
      foveatedScreenSpaceError: false,
    });
    tileset.tileFailed.addEventListener(({ url: failed, message }) => faults.push(`${failed}: ${message}`));
    scene.primitives.add(tileset);
    const leaves = new Set();
    tileset.tileVisible.addEventListener((tile) => leaves.add(tile));
    const { center, radius } = tileset.boundingSphere;
    scene.camera.frustum.far = 1e9;
    scene.camera.lookAt(center, new Cesium.HeadingPitchRange(0, -Math.PI / 2, 2.5 * radius));
    let quiet = 0;
    const until = performance.now() + 240_000;
    while (quiet < 20 && performance.now() < until) {
      leaves.clear();
      scene.render(Cesium.JulianDate.fromIso8601("2026-06-21T12:00:00Z"));
      quiet = tileset.tilesLoaded ? quiet + 1 : 0;
      await new Promise((done) => setTimeout(done, 15));
    }
    // A feature that is cut by a tile's edge stands in both: it is one all the same.
    const ids = new Set();
    let features = 0;
    for (const tile of leaves) {
      const content = tile.content;
      features += content.featuresLength;
      for (let index = 0; index < content.featuresLength; index += 1) {
        const feature = content.getFeature(index);
        ids.add(feature.getProperty("id") ?? `${tile._contentResource?.url} ${index}`);
      }
    }
    const complete = tileset.tilesLoaded;
    scene.destroy();
    return { complete, faults, leaves: leaves.size, features, distinct: ids.size };
  }, address);
}

test("CesiumJS loads every tileset whole", async (context) => {
  const { layers } = manifest();
  assert.ok(layers.length > 0);
  for (const layer of layers) {
    const page = await chrome.newPage();
    const faults = watch(page);
    await page.goto(library.origin);
    const found = await load(page, `${server.origin}/territory/${layer.tileset}`);
    context.diagnostic(`${layer.id}: ${JSON.stringify(found)}`);
    assert.deepEqual(found.faults, [], layer.id);
    assert.ok(found.complete, `${layer.id} did not load whole`);
    assert.ok(found.leaves > 0, layer.id);
    if (layer.kind === "buildings") assert.equal(found.distinct, layer.features, layer.id);
    // The browser asks every site for an icon.
    assert.deepEqual(faults.filter((fault) => !fault.includes("favicon")), [], layer.id);
    await page.close();
  }
});
