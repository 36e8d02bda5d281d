// Energy on the page: areas, lines of networks, flows, balance, with a scripted viewer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { kept, picture, violations } from "./helper.mjs";
import { CHART, FLOWS, SERIES } from "./messages.mjs";
import { open, started } from "./scripted.mjs";

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
