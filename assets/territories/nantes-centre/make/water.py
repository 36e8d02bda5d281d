#!/usr/bin/env python3
"""Draws the water that the data lack: the Loire's two arms around the island, the Erdre, the canal Saint-Félix.

    venv/bin/pip install shapely
    venv/bin/python assets/territories/nantes-centre/make/water.py

Writes eau_schematique.geojson, our own "tracé schématique" (EPSG:2154), no survey and no copy of one.
Within the extract the banks were traced by hand along the free space that bdtopo.gpkg leaves between quay roads, riverside paths
and buildings, a few metres off the road; bridges (pos_sol 1) say where water is crossed. Beyond the extract the course is only
the general direction of the river, drawn so that the surround of the territory has water; the outline of the commune,
which follows the middle of the river (IGN, Licence Ouverte), was the guide.

Levels: the quays lie at 6.0 to 7.5 m (median Z of the quay roads: Fosse 7.1, Mitterrand 6.6, Barbusse 6.9, Favre 7.0). The Loire,
tidal here, is drawn 3.5 m below them at 3.2 m; the Erdre and the canal, held by the lock, at 4.3 m.

The script ends with a check: the area that the water takes from buildings and from roads on the ground, object by object.
"""

import json
import math
import pathlib
import sqlite3

HERE = pathlib.Path(__file__).resolve().parent.parent
LOIRE_M, ERDRE_M = 3.2, 4.3

# Coordinates: EPSG:2154, minus (350000, 6680000), metres. West to east.
LOIRE_NORTH_BANK = [
    # Beyond the extract: Indre, Cheviré, Chantenay.
    (-3000, 7600), (-1600, 7260), (-700, 7110), (300, 7040), (1200, 7070), (2100, 7290), (2900, 7580), (3400, 7790), (3700, 8000), (3860, 8170),
    # Quai Ernest-Renaud, quai de la Fosse.
    (3958, 8306), (3998, 8366), (4042, 8411), (4068, 8447), (4097, 8487), (4121, 8513), (4158, 8541), (4214, 8577), (4242, 8583), (4270, 8599), (4350, 8639),
    (4424, 8664), (4475, 8689), (4545, 8715), (4572, 8736), (4640, 8764), (4700, 8789), (4732, 8790), (4757, 8799), (4782, 8810), (4802, 8813), (4828, 8809), (4880, 8799),
    # Quai André-Morice.
    (4911, 8797), (4948, 8780), (4988, 8767), (5046, 8756), (5098, 8745), (5114, 8738), (5142, 8731), (5300, 8701), (5380, 8681), (5434, 8667), (5500, 8656),
    (5600, 8634), (5680, 8616), (5735, 8612), (5775, 8609), (5799, 8594), (5832, 8600), (5852, 8612), (5900, 8623), (5912, 8631),
    # Quai Magellan, then the mouth of the canal and Malakoff.
    (6080, 8702), (6260, 8778), (6374, 8824), (6389, 8834), (6396, 8848), (6414, 8852), (6450, 8866), (6494, 8880), (6530, 8893),
    (6700, 8950), (7000, 9010), (7400, 9050), (7800, 9110), (8200, 9260), (8600, 9480), (9100, 9660), (9650, 9830), (10300, 10100), (11000, 10420), (11700, 10820), (12400, 11200), (13300, 11560),
]
LOIRE_SOUTH_BANK = [
    (-3000, 7250), (-1700, 6940), (-700, 6760), (300, 6690), (1300, 6720), (2200, 6920), (2900, 7170), (3500, 7350), (4100, 7430), (4800, 7415), (5700, 7385), (6200, 7410), (6600, 7520), (7050, 7700), (7500, 7950), (7900, 8240),
    (8250, 8570), (8560, 8930), (8850, 9210), (9220, 9370), (9800, 9550), (10420, 9810), (11180, 10160), (11900, 10560), (12500, 10850), (13300, 11200),
]
# The island, from its western tip along the northern shore and back along the southern one.
ISLAND = [
    (4010, 7800), (4060, 7980), (4125, 8160), (4205, 8350),
    # Quai Fernand-Crouan, quai François-Mitterrand.
    (4232, 8386), (4258, 8416), (4325, 8442), (4412, 8490), (4452, 8513), (4480, 8543), (4606, 8611), (4626, 8623), (4670, 8637), (4784, 8668), (4802, 8671), (4900, 8667),
    (4930, 8660), (4972, 8647), (5043, 8622), (5066, 8615), (5163, 8593), (5300, 8560), (5400, 8534), (5453, 8519),
    # Quai André-Rhuys, quai Hoche, boulevard Gaston-Doumergue.
    (5557, 8492), (5642, 8472), (5692, 8461), (5712, 8456), (5780, 8460), (5842, 8465), (5880, 8478), (5920, 8489), (6002, 8523), (6040, 8534), (6064, 8530), (6130, 8555), (6162, 8568),
    (6202, 8591), (6238, 8605), (6298, 8630), (6412, 8676), (6507, 8714),
    (6700, 8790), (7000, 8850), (7400, 8890), (7800, 8950), (8100, 9050), (8290, 9110), (8350, 9090),
    # Along the southern arm the shore keeps 100 to 120 m off the boundary of the commune, which is the middle of the river.
    (8290, 8960), (8120, 8800), (7940, 8635), (7755, 8465), (7450, 8260), (7080, 8050), (6550, 7790), (6100, 7660), (5600, 7630), (4900, 7650), (4400, 7660), (4120, 7670), (4020, 7710),
]
CANAL = [
    # Quai Ferdinand-Favre southward to the lock, quai de Malakoff back.
    (6244, 9346), (6256, 9330), (6308, 9259), (6350, 9204), (6361, 9190), (6436, 9093), (6468, 9077), (6498, 9062), (6518, 9036), (6556, 8972), (6580, 8936),
    (6592, 8928), (6610, 8935), (6612, 8948), (6590, 8990), (6550, 9050), (6499, 9113), (6475, 9143), (6437, 9192), (6419, 9219), (6389, 9252), (6356, 9299), (6337, 9322), (6285, 9382), (6262, 9385), (6240, 9374), (6238, 9360),
]
ERDRE = [
    # West bank northward: quai de Versailles.
    (5504, 9963), (5519, 9946), (5534, 9946), (5640, 10009), (5677, 10034), (5716, 10059), (5722, 10067),
    (5717, 10081), (5708, 10107), (5699, 10123), (5687, 10142), (5680, 10156), (5675, 10170), (5669, 10256), (5661, 10339), (5658, 10402), (5653, 10475),
    (5660, 10620), (5690, 10800), (5760, 11080), (5920, 11470), (6120, 11910), (6360, 12470), (6690, 13150), (7040, 13810), (7200, 14530), (7550, 15240), (8040, 16020),
    (7780, 16180), (7300, 15360), (6960, 14570), (6820, 13890), (6510, 13250), (6200, 12530), (5980, 11990), (5800, 11530), (5650, 11120), (5590, 10800), (5600, 10620),
    (5624, 10500), (5624, 10475), (5623, 10460), (5617, 10441), (5616, 10428), (5618, 10400), (5623, 10378), (5630, 10358), (5634, 10340), (5638, 10300), (5642, 10263), (5644, 10216), (5645, 10195), (5644, 10162), (5640, 10133),
    (5630, 10103), (5611, 10066), (5597, 10047), (5569, 10016), (5553, 10006),
]


def main():
    features = [
        feature("loire", "La Loire", LOIRE_M, [curve(LOIRE_NORTH_BANK) + curve(LOIRE_SOUTH_BANK[::-1]), ring(ISLAND)]),
        feature("erdre", "L’Erdre", ERDRE_M, [ring(ERDRE)]),
        feature("canal-saint-felix", "Canal Saint-Félix", ERDRE_M, [ring(CANAL)]),
    ]
    document = {
        "type": "FeatureCollection",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2154"}},
        "features": features,
    }
    path = HERE / "eau_schematique.geojson"
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size} bytes, {sum(len(r) for f in features for r in f['geometry']['coordinates'])} points")
    check(features)


def feature(name, title, level, rings):
    shells = [[[round(x + 350000, 1), round(y + 6680000, 1)] for x, y in points] for points in rings]
    for points in shells:
        if points[0] != points[-1]:
            points.append(points[0])
    # Counter-clockwise outside, clockwise inside (RFC 7946).
    shells = [points if (area(points) > 0) == (index == 0) else points[::-1] for index, points in enumerate(shells)]
    properties = {"id": name, "name": title, "level_m": level, "nature": "made", "method": "tracé schématique"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": shells}}


def area(points):
    return 0.5 * sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:]))


def ring(points):
    """A smooth closed curve through the points."""
    return smooth([points[-1], *points, points[0], points[1]])


def curve(points):
    """A smooth open curve through the points."""
    first = (2 * points[0][0] - points[1][0], 2 * points[0][1] - points[1][1])
    last = (2 * points[-1][0] - points[-2][0], 2 * points[-1][1] - points[-2][1])
    return smooth([first, *points, last])


def smooth(points):
    """Centripetal Catmull-Rom: passes through every point but the two ends, and makes neither loops nor cusps."""
    out = []
    for p0, p1, p2, p3 in zip(points, points[1:], points[2:], points[3:]):
        t = [0.0]
        for a, b in ((p0, p1), (p1, p2), (p2, p3)):
            t.append(t[-1] + math.sqrt(math.dist(a, b)))
        steps = max(2, min(12, round(math.dist(p1, p2) / 12)))
        for step in range(steps):
            s = t[1] + (t[2] - t[1]) * step / steps
            a1, a2, a3 = (mix(p, q, u, v, s) for p, q, u, v in ((p0, p1, t[0], t[1]), (p1, p2, t[1], t[2]), (p2, p3, t[2], t[3])))
            out.append(mix(mix(a1, a2, t[0], t[2], s), mix(a2, a3, t[1], t[3], s), t[1], t[2], s))
    out.append(points[-2])
    return out


def mix(p, q, u, v, s):
    return tuple((a * (v - s) + b * (s - u)) / (v - u) for a, b in zip(p, q))


def check(features):
    import shapely

    water = {f["properties"]["id"]: shapely.geometry.shape(f["geometry"]) for f in features}
    for name, shape in water.items():
        print(f"{name}: valid {shape.is_valid}, {shape.area / 1e4:.1f} ha")
    for one, other in ((a, b) for a in water for b in water if a < b):
        if water[one].intersects(water[other]):
            print(f"{one} and {other} overlap")
    everything = shapely.unary_union(list(water.values()))
    database = sqlite3.connect(HERE / "bdtopo.gpkg")
    for blob, name, ground in database.execute("SELECT geom, id, z_min_sol FROM batiment"):
        shape = shapely.from_wkb(blob[8:])
        if shape.intersects(everything):
            print(f"building in the water: {name}, {shape.intersection(everything).area:.1f} m², ground at {ground} m")
    bridges = []
    for blob, name, street, nature, level, fictif, width in database.execute(
            "SELECT geom, id, nom_coll_g, nature, pos_sol, fictif, largeur FROM troncon_de_route"):
        line = shapely.from_wkb(blob[8:])
        band = line.buffer(0.5 * (width or 2.0))
        if not band.intersects(everything):
            continue
        if level > 0 or nature.startswith("Bac"):
            bridges.append((name, street, nature, level, round(line.intersection(everything).length)))
        else:
            print(f"road in the water: {name}, {street}, {nature}, level {level}, {band.intersection(everything).area:.1f} m²")
    print("crossing the water by right:")
    for bridge in bridges:
        print("  ", *bridge, sep="  ")


if __name__ == "__main__":
    main()
