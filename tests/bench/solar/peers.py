"""Sun and shade beside pvlib and GRASS r.horizon, in one run on the same inputs, accuracy first.

    python3 -m venv v && v/bin/pip install pvlib==0.16.1 pandas==2.3.3
    apt-get install --no-install-recommends grass-core          # optional: r.horizon
    cargo build --release --manifest-path tests/bench/solar/Cargo.toml
    v/bin/python tests/bench/solar/peers.py PATH/TO/solar-bench

The surface is the reference's synthetic one: 500 × 500 cells of 1 m, 208 gabled houses, seed 42.
"""
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from pvlib import atmosphere, clearsky, iam, inverter, irradiance, pvsystem, solarposition, temperature

N = 500


def surface():
    rng = np.random.default_rng(42)
    row, column = np.mgrid[0:N, 0:N].astype(float)
    z = 60 + 8 * np.sin(column / 180) + 6 * np.cos(row / 230)
    for _ in range(N * N // 1200):
        cx, cy = rng.uniform(0, N, 2)
        w, d = rng.uniform(6, 18, 2)
        h, rise, angle = rng.uniform(3, 9), rng.uniform(0, 3.5), rng.uniform(0, np.pi)
        x, y = column - cx, row - cy
        u, v = x * np.cos(angle) + y * np.sin(angle), -x * np.sin(angle) + y * np.cos(angle)
        base = z[int(cy), int(cx)]
        house = base + h + rise * (1 - np.abs(v) / (d / 2))
        z = np.where((np.abs(u) < w / 2) & (np.abs(v) < d / 2), np.maximum(z, house), z)
    return z.astype("<f4")


def year(model, facing, sky):
    zenith, azimuth, ghi, dni, dhi, extra, airmass = sky
    beam = irradiance.beam_component(30, facing, zenith, azimuth, dni)
    diffuse = np.nan_to_num(irradiance.get_sky_diffuse(30, facing, zenith, azimuth, dni, ghi, dhi, extra, airmass, model=model))
    ground = irradiance.get_ground_diffuse(30, ghi, 0.2)
    poa = beam + diffuse + ground
    effective = beam * iam.physical(irradiance.aoi(30, facing, zenith, azimuth)) + diffuse + ground
    dc = pvsystem.pvwatts_dc(effective, temperature.pvsyst_cell(poa, 12, 2), 1000, -0.0035) * 0.86
    return inverter.pvwatts(dc, 1000 / 0.96).sum() / 1000


def pvlib_years(ours):
    times = pd.date_range("2025-01-01T00:30Z", "2025-12-31T23:30Z", freq="1h")
    lat, lon, altitude = 48.1173, -1.6778, 40
    pressure = atmosphere.alt2pres(altitude)
    sun = solarposition.spa_python(times, lat, lon, altitude, pressure, 12, 69.0)
    zenith, azimuth = sun["apparent_zenith"].values, sun["azimuth"].values
    extra = irradiance.get_extra_radiation(times.dayofyear.values.astype(float))
    airmass = atmosphere.get_relative_airmass(zenith)
    clear = clearsky.ineichen(zenith, airmass * pressure / 101325.0, 3.0, altitude, extra)
    sky = (zenith, azimuth, clear["ghi"], clear["dni"], clear["dhi"], extra, airmass)
    for name, theirs in (("hay-davies", "haydavies"), ("perez", "perez")):
        best = float("inf")
        with np.errstate(all="ignore"):
            for _ in range(3):
                start = time.perf_counter()
                mean = sum(year(theirs, 180 + n / 100, sky) for n in range(100)) / 100
                best = min(best, time.perf_counter() - start)
        apart = abs(mean / float(ours["mean_ac_kwh " + name]) - 1)
        assert apart < 1e-6, apart
        rate = float(ours["plane_years_per_s " + name])
        print(f"{name}: same year to {apart:.1e}; pvlib {100 / best:.0f} plane-years/s, Jumeau {rate:.0f}, ratio {rate * best / 100:.1f}")


def grass_horizon(z, folder, ours):
    if subprocess.run(["which", "grass"], capture_output=True).returncode:
        print("GRASS is not installed: r.horizon left out")
        return
    asc = os.path.join(folder, "z.asc")
    with open(asc, "w") as out:
        # On the central meridian of Lambert-93, where its north is true: r.horizon wants a projection and turns its directions by it.
        out.write(f"north: {6600000 + N}\nsouth: 6600000\neast: {700000 + N}\nwest: 700000\nrows: {N}\ncols: {N}\n")
        np.savetxt(out, z, fmt="%.4f")
    script = os.path.join(folder, "run.sh")
    with open(script, "w") as out:
        out.write(f"""set -e
r.in.ascii input={asc} output=z type=FCELL --overwrite --quiet
g.region raster=z
date +%s.%N > {folder}/t0
r.horizon elevation=z step=10 start=0 end=360 maxdistance=200 output=h --overwrite --quiet
date +%s.%N > {folder}/t1
for a in 090 020 310 200; do r.out.ascii input=h_$a output={folder}/h$a.txt --quiet -h precision=6 null_value=nan; done
""")
    done = subprocess.run(["grass", "--tmp-location", "EPSG:2154", "--exec", "bash", script], capture_output=True, text=True)
    if done.returncode:
        print("GRASS failed:", done.stderr[-600:])
        return
    seconds = float(open(f"{folder}/t1").read()) - float(open(f"{folder}/t0").read())
    for mine in (0, 70, 140, 250):
        # r.horizon counts counter-clockwise from east; the horizon seen towards azimuth a is that of direction 90 - a.
        theirs = np.loadtxt(f"{folder}/h{(90 - mine) % 360:03d}.txt") if os.path.exists(f"{folder}/h{(90 - mine) % 360:03d}.txt") else None
        if theirs is None:
            continue
        tan = np.fromfile(f"{folder}/horizon-{mine}.f32", "<f4").reshape(N, N)
        inner = (slice(210, 290), slice(210, 290))
        apart = np.abs(np.degrees(np.arctan(np.maximum(tan, 0)))[inner] - np.degrees(theirs)[inner])
        apart = np.minimum(apart, np.abs(np.degrees(np.arctan(np.maximum(tan, 0)))[inner] - theirs[inner]))
        print(f"azimuth {mine}: within 1° of r.horizon at {100 * (apart < 1).mean():.1f} % of inner cells")
    rate = 36 * N * N / seconds / 1e6
    mine = float(ours["sweep_mcell_directions_per_s fast"])
    print(f"r.horizon (200 m): {seconds:.1f} s for 36 directions, {rate:.2f} Mcell·directions/s; Jumeau (no limit) {mine:.1f}; ratio {mine / rate:.0f}")


def main():
    print("load", os.getloadavg())
    z = surface()
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "z.f32")
        z.tofile(file)
        text = subprocess.run([sys.argv[1], file, str(N), str(N), folder], capture_output=True, text=True, check=True).stdout
        print(text)
        ours = {" ".join(line.split()[:-1]): line.split()[-1] for line in text.splitlines()}
        pvlib_years(ours)
        grass_horizon(z, folder, ours)


main()
