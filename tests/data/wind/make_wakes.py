"""Freezes PyWake on Jensen's wakes: python make_wakes.py OUT_JSON (py_wake, version in the file).

NOJ: top-hat wakes, squares added, partial overlap by area; thrust by the speed that the source rotor meets.
"""
import json, sys
import numpy as np
import py_wake
from py_wake.wind_turbines import WindTurbine
from py_wake.wind_turbines.power_ct_functions import PowerCtTabular
from py_wake.site import UniformSite
from py_wake.deficit_models.noj import NOJDeficit
from py_wake.deficit_models.utils import ct2a_mom1d
from py_wake.superposition_models import SquaredSum
from py_wake.rotor_avg_models import AreaOverlapAvgModel
from py_wake.wind_farm_models import PropagateDownwind

v = np.array([3, 4, 6, 8, 10, 12, 14, 18, 25.0])
ct = np.array([0.9, 0.86, 0.82, 0.8, 0.76, 0.55, 0.36, 0.17, 0.07])
power = np.array([0, 60, 330, 830, 1450, 1900, 2000, 2000, 2000.0])
turbine = WindTurbine("t", 70, 84, PowerCtTabular(v, power, "kW", ct, method="linear"))
x = np.array([0, 320, 700, 350, -120.0])
y = np.array([0, 260, 40, -420, 500.0])
model = PropagateDownwind(UniformSite([1], 0.1), turbine, wake_deficitModel=NOJDeficit(k=0.075, ct2a=ct2a_mom1d, rotorAvgModel=AreaOverlapAvgModel()), superpositionModel=SquaredSum())
directions, speeds = np.arange(0, 360, 7.5), np.array([5.0, 8.0, 11.0, 15.0])
run = model(x, y, wd=directions, ws=speeds)
eff = run.WS_eff.values if hasattr(run.WS_eff, "values") else run.WS_eff
json.dump({"py_wake": py_wake.__version__, "speed": v.tolist(), "ct": ct.tolist(), "diameter_m": 70, "hub_m": 84, "k": 0.075, "east_m": x.tolist(), "north_m": y.tolist(), "from_deg": directions.tolist(), "free_ms": speeds.tolist(), "met_ms": [[[float(np.asarray(eff)[i, d, s]) for i in range(len(x))] for s in range(len(speeds))] for d in range(len(directions))]}, open(sys.argv[1], "w"), separators=(",", ":"))
print(py_wake.__version__, np.asarray(eff).min())
