"""What GeoPandas, PyArrow, DuckDB and Shapely read in features.parquet, as expected.json.

    pip install geopandas==1.2.0 pyarrow==26.0.1 duckdb==2.0.1 pyproj==3.7.2 shapely==2.2.0
    jumeau import tests/data/features/sources --out HAMEAU && cp HAMEAU/features.parquet tests/data/features/
    python tests/data/features/read_features.py
"""

import json
import pathlib

import duckdb
import geopandas
import numpy
import pyarrow.parquet
import shapely
from pyproj import Transformer

here = pathlib.Path(__file__).parent
file = here / "features.parquet"



def known(value):
    """What is missing is None, whether pandas calls it NaN or not."""
    return None if value is None or value != value else value


frame = geopandas.read_parquet(file)
table = pyarrow.parquet.read_table(file)
geo = json.loads(table.schema.metadata[b"geo"])
back = Transformer.from_crs("EPSG:4326", "EPSG:2154", always_xy=True)
metres = frame.geometry.map(
    lambda shape: shapely.transform(shape, lambda at: numpy.column_stack(back.transform(at[:, 0], at[:, 1])))
)
house = frame[frame.id == "BAT1"].iloc[0]
lon, lat = house.lon, house.lat
boxed = geopandas.read_parquet(file, bbox=(lon - 1e-6, lat - 1e-6, lon + 1e-6, lat + 1e-6))
sql = duckdb.connect().execute(
    "select layer, count(*), round(sum(area_m2), 3), min(bbox.xmin) <= min(lon) from read_parquet(?) group by layer order by layer",
    [str(file)],
).fetchall()

expected = {
    "epsg": frame.crs.to_epsg(),
    "version": geo["version"],
    "geometry_types": geo["columns"]["geometry"]["geometry_types"],
    "columns": table.schema.names,
    "types": [str(field.type) for field in table.schema],
    "duckdb": [list(row) for row in sql],
    "in_box": sorted(boxed.id),
    "rows": [
        {
            "id": row.id,
            "layer": row.layer,
            "name": known(row["name"]),
            "class": known(row["class"]),
            "rnb": known(row.rnb),
            "storeys": int(row.storeys) if known(row.storeys) is not None else None,
            "height_m": known(row.height_m),
            "type": shape.geom_type,
            "valid": bool(shape.is_valid),
            "ccw": [bool(part.exterior.is_ccw) for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"],
            "metres": [round(value, 2) for value in shape.bounds],
            "area_m2": round(shape.area, 2),
            "attributes": json.loads(row.attributes) if known(row.attributes) else None,
        }
        for (_, row), shape in zip(frame.iterrows(), metres)
    ],
}
(here / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n")
