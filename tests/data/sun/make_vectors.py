"""Writes positions.csv and events.csv: what pvlib's port of the NREL SPA answers.

    python3 -m venv v && v/bin/pip install pvlib==0.16.1 && v/bin/python make_vectors.py
"""
import random

import pandas as pd
from pvlib import solarposition

random.seed(20260621)
PLACES = [("Paris", 48.8566, 2.3522, 35), ("Nantes", 47.2184, -1.5536, 20), ("Bastia", 42.697, 9.45, 10), ("Mont Blanc", 45.8326, 6.8652, 4806),
          ("Saint-Denis", -20.8789, 55.4481, 30), ("Cayenne", 4.9224, -52.3135, 5), ("Nouméa", -22.2711, 166.4416, 20), ("Tromsø", 69.6492, 18.9553, 10)]

with open("positions.csv", "w") as out:
    out.write("time,lat_deg,lon_deg,elevation_m,pressure_hpa,temperature_c,delta_t_s,zenith,apparent_zenith,azimuth,equation_of_time_min\n")
    def row(time, lat, lon, elevation, pressure, temperature, delta_t):
        p = solarposition.spa_python(pd.DatetimeIndex([time]), lat, lon, elevation, pressure * 100, temperature, delta_t, atmos_refract=0.5667).iloc[0]
        out.write(f"{pd.Timestamp(time).tz_convert('UTC').strftime('%Y-%m-%dT%H:%M:%SZ')},{lat},{lon},{elevation},{pressure},{temperature},{delta_t},"
                  f"{p.zenith:.8f},{p.apparent_zenith:.8f},{p.azimuth:.8f},{p.equation_of_time:.7f}\n")
    # The published example of NREL/TP-560-34302 first.
    row("2003-10-17T12:30:30-07:00", 39.742476, -105.1786, 1830.14, 820, 11, 67)
    for name, lat, lon, elevation in PLACES:
        for year in (1987, 2012, 2025, 2026, 2049):
            for _ in range(2):
                time = pd.Timestamp(f"{year}-01-01T00:00:00Z") + pd.Timedelta(seconds=random.randrange(365 * 86400))
                row(time, lat, lon, elevation, 1013.25, 12, 69.0)

with open("events.csv", "w") as out:
    out.write("noon_utc,lat_deg,lon_deg,delta_t_s,sunrise,transit,sunset\n")
    # SPA's own event formula (sun_rise_set_transit_spa) answers for UTC days: far from Greenwich it is a minute and more off for the
    # evening that lies in the next UTC day. So rising and setting are searched in pvlib's positions: zenith 90.8333 degrees at sea level.
    def day(date, zone, lat, lon, delta_t):
        noon = pd.Timestamp(date + "T12:00:00").tz_localize(zone).tz_convert("UTC")
        def sun(t):
            return solarposition.spa_python(pd.DatetimeIndex([t]), lat, lon, 0, delta_t=delta_t).iloc[0]
        def root(f, low, high):
            if f(low) > 0 or f(high) < 0:
                return None
            while (high - low) > pd.Timedelta("0.05s"):
                middle = low + (high - low) / 2
                low, high = (middle, high) if f(middle) < 0 else (low, middle)
            return low
        # Hour angle from mean time and the equation of time, minutes from local apparent noon.
        minutes = lambda t: (t - noon.normalize()).total_seconds() / 60 + 4 * lon + sun(t).equation_of_time - 720
        guess = noon - pd.Timedelta(minutes=(minutes(noon) + 720) % 1440 - 720)
        offset = round(minutes(guess) / 1440) * 1440
        transit = root(lambda t: minutes(t) - offset, guess - pd.Timedelta(minutes=5), guess + pd.Timedelta(minutes=5))
        half = pd.Timedelta(hours=11, minutes=59)
        height = lambda t: 90.8333 - sun(t).zenith
        sunrise = root(height, transit - half, transit)
        sunset = root(lambda t: -height(t), transit, transit + half)
        text = lambda t: "" if t is None else t.round("s").strftime("%Y-%m-%dT%H:%M:%SZ")
        out.write(f"{noon.strftime('%Y-%m-%dT%H:%M:%SZ')},{lat},{lon},{delta_t},{text(sunrise)},{text(transit)},{text(sunset)}\n")
    day("2003-10-17", "Etc/GMT+7", 39.742476, -105.1786, 67)
    for date in ("2025-03-20", "2025-06-21", "2025-09-23", "2025-12-21", "2026-02-07"):
        day(date, "Europe/Paris", 48.8566, 2.3522, 69)
        day(date, "Europe/Paris", 47.2184, -1.5536, 69)
        day(date, "Indian/Reunion", -20.8789, 55.4481, 69)
        day(date, "Pacific/Noumea", -22.2711, 166.4416, 69)
        day(date, "Europe/Oslo", 69.6492, 18.9553, 69)
