// The shell with a scripted viewer in place of the WebAssembly: what people can do before, without and around the picture.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SIZES, browser, files, kept, picture, root, serve, violations, watch } from "./helper.mjs";

const MANIFEST = {
  jumeau: 1, id: "essai", name: { fr: "Essai-sur-Loire", en: "Trial-on-Loire" }, crs: "EPSG:2154", vertical: "NGF-IGN69", geoid: "RAF20",
  bounds_lonlat: [-1.57, 47.2, -1.53, 47.23], origin: [-1.55, 47.215, 60], timezone: "Europe/Paris",
  home: { lon: -1.55, lat: 47.215, height_m: 60, distance_m: 1500, heading_deg: 20, pitch_deg: -35, instant: "2026-06-21T13:30:00Z" },
  layers: [
    { id: "terrain", kind: "terrain", name: { fr: "Relief", en: "Terrain" }, tileset: "terrain/tileset.json", features: 1, tiles: 1, bytes: 1, datasets: ["ign"], nature: "measured" },
    { id: "buildings", kind: "buildings", name: { fr: "Bâtiments", en: "Buildings" }, tileset: "b/tileset.json", features: 8639, tiles: 9, bytes: 9, datasets: ["ign"], nature: "measured" },
    { id: "trees-generated", kind: "trees", name: { fr: "Arbres", en: "Trees" }, tileset: "t/tileset.json", features: 1200, tiles: 9, bytes: 9, datasets: [], nature: "made" },
  ],
  axes: [{ id: "hours", start: "2026-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z", step: 3600 }],
  datasets: [{ id: "ign", title: "BD TOPO", producer: "IGN", licence: "Licence Ouverte 2.0", date: "2025-06-15", attribution: "IGN – BD TOPO®, édition 2025-06-15", nature: "measured" }],
};

// A viewer in forty lines: it keeps the commands it hears and says what the test makes it say.
const VIEWER = `
  export default async function init({ module_or_path }) { await (await module_or_path).arrayBuffer(); }
  window.heard = [];
  window.say = (message) => window.dispatchEvent(new CustomEvent("jumeau", { detail: JSON.stringify(message) }));
  export function start(canvas, territory, link, over, manifest) { window.started = { canvas, territory, link, over, manifest }; }
  export function send(command) { window.heard.push(JSON.parse(command)); }
`;

let chrome;
let server;
let folder;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "jumeau-shell-"));
  writeFileSync(join(folder, "territory.json"), JSON.stringify(MANIFEST));
  mkdirSync(join(folder, "empty"));
  server = await serve({ web: join(root, "web"), territory: folder });
  chrome = await browser();
});

after(async () => {
  await chrome?.close();
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A page whose viewer is scripted; `hold` keeps the viewer on its way until it is called. */
async function open({ size = "desktop", held = false, hash = "", wasm = 200, setup } = {}) {
  const context = await chrome.newContext({ ...SIZES[size], locale: "fr-FR" });
  const page = await context.newPage();
  const faults = watch(page);
  let arrive = () => {};
  const arrived = held ? new Promise((done) => { arrive = done; }) : Promise.resolve();
  await page.route("**/pkg/jumeau_web.js", async (route) => {
    await arrived;
    await route.fulfill({ contentType: "text/javascript", body: VIEWER });
  });
  await page.route("**/pkg/jumeau_web_bg.wasm", async (route) => {
    await arrived;
    await route.fulfill({ status: wasm, contentType: "application/wasm", body: "wasm" });
  });
  await setup?.(page);
  await page.goto(`${server.origin}/${hash}`);
  return { page, faults, arrive, context };
}

const started = (page) => page.waitForFunction(() => window.started);

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

  test(`a selected building opens a sheet with the origin of each figure (${size})`, async () => {
    const { page, faults, context } = await open({ size });
    await started(page);
    await page.evaluate(() => {
      const selection = { layer: "buildings", id: "BATIMENT0000000302930441" };
      window.say({ kind: "ready" });
      window.say({ kind: "state", state: { selection }, link: "v=1&territory=essai" });
      window.say({ kind: "figures", selection, figures: [
        { name: "Identifiant RNB", value: "TBTRANEQFA4G", nature: "declared", source: "IGN – BD TOPO®, édition 2025-06-15" },
        { name: "Demande d'électricité", value: "1 234,5 kWh", nature: "simulated", source: "Jumeau", method: "profil horaire × surface", uncertainty: "±30 %" },
        { name: "Étages", value: null, nature: "declared", source: "IGN" },
      ] });
    });
    await page.locator("#sheet").waitFor();
    const said = await page.locator("#sheet").innerText();
    assert.match(said, /TBTRANEQFA4G/);
    assert.match(said, /simulé/i);
    assert.match(said, /Pas de donnée/);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-sheet-${size}`);
    await page.keyboard.press("Escape");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "select", selection: null });
    assert.ok(await page.locator("#sheet").isHidden());
    await page.waitForFunction(() => location.hash === "#v=1&territory=essai");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

const ANSWERS = {
  kind: "search", query: "12 rue des lilas", waiting: false, index: true, partial: false,
  hits: [
    { label: "12 rue des Lilas", detail: "29830 Plouguin", what: "address", remark: "none", go: { do: "go-to", at: [-1.55, 47.21, 60], span_m: 0, selection: { layer: "buildings", id: "B12" } } },
    { label: "Rue des Lilas", detail: "44300 Nantes", what: "street", remark: "number-unknown", go: { do: "go-to", at: [-1.53, 47.22, 60], span_m: 300, selection: null } },
  ],
};

for (const size of ["phone", "desktop"]) {
  test(`an address is found with the keyboard, and with a finger (${size})`, async () => {
    const { page, faults, context } = await open({ size });
    await started(page);
    await page.evaluate(() => window.say({ kind: "ready" }));
    if (size === "desktop") await page.keyboard.press("/");
    else await page.locator("#search-text").tap();
    assert.equal(await page.evaluate(() => document.activeElement.id), "search-text");
    await page.keyboard.type("12 rue des lilas");
    await page.waitForFunction(() => window.heard.at(-1)?.query === "12 rue des lilas");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "find", query: "12 rue des lilas" });
    await page.evaluate((answers) => window.say(answers), ANSWERS);
    const box = page.getByRole("combobox", { name: "Chercher une adresse" });
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator("#search-list [role=option]").count(), 2);
    assert.match(await page.locator("#search-answers").innerText(), /numéro inconnu, voici la rue/);
    assert.match(await page.locator("#search-answers").innerText(), /ne quitte cet appareil/);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-search-${size}`);
    if (size === "desktop") {
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      assert.equal(await box.getAttribute("aria-activedescendant"), "search-1");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
    } else await page.locator("#search-list [role=option]").first().tap();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), ANSWERS.hits[0].go);
    assert.ok(await page.locator("#search-answers").isHidden());
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a search that finds nothing says what to try, and Escape goes back step by step", async () => {
  const { page, context } = await open();
  await started(page);
  await page.evaluate(() => window.say({ kind: "ready" }));
  await page.keyboard.press("Control+k");
  await page.keyboard.type("xyz");
  await page.waitForFunction(() => window.heard.at(-1)?.query === "xyz");
  await page.evaluate(() => window.say({ kind: "search", query: "xyz", hits: [], waiting: false, index: true, partial: false }));
  assert.match(await page.locator("#search-answers").innerText(), /Aucune adresse ni aucun lieu « xyz ».*essayez/);
  assert.match(await page.locator("#live").innerText(), /Aucune adresse/);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#search-text").inputValue(), "");
  assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "find", query: "" });
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.id), "scene");
  await context.close();
});

const ROOF = {
  kind: "roof", state: "ready", building: "B12", message: null, nature: "simulated", shading: "book", ms: 3,
  choice: { load: "household", loadKwh: null, batteryKwh: 0, sellAll: false, planes: null, without: [], lay: "best", marginM: null, tree: "none", bare: false }, meter: null,
  trees: [{ name: "Arbre 1 · 11 m de haut, à 9 m, sud", felled: false }, { name: "Arbre 2 · 8 m de haut, à 14 m, ouest", felled: false }], allTrees: true,
  tried: { felled: null, beforeKwh: null, afterKwh: null, bare: null },
  numbers: {
    areaM2: 96, usableM2: 52, modules: 18, kwp: 7.7, kwhYear: 8123, kwhP90: 7204, kwhP10: 9042, loadKwh: 4700, selfConsumption: 0.31, selfSufficiency: 0.54,
    costEur: 14200, premiumEur: 616, savingsEur: 640, saleEur: 224, paybackYears: 15, delayMonths: 2, covisible: null, dated: true,
  },
  figures: [{ key: "production", name: "Production", value: "8 123 kWh/an (7 204 – 9 042)", origin: "simulé : 8 760 heures, ombre du relief et des voisins" }],
  months: [310, 430, 690, 850, 960, 1010, 1020, 940, 760, 540, 350, 263],
  monthNames: ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
  planes: [
    { plane: 0, name: "Pan 1 · sud · 32°", areaM2: 48, usableM2: 40, tilt: 32, azimuth: 180, modules: 14, places: 14, kwp: 6, kwhYear: 6600, kwhM2: 1420, shadingLoss: 0.02, skyView: 0.97, covered: true, colour: "#f2c14e", outline: [[[-6, -4], [6, -4], [6, 0], [-6, 0], [-6, -4]]],
      modulesAt: [{ place: 0, on: true, corners: [[-5, -3.5], [-4, -3.5], [-4, -2], [-5, -2]] }, { place: 1, on: false, corners: [[-3.9, -3.5], [-2.9, -3.5], [-2.9, -2], [-3.9, -2]] }] },
    { plane: 1, name: "Pan 2 · nord · 32°", areaM2: 48, usableM2: 12, tilt: 32, azimuth: 0, modules: 4, places: 4, kwp: 1.7, kwhYear: 1523, kwhM2: 890, shadingLoss: 0.04, skyView: 0.95, covered: true, colour: "#4d7ea8", outline: [], modulesAt: [] },
  ],
  legend: { low: 600, high: 1500, colours: ["#4d7ea8", "#f2c14e"], unit: "kWh/m²/an" },
  facts: [{ id: "price", text: "Prix de l'électricité", value: 0.194, unit: "€/kWh", from: "2025-08-01", to: "2026-01-31", state: "past", confidence: "high", grounds: "reported", source: "CRE (montant rapporté, à vérifier) ; lu le 2026-11-22", link: "https://www.cre.fr/" }],
  missing: [],
  steps: [
    { id: "declaration", state: "needed", text: "Déclaration préalable en mairie", do: "Remplir le formulaire 16702", origin: "Code de l'urbanisme, art. R.421-17", from: "2025-01-01", past: false, why: "" },
    { id: "zone", state: "to-verify", text: "Zone du PLU", do: "", origin: "", from: "", past: false, why: "aucun document dans ce territoire" },
  ],
  monuments: [{ name: "Église Saint-Pierre", distanceM: 300, covisible: true, viewpoints: 4, direct: null, fromStreet: null }],
  co2: [
    { key: "against-mean", name: "Contre le mélange moyen", kgYear: 240, origin: "RTE 2024" },
    { key: "life-cycle", name: "Cycle de vie déduit", kgYear: 35, origin: "ADEME" },
    { key: "marginal", name: "À la marge", kgYear: null, origin: "" },
  ],
  sources: ["IGN – BD TOPO®, édition 2025-06-15"],
};

const PROPOSAL = {
  kind: "proposal", state: "ready", message: null, nature: "simulated", hasBook: true, dated: false, ms: 4,
  headline: [{ key: "avoided", name: "Écrêtement évité par la batterie", value: "12,3 MWh", origin: "simulé, pas à pas ; limite de raccordement 6,50 MW" }, { key: "self-sufficiency", name: "Autonomie", value: "31,0 % (+4,2 pt)", origin: "part de la consommation qui n’est pas soutirée" }],
  money: [{ key: "saved", name: "Achats évités", value: "12 345 €", origin: "0,2001 EUR/kWh" }],
  year: [{ key: "curtailed", name: "Écrêtement", values: ["0 kWh", "20,0 MWh", "7,7 MWh"] }], day: [{ key: "curtailed", name: "Écrêtement", values: ["0 kWh", "1,0 MWh", "0,4 MWh"] }], hour: [],
  moments: Array.from({ length: 24 }, (_, hour) => ({ at: `2026-06-21T${String(hour).padStart(2, "0")}:00:00Z`, drawnKw: [200, 200 - 20 * hour, 180 - 15 * hour], curtailedKw: 0, storedKwh: 10 * hour })),
  fits: [[{ key: "post", text: "Poste le plus proche : 312,4 m — P7 (classe A (40 cm)) ; capacité restante non connue" }, { key: "s3renr", text: "S3REnR : non connu, aucune source du territoire ne le donne" }]],
  notes: ["Soleil : climatologie statistique de France, sans ombres ; pertes 14 %."], geojson: { type: "FeatureCollection", features: [] },
};

for (const size of ["phone", "desktop"]) {
  test(`a proposal is put down, sized and read with the keyboard alone (${size})`, async () => {
    const { page, faults, context } = await open({ size });
    await started(page);
    if (size === "phone") await page.locator("#layers-toggle").click();
    await page.locator("#proposal-fold summary").focus();
    await page.keyboard.press("Enter");
    await page.locator("#proposal-here-battery").focus();
    await page.keyboard.press("Enter");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "place-here", tool: "battery" });
    await page.locator("#proposal-tool-turbine").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "use-tool", tool: "turbine" });
    const state = { territory: "essai", instant: "2026-06-21T13:30:00Z", year: 2026, playback: { playing: false, speed: 3600 }, hidden: [], filters: [], theme: "none", selection: null, language: "fr", camera: { target: [-1.55, 47.215, 60], distance_m: 900, heading_deg: 0, pitch_deg: -30 } };
    const proposal = { placed: [{ at: [-1.55, 47.215], thing: { kind: "battery", kwh: 2000, kw: 1000 } }], limit_kw: 6500, battery_use: "connection", wind_ms: null, chosen: 0, tool: null };
    await page.evaluate(([message, state]) => { window.say({ kind: "state", state, link: "v=1" }); window.say(message); }, [PROPOSAL, { ...state, proposal }]);
    const card = page.locator("#proposal");
    assert.match(await card.textContent(), /Écrêtement évité par la batterie/);
    assert.match(await card.textContent(), /12,3 MWh/);
    await card.locator("#proposal-kwh").fill("4000");
    await page.waitForFunction(() => window.heard.at(-1).do === "change-placed");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "change-placed", index: 0, thing: { kind: "battery", kwh: 4000, kw: 1000 } });
    await card.locator("#proposal-move-north").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "move-placed", index: 0, east_m: 0, north_m: 25 });
    await card.locator("#proposal-limit").fill("5000");
    await card.locator("#proposal-limit").press("Tab");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-site-limit", kw: 5000 });
    await card.locator("#proposal-use").selectOption("own-use");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-battery-use", battery_use: "own-use" });
    assert.match(await card.locator("#proposal-save").getAttribute("href"), /^data:application\/geo\+json/);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-proposal-${size}`);
    // On the picture the keys of the table act on the thing in hand.
    if (size === "desktop") {
      await page.locator("#scene").focus();
      await page.keyboard.press("g");
      assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "change-placed", index: 0, thing: { kind: "battery", kwh: 2500, kw: 1300 } });
      await page.keyboard.press("Delete");
      assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "remove-placed", index: 0 });
    }
    await page.locator("#proposal-remove-0").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "remove-placed", index: 0 });
    assert.deepEqual(faults, []);
    await context.close();
  });
}

for (const size of ["phone", "desktop"]) {
  test(`the card of a roof can be read, changed and printed (${size})`, async () => {
    const { page, faults, context } = await open({ size });
    if (size === "desktop") await page.setViewportSize({ width: 1280, height: 720 });
    await started(page);
    await page.evaluate((roof) => {
      const selection = { layer: "buildings", id: "B12" };
      window.say({ kind: "ready" });
      window.say({ kind: "state", state: { selection }, link: "v=1" });
      window.say({ kind: "figures", selection, figures: [] });
      window.say(roof);
    }, ROOF);
    const card = page.locator("#roof");
    await card.waitFor();
    const said = await card.innerText();
    for (const words of [/8.123.kWh\/an/, /7,7.kWc/, /52.m²/, /Déclaration préalable/, /à vérifier/, /accord de l'architecte/, /date de validité/, /31.%/]) assert.match(said, words);
    assert.match(await card.locator("svg[role=img]").first().getAttribute("aria-label"), /le plus en juil\..*1.020/);
    assert.equal(await card.locator("table td").count(), 12);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-roof-${size}`);
    await card.locator("#roof-battery").scrollIntoViewIfNeeded();
    await picture(page, `shell-roof-use-${size}`);

    await card.getByLabel("Profil").selectOption("farm");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-load", load: "farm", kwh: null });
    await card.locator("#roof-battery").fill("5");
    await page.waitForFunction(() => window.heard.at(-1).do === "set-roof-battery");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-battery", kwh: 5 });
    await card.getByLabel("Pan 2").uncheck();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "cover-roof-plane", plane: 1, covered: false });
    await card.getByLabel("Tout vendre").check();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-sale", all: true });
    // A heat pump, and amounts of one's own; empty is the dated fact again.
    await card.getByLabel("pompe à chaleur").check();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-heat-pump", on: true, kwh: null });
    await card.locator("details:has(#roof-own-cost)").evaluate((details) => { details.open = true; });
    await card.getByLabel("Électricité achetée").fill("0.25");
    await card.getByLabel("Électricité achetée").press("Tab");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-amount", amount: "power-price", value: 0.25 });
    await card.getByLabel("TVA").fill("10");
    await card.getByLabel("TVA").press("Tab");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-amount", amount: "vat", value: 0.1 });
    await card.getByLabel("TVA").fill("");
    await card.getByLabel("TVA").press("Tab");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-amount", amount: "vat", value: null });
    assert.deepEqual(await violations(page), []);
    // Modules are taken out and put back on the plan, with the keyboard too; they lie as somebody wants them.
    await card.getByLabel("Module 1 du pan 1").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-module", plane: 0, place: 0, on: false });
    await card.getByLabel("Module 2 du pan 1").press("Space");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-module", plane: 0, place: 1, on: true });
    await card.locator("#roof-lay").selectOption("landscape");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-layout", lay: "landscape", margin_m: null });
    await card.getByLabel("Marge aux bords").fill("0.5");
    await card.getByLabel("Marge aux bords").press("Tab");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-layout", lay: "best", margin_m: 0.5 });
    // Trees and the terrain are tried, and what it changes is said.
    await card.locator("#roof-tree").selectOption("1");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "fell-roof-tree", tree: "1" });
    await card.getByLabel("Essayer sans le relief").check();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "set-roof-terrain", bare: true });
    const tried = { felled: "Sans l’arbre 2 : de 8 123 à 8 567 kWh/an (+5,5 %)", beforeKwh: 8123, afterKwh: 8567, bare: "Essai sans le relief",
      around: { sentence: "Un toit voisin y gagne : +120 kWh/an.", roofs: [{ layer: "buildings", id: "B13", text: "B13 : +120 kWh/an (+1,4 %)", moreKwh: 120, at: [-1.55, 47.21] }] } };
    const felled = { ...ROOF, tried, choice: { ...ROOF.choice, tree: "1", bare: true }, message: "Le fichier de compteur ne peut pas être lu." };
    await page.evaluate((roof) => window.say(roof), felled);
    const after = await card.innerText();
    for (const words of [/8.567/, /Essai sans le relief/, /ne peut pas être lu/]) assert.match(after, words);
    assert.equal(await card.locator("#roof-tree").inputValue(), "1");
    // The roof beside is told too, and leads there.
    await card.getByText("Un toit voisin").click();
    await card.getByRole("button", { name: /^B13/ }).click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "go-to", at: [-1.55, 47.21], span_m: 40, selection: { layer: "buildings", id: "B13" } });
    await card.locator("#roof-lay").scrollIntoViewIfNeeded();
    await picture(page, `shell-roof-trial-${size}`);
    assert.deepEqual(await violations(page), []);
    await card.locator("#roof-dossier").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "save-roof-dossier" });
    const [download] = await Promise.all([page.waitForEvent("download"), page.evaluate(() => window.say({ kind: "file", name: "jumeau-B12.pdf", type: "application/pdf", bytes: "%PDF-1.7\u00ff" }))]);
    assert.equal(download.suggestedFilename(), "jumeau-B12.pdf");
    await page.evaluate((roof) => window.say(roof), ROOF);
    await card.getByLabel("Tout vendre").focus();
    // The card is drawn anew with each answer; who was at a control still is.
    // Where the building is the monument, nothing is seen together.
    await page.evaluate((roof) => window.say({ ...roof, monuments: [{ ...roof.monuments[0], isThis: true, covisible: null }] }), ROOF);
    assert.match(await card.innerText(), /Église Saint-Pierre : ce bâtiment est lui-même ce monument/);
    assert.equal(await card.locator(".roof-facts a").getAttribute("href"), "https://www.cre.fr/");
    // What no fact says is unknown: neither nothing, nor never. And whose pay-back it is, is said.
    const paid = async (numbers) => {
      await page.evaluate(([roof, more]) => window.say({ ...roof, numbers: { ...roof.numbers, ...more } }), [ROOF, numbers]);
      return card.innerText();
    };
    assert.match(await paid({ paybackYears: null, payback: "never" }), /jamais/u);
    const unknown = await paid({ paybackYears: null, payback: "unknown", premiumEur: null });
    assert.ok(!/jamais/u.test(unknown) && unknown.match(/inconnu/gu)?.length === 2, unknown);
    assert.match(await paid({ paybackWithoutBattery: true }), /sans la batterie/u);
    await page.evaluate((roof) => window.say({ ...roof, choice: { ...roof.choice, sellAll: true, batteryKwh: 5, heatPump: true, own: { "power-price": 0.25 } }, numbers: { ...roof.numbers, pumpKwh: 3110, pumpHeatKwh: 9000 } }), ROOF);
    assert.equal(await card.locator("#roof-heat").getAttribute("placeholder"), "9000");
    assert.match(await card.innerText(), /3.110.kWh d'électricité par an/);
    assert.equal(await card.locator("#roof-own-power-price").inputValue(), "0.25");
    assert.equal(await page.evaluate(() => document.activeElement.id), "roof-sale");
    assert.equal(await card.locator("#roof-battery").inputValue(), "5");

    // On paper: the card alone, its parts unfolded.
    await page.evaluate(() => { window.print = () => { window.printed = document.querySelectorAll("#roof details:not([open])").length; }; });
    await card.locator("#roof-print").click();
    assert.equal(await page.evaluate(() => window.printed), 0);
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("#time").isHidden());
    assert.ok(await card.isVisible());
    if (size === "desktop") await picture(page, "shell-roof-print");
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));

    await page.evaluate(() => window.say({ kind: "roof", state: "absent", message: "Ce toit n'est pas dans le livre." }));
    assert.match(await card.innerText(), /pas dans le livre/);
    await page.evaluate(() => window.say({ kind: "roof", state: "none" }));
    assert.ok(await card.isHidden());
    assert.deepEqual(faults, []);
    await context.close();
  });
}

const PLAN = {
  kind: "plan", state: "ready", message: null, has: true, by: "energy", falling: true, only: [],
  count: 3, areaM2: 5300, kwp: 512, kwhYear: 560000, kwhP90: 497000, usefulKwh: 410000,
  sizes: [{ end: 50, count: 0 }, { end: 100, count: 1 }, { end: 250, count: 2 }, { end: 500, count: 0 }, { end: 1000, count: 0 }, { end: null, count: 0 }],
  coverage: { demandKwh: 2100000, covered: 0.195, used: 0.73, hours: 8760, hoursCovered: 610, mostSurplusKw: 210, day: Array.from({ length: 24 }, (_, hour) => [hour > 6 && hour < 19 ? 30 * (6 - Math.abs(12.5 - hour)) : 0, 200 + 40 * (hour > 17)]) },
  rows: [
    { id: "B12", layer: "buildings", kind: "roof", name: "Gymnase", usage: "sport", public: true, areaM2: 1800, kwp: 210, kwhYear: 231000, kwhP90: 205000, shadingLoss: 0.02, usefulShare: 0.7, protection: "none", perimeters: [], at: [-1.55, 47.21, 40] },
    { id: "P1", layer: "car-parks", kind: "car-park", name: "Parking de la gare", usage: "car-park", public: false, areaM2: 2000, kwp: 215, kwhYear: 229000, kwhP90: 203000, shadingLoss: 0.01, usefulShare: 0.74, protection: "surroundings", perimeters: ["AC1 Église"], at: [-1.551, 47.211, 40] },
    { id: "B13", layer: "buildings", kind: "roof", name: "B13", usage: "commercial", public: false, areaM2: 1500, kwp: 87, kwhYear: 100000, kwhP90: 89000, shadingLoss: 0.05, usefulShare: null, protection: "excluded", perimeters: ["AC4 Centre ancien"], at: [-1.552, 47.212, 40] },
  ],
  more: 0, known: { carParks: true, public: true, servitudes: false }, leastM2: 500, canopies: { usableShare: 0.5, tilt: 10, azimuth: 180 }, all: { buildings: 310, kwp: 3200, kwhYear: 3400000 },
  sources: ["IGN – BD TOPO®, édition 2025-06-15"], weather: "climatologie mensuelle intégrée", nature: "simulated",
};

for (const size of ["phone", "desktop"]) {
  test(`the solar plan is a table that sorts, filters and leads to roofs (${size})`, async () => {
    const { page, faults, context } = await open({ size });
    await started(page);
    await page.evaluate(() => {
      window.say({ kind: "ready" });
      window.say({ kind: "plan", state: "none", message: null, has: true });
    });
    await page.locator("#plan-open").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-plan", plan: { by: "energy", falling: true, only: [] } });
    await page.evaluate((plan) => window.say(plan), PLAN);
    const panel = page.locator("#plan");
    await panel.waitFor();
    const said = await panel.innerText();
    for (const words of [/3 toits et parkings/, /0,56.GWh\/an/, /19,5.% couverts/, /610 heures/, /Parking de la gare/, /parking \(hypothèse\)/, /exclu : AC4 Centre ancien/, /loi APER/, /simulé/]) assert.match(said, words);
    assert.equal(await panel.locator("tbody tr").count(), 3);
    assert.equal(await panel.locator("th[aria-sort=descending]").innerText(), "MWh/an ▾");
    assert.ok(await panel.locator("#plan-only-heritage").isDisabled(), "no easements, no such filter");
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-plan-${size}`);

    await panel.locator("#plan-sort-energy").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-plan", plan: { by: "energy", falling: false, only: [] } });
    await panel.locator("#plan-sort-name").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-plan", plan: { by: "name", falling: false, only: [] } });
    await panel.locator("#plan-only-public").click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-plan", plan: { by: "energy", falling: true, only: ["public"] } });
    await page.evaluate((plan) => window.say({ ...plan, only: ["public"], rows: plan.rows.slice(0, 1), count: 1 }), PLAN);
    assert.equal(await page.evaluate(() => document.activeElement.id), "plan-only-public");
    assert.equal(await panel.locator("#plan-only-public").getAttribute("aria-pressed"), "true");
    await panel.getByRole("button", { name: "Gymnase" }).click();
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "go-to", at: [-1.55, 47.21, 40], span_m: 2 * Math.sqrt(1800), selection: { layer: "buildings", id: "B12" } });
    const csv = await page.evaluate(async (plan) => (await import("./app/plan.js")).csvOf(plan), PLAN);
    assert.equal(csv.split("\n").filter((line) => line && !line.startsWith("#")).length, 4);
    assert.match(csv, /^# solar plan, roofs and car parks of at least 500 m²/);
    assert.match(csv, /P1,car-parks,car-park,Parking de la gare,car-park,no,2000\.00,215\.000,/);
    await page.keyboard.press("Escape");
    assert.deepEqual(await page.evaluate(() => window.heard.at(-1)), { do: "show-plan", plan: null });
    await page.evaluate(() => window.say({ kind: "plan", state: "none", message: null, has: true }));
    assert.ok(await panel.isHidden());
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

test("a date can be typed in local time, and changes of clock are kept", async () => {
  const { page, context } = await open();
  await started(page);
  for (const [typed, instant] of [
    ["2026-06-21T15:00", "2026-06-21T13:00:00Z"],
    ["2026-12-21T15:00", "2026-12-21T14:00:00Z"],
    ["2026-03-29T03:00", "2026-03-29T01:00:00Z"],
    ["21/06/2026 15:30", "2026-06-21T13:30:00Z"],
    ["3 février 2026, 8 h 15", "2026-02-03T07:15:00Z"],
    ["1er août", "2026-07-31T22:00:00Z"],
    ["2013", "2012-12-31T23:00:00Z"],
    ["06/2013", "2013-05-31T22:00:00Z"],
    ["2026-06", "2026-05-31T22:00:00Z"],
    ["juin 2026", "2026-05-31T22:00:00Z"],
    ["2026-06-21T15:30Z", "2026-06-21T15:30:00Z"],
    ["15h45", "2026-06-21T13:45:00Z"],
    ["15/03/1990 12:00", "1990-03-15T11:00:00Z"],
    ["29/03/2026 3:00", "2026-03-29T01:00:00Z"],
  ]) {
    await page.locator("#date").fill(typed);
    await page.locator("#date").press("Enter");
    await page.waitForFunction((wanted) => window.heard.at(-1)?.instant === wanted, instant);
  }
  // Written as the page speaks, not as the browser does; what is no date changes nothing and is said.
  assert.equal(await page.locator("#date").inputValue(), "29/03/2026 03:00");
  for (const wrong of ["31/06/2026", "demain", "21/06/2026 25:00"]) {
    await page.locator("#date").fill(wrong);
    await page.locator("#date").press("Enter");
    assert.equal(await page.locator("#date").inputValue(), "29/03/2026 03:00");
    assert.match(await page.locator("#toast").innerText(), /jj\/mm\/aaaa/);
  }
  await page.locator("#hour").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => window.heard.at(-1).instant === "2026-03-29T02:00:00Z");
  assert.match(await page.locator("#hour").getAttribute("aria-valuetext"), /29 mars 2026, 4\s?h\s?00/);
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

test("colours keep their legend where the panel is closed", async () => {
  for (const size of ["phone", "desktop"]) {
    const { page, faults, context } = await open({ size });
    await started(page);
    await page.evaluate(() => {
      window.say({ kind: "ready" });
      window.say({ kind: "state", state: { theme: "demand" }, link: "v=1" });
      window.say({ kind: "legend", theme: "demand", colours: ["#00224e", "#7d7c78", "#fee838"], ticks: [0, 6, 24] });
    });
    if (size === "desktop") {
      // Beside the open panel, not below its fold.
      const [box, panel] = [await page.locator("#legend").boundingBox(), await page.locator("#layers").boundingBox()];
      assert.ok(box.x >= panel.x + panel.width && box.y + box.height <= 1080, JSON.stringify([box, panel]));
      await page.locator('[data-close="layers"]').click();
    }
    assert.ok(await page.locator("#layers").isHidden());
    assert.ok(await page.locator("#legend").isVisible());
    assert.match(await page.locator("#legend").innerText(), /simulé/i);
    assert.deepEqual(await violations(page), []);
    await picture(page, `shell-legend-${size}`);
    // Nothing of it lies outside the picture or under the time strip.
    const [box, stage] = [await page.locator("#legend").boundingBox(), await page.locator("#stage").boundingBox()];
    assert.ok(box.y >= stage.y && box.y + box.height <= stage.y + stage.height && box.x + box.width <= stage.x + stage.width);
    assert.deepEqual(faults, []);
    await context.close();
  }
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

const SERIES = [
  { id: "courbes", title: "Courbes de charge", unit: "kW", nature: "measured", layer: "buildings", start: "2025-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z", step: 3600, gaps: [{ start: "2026-03-01T00:00:00Z", end: "2026-04-01T00:00:00Z" }] },
  { id: "eco2mix", title: "éCO2mix", unit: "MW", nature: "measured", layer: null, start: "2013-01-01T00:00:00Z", end: "2026-01-01T00:00:00Z", step: 3600, gaps: [] },
];

const CHART = {
  series: "eco2mix", title: { fr: "Production", en: "Production" }, unit: "MW", nature: "measured", source: "RTE, 2026", method: "",
  curves: ["solaire", "bois", ""].map((name, line) => ({
    name, points: Array.from({ length: 24 }, (_, hour) => [new Date(Date.UTC(2026, 5, 20, 22 + hour)).toISOString(), line === 0 && hour === 3 ? null : Math.abs(Math.sin(hour / 8)) * (line + 1) * 10]),
  })),
  end: "2026-06-21T22:00:00Z",
  duration: Array.from({ length: 50 }, (_, place) => 50 - place), known: 8700, absent: 60, peak: ["2026-01-12T18:00:00Z", 50], moreRows: 0, total: true,
  waiting: false, typical: false,
};

test("imported series are offered, drawn as curves, and readable as numbers", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(({ series, chart }) => {
    window.say({ kind: "ready" });
    window.say({ kind: "series", series, start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
    window.say({ kind: "day", sunrise: "2026-06-21T04:06:00Z", noon: null, sunset: "2026-06-21T20:08:00Z", peak: "2026-06-21T17:00:00Z" });
    window.say({ kind: "chart", chart });
  }, { series: SERIES, chart: CHART });
  await page.getByLabel("Courbes de charge").check();
  await page.waitForFunction(() => window.heard.some(({ do: what, series }) => what === "show-series" && series === "courbes"));
  await page.evaluate(() => {
    window.say({ kind: "legend", theme: "series", title: { fr: "Courbes de charge", en: "Load curves" }, unit: "kW", domain: [0, 9], colours: ["#00204d", "#6c6e72", "#ffea46"],
      ticks: [0, 2.25, 4.5, 6.75, 9], ends: [2, 5, 9], nature: "measured", source: "Enedis", date: "2026", countsClasses: true, waiting: false, outside: false,
      histogram: { low: 0, high: 9, counts: [3, 9, 20, 12, 4, 0, 1], known: 8000, without: 620 } });
  });
  const legend = await page.locator("#legend").innerText();
  assert.match(legend, /Courbes de charge \(kW\)/);
  assert.match(legend, /2,00 à 5,00|2 à 5/);
  assert.match(legend, /620 sans/);
  // Values as heights: offered where they are amounts, and the legend says what a height means.
  assert.ok(await page.locator("#raise-row").isHidden());
  await page.evaluate(() => window.say({ kind: "legend", theme: "series", title: { fr: "Courbes de charge", en: "Load curves" }, unit: "kW", domain: [0, 9], colours: ["#00204d", "#6c6e72", "#ffea46"],
    ticks: [0, 2.25, 4.5, 6.75, 9], ends: [2, 5, 9], nature: "measured", source: "Enedis", date: "2026", countsClasses: true, waiting: false, outside: false, raise: { perMetre: 0.1, on: true } }));
  await page.getByLabel("Élever selon la valeur").check();
  await page.waitForFunction(() => window.heard.some(({ do: what, raised }) => what === "set-raised" && raised === true));
  assert.match(await page.locator("#legend").innerText(), /10\s?m pour 1(,00)?\s?kW/);
  await page.getByText("Changer l'échelle").click();
  await page.locator("#scale-breaks").selectOption("jenks");
  await page.waitForFunction(() => window.heard.some(({ do: what, scale }) => what === "set-scale" && scale.breaks.by === "jenks" && scale.breaks.classes === 5));
  const chart = page.locator("#chart");
  assert.match(await chart.innerText(), /Production \(MW\)/);
  assert.equal(await chart.locator("svg.curve").count(), 2);
  // The table is written where somebody opens it.
  assert.equal(await chart.locator("table tr").count(), 0);
  await chart.getByText("Voir les nombres").click();
  await chart.locator("table tr").nth(24).waitFor();
  assert.equal(await chart.locator("table tr").count(), 25);
  assert.match(await chart.locator("table").innerText(), /Pas de donnée/);
  // Each part has its own file: the table is the viewer's, the picture is drawn here.
  for (const of of ["curves", "duration"]) {
    const what = of === "curves" ? "les courbes" : "la courbe monotone";
    for (const [name, form] of [["CSV", "csv"], ["Parquet", "parquet"]]) {
      await chart.getByRole("button", { name: `${name}, ${what}` }).click();
      await page.waitForFunction(([of, form]) => window.heard.some((asked) => asked.do === "save-values" && asked.of === of && asked.form === form), [of, form]);
    }
    const saved = page.waitForEvent("download");
    await chart.getByRole("button", { name: new RegExp(`PNG\\)?, ${what}`) }).click();
    const file = await saved;
    assert.equal(file.suggestedFilename(), of === "curves" ? "essai-eco2mix.png" : "essai-eco2mix-duration.png");
    await kept(file, `shell-save-${of}`);
  }
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-series");
  await page.getByRole("button", { name: "Maximum du jour" }).click();
  await page.waitForFunction(() => window.heard.some(({ instant }) => instant === "2026-06-21T17:00:00Z"));
  assert.deepEqual(faults, []);
  await context.close();
});

test("what is drawn again at every instant keeps the keyboard, its folds and what is being typed", async () => {
  const { page, faults, context } = await open();
  await started(page);
  const say = (hour) => page.evaluate(({ chart, hour, flows }) => {
    const instant = new Date(Date.UTC(2026, 5, 21, hour)).toISOString().replace(".000", "");
    window.say({ kind: "chart", chart: { ...chart, peak: [instant, hour], trough: ["2026-08-15T03:00:00Z", 0.5], waiting: hour % 2 === 1, over: hour % 2 ? { mean: 1, sum: 2, known: 3, absent: 0 } : null } });
    window.say({ kind: "accounts", of: null, starts: ["2026-06-21T00:00:00Z", "2026-06-21T01:00:00Z"], omitted: [], waiting: false,
      lines: [{ name: "Soleil", source: true, border: false, wh: [hour * 1e3, 2e3] }, { name: "Logements", source: false, border: false, wh: [hour * 1e3, 2e3] }] });
    window.say({ ...flows, diagram: { ...flows.diagram, waiting: hour % 2 === 1 } });
    window.say({ kind: "state", state: { instant, balance: true } });
  }, { chart: CHART, hour, flows: FLOWS });
  await page.evaluate((series) => {
    window.say({ kind: "ready" });
    window.say({ kind: "series", series, start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
    window.say({ kind: "attributes", attributes: [{ layer: "buildings", name: "height_m", title: { fr: "Hauteur", en: "Height" }, range: [2, 48.5], kinds: [] }] });
  }, SERIES);
  await say(8);
  const chart = page.locator("#chart");
  await chart.getByText("Voir les nombres").click();
  await chart.getByText("Minimum").first().focus();
  // Drawings follow the clock a few times a second; each of them is waited for.
  const drawn = (hour) => chart.getByRole("button", { name: new RegExp(`^Maximum : ${hour}\\D`, "u") }).waitFor();
  for (const hour of [9, 10, 11, 12]) {
    await say(hour);
    await drawn(hour);
    assert.match(await page.evaluate(() => document.activeElement.textContent), /^Minimum/u);
    assert.ok(await chart.locator("details.values[open]").count() === 1, `open at ${hour}`);
  }
  // The button is the same, what it does is of now.
  await chart.getByText("Maximum").first().click();
  assert.equal(await page.evaluate(() => window.heard.at(-1).instant), "2026-06-21T12:00:00Z");
  // So is a slider in the diagram, and its table.
  await page.locator("#flows summary").click();
  await page.locator("#flows-equipped").focus();
  await say(13);
  assert.equal(await page.evaluate(() => document.activeElement.id), "flows-equipped");
  assert.equal(await page.locator("#flows details[open]").count(), 1);
  // A number that is half typed stays while the attributes come anew.
  await page.locator("#filter-add").selectOption({ label: "Bâtiments · Hauteur" });
  const field = page.getByLabel("De", { exact: true });
  await field.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("1");
  await page.evaluate(() => window.say({ kind: "attributes", attributes: [
    { layer: "buildings", name: "height_m", title: { fr: "Hauteur", en: "Height" }, range: [2, 50], kinds: [] }, { layer: "buildings", name: "usage", title: { fr: "Usage", en: "Use" }, range: null, kinds: ["a", "b"] },
  ] }));
  await page.keyboard.type("7");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => window.heard.some(({ do: what, filters }) => what === "set-filters" && filters[0]?.low === 17));
  assert.deepEqual(faults, []);
  await context.close();
});

test("classes that mean nothing are refused with a reason, and fewer than asked for are said", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(() => {
    window.say({ kind: "ready" });
    window.say({ kind: "legend", theme: "demand", unit: "W/m²", domain: [0, 9], colours: ["#00204d", "#ffea46"], ticks: [0, 9], ends: [], nature: "simulated", source: "Jumeau", date: "2026", countsClasses: true });
  });
  await page.getByLabel("Demande d'électricité").check();
  await page.getByText("Changer l'échelle").click();
  await page.locator("#scale-breaks").selectOption("equal");
  await page.locator("#scale-classes").fill("12");
  await page.keyboard.press("Tab");
  assert.match(await page.locator("#scale-said").innerText(), /De 2 à 8 classes/);
  assert.equal(await page.locator("#scale-classes").getAttribute("aria-invalid"), "true");
  await page.locator("#scale-classes").fill("6");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => window.heard.some(({ do: what, scale }) => what === "set-scale" && scale.breaks.classes === 6));
  assert.equal(await page.evaluate(() => window.heard.filter(({ scale }) => scale?.breaks.classes === 12).length), 0);
  await page.evaluate(() => window.say({ kind: "legend", theme: "demand", unit: "W/m²", domain: [0, 9], colours: ["#00204d", "#808080", "#ffea46"], ticks: [0, 9], ends: [2, 5, 9], nature: "simulated", source: "Jumeau", date: "2026", countsClasses: true }));
  assert.match(await page.locator("#scale-said").innerText(), /3 classes seulement/);
  await page.locator("#scale-breaks").selectOption("manual");
  await page.locator("#scale-ends").fill("5; 3");
  await page.keyboard.press("Tab");
  assert.match(await page.locator("#scale-said").innerText(), /De 1 à 7 limites/);
  await page.locator("#scale-ends").fill("3; 5,5");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => window.heard.some(({ do: what, scale }) => what === "set-scale" && scale.breaks.at?.join() === "3,5.5"));
  assert.equal(await page.locator("#scale-said").innerText(), "");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  await context.close();
});

test("an area is drawn with the keyboard, said in words, kept as GeoJSON and opened again", async () => {
  const { page, faults, context } = await open();
  await started(page);
  const says = (state, inside, corners, drawing) => page.evaluate((message) => {
    window.say({ kind: "state", state: { area: message.area } });
    window.say({ kind: "area", state: message.state, area_m2: 56789, inside: message.inside });
  }, { state, inside, area: { corners, drawing } });
  await page.evaluate(() => window.say({ kind: "ready" }));
  await page.locator("#area summary").click();
  await page.getByRole("button", { name: "Dessiner une zone" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.heard.some(({ do: what, drawing }) => what === "draw-area" && drawing === true));
  const corners = [[-1.56, 47.21], [-1.56, 47.22], [-1.55, 47.22]];
  await says("drawing", null, corners.slice(0, 2), true);
  assert.match(await page.locator("#area-body").innerText(), /2 coins\. Cliquez/);
  assert.ok(await page.getByRole("button", { name: "Terminer" }).isDisabled());
  await page.getByRole("button", { name: "Coin au centre" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.heard.some(({ do: what }) => what === "add-corner-here"));
  await says("drawing", null, corners, true);
  // The button is the same one: who puts corners down with the keyboard goes on.
  assert.match(await page.evaluate(() => document.activeElement.textContent), /Coin au centre/);
  await page.getByRole("button", { name: "Terminer" }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, drawing }) => what === "draw-area" && drawing === false));
  await says("ready", { buildings: 12, homes: 8, secret: true }, corners, false);
  assert.match(await page.locator("#area-body").innerText(), /12 bâtiments, 8 logements\.[^]*5,68\s?ha[^]*Moins de dix logements/);
  await page.evaluate(() => window.say({ kind: "accounts", of: null, ofArea: true, secret: true, starts: [], lines: [], omitted: [], waiting: false }));
  assert.match(await page.locator("#accounts").innerText(), /Bilan de la zone dessinée/);
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Télécharger en GeoJSON" }).click();
  const file = await saved;
  assert.match(file.suggestedFilename(), /-zone\.geojson$/);
  const kept = JSON.parse(readFileSync(await file.path(), "utf8"));
  assert.deepEqual(kept.geometry.coordinates[0], [[-1.55, 47.22], [-1.56, 47.22], [-1.56, 47.21], [-1.55, 47.22]]);
  await page.locator("#area-file").setInputFiles({ name: "zone.geojson", mimeType: "application/geo+json", buffer: Buffer.from(JSON.stringify(kept)) });
  await page.waitForFunction(() => window.heard.some(({ do: what, geojson }) => what === "open-area" && geojson.includes("Polygon")));
  // Escape gives up what is being drawn.
  await says("drawing", null, corners, true);
  await page.locator("#scene").focus();
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => window.heard.at(-1).do === "set-area" && window.heard.at(-1).corners.length === 0);
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-area");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a network's line has its worst moments, and the legend says its marks", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(({ series, chart }) => {
    window.say({ kind: "ready" });
    window.say({ kind: "series", series, start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
    window.say({ kind: "chart", chart: { ...chart, unit: "%", madeUp: true, total: false, curves: chart.curves.slice(0, 1), beyond: 7, worst: [["2026-01-12T18:00:00Z", -131], ["2026-01-13T18:00:00Z", 104]] } });
  }, { series: SERIES, chart: CHART });
  await page.getByLabel("Courbes de charge").check();
  await page.evaluate(() => {
    window.say({ kind: "legend", theme: "series", title: { fr: "charge", en: "loading" }, unit: "%", domain: [0, 100], colours: ["#00204d", "#ffea46"], ticks: [0, 25, 50, 75, 100],
      ends: [], nature: "simulated", madeUp: true, source: "Jumeau", date: "2026", countsClasses: true, waiting: false, outside: false, band: [-100, 100], directed: true });
  });
  const legend = await page.locator("#legend").innerText();
  assert.match(legend, /généré, non réel/i);
  assert.match(legend, /noires et blanches : plus de 100 %/);
  assert.match(legend, /sens de la puissance/);
  const chart = page.locator("#chart");
  assert.match(await chart.innerText(), /7 pas de temps hors limites/);
  assert.match(await chart.innerText(), /généré, non réel/i);
  assert.equal(await chart.locator("ol.worst li").count(), 2);
  await chart.locator("ol.worst button").first().click();
  await page.waitForFunction(() => window.heard.some(({ do: what, instant }) => what === "set-instant" && instant === "2026-01-12T18:00:00Z"));
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-worst");
  assert.deepEqual(faults, []);
  await context.close();
});

const FLOWS = {
  kind: "flows", known: true, shown: true, equipped: 30,
  diagram: {
    of: "Territoire", frame: [296, 330], absent: ["Batterie"], waiting: false, canEquip: true, madeUp: true, over: "hour", known: 1, steps: 1, nature: "simulated", source: "Jumeau",
    nodes: [
      { name: "Parc éolien", kind: "wind", colour: "#56b4e9", column: 0, kw: 3000, at: [0, 10, 9, 180] }, { name: "Soutirage", kind: "network", colour: "#787c82", column: 0, kw: 500, at: [0, 205, 9, 30] },
      { name: "Territoire", kind: "area", colour: "#464a50", column: 1, kw: 3500, at: [143, 20, 9, 210] }, { name: "Logements", kind: "use", colour: "#0072b2", column: 2, kw: 3500, at: [287, 20, 9, 210] },
    ],
    flows: [{ from: 0, to: 2, kw: 3000 }, { from: 1, to: 2, kw: 500 }, { from: 2, to: 3, kw: 3500 }],
    bands: [{ flow: 0, from: [9, 10], to: [143, 20], thickness: 180 }, { flow: 1, from: [9, 205], to: [143, 200], thickness: 30 }, { flow: 2, from: [152, 20], to: [287, 20], thickness: 210 }],
  },
};

test("a slider stays under the pointer while what it changes is drawn anew", async () => {
  const { page, faults, context } = await open({ size: "desktop" });
  await started(page);
  await page.evaluate((roof) => {
    const selection = { layer: "buildings", id: "B12" };
    window.say({ kind: "ready" });
    window.say({ kind: "state", state: { selection }, link: "v=1" });
    window.say({ kind: "figures", selection, figures: [] });
    window.say(roof);
  }, ROOF);
  const slider = page.locator("#roof-battery");
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  const to = (share) => page.mouse.move(box.x + share * box.width, box.y + box.height / 2);
  await to(0.1);
  await page.mouse.down();
  await page.evaluate(() => { window.held = document.getElementById("roof-battery"); });
  let before = 0;
  for (const share of [0.3, 0.5, 0.8]) {
    await to(share);
    const value = Number(await slider.inputValue());
    assert.ok(value > before, `${share}: ${value}`);
    before = value;
    // An answer of a moment ago comes in between.
    await page.evaluate((roof) => window.say({ ...roof, choice: { ...roof.choice, batteryKwh: 1 }, numbers: { ...roof.numbers, kwhYear: 4321 } }), ROOF);
    assert.ok(await page.evaluate(() => window.held.isConnected && window.held === document.getElementById("roof-battery")));
    assert.equal(Number(await slider.inputValue()), value);
    assert.match(await slider.getAttribute("aria-valuetext"), new RegExp(`^${String(value).replace(".", ",")}`));
    assert.match(await page.locator("#roof").innerText(), /4.321/);
  }
  await page.mouse.up();
  await page.waitForFunction((kwh) => window.heard.at(-1).do === "set-roof-battery" && window.heard.at(-1).kwh === kwh, before);
  await page.evaluate(([roof, kwh]) => window.say({ ...roof, choice: { ...roof.choice, batteryKwh: kwh } }), [ROOF, before]);
  // Whoever changes it elsewhere is followed.
  await page.evaluate((roof) => window.say({ ...roof, choice: { ...roof.choice, batteryKwh: 2 } }), ROOF);
  assert.equal(await slider.inputValue(), "2");
  assert.match(await page.locator("output[for=roof-battery]").innerText(), /^2\skWh$/u);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the flow diagram is painted, spoken and readable as numbers", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate((flows) => {
    window.say({ kind: "ready" });
    window.say({ ...flows, shown: false, diagram: null });
  }, FLOWS);
  const box = page.getByRole("checkbox", { name: "Flux d’énergie" });
  await box.check();
  await page.waitForFunction(() => window.heard.some(({ do: what, shown }) => what === "show-flows" && shown === true));
  await page.evaluate((flows) => {
    window.say({ kind: "state", state: { flows: { shown: true, equipped_percent: 30 } } });
    window.say(flows);
  }, FLOWS);
  const place = page.locator("#flows");
  const label = await place.locator("svg.sankey").getAttribute("aria-label");
  assert.match(label, /Parc éolien 3\s*MW, Soutirage 500\s*kW/);
  assert.equal(await place.locator("svg.sankey path").count(), 3);
  assert.match(await place.innerText(), /Sans valeur à cet instant\s*: Batterie/);
  assert.match(await place.innerText(), /simulé/i);
  await place.locator("details.values summary").click();
  assert.equal(await place.locator("table tr").count(), 4);
  assert.match(await place.locator("table").innerText(), /3,5\s*MW/);
  assert.match(await place.innerText(), /généré, non réel/);
  // Kept like the other charts; what is pressed says of which it is.
  for (const [name, form] of [["CSV", "csv"], ["Parquet", "parquet"]]) {
    await place.getByRole("button", { name: `${name}, les flux` }).click();
    await page.waitForFunction((form) => window.heard.some((asked) => asked.do === "save-values" && asked.of === "flows" && asked.form === form), form);
  }
  const [image] = await Promise.all([page.waitForEvent("download"), place.getByRole("button", { name: "PNG, les flux" }).click()]);
  assert.equal(image.suggestedFilename(), "essai-flux.png");
  await kept(image, "shell-save-flows");
  // The day's energy is a choice away; a year with gaps says so.
  await page.locator("#flows-over-day").check();
  await page.waitForFunction(() => window.heard.some(({ do: what, over }) => what === "set-flow-span" && over === "day"));
  await page.evaluate((flows) => {
    window.say({ kind: "state", state: { flows: { shown: true, equipped_percent: 30, over: "day" } } });
    window.say({ ...flows, diagram: { ...flows.diagram, over: "day", known: 20, steps: 24 } });
  }, FLOWS);
  assert.equal(await page.evaluate(() => document.activeElement.id), "flows-over-day");
  assert.match(await place.locator("svg.sankey").getAttribute("aria-label"), /Parc éolien 3\s*MWh/);
  assert.match(await place.innerText(), /Somme de 20 pas de temps sur 24/);
  assert.match(await place.locator("table").innerText(), /3,5\s*MWh/);
  await picture(page, "shell-flows-day");
  await page.locator("#flows-equipped").focus();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(() => window.heard.some(({ do: what, percent }) => what === "set-equipped" && percent === 35));
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-flows");
  await place.getByRole("button", { name: "Fermer" }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, shown }) => what === "show-flows" && shown === false));
  assert.deepEqual(faults, []);
  await context.close();
});

test("any instant is a scope and a slider away, by days of 23 and 25 hours", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate((series) => {
    window.say({ kind: "ready" });
    window.say({ kind: "series", series, start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
    window.say({ kind: "state", state: { instant: "2026-10-25T10:00:00Z" } });
  }, SERIES);
  await page.locator('[data-scope="day"]').click();
  // The day the clock is set back has 25 hours, a hundred quarters.
  assert.equal(await page.locator("#hour").getAttribute("max"), "99");
  await page.locator("#hour").focus();
  await page.keyboard.press("Home");
  await page.waitForFunction(() => window.heard.some(({ do: what, instant }) => what === "set-instant" && instant === "2026-10-24T22:00:00Z"));
  await page.locator('[data-scope="all"]').click();
  assert.match(await page.locator("#months").innerText(), /2014[^]*2026/);
  assert.ok((await page.locator("#lanes .gap").count()) >= 1);
  // All of the series, with their names and their gaps, and each a way to be shown.
  await page.evaluate((series) => {
    const more = Array.from({ length: 9 }, (_, at) => ({ ...series[0], id: `s${at}`, title: `Compteur ${at}`, start: `20${13 + at}-01-01T00:00:00Z`, gaps: at === 2 ? [{ start: "2017-01-01T00:00:00Z", end: "2018-06-01T00:00:00Z" }] : [] }));
    window.say({ kind: "series", series: [...series, ...more], start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
  }, SERIES);
  assert.equal(await page.locator("#lanes .lane").count(), 4);
  const folded = page.getByRole("button", { name: `Séries (${SERIES.length + 9})` });
  await folded.click();
  assert.equal(await folded.getAttribute("aria-expanded"), "true");
  const rows = page.locator("#lanes-all button");
  assert.equal(await rows.count(), SERIES.length + 9);
  assert.match(await page.locator("#lanes-all").textContent(), /Compteur 2 : du 1er janvier 2015 au [^]*, lacunes : 1/);
  await rows.last().focus();
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.heard.some(({ do: what, series }) => what === "show-series" && series === "s8"));
  assert.equal(await page.evaluate(() => document.activeElement.dataset.series), "s8");
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-lanes");
  await folded.click();
  assert.ok(await page.locator("#lanes-all").isHidden());
  // The part that is played may lie where nothing has values yet.
  await page.evaluate(() => window.say({ kind: "state", state: { instant: "2034-05-01T10:00:00Z" } }));
  await page.getByRole("button", { name: "Décennie" }).click();
  await page.getByRole("button", { name: "Lire en boucle" }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, span }) => what === "set-span" && span?.start === "2029-12-31T23:00:00Z" && span?.end === "2039-12-31T23:00:00Z"));
  await page.getByRole("button", { name: "+ 1 mois" }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, unit, count }) => what === "step-clock" && unit === "month" && count === 1));
  assert.deepEqual(faults, []);
  await context.close();
});

test("attributes are colours and filters, by mouse and by keyboard", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(() => {
    window.say({ kind: "ready" });
    window.say({ kind: "attributes", attributes: [
      { layer: "buildings", name: "height_m", title: { fr: "Hauteur", en: "Height" }, range: [2, 48.5], kinds: [] },
      { layer: "buildings", name: "usage", title: { fr: "Usage", en: "Use" }, range: null, kinds: ["annexe", "commerce", "habitation"] },
    ] });
  });
  await page.locator("#attribute").selectOption({ label: "Bâtiments · Usage" });
  await page.waitForFunction(() => window.heard.some(({ do: what, attribute }) => what === "show-attribute" && attribute.layer === "buildings" && attribute.name === "usage"));
  await page.evaluate(() => {
    window.say({ kind: "legend", theme: "attribute", title: { fr: "Usage", en: "Use" }, unit: "", domain: [-0.5, 2.5], colours: ["#0072b2", "#e69f00", "#606060"],
      ticks: [], ends: [0.5, 1.5, 2.5], names: ["habitation", "commerce", ""], nature: "declared", source: "IGN", date: "2025",
      histogram: { low: -0.5, high: 2.5, counts: [7000, 900, 300], known: 8200, without: 420 } });
  });
  assert.match(await page.locator("#legend").innerText(), /habitation\s+commerce\s+Autres/);
  // A range of numbers: what is wrong is marked and not sent.
  await page.locator("#filter-add").selectOption({ label: "Bâtiments · Hauteur" });
  await page.getByLabel("De", { exact: true }).fill("12");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => window.heard.some(({ do: what, filters }) => what === "set-filters" && filters[0]?.low === 12 && filters[0]?.high === 48.5));
  await page.getByLabel("à", { exact: true }).fill("5");
  await page.keyboard.press("Tab");
  assert.equal(await page.getByLabel("à", { exact: true }).getAttribute("aria-invalid"), "true");
  // Kinds: the keyboard stays where it was.
  await page.locator("#filter-add").selectOption({ label: "Bâtiments · Usage" });
  const box = page.locator("#filters").getByLabel("annexe");
  await box.focus();
  await page.keyboard.press("Space");
  await page.waitForFunction(() => window.heard.at(-1)?.filters?.[1]?.values?.join() === "commerce,habitation");
  assert.equal(await page.evaluate(() => document.activeElement.dataset.filter), "1-annexe");
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-filters");
  await page.getByRole("button", { name: "Retirer le filtre Bâtiments · Usage" }).click();
  await page.waitForFunction(() => window.heard.at(-1)?.filters?.length === 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a year is a sheet of days and hours, with its months in numbers, and a curve is a picture to carry away", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(({ series, chart }) => {
    window.say({ kind: "ready" });
    window.say({ kind: "series", series, start: "2013-01-01T00:00:00Z", end: "2027-01-01T00:00:00Z" });
    window.say({ kind: "chart", chart: { ...chart, trough: ["2026-08-15T03:00:00Z", 0.5], over: { mean: 12.5, sum: 300, known: 24, absent: 0 } } });
    // Midnights of the clock: 25 hours lie between two of them in October.
    const days = Array.from({ length: 365 }, (_, day) => new Date(Date.UTC(2025, 11, 31, 23) + 86_400_000 * day - (day > 87 && day < 298 ? 3_600_000 : 0)).toISOString());
    const hours = days.map((_, day) => Array.from({ length: 24 }, (_, hour) => (day === 87 && hour === 2 ? null : 5 + 3 * Math.cos(day / 58) + Math.sin(hour / 3.8))));
    const typical = [[0, false], [0, true], [2, false], [2, true]].map(([season, weekend]) => ({ season, weekend, days: weekend ? 26 : 64, hours: Array.from({ length: 24 }, (_, hour) => (4 - season) * (weekend ? 0.7 : 1) * (2 + Math.sin((hour - 6) / 3.8))) }));
    window.say({ kind: "calendar", days, hours, typical });
  }, { series: SERIES, chart: CHART });
  assert.match(await page.locator("#chart").innerText(), /Jours types[^]*hiver, semaine \(64 jours\)[^]*statistique/);
  const chart = page.locator("#chart");
  assert.match(await chart.locator("canvas").getAttribute("aria-label"), /Calendrier : Production, jour par jour/);
  await chart.getByText("Les mois en nombres").click();
  assert.match(await chart.locator("table").first().innerText(), /janvier 2026[^]*décembre 2026/);
  const box = await chart.locator("canvas").boundingBox();
  await chart.locator("canvas").click({ position: { x: (100.5 / 365) * box.width, y: (14.5 / 24) * box.height } });
  // A day is narrower than a pixel here.
  await page.waitForFunction(() => window.heard.some(({ instant }) => /^2026-04-1[01]T12:00:00Z$/.test(instant)));
  await chart.getByText("Minimum").first().click();
  await page.waitForFunction(() => window.heard.some(({ instant }) => instant === "2026-08-15T03:00:00Z"));
  for (const [what, name] of [["les courbes", "essai-eco2mix.png"], ["l'année heure par heure", "essai-eco2mix-calendar.png"]]) {
    const saved = page.waitForEvent("download");
    await chart.getByRole("button", { name: new RegExp(`PNG\\)?, ${what}`) }).click();
    const file = await saved;
    assert.equal(file.suggestedFilename(), name);
    const bytes = readFileSync(await file.path());
    assert.equal(bytes.subarray(1, 4).toString(), "PNG");
    // Width and height stand in the first chunk.
    assert.ok(bytes.readUInt32BE(16) > 1200 && bytes.length > 5000, String(bytes.length));
    await kept(file, `shell-save-${name.length}`);
  }
  for (const [name, form] of [["CSV", "csv"], ["Parquet", "parquet"]]) {
    await chart.getByRole("button", { name: `${name}, l'année heure par heure` }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((form) => window.heard.some((asked) => asked.do === "save-values" && asked.of === "calendar" && asked.form === form), form);
  }
  // What the viewer answers with is kept byte by byte.
  const [given] = await Promise.all([page.waitForEvent("download"), page.evaluate(() => window.say({ kind: "file", name: "essai-eco2mix-calendrier.parquet", type: "application/vnd.apache.parquet", bytes: `PAR1${String.fromCharCode(0, 10, 13, 127, 128, 159, 255)}PAR1` }))]);
  assert.equal(given.suggestedFilename(), "essai-eco2mix-calendrier.parquet");
  assert.deepEqual([...readFileSync(await given.path())], [...Buffer.from("PAR1"), 0, 10, 13, 127, 128, 159, 255, ...Buffer.from("PAR1")]);
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-calendar");
  assert.deepEqual(faults, []);
  await context.close();
});

test("views are kept in this browser, opened again and forgotten", async () => {
  const { page, faults, context } = await open();
  await started(page);
  const state = { territory: "essai", camera: { target: [-1.55, 47.215, 60], distance_m: 900, heading_deg: 10, pitch_deg: -30 }, instant: "2026-06-21T13:30:00Z", year: 2020, theme: "demand", hidden: [], selection: null };
  await page.evaluate((state) => {
    window.say({ kind: "ready" });
    window.say({ kind: "state", state, link: "v=1" });
  }, state);
  await page.getByText("Vues enregistrées").click();
  await page.getByLabel("Nom", { exact: true }).fill("La place le soir");
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#live").innerText(), /La place le soir/);
  await page.reload();
  await started(page);
  await page.evaluate((state) => {
    window.say({ kind: "ready" });
    window.say({ kind: "state", state: { ...state, theme: "none" }, link: "v=1" });
  }, state);
  await page.getByText("Vues enregistrées").click();
  await page.getByRole("button", { name: /^La place le soir/ }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, state }) => what === "restore" && state.theme === "demand" && state.camera.distance_m === 900));
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-views");
  await page.getByRole("button", { name: "Oublier la vue La place le soir" }).click();
  assert.equal(await page.locator("#views li").count(), 0);
  assert.deepEqual(faults, []);
  await context.close();
});

test("what changes around the year is a list whose lines go to the year and to the place", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(() => {
    window.say({ kind: "ready" });
    window.say({ kind: "state", state: { theme: "construction-year", year: 2029 } });
    window.say({ kind: "legend", theme: "construction-year", title: { fr: "Année d’apparition", en: "Year first seen" }, unit: "", domain: [1850, 2026], years: [1850, 2056],
      colours: ["#00204d", "#6c6e72", "#ffea46"], ticks: [1850, 2026], ends: [], nature: "declared", source: "IGN", date: "2025" });
    window.say({ kind: "changes", year: 2029, first: 2014, last: 2044, more: 12, rows: [
      { layer: "buildings", id: "ecole", name: "École des Tilleuls (fictive)", works: 2028, from: 2031, to: null, year: 2028, madeUp: true, at: [-1.55, 47.21, 60], span_m: 42 },
      { layer: "buildings", id: "hangar", name: "Hangar 7 (fictif)", works: null, from: 1962, to: 2033, year: 2033, at: [-1.551, 47.211, 60], span_m: 30 },
      { layer: "buildings", id: "", name: "Bâtiments : 14", works: null, from: 2015, to: null, year: 2015, at: [-1.552, 47.212, 60], span_m: 400 },
    ] });
  });
  const strip = page.locator("#gantt");
  assert.match(await strip.innerText(), /Ce qui change ici de 2014 à 2044[^]*École des Tilleuls[^]*travaux dès 2028, en service en 2031 · généré, non réel[^]*Hangar 7[^]*retiré en 2033[^]*et 12 autres/);
  assert.match(await page.locator("#legend").innerText(), /Magenta : en travaux/);
  assert.equal(await page.locator("#year").getAttribute("max"), "2056");
  assert.deepEqual(await violations(page), []);
  await picture(page, "shell-gantt");
  await strip.getByRole("button", { name: /Hangar 7/ }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, selection }) => what === "go-to" && selection.id === "hangar"));
  // One clock: the year that is chosen is that of the date.
  assert.match(await page.locator("#date").inputValue(), /\/2033 /);
  // A line of several houses goes to where they are, and chooses none.
  await strip.getByRole("button", { name: /Bâtiments : 14/ }).click();
  await page.waitForFunction(() => window.heard.some(({ do: what, selection, span_m: span }) => what === "go-to" && selection === null && span === 400));
  assert.ok(await page.evaluate(() => window.heard.some(({ do: what, year }) => what === "set-year" && year === 2033)));
  // Without the theme of years the viewer takes it away.
  await page.evaluate(() => window.say({ kind: "changes", rows: null }));
  assert.ok(await strip.isHidden());
  assert.deepEqual(faults, []);
  await context.close();
});

test("the balance is a picture and a table whose sides are the same", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.getByLabel("Bilan des sources et des usages").check();
  await page.waitForFunction(() => window.heard.some(({ do: what, shown }) => what === "show-balance" && shown === true));
  const hours = Array.from({ length: 24 }, (_, hour) => new Date(Date.UTC(2026, 5, 20, 22 + hour)).toISOString().replace(".000Z", "Z"));
  const sun = hours.map((_, hour) => Math.max(0, Math.round(9_000_000 * Math.sin(((hour - 6) / 16) * Math.PI))));
  const use = hours.map((_, hour) => 4_000_000 + 1_000_001 * (hour % 5));
  const shops = hours.map((_, hour) => (hour === 3 ? null : 2_000_000));
  const need = hours.map((_, at) => (shops[at] === null ? null : use[at] + shops[at] - sun[at]));
  await page.evaluate((message) => {
    window.say({ kind: "ready" });
    window.say({ kind: "accounts", ...message });
  }, {
    of: null, starts: hours, omitted: ["Production éolienne"], waiting: false, nature: "simulated", sources: "Enedis, 2025 · PVGIS, 2023",
    lines: [
      { name: "Logements", source: false, border: false, wh: use }, { name: "Commerces et bureaux", source: false, border: false, wh: shops }, { name: "Solaire en toiture", source: true, border: false, wh: sun },
      { name: "Importé", source: true, border: true, wh: need.map((wh) => (wh === null ? null : Math.max(0, wh))) }, { name: "Exporté", source: false, border: true, wh: need.map((wh) => (wh === null ? null : Math.max(0, -wh))) },
    ],
  });
  const place = page.locator("#accounts");
  assert.match(await place.innerText(), /Bilan du territoire[^]*Solaire en toiture[^]*Importé[^]*Logements[^]*Hors du bilan[^]*Production éolienne/);
  const totals = await place.locator("tr.total td:nth-child(2)").allInnerTexts();
  assert.equal(totals.length, 2);
  assert.equal(totals[0], totals[1]);
  // A step with an absent line is in neither sum, and that is said.
  const all = await place.locator("tr.total td:nth-child(3)").allInnerTexts();
  assert.equal(all[0], all[1]);
  assert.match(await place.innerText(), /1 pas de temps où une ligne est absente/);
  assert.deepEqual(await violations(page), []);
  await place.scrollIntoViewIfNeeded();
  await picture(page, "shell-accounts");
  // It can be kept as a table, which the viewer writes, and as a picture with the sums of its lines and its source.
  assert.match(await place.innerText(), /simulé[^]*Enedis, 2025/);
  for (const [name, form] of [["CSV", "csv"], ["Parquet", "parquet"]]) {
    await place.getByRole("button", { name: `${name}, le bilan` }).click();
    await page.waitForFunction((form) => window.heard.some((asked) => asked.do === "save-values" && asked.of === "balance" && asked.form === form), form);
  }
  const saved = page.waitForEvent("download");
  await place.getByRole("button", { name: "PNG, le bilan" }).click();
  const file = await saved;
  assert.equal(file.suggestedFilename(), "essai-bilan.png");
  await kept(file, "shell-save-balance");
  const box = await place.locator("svg").boundingBox();
  await place.locator("svg").click({ position: { x: (56 + (10.5 / 24) * 264) / 320 * box.width, y: 0.4 * box.height } });
  await page.waitForFunction((wanted) => window.heard.some(({ instant }) => instant === wanted), hours[10]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the balance of a part of time has its dates, its highest use and a mean of each day", async () => {
  const { page, faults, context } = await open();
  await started(page);
  const days = Array.from({ length: 90 }, (_, day) => new Date(Date.UTC(2025, 11, 31 + day, 23)).toISOString().replace(".000Z", "Z"));
  const use = days.map((_, day) => 24 * (6_000_000 - 30_000 * day));
  const sun = days.map((_, day) => 24 * 20_000 * day);
  await page.evaluate((message) => {
    window.say({ kind: "ready" });
    window.say({ kind: "state", state: { instant: message.starts[40], balance: true } });
    window.say({ kind: "accounts", ...message });
  }, {
    of: null, title: "Bilan du territoire, du 1er janvier 2026 au 31 mars 2026", starts: days, end: "2026-03-31T22:00:00Z", grain: "day", hours: days.map((_, day) => (day === 87 ? 23 : 24)), open: 2, omitted: [], waiting: false,
    extremes: [["2026-01-14T18:00:00Z", 7400], ["2026-03-29T02:00:00Z", 1900]],
    lines: [
      { name: "Logements", source: false, border: false, wh: use }, { name: "Solaire en toiture", source: true, border: false, wh: sun },
      { name: "Importé", source: true, border: true, wh: days.map((_, day) => use[day] - sun[day]) }, { name: "Exporté", source: false, border: true, wh: days.map(() => 0) },
    ],
  });
  const place = page.locator("#accounts");
  await place.getByRole("heading", { name: "Bilan du territoire, du 1er janvier 2026 au 31 mars 2026" }).waitFor();
  const said = await place.innerText();
  assert.match(said, /Usages au plus haut\s: 7,4\d*\sMW \(14 janvier 2026, 19\sh\s00\)\s; au plus bas\s: 1,9\d*\sMW/u);
  assert.match(said, /Moyenne du jour/u);
  assert.match(said, /2 pas de temps où une ligne est absente/u);
  // On the tenth of February: the mean of its day, and the sum of all.
  const [uses] = await place.locator("tr").filter({ hasText: "Logements" }).locator("td").allInnerTexts();
  assert.match(uses, /^4,80?\sMW$/u);
  const totals = await place.locator("tr.total td:nth-child(3)").allInnerTexts();
  assert.equal(totals[0], totals[1]);
  await place.scrollIntoViewIfNeeded();
  await picture(page, "shell-accounts-quarter");
  const box = await place.locator("svg").boundingBox();
  await place.locator("svg").click({ position: { x: (56 + (10.5 / 90) * 264) / 320 * box.width, y: 0.4 * box.height } });
  await page.waitForFunction((wanted) => window.heard.some(({ instant }) => instant === wanted), days[10]);
  // More than is added up, and what is on its way: a sentence each, and no empty picture.
  const say = (message) => page.evaluate((message) => window.say({ kind: "accounts", starts: [], lines: [], omitted: [], open: 0, ...message }), message);
  await say({ tooLong: true });
  await place.getByText("Trop de valeurs pour un bilan").waitFor();
  await say({ waiting: true });
  await place.getByText("arrivent").waitFor();
  assert.ok(!/Aucune série/u.test(await place.innerText()));
  assert.deepEqual(faults, []);
  await context.close();
});
