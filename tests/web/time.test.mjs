// Time on the page: dates, ruler, series, curves, the year, views that are kept, with a scripted viewer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { kept, picture, violations } from "./helper.mjs";
import { CHART, FLOWS, SERIES } from "./messages.mjs";
import { open, started } from "./scripted.mjs";

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
