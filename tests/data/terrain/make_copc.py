"""Makes `cloud.copc.laz`: points on a tilted plane, classes 2 (ground) and 5 (trees above it), as a COPC 1.0 file.

Run: python make_copc.py   (copclib 2.5, numpy; read back with laspy 2.7)
"""

import pathlib

import copclib
import laspy
import numpy as np

HERE = pathlib.Path(__file__).parent
WKT = __import__("pyproj").CRS("EPSG:2154").to_wkt("WKT1_GDAL")
rng = np.random.default_rng(5)
COUNT = 6_000
x = 355_000 + rng.uniform(0, 60, COUNT)
y = 6_690_000 + rng.uniform(0, 60, COUNT)
tree = rng.uniform(0, 1, COUNT) < 0.25
z = 40 + 0.05 * (x - 355_000) - 0.02 * (y - 6_690_000) + np.where(tree, rng.uniform(3, 12, COUNT), rng.normal(0, 0.02, COUNT))

config = copclib.CopcConfigWriter(6, (0.01, 0.01, 0.01), (355_000, 6_690_000, 0), WKT)
header = config.las_header
header.min = copclib.Vector3(x.min(), y.min(), z.min())
header.max = copclib.Vector3(x.max(), y.max(), z.max())
config.copc_info.center_x, config.copc_info.center_y, config.copc_info.center_z = 355_030, 6_690_030, 45
config.copc_info.halfsize = 32
config.copc_info.spacing = 2
writer = copclib.FileWriter(str(HERE / "cloud.copc.laz"), config)
# Every fourth point in the root, the rest in its octants.
centre = (355_030, 6_690_030, 45)
keys = {}
for number in range(COUNT):
    key = (0, 0, 0, 0) if number % 4 == 0 else (1, int(x[number] >= centre[0]), int(y[number] >= centre[1]), int(z[number] >= centre[2]))
    keys.setdefault(key, []).append(number)
for key, numbers in sorted(keys.items()):
    points = copclib.Points(header)
    for number in numbers:
        point = points.CreatePoint()
        point.x, point.y, point.z = x[number], y[number], z[number]
        point.classification = 5 if tree[number] else 2
        point.return_number = 1
        point.number_of_returns = 1
        points.AddPoint(point)
    writer.AddNode(copclib.VoxelKey(*key), points)
writer.Close()

with laspy.open(HERE / "cloud.copc.laz") as file:
    read = file.read()
    assert read.header.point_count == COUNT
    ground = np.asarray(read.classification) == 2
    print(COUNT, int(ground.sum()), file.header.vlrs[0].user_id)
