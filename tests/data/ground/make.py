"""A quantized-mesh tile and a PMTiles archive as others write them, and numbers of tiles.

pip install quantized-mesh-encoder==0.5.0 pmtiles==3.8.1 numpy && python make.py
"""
import json
import math
import random
import struct
from pathlib import Path

import numpy as np
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from quantized_mesh_encoder import encode
from quantized_mesh_encoder.extensions import VertexNormalsExtension, WaterMaskExtension, MetadataExtension

here = Path(__file__).parent

# A hill over Nantes: 13 × 13 points of a wavy ground in a tile of level 13.
west, south, east, north = -1.5600586, 47.2119141, -1.5380859, 47.2338867
side = 13
points = []
for row in range(side):
    for column in range(side):
        u, v = column / (side - 1), row / (side - 1)
        points.append((west + (east - west) * u, south + (north - south) * v, 40 + 25 * math.sin(5 * u) * math.cos(4 * v)))
triangles = []
for row in range(side - 1):
    for column in range(side - 1):
        a = row * side + column
        triangles += [(a, a + 1, a + side), (a + 1, a + side + 1, a + side)]
positions = np.array(points, dtype=np.float64)
indices = np.array(triangles, dtype=np.uint32)
normals = VertexNormalsExtension(positions=positions, indices=indices)
mask = np.zeros((256, 256), dtype=np.uint8)
mask[200:, :64] = 255
# The encoder leaves out the length that the specification wants before the JSON.
available = json.dumps({"available": [[{"startX": 1, "startY": 2, "endX": 3, "endY": 4}], []]}).encode()
available = struct.pack("<I", len(available)) + available
with open(here / "hill.terrain", "wb") as out:
    encode(out, positions, indices, bounds=(west, south, east, north), extensions=[normals, WaterMaskExtension(data=mask), MetadataExtension(data=available)])


# An archive of all tiles of levels 0 to 6, enough for directories below the root; some neighbours are the same.
with open(here / "pyramid.pmtiles", "wb") as out:
    writer = Writer(out)
    tiles = sorted((zxy_to_tileid(z, x, y), z, x, y) for z in range(7) for x in range(1 << z) for y in range(1 << z) if (x + y) % 7)
    rng = random.Random(3)
    lone = []
    for number, z, x, y in tiles:
        writer.write_tile(number, f"{z}/{x // 4}/{y // 4}".encode())
    # Deep down, far apart: what fills a directory.
    for z in range(8, 16):
        for _ in range(900):
            x, y = rng.randrange(1 << z), rng.randrange(1 << z)
            lone.append((zxy_to_tileid(z, x, y), z, x, y))
    for number, z, x, y in sorted(set(lone)):
        writer.write_tile(number, f"{z}/{x}/{y}".encode())
    header = {
        "tile_type": TileType.PNG, "tile_compression": Compression.NONE, "min_zoom": 0, "max_zoom": 15,
        "min_lon_e7": int(-1.6e7), "min_lat_e7": int(47.1e7), "max_lon_e7": int(-1.5e7), "max_lat_e7": int(47.3e7),
        "center_zoom": 3, "center_lon_e7": 0, "center_lat_e7": 0,
    }
    writer.finalize(header, {"name": "made"})

rng = random.Random(5)
rows = []
for z in range(27):
    for _ in range(12):
        x, y = rng.randrange(1 << z), rng.randrange(1 << z)
        rows.append([z, x, y, zxy_to_tileid(z, x, y)])
json.dump({"numbers": rows, "lone": [[z, x, y] for _, z, x, y in sorted(set(lone))][::37]}, open(here / "numbers.json", "w"))
