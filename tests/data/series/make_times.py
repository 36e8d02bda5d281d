"""Tables of a date and a time of day in Parquet's own types, and one of ten groups of rows whose sixth is damaged.

pip install pyarrow==26.0.1
"""
import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).parent
PER_SECOND = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

for unit, per_second in PER_SECOND.items():
    days = [datetime.date(2025, 1, 6) + datetime.timedelta(days=day) for day in range(10)]
    kind = pa.time32(unit) if unit == "ms" else pa.time64(unit)
    table = pa.table({"id": ["BAT-1"] * 10, "date": days, "heure": pa.array([18 * 3600 * per_second] * 10, kind), "valeur": [float(day) for day in range(10)]})
    pq.write_table(table, HERE / f"times_{unit}.parquet")

hours = [datetime.datetime(2025, 1, 6) + datetime.timedelta(hours=hour) for hour in range(200)]
table = pa.table({"id": ["BAT-1"] * 200, "date": [hour.isoformat() + "Z" for hour in hours], "valeur": [float(hour) for hour in range(200)]})
path = HERE / "damaged.parquet"
pq.write_table(table, path, row_group_size=20, compression="snappy")
start = pq.ParquetFile(path).metadata.row_group(5).column(2).data_page_offset
data = bytearray(path.read_bytes())
data[start : start + 40] = b"\xff" * 40
path.write_bytes(bytes(data))
