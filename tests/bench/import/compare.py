#!/usr/bin/env python3
"""Buildings per second from a GeoPackage to tiles: jumeau beside py3dtiles, one after the other in one run.

    pip install py3dtiles
    python tests/bench/import/compare.py JUMEAU [GEOPACKAGE [TABLE]]

Without a GeoPackage: the buildings of assets/territories/nantes-centre. Both use one thread.
py3dtiles cuts shapes it is given into b3dm tiles (no heights, roofs, levels of detail, metadata or compression of its own),
so its shapes are made here, as blocks, before its clock starts. Jumeau's time is the whole command: reading, repair,
roofs, all levels of detail, metadata, compressed tiles, and the ground under them.
"""

import json
import os
import resource
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parents[3]


def rings(blob):
    """The outer rings of a GeoPackage polygon or multipolygon, as x y."""
    flags = blob[3]
    at = 8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(flags >> 1) & 7]
    found = []

    def geometry(at):
        order = "<" if blob[at] == 1 else ">"
        kind = struct.unpack_from(order + "I", blob, at + 1)[0]
        at += 5
        width = 3 if kind // 1000 in (1, 3) or kind & 0x80000000 else 2
        kind = (kind & 0xFFFF) % 1000
        count = struct.unpack_from(order + "I", blob, at)[0]
        at += 4
        if kind == 6:
            for _ in range(count):
                at = geometry(at)
            return at
        for number in range(count):
            points = struct.unpack_from(order + "I", blob, at)[0]
            at += 4
            if number == 0:
                values = np.frombuffer(blob, order + "f8", points * width, at)
                found.append(values.reshape(points, width)[:, :2])
            at += points * width * 8
        return at

    geometry(at)
    return found


def block(ring, low, high, origin):
    """A block over a ring as the well-known binary that py3dtiles takes: y up."""
    base = np.column_stack([ring[:, 0] - origin[0], np.full(len(ring), low), -(ring[:, 1] - origin[1])])
    top = base + [0, high - low, 0]
    faces = [top[::-1]] + [np.array([base[i], base[i + 1], top[i + 1], top[i], base[i]]) for i in range(len(ring) - 1)]
    parts = [struct.pack("<BII", 1, 1003, 1) + struct.pack("<I", len(f)) + f.astype("<f8").tobytes() for f in faces]
    return struct.pack("<BII", 1, 1006, len(parts)) + b"".join(parts)


def peer(package, table, folder):
    from py3dtiles.export import wkbs_to_tileset

    connection = sqlite3.connect(package)
    geometry = connection.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [table]).fetchone()[0]
    columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    height = next((c for c in columns if c.lower() == "hauteur"), None)
    shapes = []
    for blob, tall in connection.execute(f'SELECT "{geometry}", {height or "NULL"} FROM "{table}"'):
        for ring in rings(blob):
            # It numbers the corners of a shape with one byte.
            if len(ring) <= 120:
                shapes.append((ring, tall or 4.0))
    origin = np.mean([ring[0] for ring, _ in shapes], axis=0)
    wkbs = [block(ring, 0.0, tall, origin) for ring, tall in shapes]
    started = time.perf_counter()
    wkbs_to_tileset(wkbs, None, np.eye(4, dtype=np.float32).flatten(), folder)
    return len(shapes), time.perf_counter() - started


def main():
    program = sys.argv[1]
    package = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE / "assets/territories/nantes-centre/bdtopo.gpkg"
    table = sys.argv[3] if len(sys.argv) > 3 else "batiment"
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        dataset = {"id": "b", "title": "b", "producer": "b", "licence": "b", "date": "", "attribution": "b", "nature": "measured"}
        layer = {"file": "b.gpkg", "table": table, "as": "buildings", "dataset": "b"}
        (work / "sources").mkdir()
        (work / "sources/b.gpkg").symlink_to(package.resolve())
        (work / "sources/sources.json").write_text(json.dumps({"id": "b", "datasets": [dataset], "layers": [layer]}))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        done = subprocess.run(
            [program, "import", work / "sources", "--out", work / "out", "--threads", "1", "--json"],
            capture_output=True, env={**os.environ, "RAYON_NUM_THREADS": "1"},
        )
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        report = json.loads(done.stdout)
        kept = next(layer["kept"] for layer in report["layers"] if layer["id"] == "buildings")
        cpu_before = time.process_time()
        number, seconds = peer(package, table, work)
        peer_cpu = time.process_time() - cpu_before
        peer_peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"load {load:.1f}")
    print(f"jumeau    {kept:8} buildings {wall:7.1f} s {cpu:7.1f} s of processor {kept / cpu:8.0f} buildings/s of processor, peak {report['peak_bytes'] / 2**20:.0f} MiB")
    print(f"py3dtiles {number:8} blocks    {seconds:7.1f} s {peer_cpu:7.1f} s of processor, with making the blocks; {number / seconds:8.0f} blocks/s, peak {peer_peak / 2**20:.0f} MiB")


if __name__ == "__main__":
    main()
