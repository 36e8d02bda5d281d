// What CesiumJS reads of the subtree: `node truth.mjs > truth.json` beside an installed @cesium/engine.
import { readFileSync } from "node:fs";
import { ImplicitSubtree, ImplicitTileCoordinates, ImplicitTileset, MetadataSchema, Resource } from "@cesium/engine";

const here = new URL("./", import.meta.url);
const tileset = JSON.parse(readFileSync(new URL("tileset.json", here)));
const schema = MetadataSchema.fromJson(tileset.schema);
const implicit = new ImplicitTileset(new Resource({ url: "https://example.org/tileset.json" }), tileset.root, schema);
const bytes = new Uint8Array(readFileSync(new URL("0.0.0.subtree", here)));
const at = (level, x, y) =>
  new ImplicitTileCoordinates({ subdivisionScheme: implicit.subdivisionScheme, subtreeLevels: implicit.subtreeLevels, level, x, y });
const subtree = await ImplicitSubtree.fromSubtreeJson(implicit.subtreeResource ?? new Resource({ url: "https://example.org/0.0.0.subtree" }), undefined, bytes, implicit, at(0, 0, 0));
const rows = [];
for (let level = 0; level < 3; level += 1) {
  for (let y = 0; y < 1 << level; y += 1) {
    for (let x = 0; x < 1 << level; x += 1) {
      const place = at(level, x, y);
      if (!subtree.tileIsAvailableAtCoordinates(place)) continue;
      const tile = subtree.getTileMetadataView(place);
      const row = { at: [level, x, y] };
      for (const name of ["TILE_GEOMETRIC_ERROR", "TILE_REFINE", "TILE_MINIMUM_HEIGHT", "TILE_MAXIMUM_HEIGHT"]) row[name] = tile.getPropertyBySemantic(name);
      for (const name of ["label", "kind"]) row[name] = tile.getProperty(name);
      if (subtree.contentIsAvailableAtCoordinates(place, 0)) {
        const content = subtree.getContentMetadataView(place, 0);
        row.content = { author: content.getProperty("author"), houses: content.getProperty("houses") ?? null };
      }
      rows.push(row);
    }
  }
}
console.log(JSON.stringify(rows, null, 1));
