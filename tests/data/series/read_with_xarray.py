"""Opens the series of a territory as anybody would, and prints what is in them as JSON."""
import json
import sys
from pathlib import Path

import xarray as xr

territory = Path(sys.argv[1])
manifest = json.loads((territory / "territory.json").read_text())
found = {}
for series in manifest["series"]:
    if not series["path"].startswith("timeseries/"):
        continue
    group, name = series["path"].rsplit("/", 1)
    data = xr.open_zarr(territory / group, consolidated=True)
    array = data[name]
    rows = [str(row) for row in data["feature"].values]
    assert list(array.dims) == ["feature", "time"] and (not series["rows"] or series["rows"] == rows)
    seconds = data["time"].values.astype("datetime64[s]").astype("int64")
    found[series["id"]] = {
        row: {str(t): float(v) for t, v in zip(seconds, array.sel(feature=row).values) if v == v} for row in rows}
json.dump(found, sys.stdout)
