"""Freezes networks and pandapower's answers as fixtures: python make.py OUT_DIR [--large DIR].

Needs pandapower 3.5.6, simbench 1.6.3 and pandas 2.3. The large ones (more than 300 buses) are written to --large and are not kept in the repository.
"""
import json, random, sys, warnings
import numpy as np
import pandapower as pp
import pandapower.networks as nw

warnings.filterwarnings("ignore")
OUT = sys.argv[1]
LARGE = sys.argv[sys.argv.index("--large") + 1] if "--large" in sys.argv else None


def seeded(make):
    random.seed(0)
    return make()


def solve(net):
    pp.runpp(net, tolerance_mva=1e-10, calculate_voltage_angles=True, max_iteration=50)


def clean(value):
    return None if value is None or value != value else float(value)


def freeze(name, net, folder=OUT):
    solve(net)
    buses = [{"id": int(i), "vm_pu": clean(r.vm_pu), "va_deg": clean(r.va_degree)} for i, r in net.res_bus.iterrows()]
    answer = {
        "buses": buses,
        "slack_mw": float(net.res_ext_grid.p_mw.sum()) if len(net.res_ext_grid) else None,
        "slack_mvar": float(net.res_ext_grid.q_mvar.sum()) if len(net.res_ext_grid) else None,
        "losses_mw": float(net.res_line.pl_mw.sum() + net.res_trafo.pl_mw.sum() + net.res_trafo3w.pl_mw.sum() + net.res_impedance.pl_mw.sum()),
        "line_loading": [clean(v) for v in net.res_line.loading_percent],
        "trafo_loading": [clean(v) for v in net.res_trafo.loading_percent],
    }
    # The network as pandapower writes it, without results, types and empty tables.
    text = json.loads(pp.to_json(net))
    kept = {}
    for key, member in text["_object"].items():
        if key.startswith("res_") or key in ("std_types", "user_pf_options", "measurement", "controller", "group", "pwl_cost", "poly_cost"):
            continue
        if key in ("profiles", "loadcases", "coordinates", "substation"):
            continue
        if isinstance(member, dict) and member.get("_class") == "DataFrame":
            frame = json.loads(member["_object"]) if isinstance(member["_object"], str) else member["_object"]
            if not frame["data"]:
                continue
        kept[key] = member
    text["_object"] = kept
    json.dump(text, open(f"{folder}/{name}.json", "w"), separators=(",", ":"))
    json.dump(answer, open(f"{folder}/{name}.answer.json", "w"), separators=(",", ":"))
    print(name, len(net.bus), answer["losses_mw"])


def der_removed(net):
    net.sgen.drop(net.sgen.index, inplace=True)
    net.storage.drop(net.storage.index, inplace=True)
    return net


def everything():
    """One network with every element that is mapped: ZIP loads, taps of each kind, three windings, switches, wards, impedances."""
    net = pp.create_empty_network(sn_mva=10.0, f_hz=50.0)
    b = [pp.create_bus(net, kv, geodata=(1.0 + i / 100, 47.0)) for i, kv in enumerate([110, 110, 20, 20, 20, 10, 0.4, 0.4, 20, 20, 110, 20])]
    pp.create_ext_grid(net, b[0], vm_pu=1.02, va_degree=12.0)
    pp.create_line_from_parameters(net, b[0], b[1], 20.0, 0.06, 0.4, 9.0, 0.6, g_us_per_km=0.05, parallel=2)
    pp.create_transformer_from_parameters(net, b[1], b[2], 25.0, 110, 20, 0.4, 12.0, 14.0, 0.07, shift_degree=150, tap_side="hv", tap_neutral=0, tap_min=-9, tap_max=9, tap_step_percent=1.5, tap_step_degree=0.0, tap_pos=-3, tap_changer_type="Ratio")
    pp.create_transformer_from_parameters(net, b[1], b[2], 16.0, 110, 20.5, 0.5, 11.0, 10.0, 0.08, shift_degree=150, tap_side="lv", tap_neutral=0, tap_min=-9, tap_max=9, tap_step_percent=1.0, tap_step_degree=30.0, tap_pos=2, tap_changer_type="Symmetrical", parallel=2, df=0.9)
    pp.create_transformer3w_from_parameters(net, b[10], b[3], b[5], 110, 20, 10, 40, 25, 15, 10.4, 11.1, 10.9, 0.28, 0.32, 0.35, 35, 0.1, shift_mv_degree=150, shift_lv_degree=30, tap_side="mv", tap_neutral=0, tap_min=-8, tap_max=8, tap_step_percent=1.25, tap_pos=4, tap_changer_type="Ratio")
    pp.create_line_from_parameters(net, b[1], b[10], 15.0, 0.06, 0.4, 9.0, 0.6)
    pp.create_line_from_parameters(net, b[2], b[3], 4.0, 0.2, 0.12, 250.0, 0.3)
    pp.create_line_from_parameters(net, b[3], b[4], 3.0, 0.2, 0.12, 250.0, 0.3)
    line = pp.create_line_from_parameters(net, b[4], b[2], 5.0, 0.2, 0.12, 250.0, 0.3)
    pp.create_switch(net, b[4], line, et="l", closed=False)
    pp.create_transformer_from_parameters(net, b[4], b[6], 0.63, 20, 0.4, 1.2, 6.0, 1.2, 0.3, shift_degree=330, tap_side="hv", tap_neutral=0, tap_min=-2, tap_max=2, tap_step_percent=2.5, tap_pos=1, tap_changer_type="Ratio")
    pp.create_switch(net, b[6], b[7], et="b", closed=True)
    pp.create_switch(net, b[3], b[8], et="b", closed=True, z_ohm=0.05)
    pp.create_transformer_from_parameters(net, b[2], b[11], 10, 20, 20, 0.3, 5.0, 5.0, 0.1, tap_side="hv", tap_neutral=0, tap_min=-8, tap_max=8, tap_step_degree=1.5, tap_pos=2, tap_changer_type="Ideal")
    pp.create_line_from_parameters(net, b[11], b[8], 4.0, 0.2, 0.12, 250.0, 0.3)
    pp.create_load(net, b[7], 0.2, 0.08, const_z_p_percent=40, const_i_p_percent=25, const_z_q_percent=10, const_i_q_percent=60)
    pp.create_load(net, b[4], 2.5, 0.9, scaling=0.8)
    pp.create_load(net, b[5], 6.0, 2.0, const_z_p_percent=100, const_z_q_percent=100)
    pp.create_load(net, b[8], 1.5, 0.3, const_i_p_percent=100, const_i_q_percent=100)
    pp.create_sgen(net, b[4], 1.2, 0.1)
    pp.create_storage(net, b[4], 0.4, 10.0, q_mvar=-0.05)
    pp.create_gen(net, b[10], 20.0, vm_pu=1.015)
    pp.create_shunt(net, b[3], q_mvar=-1.5, p_mw=0.02, vn_kv=21.0, step=2)
    pp.create_ward(net, b[4], 0.3, 0.1, 0.2, 0.05)
    pp.create_xward(net, b[3], 0.4, 0.1, 0.1, 0.05, 0.3, 1.2, 1.0)
    pp.create_impedance(net, b[8], b[9], 0.02, 0.05, 10.0, rtf_pu=0.025, xtf_pu=0.055)
    pp.create_load(net, b[9], 0.7, 0.1)
    pp.create_motor(net, b[4], 0.3, 0.9, 95.0, 80.0)
    island = [pp.create_bus(net, 20), pp.create_bus(net, 20)]
    pp.create_line_from_parameters(net, *island, 1.0, 0.2, 0.12, 250.0, 0.3)
    pp.create_load(net, island[1], 0.5, 0.1)
    return net


def mixed_shares():
    """Buses whose loads have different shares, production and storage beside them, and two buses that a switch makes one."""
    net = pp.create_empty_network()
    b = [pp.create_bus(net, 20) for _ in range(6)]
    pp.create_ext_grid(net, b[0], vm_pu=1.02)
    for i in range(4):
        pp.create_line_from_parameters(net, b[i], b[i + 1], 4.0, 0.3, 0.2, 200.0, 0.3)
    pp.create_switch(net, b[4], b[5], et="b", closed=True)
    pp.create_load(net, b[1], 2.0, 0.5, const_z_p_percent=60, const_i_p_percent=20, const_z_q_percent=50, const_i_q_percent=10)
    pp.create_load(net, b[1], 0.4, 0.2)
    pp.create_load(net, b[1], 9.0, 1.0, const_z_p_percent=100, in_service=False)
    pp.create_sgen(net, b[1], 1.1, 0.2)
    pp.create_load(net, b[2], 1.0, 0.3)
    pp.create_sgen(net, b[2], 0.7)
    pp.create_load(net, b[3], 1.5, 0.3, const_i_p_percent=100)
    pp.create_storage(net, b[3], 0.5, 2.0, q_mvar=0.1)
    pp.create_ward(net, b[3], 0.3, 0.1, 0.1, 0.05)
    pp.create_load(net, b[4], 0.8, 0.2, const_z_p_percent=100, const_z_q_percent=100)
    pp.create_load(net, b[5], 0.6, 0.1, const_i_p_percent=50, const_z_q_percent=30)
    return net


if __name__ == "__main__":
    import simbench

    freeze("mixed_shares", mixed_shares())

    freeze("everything", everything())
    freeze("case14", nw.case14())
    freeze("case33bw", nw.case33bw())
    freeze("case118", nw.case118())
    freeze("cigre_hv", nw.create_cigre_network_hv())
    freeze("cigre_lv", nw.create_cigre_network_lv())
    freeze("cigre_mv", nw.create_cigre_network_mv())
    freeze("cigre_mv_der", nw.create_cigre_network_mv(with_der="all"))
    freeze("kerber_landnetz", nw.create_kerber_landnetz_freileitung_1())
    freeze("kerber_dorfnetz", seeded(nw.create_kerber_dorfnetz))
    freeze("three_windings", nw.example_multivoltage())
    if LARGE:
        # SimBench data are under the ODbL, so they stay out of the repository too.
        freeze("simbench_lv_urban6", simbench.get_simbench_net("1-LV-urban6--0-sw"), LARGE)
        freeze("simbench_mv_rural", der_removed(simbench.get_simbench_net("1-MV-rural--0-sw")), LARGE)
        freeze("kerber_vorstadt", seeded(nw.create_kerber_vorstadtnetz_kabel_1), LARGE)
        freeze("mv_oberrhein", nw.mv_oberrhein(), LARGE)
        freeze("case300", nw.case300(), LARGE)
        freeze("case1888rte", nw.case1888rte(), LARGE)
        freeze("case2869pegase", nw.case2869pegase(), LARGE)
        freeze("case9241pegase", nw.case9241pegase(), LARGE)
        freeze("simbench_mvlv_rural", der_removed(simbench.get_simbench_net("1-MVLV-rural-all-0-sw")), LARGE)
