"""Makes src/energy/wind/curves.csv from the registry package windpowerlib 0.2.2, and the frozen answers of this folder.

python make.py CURVES_CSV ANSWERS_JSON
"""
import json, sys, os
import numpy as np, pandas as pd
import windpowerlib as w
from windpowerlib import ModelChain, WindTurbine, power_curves, power_output

folder = os.path.join(os.path.dirname(w.__file__), "oedb")
curves = pd.read_csv(os.path.join(folder, "power_curves.csv"), index_col=0)
data = pd.read_csv(os.path.join(folder, "turbine_data.csv"), index_col=0)
with open(sys.argv[1], "w") as out:
    out.write("# Power curves of wind turbines: name;nominal W;rotor m;speed:W ...\n")
    out.write("# windpowerlib 0.2.2 / OpenEnergy Platform, supply.wind_turbine_library; single rows cite makers' and portals' pages\n")
    for name, row in curves.iterrows():
        row = row.dropna()
        about = data.loc[name] if name in data.index else None
        nominal = "" if about is None or pd.isna(about.nominal_power) else f"{float(about.nominal_power):.10g}"
        rotor = "" if about is None or pd.isna(about.rotor_diameter) else f"{float(about.rotor_diameter):g}"
        pairs = " ".join(f"{float(v):.10g}:{float(p):.10g}" for v, p in row.items())
        out.write(f"{name};{nominal};{rotor};{pairs}\n")

rng = np.random.default_rng(7)
n = 200
weather = pd.DataFrame(
    {
        ("wind_speed", 10): rng.weibull(2.0, n) * 7.0,
        ("wind_speed", 80): rng.weibull(2.0, n) * 9.0,
        ("temperature", 2): 270 + 25 * rng.random(n),
        ("temperature", 10): 270 + 25 * rng.random(n),
        ("pressure", 0): 98000 + 5000 * rng.random(n),
        ("roughness_length", 0): 0.05 + 0.3 * rng.random(n),
    }
)
answers = []
for turbine, hub in (("E-126/4200", 135), ("E-82/2300", 98), ("E-70/2000", 84), ("V90/2000", 80), ("E-53/800", 60)):
    t = WindTurbine(turbine_type=turbine, hub_height=hub)
    for corrected in (False, True):
        for profile in ("logarithmic", "hellman"):
            chain = ModelChain(t, wind_speed_model=profile, density_correction=corrected).run_model(weather)
            answers.append({"turbine": turbine, "hub": hub, "density_correction": corrected, "profile": profile,
                            "nominal_w": float(t.nominal_power), "power_w": [float(v) for v in chain.power_output]})
smooth = []
for turbine in ("E-82/2300", "V90/2000"):
    t = WindTurbine(turbine_type=turbine, hub_height=100)
    df = power_curves.smooth_power_curve(t.power_curve.wind_speed, t.power_curve.value, turbulence_intensity=0.12)
    smooth.append({"turbine": turbine, "intensity": 0.12, "speed": list(df.wind_speed), "value": list(df.value)})
json.dump({"weather": {f"{a}@{b}": list(map(float, weather[(a, b)])) for a, b in weather.columns}, "chains": answers, "smooth": smooth}, open(sys.argv[2], "w"), separators=(",", ":"))
