"""Writes src/geodesy/ntf_r93.bin from IGN's NTF → RGF93 grid in the crate proj-sys.

    cargo fetch   # or: curl -LO https://static.crates.io/crates/proj-sys/proj-sys-0.27.0.crate
    python3 ntf.py proj-sys-0.27.0.crate ../../../src/geodesy/ntf_r93.bin

A path to ntf_r93.gsb itself is understood too. Only the standard library is needed.
The grid is IGN's (Licence Ouverte 2.0); it has one sub-grid of 111 × 156 nodes of 0.1° from 41° N, 5.5° W.
Shifts are unsigned 16-bit steps between the smallest and the largest of each component: 0.4 mm at worst. Of each step is written what
src/base/lattice.rs does not guess from its neighbours, the lower bytes of all nodes first.
"""
import io
import struct
import sys
import tarfile


def grid(path):
    data = open(path, "rb").read()
    if path.endswith(".gsb"):
        return data
    crate = tarfile.open(fileobj=io.BytesIO(data))
    for member in crate:
        if member.name.endswith("ntf_r93.gsb"):
            return crate.extractfile(member).read()
        if member.name.endswith((".tar.gz", ".tgz")):
            for inner in (source := tarfile.open(fileobj=crate.extractfile(member))):
                if inner.name.endswith("data/tests/ntf_r93.gsb"):
                    return source.extractfile(inner).read()
    raise SystemExit("no ntf_r93.gsb in " + path)


data = grid(sys.argv[1])
field = lambda record, kind: struct.unpack_from("<" + kind, data, record * 16 + 8)[0]
south, north, east, west, step_lat, step_lon = (field(record, "d") / 3600 for record in range(15, 21))
count = field(21, "i")
rows, columns = round((north - south) / step_lat) + 1, round((west - east) / step_lon) + 1
assert rows * columns == count, (rows, columns, count)
nodes = struct.unpack_from(f"<{count * 4}f", data, 22 * 16)
# NTv2 goes from east to west and counts longitudes to the west; here west to east, to the east.
lat = [nodes[4 * (r * columns + columns - 1 - c)] for r in range(rows) for c in range(columns)]
lon = [-nodes[4 * (r * columns + columns - 1 - c) + 1] for r in range(rows) for c in range(columns)]


def rest(values):
    for at, value in enumerate(values):
        west = values[at - 1] if at % columns else 0
        north = values[at - columns] if at >= columns else 0
        corner = values[at - columns - 1] if at % columns and at >= columns else 0
        low, high = sorted((west, north))
        guess = low if corner >= high else high if corner <= low else west + north - corner
        yield (value - guess) % 65536


with open(sys.argv[2], "wb") as out:
    out.write(struct.pack("<4d2I", -west, south, step_lon, step_lat, columns, rows))
    for shifts in (lon, lat):
        low, high = min(shifts), max(shifts)
        step = (high - low) / 65535
        out.write(struct.pack("<2d", low, step))
        left = list(rest([round((s - low) / step) for s in shifts]))
        out.write(bytes(value % 256 for value in left) + bytes(value // 256 for value in left))
