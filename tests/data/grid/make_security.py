"""Freezes pandapower's answers on outages, ties and headroom: python make_security.py OUT_DIR (pandapower 3.5.6, pandas 2.3).

Reads the networks of this folder. For each line that fails: which buses are dark, how much consumption is cut, and what each single tie that reaches the dark part makes of voltages and loadings.
"""
import json, sys, warnings, copy, os
import numpy as np
import pandapower as pp
import pandapower.topology as top

warnings.filterwarnings("ignore")
OUT = sys.argv[1]
HERE = os.path.dirname(os.path.abspath(__file__))


def solve(net):
    try:
        pp.runpp(net, numba=False, tolerance_mva=1e-10, calculate_voltage_angles=True, max_iteration=50)
        return True
    except pp.LoadflowNotConverged:
        return False


def dark(net):
    return set(int(b) for b in top.unsupplied_buses(net))


def cut(net, buses):
    on = net.load.in_service & net.load.bus.isin(buses)
    return float((net.load.p_mw * net.load.scaling)[on].sum())


def ties(net):
    """Lines that are out of service, or open at a switch."""
    opened = set(net.switch.element[(net.switch.et == "l") & ~net.switch.closed]) if len(net.switch) else set()
    return [int(i) for i in net.line.index if not net.line.in_service[i] or i in opened]


def close(net, line):
    net.line.loc[line, "in_service"] = True
    if len(net.switch):
        net.switch.loc[(net.switch.et == "l") & (net.switch.element == line), "closed"] = True


def extremes(net):
    loading = [net.res_line.loading_percent.max()]
    if len(net.trafo):
        loading.append(net.res_trafo.loading_percent.max())
    return {"lowest_pu": float(net.res_bus.vm_pu.min()), "highest_pu": float(net.res_bus.vm_pu.max()), "loading_percent": float(np.nanmax(loading))}


def study(name, band, doubles=False):
    net = pp.from_json(f"{HERE}/{name}.json")
    already = dark(net)
    tie_lines = ties(net)
    outages = []
    for line in net.line.index:
        if line in tie_lines:
            continue
        failed = copy.deepcopy(net)
        failed.line.loc[line, "in_service"] = False
        lost = dark(failed) - already
        tried = []
        for tie in tie_lines:
            ends = {int(net.line.from_bus[tie]), int(net.line.to_bus[tie])}
            if len(ends & lost) != 1:
                continue
            fed = copy.deepcopy(failed)
            close(fed, tie)
            still = dark(fed) - already
            ok = solve(fed)
            tried.append({"tie": tie, "still_cut_mw": cut(net, still), **(extremes(fed) if ok else {})})
        outages.append({"line": int(line), "dark": sorted(lost), "cut_mw": cut(net, lost), "ties": tried})
    # How far all consumption can grow, by bisection.
    def holds(factor, doubled=None):
        trial = copy.deepcopy(net)
        trial.load.scaling = trial.load.scaling * factor
        if doubled is not None:
            table, index = doubled
            trial[table].loc[index, "parallel"] = 2 * trial[table].parallel[index]
        if not solve(trial):
            return False
        e = extremes(trial)
        return e["lowest_pu"] >= band[0] and e["highest_pu"] <= band[1] and e["loading_percent"] <= band[2]

    def headroom(doubled=None):
        if not holds(0.5, doubled):
            return 0.0
        low, high = 0.5, 1.0
        while holds(high, doubled):
            low, high = high, 2 * high
        for _ in range(28):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if holds(middle, doubled) else (low, middle)
        return low

    reliefs = [{"table": "line", "index": int(i), "factor": headroom(("line", i))} for i in net.line.index if doubles and i not in tie_lines]
    reliefs += [{"table": "trafo", "index": int(i), "factor": headroom(("trafo", i))} for i in net.trafo.index if doubles]
    return {"band": band, "ties": tie_lines, "outages": outages, "headroom": headroom(), "doubled": reliefs}


answers = {
    "cigre_mv": study("cigre_mv", [0.9, 1.1, 120.0], doubles=True),
    "case33bw": study("case33bw", [0.9, 1.1, 100.0]),
    "kerber_landnetz": study("kerber_landnetz", [0.9, 1.1, 100.0]),
}
json.dump(answers, open(f"{OUT}/security.answer.json", "w"), separators=(",", ":"))
for name, a in answers.items():
    print(name, a["ties"], a["headroom"], max((d["factor"] for d in a["doubled"]), default=None))
