// 3DTilesRendererJS on three.js as its documentation sets it up: glTF extensions, implicit tiling, one cache for all tilesets.

// The benches have no packages of their own: they use those of the browser tests.
import esbuild from "../../web/node_modules/esbuild/lib/main.js";
import { join } from "node:path";

export const name = "3DTilesRendererJS";

const ENTRY = `
import * as THREE from "three";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";
import { TilesRenderer, WGS84_ELLIPSOID } from "3d-tiles-renderer/three";
import { GLTFExtensionsPlugin } from "3d-tiles-renderer/three/plugins";
import { ImplicitTilingPlugin } from "3d-tiles-renderer/core/plugins";

const radians = THREE.MathUtils.degToRad;
const frame = (lon, lat, height) => WGS84_ELLIPSOID.getEastNorthUpFrame(radians(lat), radians(lon), height, new THREE.Matrix4());

window.open_bench = async ({ home, tilesets, error, aspect }) => {
  const canvas = document.querySelector("#view");
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
  renderer.setSize(canvas.width, canvas.height, false);
  renderer.setClearColor(0xdde5ea);
  const scene = new THREE.Scene();
  scene.add(new THREE.HemisphereLight(0xffffff, 0x888888, 1.5));
  const sun = new THREE.DirectionalLight(0xffffff, 2);
  sun.position.set(1, -1, 2);
  scene.add(sun);
  const camera = new THREE.PerspectiveCamera(45, aspect, 1, 60000);
  // East, north and up at home become x, y and z, so that 32 bits suffice on the card.
  const local = frame(home.lon, home.lat, home.height_m).invert();
  const pose = ([lon, lat, height, distance, heading, pitch]) => {
    const at = local.clone().multiply(frame(lon, lat, height));
    const [h, p] = [radians(heading), radians(pitch)];
    const forward = new THREE.Vector3(Math.sin(h) * Math.cos(p), Math.cos(h) * Math.cos(p), Math.sin(p));
    camera.position.copy(forward).multiplyScalar(-distance).applyMatrix4(at);
    camera.up.set(0, 0, 1).transformDirection(at);
    camera.near = Math.min(20, Math.max(0.2, 0.004 * distance));
    camera.updateProjectionMatrix();
    camera.lookAt(new THREE.Vector3().applyMatrix4(at));
    camera.updateMatrixWorld(true);
  };
  const opened = tilesets.map((url) => {
    const tiles = new TilesRenderer(url);
    tiles.registerPlugin(new ImplicitTilingPlugin());
    tiles.registerPlugin(new GLTFExtensionsPlugin({ meshoptDecoder: MeshoptDecoder }));
    tiles.errorTarget = error;
    tiles.setCamera(camera);
    tiles.setResolution(camera, canvas.width, canvas.height);
    tiles.group.matrixAutoUpdate = false;
    tiles.group.matrix.copy(local);
    tiles.group.updateMatrixWorld(true);
    scene.add(tiles.group);
    return tiles;
  });
  // One cache and one queue for all, as the library recommends.
  for (const tiles of opened.slice(1)) {
    tiles.lruCache = opened[0].lruCache;
    tiles.downloadQueue = opened[0].downloadQueue;
    tiles.parseQueue = opened[0].parseQueue;
  }
  const shown = () => opened.reduce((sum, tiles) => sum + tiles.visibleTiles.size, 0);
  const bench = window.bench = {
    pose,
    draw() {
      for (const tiles of opened) tiles.update();
      renderer.render(scene, camera);
      if (shown() > 0) bench.firstAt ??= performance.now();
    },
    complete: () => opened.every((tiles) => tiles.rootTileset && tiles.stats.queued + tiles.stats.downloading + tiles.stats.parsing === 0 && tiles.loadProgress === 1),
    tiles: shown,
    context: () => renderer.getContext(),
  };
  pose([home.lon, home.lat, home.height_m, home.distance_m, home.heading_deg, home.pitch_deg]);
};
window.peer_ready = true;
`;

let bundled;

export async function page({ width, height, modules }) {
  bundled ??= (await esbuild.build({
    stdin: { contents: ENTRY, resolveDir: join(modules, ".."), loader: "js" },
    bundle: true, minify: true, format: "iife", write: false, logLevel: "error",
  })).outputFiles[0].text;
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>body{margin:0}</style>
<canvas id="view" width="${width}" height="${height}"></canvas>
<script src="/peer.js"></script>`;
}

/** Texts beside the page. */
export function texts() {
  return { "/peer.js": bundled };
}

/** Runs in the page. */
export function open(job) {
  return window.open_bench(job);
}
