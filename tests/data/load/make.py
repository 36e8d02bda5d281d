"""Freezes HiGHS's answers on smart charging: python make.py OUT_JSON (highspy 1.16.0).

Sessions with a stay, an energy and a highest power. Flat: least sum of squares of the total with the rest (a QP). Cheapest: least cost (an LP). Within: most energy delivered under a common limit (an LP).
"""
import json, sys
import numpy as np
import highspy

rng = np.random.default_rng(11)
STEPS, STEP_H = 48, 0.5
t = np.arange(STEPS)
rest = 20 + 12 * np.exp(-(((t - 38) / 5) ** 2)) + 6 * np.exp(-(((t - 16) / 4) ** 2)) - 14 * np.exp(-(((t - 26) / 6) ** 2))
price = 0.12 + 0.1 * np.exp(-(((t - 38) / 6) ** 2)) - 0.05 * np.exp(-(((t - 6) / 6) ** 2)) + 0.001 * rng.random(STEPS)
sessions = []
for _ in range(25):
    arrival = int(rng.integers(0, 36))
    departure = int(min(STEPS, arrival + rng.integers(4, 24)))
    power = float(rng.choice([3.7, 7.4, 11.0]))
    energy = float(rng.uniform(0.1, 0.9) * power * (departure - arrival) * STEP_H)
    sessions.append({"arrival": arrival, "departure": departure, "energy_kwh": energy, "power_kw": power})


def model(cost, quadratic=None, limit=None, deliver=False):
    h = highspy.Highs()
    h.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    columns = [(s, k) for s, one in enumerate(sessions) for k in range(one["departure"] - one["arrival"])]
    step = [sessions[s]["arrival"] + k for s, k in columns]
    extra = STEPS if quadratic is not None else 0
    n = len(columns) + extra
    lp.num_col_ = n
    lp.col_cost_ = np.array([cost[k] for k in step] + ([0.0] * extra))
    lp.col_lower_ = np.array([0.0] * len(columns) + [-1e30] * extra)
    lp.col_upper_ = np.array([sessions[s]["power_kw"] for s, _ in columns] + [1e30] * extra)
    rows, lower, upper = [], [], []
    for s, one in enumerate(sessions):
        rows.append([(i, 1.0) for i, (o, _) in enumerate(columns) if o == s])
        e = one["energy_kwh"] / STEP_H
        lower.append(-1e30 if deliver else e)
        upper.append(e)
    if limit is not None:
        for k in range(STEPS):
            rows.append([(i, 1.0) for i in range(len(columns)) if step[i] == k])
            lower.append(-1e30)
            upper.append(limit)
    if quadratic is not None:
        for k in range(STEPS):
            rows.append([(i, 1.0) for i in range(len(columns)) if step[i] == k] + [(len(columns) + k, -1.0)])
            lower.append(-quadratic[k])
            upper.append(-quadratic[k])
    lp.num_row_ = len(rows)
    lp.row_lower_, lp.row_upper_ = np.array(lower), np.array(upper)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(r) for r in rows]).astype(np.int32)
    lp.a_matrix_.index_ = np.array([i for r in rows for i, _ in r], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([v for r in rows for _, v in r])
    if quadratic is not None:
        m = highspy.HighsModel()
        m.lp_ = lp
        m.hessian_.dim_ = n
        m.hessian_.format_ = highspy.HessianFormat.kTriangular
        m.hessian_.start_ = np.array([0] * len(columns) + list(range(extra + 1)), dtype=np.int32)
        m.hessian_.index_ = np.arange(len(columns), n, dtype=np.int32)
        m.hessian_.value_ = np.full(extra, 2.0)
        h.passModel(m)
    else:
        h.passModel(lp)
    h.run()
    print(h.modelStatusToString(h.getModelStatus()))
    x = np.array(h.getSolution().col_value)[: len(columns)]
    total = np.zeros(STEPS)
    for i, k in enumerate(step):
        total[k] += x[i]
    return total


flat = model(np.zeros(STEPS), quadratic=rest)
cheap = model(price)
limits = [45.0, 30.0, 18.0]
limited = [float(model(-np.ones(STEPS), limit=kw, deliver=True).sum() * STEP_H) for kw in limits]
json.dump(
    {
        "step_h": STEP_H,
        "rest_kw": rest.tolist(),
        "price": price.tolist(),
        "sessions": sessions,
        "flat": {"squares": float(((rest + flat) ** 2).sum()), "total_kw": (rest + flat).tolist()},
        "cheapest": float((cheap * price).sum() * STEP_H),
        "within": [{"limit_kw": kw, "delivered_kwh": kwh} for kw, kwh in zip(limits, limited)],
    },
    open(sys.argv[1], "w"),
    separators=(",", ":"),
)
print(sum(s["energy_kwh"] for s in sessions), limited, ((rest + flat) ** 2).sum(), (cheap * price).sum() * STEP_H)
