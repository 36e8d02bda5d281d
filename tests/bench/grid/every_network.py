"""Holds `jumeau flow` against pandapower on every network that pandapower ships: python every_network.py PATH_TO_JUMEAU [NAME…].

Needs pandapower 3.5.6. Prints the largest difference of voltage, angle, loading and power of each, and ends with 1 where a voltage differs by more than 1e-8 pu.
Networks that pandapower itself does not solve to 1e-11 MVA are passed over and said.
"""
import inspect
import json
import logging
import random
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandapower as pp
import pandapower.networks as networks

warnings.filterwarnings("ignore")
logging.disable(logging.ERROR)
JUMEAU, NAMES = sys.argv[1], sys.argv[2:]
WITHIN_PU = 1e-8


def shipped():
    """Functions without necessary arguments that give a network."""
    for name, make in inspect.getmembers(networks, inspect.isfunction):
        needed = [p for p in inspect.signature(make).parameters.values() if p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        if not needed and (name in NAMES if NAMES else not name.startswith("_")):
            # Some draw their cables at random.
            random.seed(0)
            try:
                made = make()
            except Exception:
                continue
            net = made[0] if isinstance(made, tuple) else made
            if isinstance(net, pp.pandapowerNet) and len(net.bus):
                yield name, net


def ours(net):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        pp.to_json(net, file.name)
        done = subprocess.run([JUMEAU, "flow", file.name, "--json"], capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout else {"converged": False}


def worst(net, answer):
    """Largest differences: pu, degrees, loading relative to 1 % or more, MW."""
    buses = {bus["id"]: bus for bus in answer["buses"]}
    voltage = angle = 0.0
    for number, bus in net.res_bus.iterrows():
        found = buses[number]
        if np.isnan(bus.vm_pu):
            assert found["vm_pu"] is None, number
            continue
        voltage = max(voltage, abs(found["vm_pu"] - bus.vm_pu))
        angle = max(angle, abs((found["va_deg"] - bus.va_degree + 180) % 360 - 180))
    branches = {(branch["kind"], branch["id"]): branch for branch in answer["branches"]}
    loading = power = 0.0
    for kind, table, column in [("line", net.res_line, "p_from_mw"), ("transformer", net.res_trafo, "p_hv_mw")]:
        for number, row in table.iterrows():
            found = branches[kind, number]
            if found["loading_percent"] is not None and not np.isnan(row.loading_percent):
                loading = max(loading, abs(found["loading_percent"] - row.loading_percent) / max(1.0, row.loading_percent))
            power = max(power, abs((found["p_from_mw"] or 0.0) - np.nan_to_num(row[column])))
    return voltage, angle, loading, power


def main():
    failed = 0
    print(f"{'network':48} {'buses':>6} {'pu':>8} {'deg':>8} {'loading':>8} {'MW':>8}")
    for name, net in shipped():
        try:
            pp.runpp(net, tolerance_mva=1e-11, calculate_voltage_angles=True, max_iteration=40)
        except Exception as error:
            print(f"{name:48} {len(net.bus):6} pandapower: {type(error).__name__}")
            continue
        answer = ours(net)
        if not answer["converged"]:
            print(f"{name:48} {len(net.bus):6} jumeau: no flow")
            failed += 1
            continue
        found = worst(net, answer)
        failed += found[0] > WITHIN_PU
        print(f"{name:48} {len(net.bus):6}", *(f"{value:8.1e}" for value in found), flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
