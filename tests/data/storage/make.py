"""Freezes HiGHS's answers on battery dispatch: python make.py OUT_JSON (highspy 1.16.0).

Cases in the form of `jumeau dispatch`: three aims, degradation, limits of the connection, curtailment, a start that is given. Each is the linear programme of src/energy/storage/optimal.rs, written down again here.
"""
import json, sys
import numpy as np
import highspy

rng = np.random.default_rng(23)


def solve(case, goal):
    T, dt = len(case["load_mw"]), case["step_h"]
    load, gen = np.array(case["load_mw"]), np.array(case["generation_mw"])
    buy = np.array(case["price_eur_mwh"])
    sell = np.array(case["export_price_eur_mwh"])
    b = case["battery"]
    names = ["imp", "exp", "ch", "dis", "soc", "cur", "uns"]
    col = {n: np.arange(T) + i * T for i, n in enumerate(names)}
    n = len(names) * T
    inf = 1e30
    upper = np.full(n, inf)
    upper[col["imp"]] = case.get("import_limit_mw", inf)
    upper[col["exp"]] = case.get("export_limit_mw", inf)
    upper[col["ch"]] = upper[col["dis"]] = b["power_mw"]
    upper[col["soc"]] = b["energy_mwh"]
    may_curtail = "export_limit_mw" in case or case.get("curtailable") or goal == "curtailment"
    upper[col["cur"]] = gen if may_curtail else 0.0
    upper[col["uns"]] = load if "import_limit_mw" in case else 0.0
    cost = np.zeros(n)
    cost[col["uns"]] = 20000.0 * dt
    if goal == "cost":
        cost[col["imp"]] = buy * dt
        cost[col["exp"]] = -sell * dt
        cost[col["dis"]] = b["degradation_eur_mwh"] * dt
    elif goal == "self-sufficiency":
        cost[col["imp"]] = dt
    else:
        cost[col["cur"]] = dt
    rows, low, high = [], [], []
    for t in range(T):
        rows.append([(col["imp"][t], 1), (col["exp"][t], -1), (col["ch"][t], -1), (col["dis"][t], 1), (col["cur"][t], -1), (col["uns"][t], 1)])
        low.append(load[t] - gen[t])
        high.append(load[t] - gen[t])
        row = [(col["soc"][t], 1), (col["ch"][t], -dt * b["charge_efficiency"]), (col["dis"][t], dt / b["discharge_efficiency"])]
        start = 0.0
        if t > 0:
            row.append((col["soc"][t - 1], -1))
        elif b["cyclic"]:
            row.append((col["soc"][T - 1], -1))
        else:
            start = b["initial_mwh"]
        rows.append(row)
        low.append(start)
        high.append(start)
    if not b["cyclic"]:
        rows.append([(col["soc"][T - 1], 1)])
        low.append(b["initial_mwh"])
        high.append(inf)
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n, len(rows)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(n), upper
    lp.row_lower_, lp.row_upper_ = np.array(low, float), np.array(high, float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(r) for r in rows]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([i for r in rows for i, _ in r], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for r in rows for _, v in r], dtype=float)
    h.passModel(lp)
    h.run()
    assert h.getModelStatus() == highspy.HighsModelStatus.kOptimal, h.getModelStatus()
    x = np.array(h.getSolution().col_value)
    energy = {k: float(x[col[k]].sum() * dt) for k in names}
    return {"goal": goal, "objective": float(h.getInfo().objective_function_value), "energy_mwh": energy}


def case(T, step_h, **more):
    t = np.arange(T) * step_h
    load = 2 + 1.2 * np.exp(-(((t % 24 - 19) / 3) ** 2)) + 0.5 * rng.random(T)
    gen = np.maximum(0, 6 * np.sin(np.pi * ((t % 24) - 6) / 12)) * (0.4 + 0.6 * rng.random(T)) + 2.5 * rng.random(T) ** 3
    price = 60 + 40 * np.exp(-(((t % 24 - 19) / 2.5) ** 2)) - 30 * np.exp(-(((t % 24 - 13) / 3) ** 2)) + 10 * rng.random(T)
    battery = {"energy_mwh": 3.3, "power_mw": 2.0, "charge_efficiency": 0.95, "discharge_efficiency": 0.93, "initial_mwh": 1.0, "cyclic": True, "degradation_eur_mwh": 0.0}
    battery.update(more.pop("battery", {}))
    made = {"step_h": step_h, "load_mw": load, "generation_mw": gen, "price_eur_mwh": price, "export_price_eur_mwh": 0.4 * price, "battery": battery}
    made = {k: [round(float(v), 6) for v in values] if isinstance(values, np.ndarray) else values for k, values in made.items()}
    made.update(more)
    return made


cases = {
    "wear": case(168, 1.0, battery={"degradation_eur_mwh": 12.0}),
    "much wear": case(168, 1.0, battery={"degradation_eur_mwh": 45.0}),
    "half hours": case(336, 0.5, battery={"degradation_eur_mwh": 5.0}, export_limit_mw=1.5),
    "given start": case(96, 0.5, battery={"cyclic": False, "initial_mwh": 2.2, "degradation_eur_mwh": 3.0}),
    "narrow both ways": case(168, 1.0, battery={"energy_mwh": 6.0, "degradation_eur_mwh": 1.0}, export_limit_mw=1.0, import_limit_mw=2.3),
    "curtailable": case(168, 1.0, curtailable=True, battery={"energy_mwh": 1.0, "power_mw": 0.4, "degradation_eur_mwh": 8.0}),
    "three weeks": case(504, 1.0, battery={"degradation_eur_mwh": 12.0}, export_limit_mw=1.2),
}
answers = []
for name, one in cases.items():
    goals = ["cost", "self-sufficiency"] + (["curtailment"] if "export_limit_mw" in one else [])
    answers.append({"name": name, "case": one, "answers": [solve(one, goal) for goal in goals]})
    for a in answers[-1]["answers"]:
        print(name, a["goal"], a["objective"], {k: round(v, 4) for k, v in a["energy_mwh"].items()})
json.dump(answers, open(sys.argv[1], "w"), separators=(",", ":"))
