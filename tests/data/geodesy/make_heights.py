"""Writes geoid.tac (a geoid grid of our own in IGN's text form) and geoid.csv: what PROJ's vgridshift answers with the same grid.

    v/bin/python make_heights.py

No value of RAF20 is in it; the surface is a plane with two waves.
"""
import math
import random
import struct
import tempfile

import pyproj

random.seed(69)
WEST, SOUTH, STEP_LON, STEP_LAT, COLUMNS, ROWS = -2.0, 46.0, 0.1, 0.05, 31, 41


def undulation(lon, lat):
    return 47 + 0.8 * (lon - WEST) - 0.6 * (lat - SOUTH) + 0.4 * math.sin(3 * lon) * math.cos(5 * lat)


nodes = [[round(undulation(WEST + c * STEP_LON, SOUTH + r * STEP_LAT), 4) for c in range(COLUMNS)] for r in range(ROWS)]
with open("geoid.tac", "w") as out:
    east, north = WEST + (COLUMNS - 1) * STEP_LON, SOUTH + (ROWS - 1) * STEP_LAT
    out.write(f"{WEST} {east:.1f} {SOUTH} {north:.1f} {STEP_LON} {STEP_LAT} 1 0 1 1 0. RAF of our own\n")
    for row in reversed(nodes):
        out.write(" ".join(f"{value:.4f} 1" for value in row) + "\n")
folder = tempfile.mkdtemp()
with open(folder + "/own.gtx", "wb") as out:
    out.write(struct.pack(">4d2i", SOUTH, WEST, STEP_LAT, STEP_LON, ROWS, COLUMNS))
    for row in nodes:
        out.write(struct.pack(f">{COLUMNS}f", *row))
pyproj.datadir.append_data_dir(folder)
up = pyproj.Transformer.from_pipeline(
    "+proj=pipeline +step +inv +proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 "
    "+step +proj=vgridshift +grids=own.gtx +multiplier=1 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
flat = pyproj.Transformer.from_crs(4326, 2154, always_xy=True)
with open("geoid.csv", "w") as out:
    out.write("x,y,altitude_m,lon_deg,lat_deg,height_m\n")
    for _ in range(200):
        lon, lat = random.uniform(WEST + 0.001, 0.999), random.uniform(SOUTH + 0.001, 47.999)
        x, y = (round(v, 4) for v in flat.transform(lon, lat))
        z = round(random.uniform(-10, 900), 3)
        lon, lat, h = up.transform(x, y, z)
        out.write(f"{x},{y},{z},{lon:.12f},{lat:.12f},{h:.6f}\n")
