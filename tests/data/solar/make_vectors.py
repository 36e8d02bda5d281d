"""Writes points.csv, years.csv, pvwatts.csv and linke.csv: what pvlib and NREL's PVWatts V8 answer.

    python3 -m venv v && v/bin/pip install pvlib==0.16.1 pandas==2.3.3 h5py && v/bin/pip install --no-deps nrel-pysam==7.1.1.post1
    v/bin/python make_vectors.py
"""
import random
import warnings

import numpy as np
import pandas as pd
from pvlib import atmosphere, clearsky, iam, inverter, irradiance, pvarray, pvsystem, solarposition, temperature

warnings.filterwarnings("ignore")
random.seed(20261125)
u = random.uniform


def write(name, rows):
    columns = list(rows[0])
    with open(name, "w") as out:
        out.write(",".join(columns) + "\n")
        for row in rows:
            out.write(",".join(repr(float(row[c])) if not isinstance(row[c], str) else row[c] for c in columns) + "\n")


def point(number):
    # Most of the sky, its edges, and a few hours of each kind of weather.
    zenith = [u(0, 90), u(0, 70), u(80, 90), u(86, 89.99)][number % 4]
    sun_azimuth, tilt, azimuth = u(0, 360), random.choice([0.0, 90.0, u(0, 90), u(0, 60), u(90, 180)]), u(0, 360)
    doy = random.randint(1, 366)
    extra = irradiance.get_extra_radiation(doy)
    kt = u(0.02, 0.85)
    ghi = kt * extra * np.cos(np.radians(zenith))
    share = u(0.08, 1.0)
    dhi = share * ghi
    dni = (ghi - dhi) / np.cos(np.radians(zenith))
    altitude, linke, pressure = u(-50, 3500), u(1.5, 7), u(65000, 104000)
    am = float(atmosphere.get_relative_airmass(zenith))
    am_abs = float(atmosphere.get_absolute_airmass(am, pressure))
    row = dict(zenith=zenith, sun_azimuth=sun_azimuth, tilt=tilt, azimuth=azimuth, doy=doy, ghi=ghi, dhi=dhi, dni=dni, altitude=altitude, linke=linke, pressure=pressure)
    aod, water, albedo = u(0.01, 0.45), u(0.1, 8), u(0.05, 0.8)
    air, wind = u(-15, 40), u(0, 15)
    row.update(aod=aod, water=water, albedo=albedo, air=air, wind=wind)
    row.update(extra=extra, airmass=am, airmass_absolute=am_abs, pressure_at_altitude=atmosphere.alt2pres(altitude))
    aoi = float(irradiance.aoi(tilt, azimuth, zenith, sun_azimuth))
    row["aoi"] = aoi
    row["beam"] = float(irradiance.beam_component(tilt, azimuth, zenith, sun_azimuth, dni))
    row["ground"] = float(irradiance.get_ground_diffuse(tilt, ghi, albedo))
    for model in ("isotropic", "klucher", "haydavies", "reindl", "king", "perez", "perez-driesse"):
        row[model] = float(irradiance.get_sky_diffuse(tilt, azimuth, zenith, sun_azimuth, dni, ghi, dhi, extra, am, model=model))
    for name, found in (("erbs", irradiance.erbs(ghi, zenith, doy)), ("boland", irradiance.boland(ghi, zenith, doy))):
        row[name + "_dni"], row[name + "_dhi"] = float(found["dni"]), float(found["dhi"])
    row["disc_dni"] = float(irradiance.disc(ghi, zenith, doy, pressure)["dni"])
    sky = clearsky.ineichen(zenith, am_abs, linke, altitude, extra)
    row.update(ineichen_ghi=sky["ghi"], ineichen_dni=sky["dni"], ineichen_dhi=sky["dhi"])
    row["haurwitz"] = clearsky.haurwitz(pd.Series([zenith]))["ghi"].iloc[0]
    sky = clearsky.simplified_solis(90 - zenith, aod, water, pressure, extra)
    row.update(solis_ghi=sky["ghi"], solis_dni=sky["dni"], solis_dhi=sky["dhi"])
    row["iam_physical"] = float(iam.physical(aoi))
    row["iam_ashrae"] = float(iam.ashrae(aoi))
    row["iam_martin_ruiz"] = float(iam.martin_ruiz(aoi))
    diffuse = iam.martin_ruiz_diffuse(tilt)
    row.update(iam_martin_ruiz_sky=float(diffuse["sky"]), iam_martin_ruiz_ground=float(diffuse["ground"]))
    poa = max(row["beam"] + row["ground"] + row["perez"], 0.1)
    row["poa"] = poa
    for key, value in temperature.TEMPERATURE_MODEL_PARAMETERS["sapm"].items():
        row["sapm_" + key] = temperature.sapm_cell(poa, air, wind, **value)
    for key, value in temperature.TEMPERATURE_MODEL_PARAMETERS["pvsyst"].items():
        row["pvsyst_" + key] = temperature.pvsyst_cell(poa, air, wind, **value)
    row["faiman"] = float(temperature.faiman(poa, air, wind))
    cell = row["faiman"]
    row["pvwatts_dc"] = pvsystem.pvwatts_dc(poa, cell, 1000, -0.0035)
    row["pvwatts_ac"] = float(inverter.pvwatts(np.array([row["pvwatts_dc"]]), 800 / 0.96)[0])
    for kind in ("csi", "cis", "cdte"):
        for version in ("pvgis5", "pvgis6"):
            row[f"huld_{kind}_{version}"] = float(pvarray.huld(np.float64(poa), cell, 1000, cell_type=kind, k_version=version))
    return row


def weather(site, year, linke):
    times = pd.date_range(f"{year}-01-01T00:30Z", f"{year}-12-31T23:30Z", freq="1h")
    pressure = atmosphere.alt2pres(site["altitude"])
    sun = solarposition.spa_python(times, site["lat"], site["lon"], site["altitude"], pressure, 12, 69.0)
    zenith = sun["apparent_zenith"]
    extra = irradiance.get_extra_radiation(times.dayofyear.values.astype(float))
    am = atmosphere.get_relative_airmass(zenith)
    sky = clearsky.ineichen(zenith, am * pressure / 101325.0, linke, site["altitude"], extra)
    return times, sun, extra, am, sky


def year_row(site, year, linke, tilt, azimuth):
    times, sun, extra, am, sky = weather(site, year, linke)
    zenith, sun_azimuth = sun["apparent_zenith"], sun["azimuth"]
    row = dict(year=year, linke=linke, tilt=tilt, azimuth=azimuth, **site, hours=len(times))
    row.update({k: sky[k].sum() / 1000 for k in ("ghi", "dni", "dhi")})
    beam = irradiance.beam_component(tilt, azimuth, zenith, sun_azimuth, sky["dni"])
    ground = irradiance.get_ground_diffuse(tilt, sky["ghi"], 0.2)
    angle = irradiance.aoi(tilt, azimuth, zenith, sun_azimuth)
    for model in ("isotropic", "klucher", "haydavies", "reindl", "perez", "perez-driesse"):
        diffuse = irradiance.get_sky_diffuse(tilt, azimuth, zenith, sun_azimuth, sky["dni"], sky["ghi"], sky["dhi"], extra, am, model=model)
        diffuse = pd.Series(np.asarray(diffuse), index=times).fillna(0)
        # Below the horizon there is nothing to transpose; the models' own night values are 0/0 or 0.
        diffuse[sky["ghi"] <= 0] = 0
        poa = beam + diffuse + ground
        row["poa_" + model] = poa.sum() / 1000
        effective = beam * iam.physical(angle) + diffuse + ground
        cell = temperature.pvsyst_cell(poa, 12, 2)
        dc = pvsystem.pvwatts_dc(effective, cell, 1000, -0.0035) * 0.86
        row["ac_" + model] = inverter.pvwatts(dc.values, 1000 / 0.96).sum() / 1000
    return row


def pvwatts_row(site, linke, tilt, azimuth):
    import PySAM.Pvwattsv8 as pv
    times, sun, _, _, sky = weather(site, 2025, linke)
    system = pv.default("PVWattsNone")
    system.SolarResource.solar_resource_data = dict(
        lat=site["lat"], lon=site["lon"], tz=0, elev=site["altitude"], year=list(times.year), month=list(times.month), day=list(times.day), hour=list(times.hour),
        minute=[30] * 8760, dn=list(sky["dni"]), df=list(sky["dhi"]), gh=list(sky["ghi"]), tdry=[12.0] * 8760, wspd=[2.0] * 8760, albedo=[0.2] * 8760)
    system.SystemDesign.assign(dict(system_capacity=1, dc_ac_ratio=1.2, inv_eff=96, losses=14, array_type=1, module_type=0, gcr=0.3, tilt=tilt, azimuth=azimuth))
    system.execute()
    return dict(linke=linke, tilt=tilt, azimuth=azimuth, **site, poa=sum(system.Outputs.poa) / 1000, ac=system.Outputs.ac_annual)


def site(lat, lon, altitude):
    return dict(lat=lat, lon=lon, altitude=altitude)


write("points.csv", [point(n) for n in range(240)])
named = [site(48.8566, 2.3522, 35), site(48.1173, -1.6778, 40), site(47.2184, -1.5536, 20), site(43.2965, 5.3698, 20)]
rows = [year_row(named[0], 2025, 3.0, 30, 180), year_row(named[1], 2025, 3.0, 30, 180), year_row(named[1], 2025, 3.0, 30, 90), year_row(named[2], 2025, 3.0, 30, 180), year_row(named[3], 2025, 3.0, 30, 180)]
for _ in range(25):
    place = random.choice(named) if u(0, 1) < 0.2 else site(round(u(41.3, 51.1), 4), round(u(-5, 9.6), 4), round(u(0, 2500), 1))
    rows.append(year_row(place, random.choice([2020, 2023, 2024, 2025, 2026, 2027]), round(u(2, 5), 2), round(random.choice([0, 90, u(0, 60), u(0, 90)]), 2), round(u(0, 360), 2)))
# Overseas, the southern hemisphere, the polar circle.
for place in (site(-20.8789, 55.4481, 30), site(4.9224, -52.3135, 5), site(-22.2711, 166.4416, 20), site(69.6492, 18.9553, 10)):
    rows.append(year_row(place, 2025, 3.4, 20, round(u(0, 360), 1)))
write("years.csv", rows)
rows = [pvwatts_row(named[1], 3.0, 30, 180), pvwatts_row(named[1], 3.0, 30, 90), pvwatts_row(named[1], 3.0, 0, 180)]
for place in named[:1] + named[2:]:
    for tilt, azimuth in ((35, 200), (20, 135), (60, 250), (90, 180)):
        rows.append(pvwatts_row(place, round(u(2.5, 4), 2), tilt, azimuth))
write("pvwatts.csv", rows)

rows = []
for _ in range(60):
    lat, lon = round(u(41.01, 51.49), 4), round(u(-5.49, 9.99), 4)
    months = clearsky.lookup_linke_turbidity(pd.date_range("2025-01-01", periods=12, freq="MS", tz="UTC"), lat, lon, interp_turbidity=False)
    rows.append(dict(lat=lat, lon=lon, **{f"m{n + 1}": value for n, value in enumerate(months)}))
write("linke.csv", rows)
