"""power-grid-model's voltages of laid_town.json, which the test `laid_networks` writes with JUMEAU_WRITE_LAID=1. Needs power-grid-model 1.12."""
import json
import pathlib

from power_grid_model import PowerGridModel
from power_grid_model.utils import json_deserialize

here = pathlib.Path(__file__).parent
result = PowerGridModel(json_deserialize((here / "laid_town.json").read_text())).calculate_power_flow(symmetric=True, error_tolerance=1e-12, max_iterations=50)
nodes = result["node"]
answer = {str(int(node)): float(voltage) for node, voltage in zip(nodes["id"], nodes["u_pu"])}
(here / "laid_town.answer.json").write_text(json.dumps(answer))
