#!/usr/bin/env python3
"""What an import has to do at the least: bytes, vertices and triangles of a territory's tiles, by layer.

    python tests/bench/import/floor.py TERRITORY
"""

import json
import struct
import sys
from collections import defaultdict
from pathlib import Path


def main():
    territory = Path(sys.argv[1])
    sums = defaultdict(lambda: [0, 0, 0, 0, 0])
    for path in territory.glob("*/content/**/*.glb"):
        data = path.read_bytes()
        document = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
        accessors = document.get("accessors", [])
        views = document.get("bufferViews", [])
        row = sums[path.relative_to(territory).parts[0]]
        row[0] += 1
        row[1] += len(data)
        for mesh in document.get("meshes", []):
            for primitive in mesh["primitives"]:
                row[2] += accessors[primitive["attributes"]["POSITION"]]["count"]
                row[3] += accessors[primitive["indices"]]["count"] // 3
        row[4] += sum(view["byteLength"] for view in views)
    sums["all"] = [sum(column) for column in zip(*sums.values())]
    print(f"{'layer':18} {'tiles':>8} {'MB':>8} {'vertices':>12} {'triangles':>12} {'MB unpacked':>12}")
    for layer, (tiles, size, vertices, triangles, unpacked) in sums.items():
        print(f"{layer:18} {tiles:8} {size / 1e6:8.1f} {vertices:12} {triangles:12} {unpacked / 1e6:12.1f}")


if __name__ == "__main__":
    main()
