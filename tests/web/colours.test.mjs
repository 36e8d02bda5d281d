// Colours on the page: legends, classes, attributes, with a scripted viewer.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { kept, picture, pictures, violations } from "./helper.mjs";
import { open, started } from "./scripted.mjs";

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

test("a picture that is carried away says what its colours mean, and whose its data are", async () => {
  const { page, faults, context } = await open();
  await started(page);
  await page.evaluate(() => {
    window.say({ kind: "ready" });
    window.say({ kind: "legend", theme: "demand", unit: "W/m²", domain: [0, 9], colours: ["#00204d", "#808080", "#ffea46"], ticks: [0, 9], ends: [2, 5, 9], nature: "simulated", source: "Demande estimée, Jumeau", date: "2026" });
    // In place of a scene: one colour, in every frame.
    const pen = document.querySelector("#scene").getContext("webgl2");
    const draw = () => {
      pen.clearColor(0.5, 0.7, 0.8, 1);
      pen.clear(pen.COLOR_BUFFER_BIT);
      requestAnimationFrame(draw);
    };
    draw();
    document.querySelector("#credit").textContent = Array.from({ length: 12 }, (_, place) => `IGN – BD TOPO® ${place}`).join(" · ");
  });
  await page.getByLabel("Demande d'électricité").check();
  const keep = async (name) => {
    // Pressed where it stands, whatever is folded around it.
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator("#picture-keep").evaluate((button) => button.click())]);
    await kept(download, name);
    const bytes = readFileSync(join(pictures, `${name}.png`)).toString("base64");
    return page.evaluate(async (bytes) => {
      const image = await createImageBitmap(new Blob([Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0))]));
      const sheet = new OffscreenCanvas(image.width, image.height).getContext("2d");
      sheet.drawImage(image, 0, 0);
      const { data } = sheet.getImageData(0, 0, image.width, image.height);
      const found = {};
      for (let at = 0; at < data.length; at += 4) {
        for (const colour of [[0, 32, 77], [128, 128, 128], [255, 234, 70]]) {
          if (colour.every((part, place) => Math.abs(part - data[at + place]) < 6)) found[colour.join()] = (found[colour.join()] ?? 0) + 1;
        }
      }
      const scene = document.querySelector("#scene");
      return { found, foot: image.height - scene.height, width: image.width - scene.width };
    }, bytes);
  };
  const { found, foot, width } = await keep("picture-kept");
  // A swatch for each class; the credits in as many lines as they need.
  assert.ok(Object.keys(found).length === 3 && Object.values(found).every((count) => count >= 100), JSON.stringify(found));
  assert.ok(width === 0 && foot > 30, String(foot));
  await page.evaluate(() => window.say({ kind: "legend", theme: "demand", unit: "W/m²", domain: [0, 9], colours: ["#00204d", "#ffea46"], ticks: [0, 9], ends: [], nature: "simulated" }));
  assert.ok((await keep("picture-kept-ramp")).found["0,32,77"] > 0);
  assert.deepEqual(faults, []);
  await context.close();
});
