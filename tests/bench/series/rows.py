#!/usr/bin/env python3
"""Rows per second and memory of a long table of series: `jumeau import` of a CSV of so many rows, made here.

    python3 tests/bench/series/rows.py JUMEAU [ROWS [OBJECTS]]

ROWS is 100,000,000 unless said, OBJECTS 11,416: an hourly year of each (8,760 steps). The table is in long form (`cleabs;instant;valeur`), hour after
hour as meters deliver it, so that every object's values lie far apart. It is written in pieces and read by a program that must not hold it: the
peak of its memory is printed beside the size of the table and of the values. The objects are sheds in a grid, imported once without the table and once with it: the
difference is the table's. Values are read back from the result and compared.

Needs nothing but Python's own library, and about 45 bytes of disk for a row, twice for a moment.
"""

import json
import math
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import time

STEP_S, START = 3600, 1_767_225_600  # 2026-01-01T00:00:00Z
HOURS = 8760


def value(of, hour):
    """A curve of its own for each object, with three digits: what is read back is what was written."""
    return ((of * 7919 + hour * 104_729) % 10_007) / 1000


def write(path, rows, objects):
    names = [f"C{of:06}" for of in range(objects)]
    with open(path, "w", encoding="ascii", buffering=1 << 20) as file:
        file.write("cleabs;instant;valeur\n")
        hour = done = 0
        while done < rows:
            at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(START + STEP_S * hour))
            count = min(objects, rows - done)
            file.write("".join(f"{names[of]};{at};{value(of, hour):.3f}\n" for of in range(count)))
            hour, done = hour + 1, done + count
    return hour


def sheds(path, objects):
    side = math.ceil(math.sqrt(objects))
    with open(path, "w", encoding="ascii") as file:
        file.write('{"type":"FeatureCollection","features":[\n')
        for of in range(objects):
            lon, lat = -1.6 + 0.0004 * (of % side), 47.2 + 0.0003 * (of // side)
            ring = [[lon, lat], [lon + 1e-4, lat], [lon + 1e-4, lat + 1e-4], [lon, lat + 1e-4], [lon, lat]]
            feature = {"type": "Feature", "properties": {"cleabs": f"C{of:06}", "usage_1": "Annexe", "hauteur": 4, "nature": "Indifférenciée"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            file.write(("," if of else "") + json.dumps(feature) + "\n")
        file.write("]}\n")


def imported(program, sources, out):
    """Seconds by the clock, processor seconds, peak memory in MB, and what the program said."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([program, "import", str(sources), "--out", str(out), "--json"], stdout=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(run.stdout or b"{}")
    if run.returncode == 2:
        sys.exit(f"the import failed: {run.stdout[:2000]!r}")
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, said.get("peak_bytes", 0) / 2**20, said


def main():
    program = sys.argv[1]
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000_000
    objects = int(sys.argv[3]) if len(sys.argv) > 3 else -(-rows // HOURS)
    with tempfile.TemporaryDirectory(prefix="jumeau-rows-", dir=os.environ.get("TMPDIR")) as folder:
        folder = pathlib.Path(folder)
        sources = folder / "sources"
        sources.mkdir()
        sheds(sources / "hangars.geojson", objects)
        alone = imported(program, sources, folder / "alone")
        shutil.rmtree(folder / "alone")
        began = time.monotonic()
        hours = write(sources / "courbes.csv", rows, objects)
        written_s, size = time.monotonic() - began, (sources / "courbes.csv").stat().st_size
        whole = imported(program, sources, folder / "out")
        took, processor = whole[0] - alone[0], whole[1] - alone[1]
        print(json.dumps({
            "rows": rows, "objects": objects, "hours": hours, "table_mb": round(size / 1e6), "values_mb": round(4 * objects * hours / 2**20), "written_s": round(written_s, 1),
            "seconds": round(took, 1), "rows_per_s": round(rows / took), "processor_s": round(processor, 1), "rows_per_processor_s": round(rows / processor),
            "peak_mb": round(whole[2]), "peak_without_the_table_mb": round(alone[2]),
            "findings": {finding["code"]: finding["count"] for finding in whole[3].get("findings", [])}, "checked": read_back(folder / "out", objects, hours, rows),
        }, indent=1))
        shutil.rmtree(folder / "out", ignore_errors=True)


def read_back(out, objects, hours, rows):
    """Values of some objects in the result, against what was written; how many were the same."""
    manifest = json.loads((out / "territory.json").read_text())
    series = next((series for series in manifest["series"] if series.get("layer") == "buildings"), None)
    if series is None:
        sys.exit("the table gave no series")
    array = out / series["path"]
    layout = json.loads((array / "zarr.json").read_text())
    chunk_rows, chunk_steps = layout["chunk_grid"]["configuration"]["chunk_shape"]
    names = sorted(f"C{of:06}" for of in range(objects))
    same = 0
    for of in sorted({0, 1, objects // 2, objects - 1}):
        row = names.index(f"C{of:06}")
        for hour in sorted({0, 1, hours // 3, max(0, hours - 2)}):
            if hour * objects + of >= rows:
                continue
            chunk = array / "c" / str(row // chunk_rows) / str(hour // chunk_steps)
            data = chunk.read_bytes()
            at = 4 * ((row % chunk_rows) * chunk_steps + hour % chunk_steps)
            if len(data) != 4 * chunk_rows * chunk_steps:
                return f"chunks are packed ({len(data)} bytes): not read back"
            read = struct.unpack_from("<f", data, at)[0]
            if abs(read - value(of, hour)) > 1e-5:
                return f"object {of}, hour {hour}: {read} instead of {value(of, hour)}"
            same += 1
    return f"{same} values read back, all the same"


if __name__ == "__main__":
    main()
