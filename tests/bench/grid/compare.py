"""Power flows per second of `jumeau flow` and of power-grid-model on the same files, after checking that they agree.

    python compare.py PATH_TO_JUMEAU [STEPS] [NETWORK]

Needs: pip install "pandas~=2.3" pandapower==3.5.6 power-grid-model==1.12.110 power-grid-model-io==1.3.38 simbench==1.6.3
Both read the same power-grid-model JSON and solve the same steps (all loads times one number each), one thread, tolerance 1e-8; best of three.
power-grid-model is called with as many steps at once as keep its outputs below some gigabytes (a year of the largest network needs more than 13 GB of them).
Jumeau also reads extremes of voltage, loadings and losses in its time; power-grid-model writes all its outputs in its own.
"""
import json, os, random, subprocess, sys, tempfile, time, warnings

import numpy as np
import pandapower.networks as nw
import power_grid_model as pgm
from power_grid_model import CalculationMethod, PowerGridModel, initialize_array
from power_grid_model.utils import json_serialize
from power_grid_model_io.converters import PandaPowerConverter

warnings.filterwarnings("ignore")
JUMEAU = sys.argv[1]
STEPS = int(sys.argv[2]) if len(sys.argv) > 2 else 8760
# power-grid-model's links have a small impedance where ours have none; without links both agree to 1e-13.
AGREE_PU = 1e-7
# Steps of one call of power-grid-model, times nodes.
AT_ONCE = 5_000_000


def simbench(code):
    import simbench as sb
    net = sb.get_simbench_net(code)
    net.sgen.drop(net.sgen.index, inplace=True)
    net.storage.drop(net.storage.index, inplace=True)
    return net


def seeded(make):
    random.seed(0)
    return make()


def with_groups(net):
    """The converter wants a vector group of each transformer, which some networks leave out; a flow of positive sequence sees its clock alone."""
    if len(net.trafo):
        odd = (net.trafo.shift_degree.fillna(0) / 30).round().astype(int) % 2 == 1
        net.trafo["vector_group"] = ["Dyn" if o else "YNyn" for o in odd]
    return net


NETWORKS = {
    "case33bw": nw.case33bw,
    "CIGRE LV": nw.create_cigre_network_lv,
    "Kerber Dorfnetz": lambda: seeded(nw.create_kerber_dorfnetz),
    "Kerber Vorstadt": lambda: seeded(nw.create_kerber_vorstadtnetz_kabel_1),
    "SimBench MV rural": lambda: simbench("1-MV-rural--0-sw"),
    "SimBench MVLV rural": lambda: simbench("1-MVLV-rural-all-0-sw"),
}


def best_of_three(run):
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


print("host load", os.getloadavg(), "steps", STEPS)
print(f"{'network':22}{'nodes':>7}{'max dV pu':>12}{'PGM Newton/s':>14}{'PGM current/s':>15}{'Jumeau/s':>12}{'ratio':>8}")
failed = False
for name, make in NETWORKS.items():
    if len(sys.argv) > 3 and sys.argv[3] != name:
        continue
    with tempfile.TemporaryDirectory() as folder:
        data, _ = PandaPowerConverter().load_input_data(with_groups(make()), make_extra_info=False)
        data = {key: value for key, value in data.items() if len(value)}
        # A source as stiff as numbers allow: the tools differ in how they write a finite one.
        data["source"]["sk"] = 1e16
        file = os.path.join(folder, "network.json")
        text = json_serialize(data)
        open(file, "w").write(text if isinstance(text, str) else text.decode())
        factors = np.random.default_rng(1).uniform(0.2, 1.0, STEPS)
        profile = os.path.join(folder, "profile.csv")
        open(profile, "w").write("*\n" + "\n".join(repr(float(f)) for f in factors) + "\n")

        model = PowerGridModel(data)
        loads = data["sym_load"]
        update = initialize_array("update", "sym_load", (STEPS, len(loads)))
        update["id"] = loads["id"]
        update["p_specified"] = factors[:, None] * loads["p_specified"]
        update["q_specified"] = factors[:, None] * loads["q_specified"]

        single = model.calculate_power_flow(error_tolerance=1e-10, max_iterations=100)
        ours = json.loads(subprocess.run([JUMEAU, "flow", file, "--json"], capture_output=True, text=True).stdout)
        mine = {bus["id"]: bus["vm_pu"] for bus in ours["buses"]}
        apart = max(abs(mine[int(n["id"])] - n["u_pu"]) for n in single["node"] if n["energized"])
        if not apart <= AGREE_PU:
            print(f"{name:22}{len(single['node']):7}{apart:12.1e}  no times: the answers differ")
            failed = True
            continue

        at_once = max(1, AT_ONCE // len(single["node"]))
        rates = []
        for method in (CalculationMethod.newton_raphson, CalculationMethod.iterative_current):
            def run():
                for first in range(0, STEPS, at_once):
                    part = {"sym_load": update[first:first + at_once]}
                    model.calculate_power_flow(update_data=part, calculation_method=method, error_tolerance=1e-8, max_iterations=60, threading=-1, output_component_types=["node", "line", "transformer"])
            try:
                seconds = best_of_three(run)
                rates.append(STEPS / seconds)
            except Exception as error:
                rates.append(float("nan"))
        best = 0.0
        for _ in range(3):
            out = subprocess.run([JUMEAU, "flow", file, "--profiles", profile, "--json"], capture_output=True, text=True)
            best = max(best, json.loads(out.stdout)["flows_per_second"])
        print(f"{name:22}{len(single['node']):7}{apart:12.1e}{rates[0]:14.0f}{rates[1]:15.0f}{best:12.0f}{best / np.nanmax(rates):8.1f}", flush=True)
sys.exit(failed)
