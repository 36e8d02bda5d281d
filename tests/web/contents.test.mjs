// Every content of the built territory before the Khronos validator.
//
// The validator does not know EXT_meshopt_compression and would look at nothing behind it.
// So each content is validated twice: as it is, and with its buffers unpacked by meshoptimizer's own decoder.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { MeshoptDecoder } from "meshoptimizer";
import { need, territory } from "./helper.mjs";

const validator = createRequire(import.meta.url)("gltf-validator");
const MESHOPT = "EXT_meshopt_compression";

/** The JSON and binary chunks of a glb. */
function chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonLength = view.getUint32(12, true);
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + jsonLength)));
  const binaryAt = 20 + jsonLength;
  const binary = binaryAt < bytes.length ? bytes.subarray(binaryAt + 8, binaryAt + 8 + view.getUint32(binaryAt, true)) : new Uint8Array();
  return { json, binary };
}

function padded(length) {
  return Math.ceil(length / 4) * 4;
}

/** The same glb without meshopt compression; the bytes themselves when it has none. */
function unpacked(bytes) {
  const { json, binary } = chunks(bytes);
  if (!json.extensionsUsed?.includes(MESHOPT)) return bytes;
  const parts = [];
  let length = 0;
  for (const view of json.bufferViews) {
    const packed = view.extensions?.[MESHOPT];
    let part;
    if (packed) {
      part = new Uint8Array(packed.count * packed.byteStride);
      const source = binary.subarray(packed.byteOffset ?? 0, (packed.byteOffset ?? 0) + packed.byteLength);
      MeshoptDecoder.decodeGltfBuffer(part, packed.count, packed.byteStride, source, packed.mode, packed.filter);
      delete view.extensions;
    } else {
      part = binary.subarray(view.byteOffset ?? 0, (view.byteOffset ?? 0) + view.byteLength);
    }
    assert.equal(part.length, view.byteLength, "the unpacked length is the view's length");
    view.buffer = 0;
    view.byteOffset = length;
    parts.push([length, part]);
    length += padded(part.length);
  }
  json.buffers = [{ byteLength: length }];
  for (const list of ["extensionsUsed", "extensionsRequired"]) {
    json[list] = json[list]?.filter((name) => name !== MESHOPT);
    if (json[list]?.length === 0) delete json[list];
  }
  const text = new TextEncoder().encode(JSON.stringify(json));
  const out = new Uint8Array(12 + 8 + padded(text.length) + 8 + length);
  const head = new DataView(out.buffer);
  [0x46546c67, 2, out.length, padded(text.length), 0x4e4f534a].forEach((word, index) => head.setUint32(4 * index, word, true));
  out.fill(0x20, 20, 20 + padded(text.length));
  out.set(text, 20);
  const binaryAt = 20 + padded(text.length);
  head.setUint32(binaryAt, length, true);
  head.setUint32(binaryAt + 4, 0x004e4942, true);
  for (const [at, part] of parts) out.set(part, binaryAt + 8 + at);
  return out;
}

test("no content has an error", async (context) => {
  need(join(territory, "territory.json"));
  await MeshoptDecoder.ready;
  const contents = readdirSync(territory, { recursive: true }).filter((name) => name.endsWith(".glb")).sort();
  assert.ok(contents.length > 0, `no glb in ${territory}`);
  const errors = [];
  const warnings = new Map();
  let triangles = 0;
  const look = async (name, bytes) => {
    const { issues, info } = await validator.validateBytes(bytes, { uri: name, maxIssues: 0, severityOverrides: {} });
    for (const { code, severity, message, pointer } of issues.messages) {
      if (severity === 0) errors.push(`${name} ${code} ${pointer}: ${message}`);
      else if (severity === 1) warnings.set(code, (warnings.get(code) ?? 0) + 1);
    }
    return info?.totalTriangleCount ?? 0;
  };
  for (const name of contents) {
    try {
      const bytes = new Uint8Array(readFileSync(join(territory, name)));
      await look(name, bytes);
      triangles += await look(`${name} (unpacked)`, unpacked(bytes));
    } catch (error) {
      errors.push(`${name}: ${error?.message ?? "unreadable"}`);
    }
  }
  context.diagnostic(`${contents.length} contents, ${triangles} triangles; warnings: ${JSON.stringify(Object.fromEntries(warnings))}`);
  assert.ok(triangles > 0, "nothing was looked at");
  assert.deepEqual(errors.slice(0, 20), [], `${errors.length} errors`);
});
