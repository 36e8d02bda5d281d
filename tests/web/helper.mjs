// A server and a browser for the tests, from what `cargo xtask test` names in the environment.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, extname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, "../..");

export const program = process.env.JUMEAU_PROGRAM ?? join(root, "target/debug/jumeau");
export const territory = process.env.JUMEAU_TERRITORY ?? join(root, "build/territory/nantes-centre");
export const web = process.env.JUMEAU_WEB ?? join(root, "build/web");
export const pictures = process.env.JUMEAU_PICTURES ?? join(root, "build/pictures");

export function manifest(folder = territory) {
  return JSON.parse(readFileSync(join(folder, "territory.json"), "utf8"));
}

/** Says what is missing instead of failing with a stack. */
export function need(...paths) {
  for (const path of paths) {
    if (!existsSync(path)) throw new Error(`${path} is missing: run cargo xtask test --tier 3, which makes it`);
  }
}

/** `jumeau serve` on a free port. */
export async function serve({ web: bundle = web, territory: folder = territory, port: wanted = 0, extra = [] } = {}) {
  need(program, join(folder, "territory.json"), join(bundle, "index.html"));
  const child = spawn(program, ["serve", folder, "--web", bundle, "--port", String(wanted), ...extra], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  const port = await new Promise((done, failed) => {
    child.stderr.on("data", (data) => {
      said += data;
      const found = /:(\d+)\/\n/.exec(said);
      if (found) done(Number(found[1]));
    });
    child.on("exit", () => failed(new Error(said)));
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: () => new Promise((done) => {
      child.once("exit", done);
      child.kill("SIGINT");
    }),
  };
}

/** Files of a folder on a free port: the page of somebody else. */
export async function files(folder, pages = {}) {
  const types = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm", ".css": "text/css", ".html": "text/html" };
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    if (path in pages) {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
      response.end(pages[path]);
      return;
    }
    const file = resolve(join(folder, path));
    if (!file.startsWith(folder + sep) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream" });
    response.end(readFileSync(file));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Software, so that every machine draws alike; a bench on a real card names its own, as in "--use-angle=vulkan --disable-gpu-vsync". */
const DRAWN_BY = (process.env.JUMEAU_BROWSER_ARGS ?? "--use-angle=swiftshader --enable-unsafe-swiftshader").split(" ");

/** The system's Chromium with WebGL 2, without its own errands on the network. */
export async function browser() {
  const candidates = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const executablePath = candidates.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error("no Chromium: run cargo xtask setup");
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox", ...DRAWN_BY, "--ignore-gpu-blocklist",
      "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-quic",
    ],
  });
}

/** Collects everything a console should not say. */
export function watch(page) {
  const faults = [];
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`${message.text()} ${message.location().url ?? ""}`);
  });
  page.on("pageerror", (error) => faults.push(String(error)));
  return faults;
}

export const SIZES = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1920, height: 1080 }, deviceScaleFactor: 1 },
};

const AXE = readFileSync(join(root, "tests/web/node_modules/axe-core/axe.min.js"), "utf8");

/** Serious and critical violations of axe's rules, as one line each. */
export async function violations(page) {
  await page.evaluate(AXE);
  const found = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
}

/** A picture that the page itself made. */
export async function kept(download, name) {
  mkdirSync(pictures, { recursive: true });
  await download.saveAs(join(pictures, `${name}.png`));
}

export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}
