"""Writes crs.json: reference systems as PROJ spells them, with every name and identifier of the system itself taken away.

    pip install pyproj==3.7.2
    python make_crs.py

`point` is a place in the area of use, `xy` what PROJ makes of it on the system's own ellipsoid (no shift of datum).
"""

import json
import re
from pathlib import Path

import pyproj
from pyproj import CRS, Transformer

CODES = [2154, 3942, 3944, 3948, 3950, 27561, 27562, 27563, 27564, 27572, 32630, 32631, 25830, 25832, 2975, 2972, 5490, 4471, 3163, 3035, 3812, 3034]


def nameless_wkt(wkt):
    wkt = re.sub(r',\s*(AUTHORITY|ID)\["[A-Z]+",\s*"?\d+"?\]', "", wkt)
    return re.sub(r'^(\w+)\["[^"]*"', r'\1["système local"', wkt)


def nameless_json(crs):
    def strip(node):
        if isinstance(node, dict):
            return {key: strip(value) for key, value in node.items() if key not in ("id", "ids", "$schema", "usages", "bbox", "area", "scope")}
        if isinstance(node, list):
            return [strip(value) for value in node]
        return node

    node = strip(crs.to_json_dict())
    node["name"] = "système local"
    return json.dumps(node)


rows = []
for code in CODES:
    crs = CRS.from_epsg(code)
    area = crs.area_of_use
    lon, lat = (area.west + area.east) / 2 + 0.25, (area.south + area.north) / 2 + 0.25
    xy = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(lon, lat)
    spelled = {
        "esri": nameless_wkt(crs.to_wkt("WKT1_ESRI")),
        "wkt2": nameless_wkt(crs.to_wkt("WKT2_2019")),
        "projjson": nameless_json(crs),
    }
    try:
        spelled["gdal"] = nameless_wkt(crs.to_wkt("WKT1_GDAL"))
    except pyproj.exceptions.CRSError:
        pass
    rows.append({"code": code, "point": [lon, lat], "xy": list(xy), "spelled": spelled})
Path(__file__).with_name("crs.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")
