#!/usr/bin/env python3
"""Buildings per second and core from a GeoPackage to tiles: jumeau beside py3dtiles, in alternating runs.

    pip install py3dtiles
    python tests/bench/import/compare.py JUMEAU [--package FILE --table NAME] [--rounds 3]

Without a package: the buildings of assets/territories/nantes-centre. Both use one thread; what counts is processor time
(user and system), for the machine may have other work.

Jumeau's time is the whole command: reading, repair, roofs, all levels of detail, metadata, compressed tiles, and the ground
under them. py3dtiles (its `export`, the tiler of b3dm; `convert` takes point clouds only) is given finished shapes, so these
are made here as blocks: its time is what it then takes to read, triangulate, sort and write them, without the making of the
blocks, in one level without compression.

Before anything is measured both run once, and what they wrote is read back: the buildings in jumeau's tiles and in
py3dtiles' batch tables must be the same, one by one.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import sqlite3
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HOUSE = Path(__file__).resolve().parents[3]
# py3dtiles numbers the corners of a shape with one byte, so larger outlines are left out for both.
MOST_CORNERS = 120


def outlines(blob):
    """The outer rings of a GeoPackage polygon or multipolygon, as x y."""
    flags = blob[3]
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

    geometry(8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(flags >> 1) & 7])
    return found


def block(rings, height, origin):
    """A block over outlines as the well-known binary that py3dtiles takes: y up."""
    parts = []
    for ring in rings:
        base = np.column_stack([ring[:, 0] - origin[0], np.zeros(len(ring)), -(ring[:, 1] - origin[1])])
        top = base + [0, height, 0]
        faces = [top[::-1]] + [np.array([base[i], base[i + 1], top[i + 1], top[i], base[i]]) for i in range(len(ring) - 1)]
        parts += [struct.pack("<BII", 1, 1003, 1) + struct.pack("<I", len(f)) + f.astype("<f8").tobytes() for f in faces]
    return struct.pack("<BII", 1, 1006, len(parts)) + b"".join(parts)


def geometry_column(connection, table):
    return connection.execute("SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", [table]).fetchone()[0]


def columns_of(connection, table):
    return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]


def keep_only(package, table, wanted):
    """Leaves in a copy of a package the rows whose rowid `wanted` accepts."""
    connection = sqlite3.connect(package)
    # Their functions are an extension that is not loaded here, and their index is nobody's need.
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    geometry = geometry_column(connection, table)
    rows = connection.execute(f'SELECT rowid, "{geometry}" FROM "{table}"').fetchall()
    gone = [[row] for row, blob in rows if not wanted(row, blob)]
    connection.executemany(f'DELETE FROM "{table}" WHERE rowid = ?', gone)
    connection.commit()
    connection.execute("VACUUM")
    connection.close()
    return len(rows) - len(gone)


def small(_, blob):
    return blob is not None and 0 < sum(len(ring) for ring in outlines(blob)) <= MOST_CORNERS


def ids_of_glb(path):
    """The texts of the column `id` of a content's property tables."""
    data = path.read_bytes()
    length = struct.unpack_from("<I", data, 12)[0]
    document = json.loads(data[20 : 20 + length])
    binary = data[28 + length :]
    tables = document.get("extensions", {}).get("EXT_structural_metadata", {}).get("propertyTables", [])
    views = document["bufferViews"]

    def view(number):
        place = views[number]
        start = place.get("byteOffset", 0)
        return binary[start : start + place["byteLength"]]

    for table in tables:
        place = table["properties"].get("id")
        if place:
            kind = {"UINT8": "u1", "UINT16": "<u2", "UINT64": "<u8"}.get(place.get("stringOffsetType"), "<u4")
            offsets = np.frombuffer(view(place["stringOffsets"]), kind)[: table["count"] + 1]
            values = view(place["values"])
            yield from (values[a:b].decode() for a, b in zip(offsets[:-1], offsets[1:]))


def ids_of_b3dm(path):
    data = path.read_bytes()
    feature_json, feature_bytes, batch_json = struct.unpack_from("<3I", data, 12)
    start = 28 + feature_json + feature_bytes
    return json.loads(data[start : start + batch_json])["id"]


def processor(command, **options):
    """Runs a command; its processor time, wall time, peak memory of all children so far, and what it said."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, **options)
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command[0]}: {done.stderr[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, done.stdout


def jumeau(program, work):
    shutil.rmtree(work / "out", ignore_errors=True)
    command = [program, "import", work / "sources", "--out", work / "out", "--threads", "1", "--json"]
    cpu, wall, said = processor(command, env={**os.environ, "RAYON_NUM_THREADS": "1"})
    return cpu, wall, json.loads(said)["peak_bytes"]


def py3dtiles(work, package, table, key):
    shutil.rmtree(work / "peer", ignore_errors=True)
    (work / "peer").mkdir()
    single = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")}
    _, wall, said = processor(
        [sys.executable, __file__, "--peer", package, "--table", table, "--key", key, "--out", work / "peer"],
        env={**os.environ, **single},
    )
    told = json.loads(said.splitlines()[-1])
    return told["cpu"], wall, told["peak"]


def peer(package, table, key, out):
    """The other side, in a process of its own."""
    from py3dtiles.export import wkbs_to_tileset

    connection = sqlite3.connect(package)
    height = next((c for c in columns_of(connection, table) if c.lower() in ("hauteur", "height")), None)
    query = f'SELECT "{key}", "{geometry_column(connection, table)}", {height or "NULL"} FROM "{table}"'
    shapes = [(str(name), outlines(blob), tall or 4.0) for name, blob, tall in connection.execute(query)]
    origin = np.mean([rings[0][0] for _, rings, _ in shapes], axis=0)
    wkbs = [block(rings, tall, origin) for _, rings, tall in shapes]
    started = time.process_time()
    wkbs_to_tileset(wkbs, [name for name, _, _ in shapes], np.eye(4, dtype=np.float32).flatten(), Path(out))
    cpu = time.process_time() - started
    print(json.dumps({"cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def key_column(package, table, ids):
    """The column in which the source keeps what jumeau calls the id."""
    connection = sqlite3.connect(package)
    for column in columns_of(connection, table):
        found = {str(row[0]) for row in connection.execute(f'SELECT "{column}" FROM "{table}"')}
        if ids <= found:
            return column
    sys.exit("no column holds the ids of the tiles")


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("program", nargs="?")
    asked.add_argument("--package", type=Path, default=HOUSE / "assets/territories/nantes-centre/bdtopo.gpkg")
    asked.add_argument("--table", default="batiment")
    asked.add_argument("--rounds", type=int, default=3)
    for hidden in ("--peer", "--key", "--out"):
        asked.add_argument(hidden, help=argparse.SUPPRESS)
    asked = asked.parse_args()
    if asked.peer:
        return peer(asked.peer, asked.table, asked.key, asked.out)
    if not asked.program:
        sys.exit("say which jumeau")
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        package = work / "sources/b.gpkg"
        package.parent.mkdir()
        shutil.copy(asked.package, package)
        keep_only(package, asked.table, small)
        dataset = {"id": "b", "title": "b", "producer": "b", "licence": "b", "date": "", "attribution": "b", "nature": "measured"}
        layer = {"file": "b.gpkg", "table": asked.table, "as": "buildings", "dataset": "b"}
        (package.parent / "sources.json").write_text(json.dumps({"id": "b", "datasets": [dataset], "layers": [layer]}))

        # What jumeau rejects (not standing, not a surface) the other is not given either.
        jumeau(asked.program, work)
        ids = {name for path in work.glob("out/buildings/content/**/*.glb") for name in ids_of_glb(path)}
        key = key_column(package, asked.table, ids)
        kept = {row for row, name in sqlite3.connect(package).execute(f'SELECT rowid, "{key}" FROM "{asked.table}"') if str(name) in ids}
        keep_only(package, asked.table, lambda row, _: row in kept)
        py3dtiles(work, package, asked.table, key)
        jumeau(asked.program, work)
        ours = {name for path in work.glob("out/buildings/content/**/*.glb") for name in ids_of_glb(path)}
        theirs = [name for path in work.glob("peer/tiles/*.b3dm") for name in ids_of_b3dm(path)]
        stated = next(l["features"] for l in json.loads((work / "out/territory.json").read_text())["layers"] if l["id"] == "buildings")
        if not (ours == set(theirs) and len(ours) == len(theirs) == stated):
            sys.exit(f"not the same buildings: jumeau {len(ours)} (it says {stated}), py3dtiles {len(theirs)}")
        count = len(ours)
        version = subprocess.run([asked.program, "--version"], capture_output=True, text=True).stdout.strip()
        print(f"{count} buildings, the same in both; {version}, py3dtiles {importlib.metadata.version('py3dtiles')}, "
              f"Python {platform.python_version()}, numpy {np.__version__}, {os.cpu_count()} processors")
        rows = {"jumeau": [], "py3dtiles": []}
        for number in range(asked.rounds):
            for name, run in [("jumeau", lambda: jumeau(asked.program, work)), ("py3dtiles", lambda: py3dtiles(work, package, asked.table, key))]:
                load = os.getloadavg()[0]
                cpu, wall, peak = run()
                rows[name].append((cpu, peak))
                print(f"round {number + 1} {name:9} {cpu:7.2f} s of processor {wall:7.1f} s by the clock, "
                      f"{count / cpu:7.0f} buildings/s/core, peak {peak / 2**20:4.0f} MiB, load {load:.1f}", flush=True)
        ours, theirs = (statistics.median(cpu for cpu, _ in rows[name]) for name in rows)
        ratios = [b / a for (a, _), (b, _) in zip(*rows.values())]
        print(f"median: jumeau {count / ours:.0f}, py3dtiles {count / theirs:.0f} buildings/s/core; "
              f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")


if __name__ == "__main__":
    main()
