"""Class breaks of mapclassify for tests/it/classes.rs: run with mapclassify 2.10.0 and numpy 2.4.6."""
import json
import numpy as np
import mapclassify as mc

rng = np.random.default_rng(2026)
SETS = {
    "skewed": np.round(rng.lognormal(1.0, 0.9, 240), 3),
    "two heaps": np.round(np.concatenate([rng.normal(-5, 1, 80), rng.normal(12, 3, 60)]), 3),
    "few values": np.array([1.0, 1.0, 2.0, 2.0, 2.0, 5.0, 9.0, 9.0]),
    "even": np.linspace(0.0, 100.0, 101),
    "large offset": 1e6 + np.round(rng.exponential(3.0, 120), 3),
    "few far": np.round(np.concatenate([rng.uniform(0, 10, 295), [500, 501, 502], [1000, 1001]]), 3),
    "repeated": np.round(rng.gamma(2.0, 4.0, 900), 1),
}
cases = []
for name, values in SETS.items():
    for k in (2, 3, 5, 7, 8):
        case = {"set": name, "classes": k, "equal": mc.EqualInterval(values, k=k).bins.tolist(), "quantiles": mc.Quantiles(values, k=k).bins.tolist()}
        if len(np.unique(values)) > k:
            fisher = mc.FisherJenks(values, k=k)
            case["jenks"] = fisher.bins.tolist()
            case["jenks_cost"] = float(sum(((values[fisher.yb == c] - values[fisher.yb == c].mean()) ** 2).sum() for c in range(k)))
            case["counts"] = fisher.counts.tolist()
        cases.append(case)
print(json.dumps({"sets": {k: v.tolist() for k, v in SETS.items()}, "cases": cases}))
