// Every content of the built territory before the Khronos validator.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { createRequire } from "node:module";
import { need, territory } from "./helper.mjs";

const validator = createRequire(import.meta.url)("gltf-validator");

/** Extensions the validator does not know: it says so itself and goes on. */
const UNKNOWN = "UNSUPPORTED_EXTENSION";

test("no content has an error", async (context) => {
  need(join(territory, "territory.json"));
  const contents = readdirSync(territory, { recursive: true }).filter((name) => name.endsWith(".glb")).sort();
  assert.ok(contents.length > 0, `no glb in ${territory}`);
  const errors = [];
  const warnings = new Map();
  for (const name of contents) {
    const report = await validator.validateBytes(new Uint8Array(readFileSync(join(territory, name))), { uri: name, maxIssues: 100 });
    for (const { code, severity, message, pointer } of report.issues.messages) {
      if (severity === 0) errors.push(`${relative(".", name)} ${code} ${pointer}: ${message}`);
      else if (severity === 1 && code !== UNKNOWN) warnings.set(code, (warnings.get(code) ?? 0) + 1);
    }
  }
  context.diagnostic(`${contents.length} contents; warnings: ${JSON.stringify(Object.fromEntries(warnings))}`);
  assert.deepEqual(errors.slice(0, 20), []);
});
