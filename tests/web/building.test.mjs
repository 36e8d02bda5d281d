// A building, found and read: search, sheet, roof, proposal, solar plan, with a scripted viewer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { picture, violations } from "./helper.mjs";
import { ANSWERS, PLAN, PROPOSAL, ROOF } from "./messages.mjs";
import { open, started } from "./scripted.mjs";

for (const size of ["phone", "desktop"]) {
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
