# Distances and directions along the ellipsoid, as pyproj answers them: pip install pyproj==3.7.2
import json
import pyproj
from pyproj import Geod

geod = Geod(ellps="WGS84")
PAIRS = [
    ((-1.5536, 47.2184), (-1.5501, 47.2170)), ((-1.5536, 47.2184), (-1.5536, 47.2284)), ((1.2, 45.96), (1.2129, 45.96)), ((1.2, 45.96), (1.1305, 46.0441)),
    ((-4.5241, 48.5538), (-4.5121, 48.5602)), ((55.45, -20.88), (55.53, -21.34)), ((2.35, 48.85), (2.3500001, 48.85)), ((8.9, 41.6), (8.9135, 41.5957)),
]
WAYS = [((-1.5536, 47.2184), 90, 25), ((-1.5536, 47.2184), 0, 25), ((1.2, 45.96), 53.13010235415598, 1250), ((55.45, -20.88), 270, 250)]
inverse, direct = [], []
for a, b in PAIRS:
    azimuth, _, distance = geod.inv(*a, *b)
    inverse.append({"from": a, "to": b, "distance_m": distance, "azimuth_deg": azimuth % 360})
for a, azimuth, distance in WAYS:
    lon, lat, _ = geod.fwd(*a, azimuth, distance)
    direct.append({"from": a, "azimuth_deg": azimuth, "distance_m": distance, "to": [lon, lat]})
about = f"pyproj {pyproj.__version__} (PROJ {pyproj.proj_version_str}), Geod(ellps='WGS84'): inv and fwd"
print(json.dumps({"about": about, "inverse": inverse, "direct": direct}, indent=1))
