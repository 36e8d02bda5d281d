#!/usr/bin/env python3
"""Lays works and networks that nobody has planned: "fictif" in every name, so that the years ahead have something to show.

    python3 assets/territories/nantes-centre/make/projects.py

Writes projets_fictifs_*.geojson, one for each network (EPSG:2154): shortest ways along the roads of bdtopo.gpkg between places chosen by hand, moved beside the
road's middle, with the years in which works begin, a line comes into service, and is taken out. No source says any of it.
"""

import heapq
import json
import math
import pathlib
import sqlite3
import struct

HERE = pathlib.Path(__file__).resolve().parent.parent

# Layer of the network, class, name, years (works, from, to), metres beside the middle of the road, places (EPSG:2154) that the way passes.
PROJECTS = [
    ("transit", "tramway", "Prolongement du tramway (fictif)", (2028, 2032, None), 0.0, [(355450, 6689350), (355050, 6689900), (354600, 6690450)]),
    ("heat", "réseau de chaleur", "Extension du réseau de chaleur, tronc (fictif)", (2027, 2029, None), 2.2, [(355700, 6689500), (355950, 6690250)]),
    ("heat", "réseau de chaleur", "Extension du réseau de chaleur, antenne ouest (fictif)", (2029, 2031, None), 2.2, [(355790, 6689800), (355350, 6690100)]),
    ("heat", "réseau de chaleur", "Extension du réseau de chaleur, antenne est (fictif)", (2030, 2033, None), 2.2, [(355930, 6690150), (356400, 6690350)]),
    ("electricity", "HTA", "Renouvellement d’un câble 20 kV (fictif)", (2026, 2027, None), -2.0, [(355100, 6689250), (355900, 6689650), (356350, 6689800)]),
    ("electricity", "HTA", "Ancien câble 20 kV, à déposer (fictif)", (None, 1975, 2028), -3.0, [(355120, 6689260), (355900, 6689700), (356340, 6689790)]),
]


def lines(blob):
    """Coordinates of a GeoPackage geometry: lines of x, y."""
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[(blob[3] >> 1) & 7]
    data, at = blob[8 + envelope:], 0

    def read(at):
        order = "<" if data[at] == 1 else ">"
        kind = struct.unpack_from(order + "I", data, at + 1)[0]
        at += 5
        size = 2 + ((kind // 1000) in (1, 3) or bool(kind & 0x80000000)) + ((kind // 1000) in (2, 3) or bool(kind & 0x40000000))
        count = struct.unpack_from(order + "I", data, at)[0]
        at += 4
        if kind % 1000 in (5,):
            found = []
            for _ in range(count):
                part, at = read(at)
                found += part
            return found, at
        points = [struct.unpack_from(order + "d" * size, data, at + 8 * size * i)[:2] for i in range(count)]
        return [points], at + 8 * size * count

    return read(at)[0]


def graph():
    ways = {}
    with sqlite3.connect(HERE / "bdtopo.gpkg") as db:
        for blob, ground in db.execute("select geom, pos_sol from troncon_de_route"):
            if str(ground) != "0":
                continue
            for line in lines(blob):
                ends = [tuple(round(v, 1) for v in line[0]), tuple(round(v, 1) for v in line[-1])]
                length = sum(math.dist(a, b) for a, b in zip(line, line[1:]))
                ways.setdefault(ends[0], []).append((length, ends[1], line))
                ways.setdefault(ends[1], []).append((length, ends[0], line[::-1]))
    return ways


def shortest(ways, start, end):
    best, before, queue = {start: 0.0}, {}, [(0.0, start)]
    while queue:
        far, node = heapq.heappop(queue)
        if node == end:
            break
        if far > best[node]:
            continue
        for length, other, line in ways[node]:
            if far + length < best.get(other, math.inf):
                best[other] = far + length
                before[other] = (node, line)
                heapq.heappush(queue, (far + length, other))
    path = []
    while end != start:
        end, line = before[end]
        path = line + path[1:] if path else line
    return path


def beside(path, metres):
    """The same way, so far to the right of it."""
    moved = []
    for at, (x, y) in enumerate(path):
        a, b = path[max(0, at - 1)], path[min(len(path) - 1, at + 1)]
        length = math.dist(a, b) or 1.0
        moved.append((round(x + metres * (b[1] - a[1]) / length, 2), round(y - metres * (b[0] - a[0]) / length, 2)))
    return moved


def main():
    ways = graph()
    # Dead ends of other components lead nowhere.
    seen, best = set(), set()
    for node in ways:
        if node in seen:
            continue
        part, stack = {node}, [node]
        while stack:
            for _, other, _ in ways[stack.pop()]:
                if other not in part:
                    part.add(other)
                    stack.append(other)
        seen |= part
        best = max(best, part, key=len)
    features = []
    for layer, kind, name, (works, start, end), offset, places in PROJECTS:
        nodes = [min(best, key=lambda node: math.dist(node, place)) for place in places]
        path = []
        for a, b in zip(nodes, nodes[1:]):
            path += shortest(ways, a, b)[1 if path else 0:]
        path = beside(path, offset)
        length = sum(math.dist(a, b) for a, b in zip(path, path[1:]))
        years = {"annee_debut_travaux": works, "annee_mise_en_service": start, "annee_fin_service": end}
        own = {"id": f"FICTIF-{len(features) + 1}", "reseau": layer, "nature": kind, "nom": name, **{key: year for key, year in years.items() if year}}
        if layer == "electricity":
            own["tension"] = "20 kV"
        if layer != "transit":
            own["souterrain"] = True
        features.append({"type": "Feature", "properties": own, "geometry": {"type": "LineString", "coordinates": path}})
        print(f"{name}: {length:.0f} m")
    for layer in ("transit", "heat", "electricity"):
        collection = {
            "type": "FeatureCollection", "description": "Projets fictifs / fictional projects", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}},
            "features": [feature for feature in features if feature["properties"]["reseau"] == layer],
        }
        (HERE / f"projets_fictifs_{layer}.geojson").write_text(json.dumps(collection, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
