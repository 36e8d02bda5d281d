"""Reads what `jumeau solar --store` writes with other people's tools, and adds it up: xarray and Zarr for the series, DuckDB or GeoPandas for the table.

    pip install xarray zarr duckdb && python tests/data/solar/read_store.py TERRITORY
"""
import json
import sys

folder = sys.argv[1]
manifest = json.load(open(f"{folder}/territory.json"))
table = next(table for table in manifest["tables"] if table["id"] == "solar-roofs")

try:
    import xarray
except ImportError:
    xarray = None
try:
    import duckdb
except ImportError:
    duckdb = None

if xarray:
    months = xarray.open_zarr(f"{folder}/solar/months")
    print(months)
    assert months.sizes["time"] == 12 and months.kwh.attrs["units"] == "kWh"
    total = float(months.kwh.astype("f8").sum())
    try:
        hours = xarray.open_zarr(f"{folder}/solar/hours")
    except FileNotFoundError:
        hours = None
    if hours is not None:
        assert list(hours.feature.values) == list(months.feature.values)
        apart = float(hours.kw.astype("f8").sum()) / total - 1
        by_month = hours.kw.astype("f8").groupby("time.month").sum()
        print(f"{hours.sizes['feature']} buildings, {total / 1e6:.4f} GWh; hours against months: {apart:.1e}")
        assert abs(apart) < 1e-6
        # Months in UTC and by the local clock part at an hour of the night.
        assert abs(by_month.sum("feature").values / months.kwh.astype("f8").sum("feature").values - 1).max() < 1e-3
    json.dump({"kwh": total}, open("solar-store-kwh.json", "w"))
if duckdb:
    rows, kwh, planes = duckdb.sql(f"SELECT count(*), sum(kwh_year), count(DISTINCT id) FROM '{folder}/{table['path']}' WHERE modules > 0").fetchall()[0]
    every = duckdb.sql(f"SELECT count(*) FROM '{folder}/{table['path']}'").fetchall()[0][0]
    assert every == table["rows"] and planes == rows
    print(f"{every} planes, {rows} with modules, {kwh / 1e6:.4f} GWh")
    try:
        assert abs(json.load(open("solar-store-kwh.json"))["kwh"] / kwh - 1) < 1e-6
        print("table and series agree")
    except FileNotFoundError:
        pass
