"""Makes the files of this folder; see README.md. Needs pandas and pyarrow."""
import json
import math
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
PARIS = "Europe/Paris"

# --- Buildings: four houses on Lambert-93, ids as in the series ------------------------------------------------------
ids = ["BAT-1", "BAT-2", "BAT-3", "BAT-4"]


def square(x, y, side=12):
    return [[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]


(HERE / "buildings.geojson").write_text(json.dumps({
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "EPSG:2154"}},
    "features": [
        {"type": "Feature", "properties": {"cleabs": name, "hauteur": 6.0, "usage_1": "Résidentiel"},
         "geometry": {"type": "Polygon", "coordinates": square(355_000 + 30 * i, 6_689_000)}}
        for i, name in enumerate(ids)
    ],
}, ensure_ascii=False))

# --- Two days around both clock changes, hour by hour, as the wall clock shows them -----------------------------------
hours = pd.DatetimeIndex(sum(
    (list(pd.date_range(a, b, freq="h", tz=PARIS, inclusive="left"))
     for a, b in [("2025-03-29", "2025-04-01"), ("2025-10-25", "2025-10-28")]), []))
wall = hours.tz_localize(None)
rows = []
for i, name in enumerate(ids):
    for k, (stamp, local) in enumerate(zip(hours, wall)):
        if i == 2 and k % 7 == 3:
            continue  # hours that were not measured
        rows.append((name, stamp, local, round(0.25 * (i + 1) + 0.01 * k, 4)))
frame = pd.DataFrame(rows, columns=["cleabs", "utc", "local", "value"])
frame["epoch"] = frame.utc.map(lambda t: int(t.timestamp()))

# Long, wall clock, in order; the same by UTC, shuffled.
frame.assign(horodate=frame.local.dt.strftime("%d/%m/%Y %H:%M")).rename(columns={"value": "valeur (kWh)"})[
    ["cleabs", "horodate", "valeur (kWh)"]].to_csv(HERE / "long_local.csv", sep=";", index=False, decimal=",")
frame.assign(instant=frame.utc.dt.tz_convert("UTC").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).rename(columns={"value": "value_kwh"})[
    ["instant", "value_kwh", "cleabs"]].sample(frac=1, random_state=7).to_csv(HERE / "long_utc_shuffled.csv", index=False)
# A column for each object, with the offset of each hour.
wide = frame.pivot(index="utc", columns="cleabs", values="value").sort_index()
wide.index = [t.tz_convert(PARIS).isoformat() for t in wide.index]
wide.index.name = "time"
wide.to_csv(HERE / "objects.csv")
# A column for each instant.
across = frame.pivot(index="cleabs", columns="utc", values="value").sort_index(axis=1)
across.columns = [t.tz_convert("UTC").strftime("%Y-%m-%dT%H:%M:%SZ") for t in across.columns]
across.to_csv(HERE / "instants.csv")
# Parquet: instants of nanoseconds without an offset, rows in no order by object but in order of time.
frame[["cleabs", "local", "value"]].rename(columns={"local": "horodate", "value": "valeur_kwh"}).assign(
    horodate=lambda f: f.horodate.astype("datetime64[ns]")).to_parquet(HERE / "long_local.parquet", index=False)
for codec in ("brotli",):
    pd.read_parquet(HERE / "long_local.parquet").to_parquet(HERE / f"long_local_{codec}.parquet", index=False, compression=codec)
# Parquet in UTC, wide.
pivot = frame.pivot(index="utc", columns="cleabs", values="value").sort_index().reset_index()
pivot["utc"] = pivot.utc.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
pivot.rename(columns={"utc": "time"}).to_parquet(HERE / "objects.parquet", index=False)

# What pandas makes of the wall clock alone, object by object.
inferred = pd.concat([
    pd.Series(g.local.dt.tz_localize(PARIS, ambiguous="infer").map(lambda t: int(t.timestamp())), index=g.index)
    for name, g in frame.groupby("cleabs") if name != "BAT-3"])
assert (inferred == frame.loc[inferred.index, "epoch"]).all()
(HERE / "expected.json").write_text(json.dumps({
    name: {str(e): v for e, v in zip(g.epoch, g.value)} for name, g in frame.groupby("cleabs")}, indent=0))

# --- The wall clock of France through the years, as pandas reads it ----------------------------------------------------
clock = {}
for zone in ["Europe/Paris", "Indian/Reunion", "America/Miquelon", "Pacific/Noumea", "America/Martinique"]:
    whole = pd.date_range("2024-01-01", "2027-01-01", freq="30min", tz=zone, inclusive="left")
    shown = whole.tz_localize(None).tz_localize(zone, ambiguous="infer")
    assert (shown == whole).all()
    every = whole[::97].append(whole[(whole.tz_localize(None).duplicated(keep=False))])
    clock[zone] = {
        "half_hours": {y: int((whole.year == y).sum()) for y in (2024, 2025, 2026)},
        "samples": [[str(t.tz_localize(None)), int(t.timestamp())] for t in every],
    }
(HERE / "clocks.json").write_text(json.dumps(clock, indent=0))

# --- éCO2mix, regional, half-hours, as ODRÉ writes it --------------------------------------------------------------------
# The producer fills 48 half-hours into every local day: in March two of them do not exist, in October two are missing.
lines = ["Code INSEE région;Région;Nature;Date;Heure;Date - Heure;Consommation (MW);Thermique (MW);Nucléaire (MW);Eolien (MW);Solaire (MW);TCO Solaire (%);Column 30"]
eco = {}
for code, region, shift in [("53", "Bretagne", 0), ("52", "Pays de la Loire", 500)]:
    for day in ["2025-03-30", "2025-10-26"]:
        for k in range(48):
            naive = pd.Timestamp(day) + pd.Timedelta(minutes=30 * k)
            stamp = naive.tz_localize(PARIS, ambiguous=True, nonexistent="shift_forward")
            exists = stamp.tz_localize(None) == naive
            load = "ND" if k == 5 and exists and day > "2025-06" else str(2000 + shift + k)
            future = day > "2025-06" and k >= 44
            values = [""] * 5 if future else [load, str(10 + k % 3), "0" if code == "53" else "ND", str(300 - k), f"{max(0, 40 - abs(k - 26))}"]
            lines.append(";".join([code, region, "Données temps réel", day, naive.strftime("%H:%M"), stamp.isoformat(), *values, "" if future else "1.5", ""]))
            if exists and not future and load != "ND":
                eco.setdefault(code, {})[str(int(stamp.timestamp()))] = float(load)
(HERE / "eco2mix.csv").write_text("\ufeff" + "\r\n".join(lines) + "\r\n")
(HERE / "eco2mix_expected.json").write_text(json.dumps(eco, indent=0))

# --- Enedis: coefficients of profiles, and aggregates with masks ---------------------------------------------------------
day = pd.date_range("2025-10-26", "2025-10-27", freq="30min", tz=PARIS, inclusive="left")
with open(HERE / "enedis_profiles.csv", "w") as f:
    f.write("\ufeffhorodate,sous_profil,categorie,coefficient_prepare,coefficient_ajuste,coefficient_dynamique\n")
    for profile, peak in [("RES1_BASE", 19), ("PRD3_BASE", 13), ("ENT1_BASE", 11)]:
        for t in day:
            c = 1 + 0.5 * math.cos((t.hour - peak) / 12 * math.pi)
            f.write(f"{t.isoformat()},{profile},{'Injection' if profile[0] == 'P' else 'Soutirage'},{c:.5f},{c * 1.01:.5f},\n")
with open(HERE / "enedis_aggregates.csv", "w") as f:
    f.write("horodate,region,profil,plage_de_puissance_souscrite,nb_points_soutirage,total_energie_soutiree_wh,courbe_moyenne_ndeg1_wh\n")
    for profile, band, points in [("RES1", "P1: ]0-3] kVA", 1200), ("RES2", "P5: ]12-15] kVA", 8), ("PRO1", "P3: ]6-9] kVA", "S")]:
        for t in day:
            total = points * 300 if points == 1200 else ("S" if points == "S" else 2400)
            f.write(f"{t.isoformat()},Bretagne,{profile},{band},{points},{total},{300 if points == 1200 else ('S' if points == 'S' else 300)}\n")

# --- SensorThings -------------------------------------------------------------------------------------------------------------
def observations(start, step, values):
    return [{"phenomenonTime": f"2026-11-01T{(start + k * step) // 3600:02}:{(start + k * step) % 3600 // 60:02}:00Z", "resultTime": None, "result": v}
            for k, v in enumerate(values)]


(HERE / "sensorthings.json").write_text(json.dumps({"@iot.count": 2, "@iot.nextLink": "https://example.org/v1.1/Things?$skip=2", "value": [
    {"@iot.id": 1, "name": "Mairie", "properties": {}, "Locations": [], "Datastreams": [
        {"name": "température", "unitOfMeasurement": {"name": "degré Celsius", "symbol": "°C"}, "ObservedProperty": {"name": "Température"},
         "Observations": observations(0, 3600, [7, "7.5", None, 6.25, "NaN"])},
        {"name": "puissance", "unitOfMeasurement": {"name": "kilowatt", "symbol": "kW"}, "ObservedProperty": {"name": "Puissance"},
         "Observations": observations(0, 900, [1.5, 2, 2.5, 3, 3.5])}]},
    {"@iot.id": 2, "name": "École", "Locations": [], "Datastreams": [
        {"name": "puissance", "unitOfMeasurement": {"name": "watt", "symbol": "W"}, "ObservedProperty": {"name": "Puissance"},
         "Observations": observations(0, 900, [1500, 2000, {"min": 1}, 3000])}]},
]}, ensure_ascii=False, indent=1))

# --- Amounts with a profile ---------------------------------------------------------------------------------------------------
(HERE / "contracts.csv").write_text(
    "cleabs;profil;conso_kwh\nBAT-1;RES1_BASE;4200\nBAT-2;ENT1_BASE;12 500,5\nBAT-3;RES9;300\nBAT-4;RES1_BASE;S\nBAT-9;RES1_BASE;1\n")
