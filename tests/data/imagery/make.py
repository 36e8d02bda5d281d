"""Makes the small pictures of this folder and asks rasterio (GDAL) and PIL what their pixels are.

Run: python make.py   (rasterio 1.4.4, pyproj 3.7.2, pillow, numpy)
"""

import json
import pathlib

import numpy as np
import pyproj
import rasterio
from PIL import Image
from rasterio.enums import ColorInterp
from rasterio.transform import Affine, from_origin

HERE = pathlib.Path(__file__).parent
W, H = 80, 60
ORIGIN = (355_000.0, 6_690_000.0)
CELL = 2.0
rng = np.random.default_rng(7)
truth = {}


def scene(columns=W, rows=H):
    """A smooth scene: JPEG keeps it, and every place has a colour of its own."""
    y, x = np.mgrid[0:rows, 0:columns]
    red = 40 + 200 * x / columns
    green = 40 + 200 * y / rows
    blue = 128 + 90 * np.sin(x / 9.0) * np.cos(y / 7.0)
    return np.stack([red, green, blue]).round().astype("uint8")


def note(name, exact, opaque_of=None, colours_of=None, white=255):
    """Thirty pixels of the file, as GDAL reads them, with where their centres lie."""
    with rasterio.open(HERE / name) as file:
        bands = file.read()
        mask = file.dataset_mask()
        # GDAL does not look into plan.prj.
        lonlat = pyproj.Transformer.from_crs(file.crs or "EPSG:2154", "EPSG:4326", always_xy=True)
        if colours_of:
            bands = colours_of(file, bands)
        if bands.shape[0] < 3:
            bands = np.stack([bands[0]] * 3)
        pixels = []
        for _ in range(30):
            column, row = int(rng.integers(file.width)), int(rng.integers(file.height))
            east, north = file.transform @ (column + 0.5, row + 0.5) if hasattr(file.transform, "__matmul__") else file.transform * (column + 0.5, row + 0.5)
            lon, lat = lonlat.transform(east, north)
            colour = [int(round(float(v) * 255 / white)) for v in bands[:3, row, column]]
            pixels.append({"at": [column, row], "map": [east, north], "lonlat": [lon, lat], "rgba": colour + [int(mask[row, column])]})
        truth[name] = {"size": [file.width, file.height], "exact": exact, "pixels": pixels}


def write(name, data, exact=True, note_args=None, masks=None, interp=None, colormap=None, transform=None, **options):
    profile = dict(driver="GTiff", width=data.shape[2], height=data.shape[1], count=data.shape[0], dtype=data.dtype, crs="EPSG:2154", transform=transform or from_origin(*ORIGIN, CELL, CELL))
    profile.update(options)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(HERE / name, "w", **profile) as file:
        file.write(data)
        if colormap:
            file.write_colormap(1, colormap)
        if interp:
            file.colorinterp = interp
        if masks is not None:
            file.write_mask(masks)
    note(name, exact, **(note_args or {}))


rgb = scene()
round_mask = (((np.mgrid[0:H, 0:W] - np.array([H / 2, W / 2])[:, None, None]) ** 2).sum(0) < 28**2) * np.uint8(255)

write("rgb_strips.tif", rgb, compress=None)
write("rgb_one_strip.tif", rgb, compress="packbits", blockysize=H)
write("rgb_tiles_lzw.tif", rgb, compress="lzw", predictor=2, tiled=True, blockxsize=32, blockysize=16)
write("rgb_bands_apart.tif", rgb, compress="deflate", interleave="band", blockysize=7)
write("rgb_big_endian.tif", rgb, compress="lzw", predictor=2, endianness="big")
write("rgba_deflate.tif", np.concatenate([rgb, round_mask[None]]), compress="deflate", tiled=True, blockxsize=32, blockysize=32, photometric="rgb", alpha="unspecified", interp=[ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha])
write("rgb_mask_jpeg.tif", rgb, exact=False, compress="jpeg", photometric="ycbcr", jpeg_quality=95, tiled=True, blockxsize=32, blockysize=32, masks=round_mask)
write("rgb_jpeg_plain.tif", rgb, exact=False, compress="jpeg", photometric="rgb", jpeg_quality=95, tiled=True, blockxsize=32, blockysize=32)
write("rgb_webp.tif", rgb, compress="webp", webp_lossless=True, tiled=True, blockxsize=32, blockysize=32)
write("rgbi.tif", np.concatenate([rgb, 255 - rgb[:1]]), compress="deflate", photometric="rgb", alpha="no")
nodata = rgb.copy()
nodata[:, round_mask == 0] = 0
write("rgb_nodata.tif", nodata, compress="lzw", nodata=0)
write("grey.tif", rgb[2:], compress="packbits")
write("grey_jpeg.tif", rgb[2:], exact=False, compress="jpeg", jpeg_quality=95)
deep = (scene().astype("uint16") * 16 + 7).clip(0, 4095)
deep[0, 0, 0] = 4095
write("rgb_12_in_16.tif", deep, compress="deflate", predictor=2, photometric="rgb", note_args={"white": 4095})
write("rgb_12_bits.tif", deep, compress="lzw", photometric="rgb", nbits=12, note_args={"white": 4095})

colours = {0: (255, 255, 255, 255), 1: (200, 30, 40, 255), 2: (20, 120, 60, 255), 3: (250, 210, 60, 255)}
index = ((np.mgrid[0:H, 0:W][0] // 7 + np.mgrid[0:H, 0:W][1] // 5) % 4).astype("uint8")[None]


def looked_up(file, bands):
    table = file.colormap(1)
    return np.array([[table[int(v)][:3] for v in row] for row in bands[0]]).transpose(2, 0, 1)


write("palette.tif", index, compress="lzw", photometric="palette", colormap=colours, note_args={"colours_of": looked_up})
write("palette_4_bits.tif", index, compress="deflate", photometric="palette", nbits=4, colormap=colours, note_args={"colours_of": looked_up})
write("bilevel.tif", (index % 2), compress="packbits", nbits=1, note_args={"colours_of": lambda _, bands: bands * 255})
turned = Affine.translation(*ORIGIN) @ Affine.rotation(-25.0) @ Affine.scale(CELL, -CELL) if hasattr(Affine, "__matmul__") else Affine.translation(*ORIGIN) * Affine.rotation(-25.0) * Affine.scale(CELL, -CELL)
write("rgb_turned.tif", rgb, compress="deflate", transform=turned)
write("rgb_utm.tif", rgb, compress="deflate", crs="EPSG:32630", transform=from_origin(609_500.0, 5_230_000.0, CELL, CELL))
write("rgb_degrees.tif", rgb, compress="deflate", crs="EPSG:4326", transform=from_origin(-1.55, 47.22, 2e-5, 2e-5))

# Pictures with a world file: six numbers, the centre of the first pixel; the system stands beside one and nowhere for the others.
still = Image.fromarray(rgb.transpose(1, 2, 0))
world = f"{CELL}\n0\n0\n{-CELL}\n{ORIGIN[0] + CELL / 2}\n{ORIGIN[1] - CELL / 2}\n"
still.save(HERE / "plan.png")
(HERE / "plan.pgw").write_text(world)
(HERE / "plan.prj").write_text(pyproj.CRS("EPSG:2154").to_wkt("WKT1_ESRI"))
still.save(HERE / "photo.jpg", quality=95, subsampling=0)
(HERE / "photo.jgw").write_text(world)
(HERE / "photo.jpg.aux.xml").write_text("<PAMDataset>\n  <SRS dataAxisToSRSAxisMapping=\"1,2\">" + pyproj.CRS("EPSG:2154").to_wkt("WKT1_GDAL").replace('"', "&quot;") + "</SRS>\n</PAMDataset>\n")
for name, exact in (("plan.png", True), ("photo.jpg", False)):
    with rasterio.open(HERE / name) as file:
        assert file.transform == from_origin(*ORIGIN, CELL, CELL), file.transform
    note(name, exact)
still.save(HERE / "photo.webp", lossless=True)

(HERE / "truth.json").write_text(json.dumps(truth, indent=None, separators=(",", ":")) + "\n")
