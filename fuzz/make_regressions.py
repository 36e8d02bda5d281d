#!/usr/bin/env python3
"""Writes the bytes that once broke a door and are made rather than found: `corpus-regressions/<door>/<what it was>`. Found ones are added by hand."""
import struct, zlib
from pathlib import Path

HERE = Path(__file__).parent / "corpus-regressions"


def save(door, name, data):
    path = HERE / door / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def varint(number):
    out = b""
    while True:
        low, number = number & 127, number >> 7
        out += bytes([low | (128 if number else 0)])
        if not number:
            return out


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def blob(kind, raw):
    body = field(2, len(raw)) + field(3, zlib.compress(raw, 9))
    head = field(1, kind) + field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def pbf(texts, group):
    block = field(1, b"".join(field(1, text) for text in texts)) + field(2, group)
    return blob(b"OSMHeader", field(4, b"OsmSchema-V0.6") + field(4, b"DenseNodes")) + blob(b"OSMData", block)


def main():
    long = b"x" * (8 << 20)
    many = b"\1" * (1 << 20)
    save("osm_pbf", "one-text-of-8-mb-named-a-million-times", pbf([b"", long], field(3, field(1, 7) + field(2, many) + field(3, many))))
    save("osm_pbf", "one-role-of-8-mb-in-a-million-members", pbf([b"", long], field(4, field(1, 7) + field(8, many) + field(9, many) + field(10, many))))
    # Every level states as many parts as there are bytes behind it.
    nest, rest = b"", 4_000
    for level in range(9):
        nest += struct.pack("<BII", 1, 7, (rest - 9 * level) // 9 - 2)
    save("wkb", "nest-whose-counts-fill-the-bytes", struct.pack("<2sBBi", b"GP", 0, 1, 2154) + nest + bytes(rest))


if __name__ == "__main__":
    main()
