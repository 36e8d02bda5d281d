import { MeshoptEncoder } from "meshoptimizer";
import { writeFileSync } from "node:fs";
await MeshoptEncoder.ready;
// A cube of 2 m: positions as normalised shorts (padded to 8 bytes), normals as normalised bytes (padded to 4), one feature id a face pair.
const faces = [[0,1],[0,-1],[1,1],[1,-1],[2,1],[2,-1]];
const P = [], N = [], F = [], I = [];
faces.forEach(([axis, sign], k) => {
  const [b, c] = [(axis + 1) % 3, (axis + 2) % 3];
  const base = P.length;
  for (const [s, t] of [[-1,-1],[1,-1],[1,1],[-1,1]]) {
    const p = [0,0,0]; p[axis] = sign; p[b] = s * sign; p[c] = t; P.push(p);
    const n = [0,0,0]; n[axis] = sign; N.push(n); F.push(k >> 1);
  }
  I.push(base, base + 1, base + 2, base, base + 2, base + 3);
});
const pos = new Int16Array(P.length * 4); P.forEach((p, i) => p.forEach((v, k) => pos[i * 4 + k] = v * 32767));
const nor = new Int8Array(N.length * 4); N.forEach((p, i) => p.forEach((v, k) => nor[i * 4 + k] = v * 127));
const fid = new Uint8Array(F.length * 4); F.forEach((f, i) => fid[i * 4] = f);
const idx = new Uint16Array(I);
const where = [[0,0,0],[10,0,0],[0,20,0],[0,0,-30]];
const tr = new Float32Array(where.flat());
const ids = new Uint16Array([7,5,3,1]);
const rot = new Int16Array(where.flatMap((_, k) => k === 1 ? [0, 23170, 0, 23170] : [0,0,0,32767]));
const u8 = (a) => new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
const raw = [
  [u8(pos), P.length, 8, "ATTRIBUTES"], [u8(nor), N.length, 4, "ATTRIBUTES"], [u8(fid), F.length, 4, "ATTRIBUTES"],
  [u8(idx), I.length, 2, "TRIANGLES"], [u8(tr), 4, 12, "ATTRIBUTES"], [u8(rot), 4, 8, "ATTRIBUTES"],
];
const views = []; let bin = Buffer.alloc(0), fallback = 0;
for (const [data, count, stride, mode] of raw) {
  const packed = Buffer.from(MeshoptEncoder.encodeGltfBuffer(data, count, stride, mode));
  while (bin.length % 4) bin = Buffer.concat([bin, Buffer.alloc(1)]);
  const size = Math.ceil(data.length / 4) * 4;
  views.push({ buffer: 1, byteOffset: fallback, byteLength: data.length, ...(mode === "ATTRIBUTES" && stride !== 12 && count !== 4 ? { byteStride: stride } : {}),
    extensions: { EXT_meshopt_compression: { buffer: 0, byteOffset: bin.length, byteLength: packed.length, byteStride: stride, mode, count } } });
  fallback += size; bin = Buffer.concat([bin, packed]);
}
while (bin.length % 4) bin = Buffer.concat([bin, Buffer.alloc(1)]);
const heights = bin.length; bin = Buffer.concat([bin, Buffer.from(new Float32Array([1.5, 2.5, 3.5]).buffer)]);
views.push({ buffer: 0, byteOffset: heights, byteLength: 12 });
const own = bin.length; bin = Buffer.concat([bin, Buffer.from(u8(ids))]);
views.push({ buffer: 0, byteOffset: own, byteLength: 8 });
const doc = {
  asset: { version: "2.0" }, scene: 0, scenes: [{ nodes: [0] }],
  extensionsUsed: ["KHR_mesh_quantization", "EXT_meshopt_compression", "EXT_mesh_features", "EXT_mesh_gpu_instancing", "EXT_instance_features", "EXT_structural_metadata"],
  extensionsRequired: ["KHR_mesh_quantization", "EXT_meshopt_compression", "EXT_mesh_gpu_instancing"],
  nodes: [{ mesh: 0, scale: [2, 2, 2], translation: [100, 0, 0], extensions: {
    EXT_mesh_gpu_instancing: { attributes: { TRANSLATION: 4, ROTATION: 5, _FEATURE_ID_0: 6 } } } }],
  meshes: [{ primitives: [{ attributes: { POSITION: 0, NORMAL: 1, _FEATURE_ID_0: 2 }, indices: 3,
    extensions: { EXT_mesh_features: { featureIds: [{ featureCount: 3, attribute: 0, propertyTable: 0 }] } } }] }],
  accessors: [
    { bufferView: 0, componentType: 5122, normalized: true, count: P.length, type: "VEC3", min: [-32767,-32767,-32767], max: [32767,32767,32767] },
    { bufferView: 1, componentType: 5120, normalized: true, count: N.length, type: "VEC3" },
    { bufferView: 2, componentType: 5121, count: F.length, type: "SCALAR" },
    { bufferView: 3, componentType: 5123, count: I.length, type: "SCALAR" },
    { bufferView: 4, componentType: 5126, count: 4, type: "VEC3" },
    { bufferView: 5, componentType: 5122, normalized: true, count: 4, type: "VEC4" },
    { bufferView: 7, componentType: 5123, count: 4, type: "SCALAR" },
  ],
  bufferViews: views, buffers: [{ byteLength: bin.length }, { byteLength: fallback, extensions: { EXT_meshopt_compression: { fallback: true } } }],
  extensions: { EXT_structural_metadata: { schema: { id: "s", classes: { part: { properties: { height: { type: "SCALAR", componentType: "FLOAT32" } } } } },
    propertyTables: [{ class: "part", count: 3, properties: { height: { values: 6 } } }] } },
};
let json = Buffer.from(JSON.stringify(doc)); json = Buffer.concat([json, Buffer.alloc((4 - json.length % 4) % 4, 32)]);
while (bin.length % 4) bin = Buffer.concat([bin, Buffer.alloc(1)]);
const head = Buffer.alloc(12); head.write("glTF"); head.writeUInt32LE(2, 4); head.writeUInt32LE(12 + 8 + json.length + 8 + bin.length, 8);
const ch = (n, t) => { const b = Buffer.alloc(8); b.writeUInt32LE(n, 0); b.write(t, 4, "latin1"); return b; };
writeFileSync("packed-instances.glb", Buffer.concat([head, ch(json.length, "JSON"), json, ch(bin.length, "BIN\0"), bin]));
