"""Writes the fixtures of this folder with GDAL (pyogrio), GeoPandas/PyArrow and pyshp, and what GDAL and Shapely read in them.

    pip install geopandas==1.* pyogrio pyarrow shapely pyshp
    python make_fixtures.py

Everything is made up; coordinates are in Lambert-93 near Nantes.
"""

import json
from pathlib import Path

import geopandas
import pyogrio
import shapefile
import shapely
from shapely.geometry import LineString, MultiLineString, MultiPolygon, Point, Polygon

HERE = Path(__file__).parent
X, Y = 355_000.0, 6_689_000.0


def box(x, y, w, h, z=None):
    ring = [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
    return [(X + a, Y + b) if z is None else (X + a, Y + b, z) for a, b in ring]


POLYGONS = [
    Polygon(box(0, 0, 10, 8)),
    Polygon(box(20, 0, 30, 30), [box(25, 5, 5, 5), box(40, 15, 6, 8)]),
    # A courtyard with a pavilion inside, and a second part with a hole of its own.
    MultiPolygon(
        [
            Polygon(box(100, 0, 50, 50), [box(110, 10, 30, 30)]),
            Polygon(box(120, 20, 10, 10)),
            Polygon(box(160, 0, 20, 20), [box(165, 5, 4, 4)]),
        ]
    ),
    # A hole that touches its outline in one point.
    Polygon(
        [(X, Y + 60), (X + 20, Y + 60), (X + 20, Y + 80), (X, Y + 80), (X, Y + 60)],
        [[(X, Y + 70), (X + 6, Y + 66), (X + 6, Y + 74), (X, Y + 70)]],
    ),
]
WORDS = ["Église", "Résidentiel", "École – Gymnase", "œuvre"]


def frame(shapes, **more):
    data = {
        "cleabs": [f"B{n}" for n in range(len(shapes))],
        "hauteur": [6.5, None, 12.0, 3.25][: len(shapes)],
        "nb_logts": [1, 0, 12, 3][: len(shapes)],
        "nature": WORDS[: len(shapes)],
        **more,
    }
    return geopandas.GeoDataFrame(data, geometry=shapes, crs="EPSG:2154")


def truth(path):
    """What GDAL reads, in numbers that do not depend on where rings begin."""
    read = geopandas.read_parquet(path) if path.suffix == ".parquet" else pyogrio.read_dataframe(path)
    rows = []
    for row in read.itertuples():
        shape = row.geometry
        if shape is None:
            rows.append(None)
            continue
        points = shapely.get_coordinates(shape, include_z=True)
        rows.append(
            {
                "area": shape.area,
                "length": shape.length,
                "bounds": list(shape.bounds),
                "z_sum": None if not shape.has_z else float(points[:, 2].sum()),
                "parts": len(getattr(shape, "geoms", [shape])),
                "holes": sum(len(p.interiors) for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"),
                "nature": getattr(row, "nature", None),
                "hauteur": None if getattr(row, "hauteur", None) != getattr(row, "hauteur", None) else getattr(row, "hauteur", None),
            }
        )
    return rows


def main():
    expected = {}
    flat = frame(POLYGONS)
    raised = frame([shapely.force_3d(shape, 41.5) for shape in POLYGONS])
    lines = frame(
        [
            LineString([(X, Y, 1), (X + 3, Y + 4, 2)]),
            MultiLineString([[(X, Y, 3), (X + 1, Y, 4)], [(X + 5, Y, 5), (X + 5, Y + 2, 6)]]),
            LineString([(X, Y, 7), (X + 6, Y + 8, 8)]),
        ]
    )
    points = frame([Point(X, Y, 9), Point(X + 1, Y + 2, 10)])
    for name, data in [("flat", flat), ("raised", raised), ("lines", lines), ("points", points)]:
        for kind, driver in [("shp", "ESRI Shapefile"), ("fgb", "FlatGeobuf")]:
            path = HERE / f"{name}.{kind}"
            options = {"ENCODING": "UTF-8"} if kind == "shp" else {}
            if kind == "fgb" and name == "lines":
                options = {"SPATIAL_INDEX": "NO"}
            data.to_file(path, driver=driver, engine="pyogrio", **options)
            expected[path.name] = truth(path)
    for compression in ["snappy", "zstd", "gzip"]:
        path = HERE / f"raised-{compression}.parquet"
        raised.to_parquet(path, compression=compression, index=False, schema_version="1.1.0")
        expected[path.name] = truth(path)
    geopandas.GeoDataFrame(flat.to_crs("OGC:CRS84")).to_parquet(HERE / "degrees.parquet", index=False)
    flat.to_crs("EPSG:4326").to_file(HERE / "flat.geojsonl", driver="GeoJSONSeq", engine="pyogrio")
    flat.to_crs("EPSG:4326").to_file(HERE / "flat.geojsons", driver="GeoJSONSeq", engine="pyogrio", RS="YES")

    # A table without geometry.
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"cle": ["B0", "B2", "B9"], "kwh": pa.array([1200.5, 30000.0, 1.0]), "annee": [1911, 1975, 2020]})
    pq.write_table(table, HERE / "table.parquet", compression="zstd")

    # Multipatch: a strip, a fan and a ring with a hole; M shapes with "no data" measures.
    with shapefile.Writer(str(HERE / "patches"), shapeType=shapefile.MULTIPATCH) as w:
        w.field("cleabs", "C")
        w.multipatch(
            [
                [[X, Y, 1], [X + 1, Y, 1], [X, Y + 1, 1], [X + 1, Y + 1, 1]],
                [[X, Y, 2], [X + 2, Y, 2], [X + 2, Y + 2, 2], [X, Y + 2, 2]],
                [[X, Y, 3], [X, Y + 4, 3], [X + 4, Y + 4, 3], [X + 4, Y, 3], [X, Y, 3]],
                [[X + 1, Y + 1, 3], [X + 2, Y + 1, 3], [X + 2, Y + 2, 3], [X + 1, Y + 2, 3], [X + 1, Y + 1, 3]],
            ],
            partTypes=[0, 1, 2, 3],
        )
        w.record("P0")
    with shapefile.Writer(str(HERE / "measured"), shapeType=shapefile.POLYLINEM) as w:
        w.field("cleabs", "C")
        w.linem([[[X, Y, 12.0], [X + 3, Y + 4, None]]])
        w.record("M0")
    (HERE / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


main()
