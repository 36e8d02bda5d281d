"""Writes the small rasters and point clouds of this folder, and expected.csv: what GDAL reads in them.

    python3 -m venv v && v/bin/pip install rasterio laspy lazrs numpy && v/bin/python make_fixtures.py

The surface is our own: a tilted plane with a hill, metres. Nothing here comes from a survey.
"""
import os

import laspy
import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.shutil import copy as gdal_copy
from rasterio.transform import Affine

COLUMNS, ROWS = 37, 29
WEST, NORTH, CELL = 355000.0, 6690000.0, 5.0
r, c = np.mgrid[0:ROWS, 0:COLUMNS]
SURFACE = 40 + 0.25 * c - 0.5 * r + 30 * np.exp(-((c - 18) ** 2 + (r - 12) ** 2) / 60)
SURFACE = np.round(SURFACE * 8) / 8
L93 = CRS.from_epsg(2154)
PLACED = Affine(CELL, 0, WEST, 0, -CELL, NORTH)

made = []


def tiff(name, data=SURFACE, dtype="float32", transform=PLACED, crs=L93, nodata=None, tags=None, bands=1, **options):
    data = np.asarray(data).astype(dtype)
    profile = dict(driver="GTiff", width=data.shape[1], height=data.shape[0], count=bands, dtype=dtype, transform=transform, crs=crs, nodata=nodata)
    with rasterio.open(name, "w", **profile, **options) as out:
        for band in range(1, bands + 1):
            out.write(data, band)
        if tags:
            out.update_tags(**tags)
    made.append(name)
    return name


holes = SURFACE.copy()
holes[3:6, 4:9] = -9999
tiff("f32-strips.tif")
tiff("f32-strips-deflate-p3.tif", holes, nodata=-9999, compress="deflate", predictor=3)
tiff("f32-tiles-lzw-p3.tif", holes, nodata=-9999, tiled=True, blockxsize=16, blockysize=16, compress="lzw", predictor=3)
tiff("f32-tiles-deflate-p2.tif", tiled=True, blockxsize=16, blockysize=16, compress="deflate", predictor=2)
tiff("f64-tiles-deflate-p3.tif", dtype="float64", tiled=True, blockxsize=16, blockysize=16, compress="deflate", predictor=3)
tiff("f64-big-endian.tif", dtype="float64", ENDIANNESS="BIG", compress="lzw")
tiff("i16-tiles-lzw-p2.tif", SURFACE, dtype="int16", tiled=True, blockxsize=16, blockysize=16, compress="lzw", predictor=2)
tiff("i32-strips-deflate-p2.tif", SURFACE, dtype="int32", compress="deflate", predictor=2)
tiff("u16-strips-packbits.tif", SURFACE, dtype="uint16", nodata=65535, compress="packbits")
tiff("u8-strips.tif", SURFACE, dtype="uint8", nodata=255)
tiff("big.tif", BIGTIFF="YES", compress="deflate")
nan = SURFACE.copy()
nan[10, 10] = np.nan
tiff("nodata-nan.tif", nan, nodata=float("nan"))
tiff("nodata-lowest.tif", np.where(holes < -1, np.finfo("float32").min, holes), nodata=float(np.finfo("float32").min))
tiff("pixel-is-point.tif", tags=dict(AREA_OR_POINT="Point"))
tiff("turned.tif", transform=Affine.translation(WEST, NORTH) * Affine.rotation(30) * Affine.scale(CELL, -CELL))
tiff("south-up.tif", SURFACE[::-1], transform=Affine(CELL, 0, WEST, 0, CELL, NORTH - ROWS * CELL))
tiff("geographic.tif", crs=CRS.from_epsg(4326), transform=Affine(0.001, 0, -1.6, 0, -0.001, 47.25))
tiff("compound.tif", crs=CRS.from_epsg(5698))
tiff("own-crs.tif", crs=CRS.from_proj4("+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +units=m +no_defs"))
tiff("two-bands.tif", bands=2, interleave="pixel", photometric="MINISBLACK")
tiff("two-bands-planar.tif", bands=2, interleave="band", photometric="MINISBLACK")
tiff("sparse.tif", np.where(np.mgrid[0:64, 0:64][1] < 32, 12.5, 0), tiled=True, blockxsize=16, blockysize=16, SPARSE_OK="TRUE", nodata=0)
scaled = tiff("scaled.tif", SURFACE * 10, dtype="int16", nodata=-32768)
with rasterio.open(scaled, "r+") as out:
    out.scales, out.offsets = (0.1,), (100.0,)

# Heights of several "no data" numbers in one file that states only one: what producers do. GDAL would hand the others out, so expected.csv holds what is left when all are taken out.
mixed = SURFACE.copy()
mixed[0, 0:5] = [-9999, 9999, -32768, np.nan, -99999]
tiff("nodata-mixed.tif", mixed, nodata=-9999)

big = np.kron(SURFACE, np.ones((8, 8)))
tiff("overviews-source.tif", big)
gdal_copy("overviews-source.tif", "overviews.tif", driver="COG", compress="deflate", predictor="yes", blocksize=128, overviews="AUTO")
os.remove("overviews-source.tif")
made[made.index("overviews-source.tif")] = "overviews.tif"
with rasterio.open("world-file.tif", "w", driver="GTiff", width=COLUMNS, height=ROWS, count=1, dtype="float32", transform=PLACED, TFW="YES", PROFILE="BASELINE") as out:
    out.write(SURFACE.astype("float32"), 1)
made.append("world-file.tif")

# Other drivers copy the first file.
for name, driver, options in [
    ("grid.bil", "EHdr", {}),
    ("corner.asc", "AAIGrid", dict(DECIMAL_PRECISION=3)),
    ("points.xyz", "XYZ", dict(COLUMN_SEPARATOR=" ")),
    ("points-comma.xyz", "XYZ", dict(COLUMN_SEPARATOR=",", ADD_HEADER_LINE="YES")),
]:
    gdal_copy("f32-strips.tif", name, driver=driver, **options)
    made.append(name)
gdal_copy("i16-tiles-lzw-p2.tif", "short.bil", driver="EHdr")
made.append("short.bil")
for name in os.listdir("."):
    if name.endswith((".aux.xml", ".clr", ".stx")) or name in ("points.prj", "points-comma.prj"):
        os.remove(name)

CLASSIC = [-9999, 9999, -32768, -99999]
with open("expected.csv", "w") as out:
    out.write("file,columns,rows,x,y,column_x,column_y,row_x,row_y,known,sum,first,middle,last,epsg\n")
    for name in made:
        with rasterio.open(name) as source:
            values = source.read(1, masked=True).astype("float64").filled(np.nan)
            values = values * source.scales[0] + source.offsets[0]
            if name == "nodata-mixed.tif":
                values[np.isin(values, CLASSIC)] = np.nan
            t = source.transform
            x, y = t * (0.5, 0.5)
            epsg = source.crs.to_epsg() if source.crs else ""
            known = np.isfinite(values)
            h, w = values.shape
            cells = [values[0, 0], values[h // 2, w // 2], values[-1, -1]]
            numbers = [x, y, t.a, t.d, t.b, t.e]
            out.write(",".join([name, str(w), str(h), *(repr(float(v)) for v in numbers), str(known.sum()), repr(float(values[known].sum())), *("" if np.isnan(v) else repr(float(v)) for v in cells), str(epsg or "")]) + "\n")


def cloud(name, version, fmt):
    """Ground on the surface with noise, three outliers, a building, water, virtual, synthetic and withheld points."""
    rng = np.random.default_rng(7)
    n = 900
    x, y = rng.uniform(0, 40, n), rng.uniform(0, 30, n)
    z = 20 + 0.1 * x + 0.05 * y + rng.normal(0, 0.03, n)
    classes = np.full(n, 2, dtype="uint8")
    z[:3] += 40
    roof = (x > 10) & (x < 20) & (y > 10) & (y < 18)
    classes[roof] = 6
    z[roof] = 30 + 0.5 * np.minimum(y[roof] - 10, 18 - y[roof])
    classes[(x > 35)] = 9
    if fmt >= 6:
        classes[100:110] = 66
    else:
        classes[100:110] = 8
    header = laspy.LasHeader(version=version, point_format=fmt)
    header.offsets, header.scales = [770000, 6277000, 0], [0.01, 0.01, 0.01]
    if fmt >= 6:
        import pyproj
        header.add_crs(pyproj.CRS.from_epsg(2154))
    las = laspy.LasData(header)
    las.x, las.y, las.z = 770500 + x, 6277500 + y, z
    las.classification = classes
    synthetic, withheld = np.zeros(n, bool), np.zeros(n, bool)
    synthetic[200:220] = True
    withheld[300:305] = True
    z[300:305] = 500
    las.z = z
    las.synthetic, las.withheld = synthetic, withheld
    las.write(name)


cloud("cloud-12-1.las", "1.2", 1)
cloud("cloud-14-6.las", "1.4", 6)
cloud("cloud-12-3.laz", "1.2", 3)
cloud("cloud-14-7.laz", "1.4", 7)
