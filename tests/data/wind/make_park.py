"""Freezes windpowerlib 0.2.2 on wind farms: python make_park.py OUT_JSON.

Aggregated curves of two turbine types, smoothed and reduced by an efficiency; the model chain of a farm with the dena curve; power by power coefficients.
"""
import json, sys, warnings
import numpy as np, pandas as pd
from windpowerlib import WindFarm, WindTurbine, TurbineClusterModelChain, wake_losses, power_output, power_curves

warnings.filterwarnings("ignore")
rng = np.random.default_rng(3)
n = 60
weather = pd.DataFrame(
    {
        ("wind_speed", 10): rng.weibull(2.0, n) * 7.0,
        ("temperature", 2): 275 + 20 * rng.random(n),
        ("pressure", 0): 98500 + 4000 * rng.random(n),
        ("roughness_length", 0): np.full(n, 0.15),
    }
)
a = WindTurbine(turbine_type="E-126/4200", hub_height=135)
b = WindTurbine(turbine_type="E-70/2000", hub_height=84)


def farm(**more):
    fleet = pd.DataFrame({"wind_turbine": [a, b], "number_of_turbines": [6, 3], "total_capacity": [np.nan, np.nan]})
    return WindFarm(name="farm", wind_turbine_fleet=fleet, **more)


out = {"weather": {f"{x}@{y}": list(map(float, weather[(x, y)])) for x, y in weather.columns}}
one = farm()
one.assign_power_curve(wake_losses_model=None)
one.mean_hub_height()
out["hub_m"] = float(one.hub_height)
out["nominal_w"] = float(one.nominal_power)
out["curve"] = {"speed": list(one.power_curve.wind_speed), "value": list(one.power_curve.value)}
two = farm(efficiency=0.88)
two.assign_power_curve(wake_losses_model=None)
smooth = power_curves.smooth_power_curve(two.power_curve.wind_speed, two.power_curve.value, standard_deviation_method="turbulence_intensity", turbulence_intensity=0.14)
two.power_curve = power_curves.wake_losses_to_power_curve(smooth.wind_speed.values, smooth.value.values, wind_farm_efficiency=0.88)
out["smoothed"] = {"efficiency": 0.88, "intensity": 0.14, "speed": list(two.power_curve.wind_speed), "value": list(two.power_curve.value)}
dena = wake_losses.get_wind_efficiency_curve("dena_mean")
out["dena"] = {"speed": list(dena.wind_speed), "efficiency": list(dena.efficiency)}
chain = TurbineClusterModelChain(farm(), wake_losses_model="dena_mean", density_correction=True).run_model(weather)
out["chain"] = {"power_w": [float(v) for v in chain.power_output], "hub_m": float(chain.power_plant.hub_height)}
speeds = np.arange(0.0, 26.0, 0.7)
cp_v, cp = np.array([0, 4, 6, 8, 10, 12, 14, 20, 25.0]), np.array([0, 0.28, 0.4, 0.44, 0.43, 0.38, 0.3, 0.12, 0.06])
out["coefficient"] = {
    "speed": list(cp_v), "value": list(cp), "diameter_m": 82.0, "density": 1.19, "at": list(map(float, speeds)),
    "power_w": [float(v) for v in power_output.power_coefficient_curve(speeds, cp_v, cp, 82.0, np.full(len(speeds), 1.19))],
}
json.dump(out, open(sys.argv[1], "w"), separators=(",", ":"))
print(out["hub_m"], len(out["curve"]["speed"]), len(out["smoothed"]["speed"]), sum(out["chain"]["power_w"]))
