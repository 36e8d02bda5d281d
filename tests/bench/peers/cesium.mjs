// CesiumJS as the benches drive it: no globe, no sky, no panels; the territory's tilesets and nothing else.

import { join } from "node:path";

export const name = "CesiumJS";

export function page({ width, height }) {
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>body{margin:0}</style>
<canvas id="view" width="${width}" height="${height}"></canvas>
<script>window.CESIUM_BASE_URL = "/Build/Cesium/";</script>
<script src="/Build/Cesium/Cesium.js"></script>`;
}

/** Files beside the page. */
export function files(modules) {
  return join(modules, "cesium");
}

/** Runs in the page: opens the tilesets, and leaves `window.bench`. */
export async function open({ home, tilesets, error, aspect }) {
  const { Cesium } = window;
  Cesium.Ion.defaultAccessToken = undefined;
  const scene = new Cesium.Scene({ canvas: document.querySelector("#view"), contextOptions: { webgl: { alpha: false, preserveDrawingBuffer: true } } });
  scene.skyAtmosphere = undefined;
  scene.fog.enabled = false;
  scene.camera.frustum.fov = aspect >= 1 ? 2 * Math.atan(aspect * Math.tan(Math.PI / 8)) : Math.PI / 4;
  scene.camera.frustum.aspectRatio = aspect;
  const time = Cesium.JulianDate.fromIso8601(home.instant);
  const pose = ([lon, lat, height, distance, heading, pitch]) => scene.camera.lookAt(
    Cesium.Cartesian3.fromDegrees(lon, lat, height),
    new Cesium.HeadingPitchRange(Cesium.Math.toRadians(heading), Cesium.Math.toRadians(pitch), distance),
  );
  let opened = [];
  let shown = 0;
  let features = 0;
  const bench = window.bench = {
    pose,
    draw() {
      shown = 0;
      features = 0;
      scene.render(time);
      if (shown > 0) bench.firstAt ??= performance.now();
    },
    complete: () => opened.length === tilesets.length && opened.every((tileset) => tileset.tilesLoaded),
    tiles: () => shown,
    features: () => features,
    context: () => document.querySelector("#view").getContext("webgl2"),
  };
  // The same as Jumeau's demand: a value of each building and hour from a table by use, through a ramp. CesiumJS asks its style for every feature again.
  const uses = new Map();
  const profile = (use, hour) => {
    if (!uses.has(use)) uses.set(use, Float32Array.from({ length: 8760 }, (_, at) => 1 + Math.sin((at + uses.size) / 3.8)));
    return uses.get(use)[hour % 8760];
  };
  bench.hour = (hour) => {
    const colour = new Cesium.Color();
    const style = new Cesium.Cesium3DTileStyle();
    style.color = {
      evaluateColor: (feature, result) => {
        const value = profile(feature.getProperty("usage") ?? "", hour) / 2;
        return Cesium.Color.lerp(Cesium.Color.DARKBLUE, Cesium.Color.YELLOW, value, result ?? colour);
      },
    };
    for (const tileset of opened.filter(({ resource }) => /building/.test(resource.url))) tileset.style = style;
  };
  bench.theme = () => bench.hour(0);
  pose([home.lon, home.lat, home.height_m, home.distance_m, home.heading_deg, home.pitch_deg]);
  opened = await Promise.all(tilesets.map(async (url) => {
    // The same error for near and far, so that all systems draw the same things.
    const tileset = await Cesium.Cesium3DTileset.fromUrl(url, { maximumScreenSpaceError: error, dynamicScreenSpaceError: false });
    tileset.tileVisible.addEventListener(({ content }) => { shown += 1; features += content.featuresLength; });
    scene.primitives.add(tileset);
    return tileset;
  }));
}
