"""Writes the small OSM files of this folder, and what libosmium makes of them, with pyosmium (pip install osmium shapely).

    python make_fixtures.py

The village is made up. libosmium writes the files and assembles the areas, so both are outside truth for our reader.
"""

import json
import pathlib

import osmium
from osmium.osm import mutable
from shapely import wkb

HERE = pathlib.Path(__file__).parent
LON, LAT = -2.7600, 47.6500
STEP_LON, STEP_LAT = 1.0 / 75_200.0, 1.0 / 111_200.0  # about a metre

nodes, ways, relations = {}, [], []


def node(x, y, **tags):
    """A node x metres east and y metres north; the same place is the same node, unless it has tags."""
    key = (x, y) if not tags else (x, y, len(nodes))
    if key not in nodes:
        nodes[key] = (1000 + len(nodes), (LON + x * STEP_LON, LAT + y * STEP_LAT), {k.replace("__", ":"): v for k, v in tags.items()})
    return nodes[key][0]


def way(ident, points, tags, close=False):
    refs = [p if isinstance(p, int) else node(*p) for p in points]
    if close:
        refs.append(refs[0])
    ways.append((ident, refs, tags))
    return ident


def box(x, y, w, h):
    return [(x, y), (x + w, y), (x + w, y + h), (x, y + h)]


def relation(ident, members, tags):
    relations.append((ident, members, tags))


# Houses.
way(1, box(0, 0, 12, 8), {"building": "house", "height": "8.5", "roof:shape": "gabled", "roof:height": "3", "addr:housenumber": "3"}, True)
way(2, box(20, 0, 15, 12), {"building": "apartments", "building:levels": "4", "start_date": "1974", "building:flats": "8", "ref:FR:RNB": "ABCD-EFGH-2345"}, True)
way(3, box(40, 0, 10, 10), {"building": "yes", "amenity": "school", "height": "30'"}, True)
way(4, box(60, 0, 9, 6), {"building": "garage", "height": "3", "roof:shape": "skillion", "roof:height": "1", "roof:direction": "S"}, True)
way(5, box(80, 0, 8, 8), {"building": "yes"}, True)
way(6, box(100, 0, 8, 8), {"building": "no"}, True)
# A church of parts: nave, and a tower with a pyramid.
way(10, [(0, 40), (30, 40), (30, 52), (0, 52)], {"building": "church", "name": "Saint-Pierre", "height": "35"}, True)
way(11, [(8, 40), (30, 40), (30, 52), (8, 52)], {"building:part": "yes", "height": "14", "roof:shape": "gabled", "roof:height": "5"}, True)
way(12, [(0, 42), (8, 42), (8, 50), (0, 50)], {"building:part": "yes", "height": "35", "roof:shape": "pyramidal", "roof:height": "12"}, True)
# A gatehouse: it begins above the street.
way(13, box(40, 40, 10, 6), {"building": "yes", "min_height": "4", "height": "10"}, True)
# A part that no building surrounds.
way(14, box(60, 40, 5, 5), {"building:part": "yes", "building:levels": "2"}, True)
# A block around a courtyard in which another block stands with a court of its own; the outer ring is of three ways, one turned round.
way(20, [(0, 100), (60, 100), (60, 130)], {})
way(21, [(0, 160), (60, 160), (60, 130)], {})
way(22, [(0, 160), (0, 100)], {})
way(23, box(10, 110, 40, 40), {}, True)
way(24, box(20, 120, 20, 20), {}, True)
way(25, box(25, 125, 10, 10), {}, True)
relation(1, [("w", 20, "outer"), ("w", 21, "outer"), ("w", 22, "outer"), ("w", 23, "inner"), ("w", 24, "outer"), ("w", 25, "inner")],
         {"type": "multipolygon", "building": "apartments", "building:levels": "5", "name": "Îlot"})
# An outer way that says "building" once more.
way(26, box(80, 100, 20, 20), {"building": "yes"}, True)
way(27, box(85, 105, 5, 5), {}, True)
relation(2, [("w", 26, "outer"), ("w", 27, "inner")], {"type": "multipolygon", "building": "yes", "height": "6"})
# Two holes that touch in a node, and two outers that touch.
way(28, box(120, 100, 40, 40), {}, True)
way(29, box(125, 105, 10, 10), {}, True)
way(30, box(135, 115, 10, 10), {}, True)
way(31, box(160, 140, 10, 10), {}, True)
relation(3, [("w", 28, ""), ("w", 29, ""), ("w", 30, ""), ("w", 31, "")], {"type": "multipolygon", "building": "industrial"})
# What the extract cut: a way without one of its nodes, a relation without one of its ways.
way(40, [(200, 0), (210, 0), 999_999, (200, 10)], {"building": "house"}, True)
way(41, [(220, 0), (230, 0), (230, 10)], {})
relation(4, [("w", 41, "outer"), ("w", 777_777, "outer")], {"type": "multipolygon", "building": "yes"})
# An outline that does not close.
way(42, [(240, 0), (250, 0), (250, 10)], {})
relation(5, [("w", 42, "outer")], {"type": "multipolygon", "building": "yes"})
# Roads and rails.
way(50, [(-20, 20), (50, 20), (120, 24)], {"highway": "residential", "name": "Rue du Four", "lanes": "2"})
way(51, [(120, 24), (150, 24), (180, 24)], {"highway": "primary", "bridge": "yes", "layer": "1", "width": "7,5 m", "ref": "D 12"})
way(52, [(50, 20), (50, 60), (55, 90)], {"highway": "footway", "layer": "1"})
way(53, [(180, 24), (200, 24), 888_888, (230, 24), (260, 24)], {"highway": "tertiary"})
way(54, [(-20, 30), (200, 30)], {"railway": "tram"})
way(55, [(-20, -30), (200, -30)], {"railway": "rail", "tunnel": "yes", "usage": "main"})
way(56, [(0, -10), (50, -10)], {"highway": "proposed"})
way(57, box(70, 60, 20, 20), {"highway": "pedestrian", "area": "yes"}, True)
way(58, box(100, 60, 20, 20), {"highway": "service"}, True)
# Water, trees.
way(60, box(0, 200, 50, 30), {"natural": "water", "name": "Étang"}, True)
node(5, 60, natural="tree", height="11 m", diameter_crown="6")
node(9, 60, natural="tree")
# Networks.
towers = [node(x, 300 + x / 10, power="tower", height="40") for x in (0, 150, 300)]
way(70, towers, {"power": "line", "voltage": "225000", "cables": "3"})
way(71, [(0, 310), (40, 310)], {"power": "cable", "voltage": "20000", "location": "underground"})
way(72, box(300, 320, 30, 20), {"power": "substation", "voltage": "225000;20000", "name": "Poste du Four"}, True)
way(73, [(0, 340), (80, 340)], {"man_made": "pipeline", "substance": "gas", "diameter": "200 mm", "location": "underground"})
way(74, [(0, 350), (80, 350)], {"man_made": "pipeline", "substance": "oil"})
node(20, 22, highway="street_lamp")
node(30, 22, highway="bus_stop", name="Mairie")
node(31, 22, power="generator", generator__source="solar")
node(32, 22, amenity="bench")


def write(name, filetype):
    path = HERE / name
    path.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("osmosis_replication_timestamp", "2026-05-04T20:20:00Z")
    header.set("generator", "make_fixtures.py")
    writer = osmium.SimpleWriter(osmium.io.File(str(path), filetype), header=header)
    for ident, place, tags in sorted(nodes.values()):
        writer.add_node(mutable.Node(id=ident, location=place, tags=tags, version=1, visible=True))
    for ident, refs, tags in ways:
        writer.add_way(mutable.Way(id=ident, nodes=refs, tags=tags, version=1, visible=True))
    for ident, members, tags in relations:
        writer.add_relation(mutable.Relation(id=ident, members=members, tags=tags, version=1, visible=True))
    writer.close()


write("village.osm.pbf", "pbf")
write("village.osm", "osm")
write("village-plain.osm.pbf", "pbf,pbf_dense_nodes=false,pbf_compression=none")


class Truth(osmium.SimpleHandler):
    def __init__(self):
        super().__init__()
        self.factory = osmium.geom.WKBFactory()
        self.areas, self.counts = {}, {"node": 0, "way": 0, "relation": 0}
        self.tags = {}

    def node(self, n):
        self.counts["node"] += 1

    def way(self, w):
        self.counts["way"] += 1

    def relation(self, r):
        self.counts["relation"] += 1

    def area(self, a):
        if "building" not in a.tags and a.tags.get("natural") != "water":
            return
        name = f"{'way' if a.from_way() else 'relation'}/{a.orig_id()}"
        try:
            shape = wkb.loads(self.factory.create_multipolygon(a), hex=True)
        except RuntimeError:
            # No ring closed.
            self.areas[name] = {"polygons": 0, "holes": 0, "area_deg2": 0.0}
            return
        self.areas[name] = {
            "polygons": len(shape.geoms),
            "holes": sum(len(p.interiors) for p in shape.geoms),
            "area_deg2": shape.area,
        }


truth = Truth()
truth.apply_file(str(HERE / "village.osm.pbf"), locations=True, idx="flex_mem")
(HERE / "expected.json").write_text(json.dumps({"counts": truth.counts, "areas": dict(sorted(truth.areas.items()))}, indent=1) + "\n")
