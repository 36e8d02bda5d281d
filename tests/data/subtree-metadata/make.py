"""Writes the tileset and its subtree: a quadtree of three levels, ten tiles, six contents. Standard library only."""
import json
import struct

schema = {
    "id": "survey",
    "classes": {
        "tile": {
            "properties": {
                "error": {"type": "SCALAR", "componentType": "FLOAT32", "semantic": "TILE_GEOMETRIC_ERROR"},
                "refine": {"type": "SCALAR", "componentType": "UINT8", "semantic": "TILE_REFINE"},
                "low": {"type": "SCALAR", "componentType": "INT16", "normalized": True, "offset": 100, "scale": 50, "semantic": "TILE_MINIMUM_HEIGHT"},
                "high": {"type": "SCALAR", "componentType": "FLOAT64", "noData": -9999, "default": 300, "semantic": "TILE_MAXIMUM_HEIGHT"},
                "label": {"type": "STRING"},
                "kind": {"type": "ENUM", "enumType": "kind"},
            }
        },
        "content": {"properties": {"author": {"type": "STRING"}, "houses": {"type": "SCALAR", "componentType": "UINT16", "noData": 0}}},
    },
    "enums": {"kind": {"valueType": "UINT8", "values": [{"name": "town", "value": 1}, {"name": "field", "value": 2}]}},
}
# Bits: the root; of level 1 the first, second and fourth; of level 2 six.
tiles = [0, 1, 2, 4, 5, 6, 9, 12, 17, 20]
contents = [0, 2, 5, 9, 17, 20]


def bits(which):
    out = bytearray(3)
    for bit in which:
        out[bit // 8] |= 1 << (bit % 8)
    return bytes(out)


def strings(values):
    offsets = [0]
    for value in values:
        offsets.append(offsets[-1] + len(value.encode()))
    return "".join(values).encode(), struct.pack(f"<{len(offsets)}I", *offsets)


views, blob = [], b""


def view(data):
    global blob
    blob += b"\0" * (-len(blob) % 8)
    views.append({"buffer": 0, "byteOffset": len(blob), "byteLength": len(data)})
    blob += data
    return len(views) - 1


n, m = len(tiles), len(contents)
label, label_offsets = strings([f"tuile {bit}" for bit in tiles])
author, author_offsets = strings(["Ann", "", "Béa", "Ann", "Cyr", "Dan"])
document = {
    "buffers": [{"byteLength": 0}],
    "bufferViews": views,
    "tileAvailability": {"bitstream": view(bits(tiles)), "availableCount": n},
    "contentAvailability": [{"bitstream": view(bits(contents)), "availableCount": m}],
    "childSubtreeAvailability": {"constant": 0},
    "propertyTables": [
        {
            "class": "tile",
            "count": n,
            "properties": {
                "error": {"values": view(struct.pack(f"<{n}f", *[400 / (k + 1) for k in range(n)]))},
                "refine": {"values": view(bytes([k % 2 for k in range(n)]))},
                "low": {"values": view(struct.pack(f"<{n}h", *[-32767 + 6000 * k for k in range(n)]))},
                "high": {"values": view(struct.pack(f"<{n}d", *[-9999 if k % 3 == 2 else 180 + 10.25 * k for k in range(n)]))},
                "label": {"values": view(label), "stringOffsets": view(label_offsets)},
                "kind": {"values": view(bytes([1 + k % 2 for k in range(n)]))},
            },
        },
        {
            "class": "content",
            "count": m,
            "properties": {
                "author": {"values": view(author), "stringOffsets": view(author_offsets)},
                "houses": {"values": view(struct.pack(f"<{m}H", 3, 0, 7, 11, 13, 17))},
            },
        },
    ],
    "tileMetadata": 0,
    "contentMetadata": [1],
}
blob += b"\0" * (-len(blob) % 8)
document["buffers"][0]["byteLength"] = len(blob)
text = json.dumps(document, ensure_ascii=False).encode()
text += b" " * (-len(text) % 8)
with open("0.0.0.subtree", "wb") as file:
    file.write(b"subt" + struct.pack("<IQQ", 1, len(text), len(blob)) + text + blob)
with open("tileset.json", "w") as file:
    json.dump(
        {
            "asset": {"version": "1.1"},
            "schema": schema,
            "geometricError": 500,
            "root": {
                "boundingVolume": {"region": [-0.028, 0.8235, -0.026, 0.8245, 0, 500]},
                "geometricError": 400,
                "refine": "REPLACE",
                "content": {"uri": "{level}-{x}-{y}.glb"},
                "implicitTiling": {"subdivisionScheme": "QUADTREE", "subtreeLevels": 3, "availableLevels": 3, "subtrees": {"uri": "{level}.{x}.{y}.subtree"}},
            },
        },
        file,
        indent=1,
    )
