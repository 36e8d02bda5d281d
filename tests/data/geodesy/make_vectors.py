"""Writes vectors.csv and convergence.csv: what PROJ answers.

    python3 -m venv v && v/bin/pip install pyproj==3.7.2 && v/bin/python make_vectors.py FOLDER-OF-ntf_r93.gsb

pyproj 3.7.2 carries PROJ 9.5.1 and no grids, so datum shifts are the registry's parameters; only NTF goes by IGN's grid, which the crate proj-sys 0.27.0 has in its tests.
Geographic columns are longitude, latitude of EPSG:4326.
"""
import random
import sys

import pyproj

pyproj.datadir.append_data_dir(sys.argv[1])
from pyproj import CRS, Proj, Transformer

RADIANS, DEGREES = "+step +proj=unitconvert +xy_in=deg +xy_out=rad", "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
NTF_TO_RGF93 = Transformer.from_pipeline(f"+proj=pipeline {RADIANS} +step +proj=hgridshift +grids=ntf_r93.gsb {DEGREES}")
NTF = {4275, 27561, 27562, 27563, 27564, 27571, 27572, 27573, 27574}


class ByGrid:
    """Between EPSG:4326 and a system on NTF, by the grid."""

    def __init__(self, epsg, forward):
        self.forward, self.within = forward, Transformer.from_crs(*((4275, epsg) if forward else (epsg, 4275)), always_xy=True)

    def transform(self, x, y, errcheck=False):
        if self.forward:
            return self.within.transform(*NTF_TO_RGF93.transform(x, y, direction="INVERSE", errcheck=errcheck), errcheck=errcheck)
        return NTF_TO_RGF93.transform(*self.within.transform(x, y, errcheck=errcheck), errcheck=errcheck)


def both(epsg):
    if epsg in NTF:
        return ByGrid(epsg, True), ByGrid(epsg, False)
    return Transformer.from_crs(4326, epsg, always_xy=True), Transformer.from_crs(epsg, 4326, always_xy=True)


random.seed(20260621)

# code, then the box (lon lat) that points are drawn from.
FRANCE = (-5.0, 42.3, 8.2, 51.1)
SYSTEMS = {2154: FRANCE, 9794: FRANCE, 27572: FRANCE, 3857: FRANCE, 3035: (-10, 36, 30, 65), 3034: (-10, 36, 30, 65)}
for zone in range(42, 51):
    SYSTEMS[3900 + zone] = (-4.5, zone - 1, 8.0, zone + 1)
SYSTEMS |= {9822: (-1, 41.4, 8, 43), 9850: (-2, 49, 8, 51)}
SYSTEMS |= {27561: (-1, 48.2, 8, 51), 27562: (-4.5, 45.5, 7, 48.1), 27563: (-1.5, 42.5, 7.5, 45.4), 27564: (8.6, 41.4, 9.5, 43)}
SYSTEMS |= {27571: (-1, 48.2, 8, 51), 27573: (-1.5, 42.5, 7.5, 45.4), 27574: (8.6, 41.4, 9.5, 43)}
SYSTEMS |= {4171: FRANCE, 4258: FRANCE, 4275: FRANCE}
for zone in (20, 21, 22, 29, 30, 31, 32, 33):
    west = zone * 6 - 186
    SYSTEMS[32600 + zone] = (west - 1, 2, west + 7, 60)
for zone in (1, 5, 38, 40, 58):
    west = zone * 6 - 186
    SYSTEMS[32700 + zone] = (west, -45, west + 6, -2)
for zone in (28, 29, 30, 31, 32, 38):
    west = zone * 6 - 186
    SYSTEMS[25800 + zone] = (west - 1, 36, west + 7, 60)
SYSTEMS |= {
    2972: (-54, 2.2, -51, 6), 3313: (-54.6, 2.2, -54, 5.8), 2975: (55.2, -21.4, 55.9, -20.8), 5490: (-61.9, 14.3, -60.7, 18.2),
    4559: (-61.9, 14.3, -60.7, 18.2), 4471: (44.9, -13.1, 45.4, -12.6), 4467: (-56.5, 46.7, -56.1, 47.2), 3163: (163.6, -22.7, 168, -19.6),
    3296: (-152, -18, -149, -15), 3297: (-150, -24, -144, -14), 3298: (-144, -24, -138, -8), 3299: (-138, -24, -134, -17),
    2988: (-176.2, -13.4, -176.1, -13.2), 3812: (2.6, 49.6, 6.3, 51.4), 2056: (6, 45.9, 10.4, 47.7), 21781: (6, 45.9, 10.4, 47.7),
}

with open("vectors.csv", "w") as out:
    out.write("epsg,lon_deg,lat_deg,x,y,back_lon_deg,back_lat_deg\n")
    for epsg, (west, south, east, north) in sorted(SYSTEMS.items()):
        there, back = both(epsg)
        for k in range(9 if epsg in (2154, 27572) else 6):
            if k < 2:
                lon, lat = (west, south) if k == 0 else (east, north)
            else:
                lon, lat = random.uniform(west, east), random.uniform(south, north)
            lon, lat = round(lon, 9), round(lat, 9)
            x, y = there.transform(lon, lat, errcheck=True)
            # What stands in the file is what is transformed back.
            x, y = (round(x, 12), round(y, 12)) if abs(x) < 400 else (round(x, 7), round(y, 7))
            back_lon, back_lat = back.transform(x, y, errcheck=True)
            out.write(f"{epsg},{lon!r},{lat!r},{x!r},{y!r},{back_lon:.12f},{back_lat:.12f}\n")

# Neighbours that came later, with a seed of their own so that the rows above stay as they are.
LATER = {
    28992: (3.5, 50.8, 7.1, 53.5), 4289: (3.5, 50.8, 7.1, 53.5), 6668: (129, 31, 145, 45),
    6669: (128.5, 31, 131, 34), 6677: (138.5, 35, 141, 38), 6680: (141, 42, 144, 45), 6687: (153, 24, 155, 27),
}
later = random.Random(20261125)
with open("vectors.csv", "a") as out:
    for epsg, (west, south, east, north) in sorted(LATER.items()):
        there = Transformer.from_crs(4326, epsg, always_xy=True)
        back = Transformer.from_crs(epsg, 4326, always_xy=True)
        for k in range(6):
            lon = (west, east)[k] if k < 2 else later.uniform(west, east)
            lat = (south, north)[k] if k < 2 else later.uniform(south, north)
            lon, lat = round(lon, 9), round(lat, 9)
            x, y = there.transform(lon, lat, errcheck=True)
            x, y = (round(x, 12), round(y, 12)) if abs(x) < 400 else (round(x, 7), round(y, 7))
            back_lon, back_lat = back.transform(x, y, errcheck=True)
            out.write(f"{epsg},{lon!r},{lat!r},{x!r},{y!r},{back_lon:.12f},{back_lat:.12f}\n")

# Thousands of points: where they lie is computed (Halton, bases 2 and 3), only PROJ's answers are stored.
def halton(index, base):
    value, part = 0.0, 1.0
    while index > 0:
        part /= base
        value += part * (index % base)
        index //= base
    return value


with open("dense.csv", "w") as out:
    out.write("epsg west south east north, then x y of 60 points\n")
    # Later than the others, so that they keep their random points.
    for epsg, (west, south, east, north) in sorted((SYSTEMS | {28992: (3.4, 50.8, 7.1, 53.5)}).items()):
        there, _ = both(epsg)
        out.write(f"{epsg} {west} {south} {east} {north}\n")
        for k in range(1, 61):
            lon, lat = west + (east - west) * halton(k, 2), south + (north - south) * halton(k, 3)
            x, y = there.transform(lon, lat, errcheck=True)
            out.write(f"{x:.10f} {y:.10f}\n" if abs(x) < 400 else f"{x:.5f} {y:.5f}\n")

with open("ecef.csv", "w") as out:
    out.write("lon_deg,lat_deg,height_m,x_m,y_m,z_m\n")
    there = Transformer.from_crs(4979, 4978, always_xy=True)
    points = [(0, 0, 0), (0, 90, 0), (0, -90, 100), (180, 45, 0), (-1.5536, 47.2184, 55.2), (6.8652, 45.8326, 4860)]
    points += [(random.uniform(-180, 180), random.uniform(-90, 90), random.uniform(-500, 9000)) for _ in range(24)]
    for lon, lat, h in points:
        lon, lat, h = round(lon, 9), round(lat, 9), round(h, 4)
        x, y, z = there.transform(lon, lat, h)
        out.write(f"{lon},{lat},{h},{x:.9f},{y:.9f},{z:.9f}\n")

with open("convergence.csv", "w") as out:
    out.write("epsg,lon_deg,lat_deg,meridian_convergence_deg\n")
    for epsg in (2154, 3947, 32630, 25832, 2975, 3035):
        west, south, east, north = SYSTEMS[epsg]
        projection = Proj(CRS.from_epsg(epsg))
        for _ in range(6):
            lon, lat = round(random.uniform(west, east), 9), round(random.uniform(south, north), 9)
            out.write(f"{epsg},{lon},{lat},{projection.get_factors(lon, lat).meridian_convergence:.10f}\n")

with open("names.csv", "w") as out:
    # WKT as ESRI, GDAL and ISO 19162 write it; `;` separates since WKT holds commas.
    out.write("epsg;version;wkt\n")
    for epsg in (2154, 3946, 3950, 27572, 27561, 3857, 3035, 2972, 2975, 5490, 4559, 4471, 4467, 3163, 4326, 4171, 4258, 32630, 32740, 25830, 2056, 5698):
        crs = CRS.from_epsg(epsg)
        for version in ("WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"):
            out.write(f"{epsg};{version};{crs.to_wkt(version, pretty=False)}\n")
    for name in ("LAMB93", "RGF93LAMB93", "LAMBE", "RGF93CC47", "RGR92UTM40S", "RGAF09UTM20", "RGM04UTM38S", "RGFG95UTM22", "RGSPM06U21"):
        out.write(f"IGNF;{name};{CRS.from_authority('IGNF', name).to_wkt('WKT1_GDAL', pretty=False)}\n")
