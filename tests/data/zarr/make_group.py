"""Writes group/: a small data set as zarr-python writes it, uncompressed, and opens it with xarray.

    python3 -m venv v && v/bin/pip install zarr==3.1.6 xarray==2026.9.0 && v/bin/python make_group.py

With a folder as argument it opens the `series` group of a territory instead, and says what xarray makes of it.
"""
import pathlib
import shutil
import sys

import numpy
import xarray
import zarr

if len(sys.argv) > 1:
    data = xarray.open_zarr(sys.argv[1])
    print(data)
    print(data.demand.sel(profile="residential").isel(time=slice(0, 3)).values, data.demand.attrs)
    sys.exit()

here = pathlib.Path(__file__).parent / "group"
shutil.rmtree(here, ignore_errors=True)
group = zarr.create_group(here, zarr_format=3, attributes={"title": "t"})
plain = {"compressors": None, "filters": None}
demand = group.create_array("demand", shape=(2, 3), chunks=(2, 2), dtype="float32", fill_value=numpy.nan, dimension_names=["profile", "time"], **plain)
demand[:] = numpy.arange(6, dtype="float32").reshape(2, 3)
time = group.create_array("time", shape=(3,), chunks=(3,), dtype="int64", dimension_names=["time"], attributes={"units": "seconds since 1970-01-01 00:00:00"}, **plain)
time[:] = [0, 3600, 7200]
profile = group.create_array("profile", shape=(2,), chunks=(2,), dtype=str, dimension_names=["profile"], compressors=None)
profile[:] = numpy.array(["é", "tertiaire"], dtype=object)
zarr.consolidate_metadata(here)
print(xarray.open_zarr(here))
