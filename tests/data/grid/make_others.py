"""Freezes the same kind of answers for the other formats: python make_others.py OUT_DIR.

power-grid-model 1.12.110 solves its own files, with every component in them; MATPOWER cases are written from pandapower 3.5.6's internal case and carry pandapower's voltages.
"""
import json, sys, warnings

import numpy as np
import pandapower as pp
import pandapower.networks as nw
from power_grid_model import PowerGridModel, initialize_array
from power_grid_model.utils import json_serialize

warnings.filterwarnings("ignore")
OUT = sys.argv[1]


def powergrid(seed):
    odd = seed % 2
    rng = np.random.default_rng(seed)
    rows = {
        "node": [dict(id=i, u_rated=u) for i, u in enumerate([110e3, 20e3, 20e3, 20e3, 400.0, 10e3, 20e3])],
        "line": [
            dict(id=20, from_node=1, to_node=2, from_status=1, to_status=1, r1=0.5, x1=0.4, c1=1e-6, tan1=0.01, i_n=300),
            dict(id=21, from_node=2, to_node=3, from_status=1, to_status=1, r1=0.3, x1=0.2, c1=0.5e-6, tan1=0, i_n=200),
            dict(id=22, from_node=3, to_node=1, from_status=1, to_status=0, r1=0.7, x1=0.5, c1=2e-6, tan1=0.02, i_n=200),
        ],
        "transformer": [
            dict(id=30, from_node=0, to_node=1, from_status=1, to_status=1, u1=110e3, u2=21e3, sn=25e6, uk=0.12, pk=120e3, i0=0.002, p0=20e3, winding_from=1, winding_to=2, clock=5 + 6 * odd, tap_side=odd, tap_pos=int(rng.integers(-5, 6)), tap_min=-9, tap_max=9, tap_nom=0, tap_size=300 if odd else 1500, uk_min=0.11, uk_max=0.13, pk_min=100e3, pk_max=140e3),
            dict(id=31, from_node=3, to_node=4, from_status=1, to_status=1, u1=20e3, u2=410, sn=630e3, uk=0.06, pk=7e3, i0=0.003, p0=1e3, winding_from=2, winding_to=1, clock=11, tap_side=0, tap_pos=2, tap_min=5, tap_max=1, tap_nom=3, tap_size=500),
        ],
        "three_winding_transformer": [
            dict(id=40, node_1=0, node_2=6, node_3=5, status_1=1, status_2=1, status_3=1, u1=110e3, u2=20.5e3, u3=10e3, sn_1=40e6, sn_2=25e6, sn_3=15e6, uk_12=0.1, uk_13=0.11, uk_23=0.09, pk_12=100e3, pk_13=80e3, pk_23=60e3, i0=0.001, p0=30e3, winding_1=1, winding_2=2, winding_3=1, clock_12=5, clock_13=0, tap_side=seed % 3, tap_pos=int(rng.integers(-4, 5)), tap_min=-8, tap_max=8, tap_nom=0, tap_size=[1e3, 200, 100][seed % 3])
        ],
        "generic_branch": [] if odd else [dict(id=50, from_node=2, to_node=6, from_status=1, to_status=1, r1=2.0, x1=8.0, g1=1e-6, b1=1e-5, k=1.02, theta=0.03, sn=10e6)],
        "link": [dict(id=51, from_node=1, to_node=6, from_status=1, to_status=0)],
        "source": [dict(id=60, node=0, status=1, u_ref=1.03, u_ref_angle=0.2, sk=2e9, rx_ratio=0.2)],
        "sym_load": [
            dict(id=70, node=3, status=1, type=0, p_specified=2e6, q_specified=0.5e6),
            dict(id=71, node=4, status=1, type=1, p_specified=2e5, q_specified=0.5e5),
            dict(id=72, node=5, status=1, type=2, p_specified=4e6, q_specified=1e6),
            dict(id=73, node=6, status=0, type=0, p_specified=2e6, q_specified=0),
        ],
        "sym_gen": [dict(id=80, node=2, status=1, type=0, p_specified=1e6, q_specified=1e5)],
        "asym_load": [dict(id=81, node=6, status=1, type=0, p_specified=[1e5] * 3, q_specified=[1e4] * 3)],
        "shunt": [dict(id=90, node=3, status=1, g1=1e-6, b1=5e-4)],
    }
    data = {}
    for name, list_of in rows.items():
        if list_of:
            array = initialize_array("input", name, len(list_of))
            for place, row in enumerate(list_of):
                for key, value in row.items():
                    array[key][place] = value
            data[name] = array
    solved = PowerGridModel(data).calculate_power_flow(error_tolerance=1e-12, max_iterations=60)
    text = json_serialize(data, use_compact_list=bool(odd))
    text = text if isinstance(text, str) else text.decode()
    open(f"{OUT}/pgm_{seed}.json", "w").write(json.dumps(json.loads(text), separators=(",", ":")))
    source = solved["source"][0]
    answer = {
        "buses": [{"id": int(n["id"]), "vm_pu": float(n["u_pu"]), "va_deg": float(np.degrees(n["u_angle"]))} for n in solved["node"]],
        "slack_mw": float(source["p"]) / 1e6,
        "slack_mvar": float(source["q"]) / 1e6,
        "line_loading": [100 * float(l["loading"]) for l in solved["line"]],
        "trafo_loading": [100 * float(t["loading"]) for t in solved["transformer"]],
    }
    json.dump(answer, open(f"{OUT}/pgm_{seed}.answer.json", "w"), separators=(",", ":"))


def matpower(name, net):
    pp.runpp(net, tolerance_mva=1e-10, calculate_voltage_angles=True)
    ppc, number = net._ppc, net._pd2ppc_lookups["bus"]

    def matrix(rows):
        return ";\n".join("\t".join(repr(float(np.real(v))) for v in row) for row in rows)

    bus, gen, branch = ppc["bus"][:, :13].copy(), ppc["gen"][:, :10].copy(), ppc["branch"][:, :13].copy()
    bus[:, 0] += 1
    bus[:, 11:] = [1.1, 0.9]
    gen[:, 3:5] = [999, -999]
    gen[:, 6] = 100
    gen[:, 8:] = [999, -999]
    gen[:, 0] += 1
    branch[:, :2] += 1
    branch[:, 11:] = [-360, 360]
    with open(f"{OUT}/{name}.m", "w") as out:
        out.write(f"function mpc = {name}\n%% written from pandapower's internal case; buses count from 1\nmpc.version = '2';\n")
        out.write(f"mpc.baseMVA = {float(ppc['baseMVA'])!r};\nmpc.bus = [\n{matrix(bus)};\n];\nmpc.gen = [\n{matrix(gen)};\n];\nmpc.branch = [\n{matrix(branch)};\n];\n")
    answer = {"buses": [{"id": int(number[i]) + 1, "vm_pu": float(r.vm_pu), "va_deg": float(r.va_degree)} for i, r in net.res_bus.iterrows()],
              "slack_mw": float(net.res_ext_grid.p_mw.sum()), "slack_mvar": float(net.res_ext_grid.q_mvar.sum()), "line_loading": [], "trafo_loading": []}
    json.dump(answer, open(f"{OUT}/{name}.m.answer.json", "w"), separators=(",", ":"))


for seed in range(3):
    powergrid(seed)
matpower("case14", nw.case14())
matpower("case39", nw.case39())
