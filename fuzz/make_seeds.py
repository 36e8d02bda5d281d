#!/usr/bin/env python3
"""Writes the seeds that lie nowhere else: `seeds/<door>/<name>`, small and of our own making. They are committed; run it after a change here."""
import gzip, io, json, sqlite3, struct, tempfile, zipfile, zlib
from pathlib import Path

HERE = Path(__file__).parent / "seeds"


def save(door, name, data):
    path = HERE / door / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def text(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def pad(data, to, fill):
    return data + fill * (-len(data) % to)


def glb(document, binary=b""):
    chunks = pad(text(document), 4, b" ")
    body = struct.pack("<I4s", len(chunks), b"JSON") + chunks
    if binary:
        binary = pad(binary, 4, b"\0")
        body += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(body)) + body


def model():
    positions = struct.pack("<12f", 0, 0, 0, 10, 0, 0, 10, 5, 0, 0, 5, -3)
    indices = struct.pack("<6H", 0, 1, 2, 0, 2, 3)
    ids = struct.pack("<4f", 0, 0, 1, 1)
    values = struct.pack("<2f", 12.5, float("nan"))
    names = "mairieéglise".encode()
    offsets = struct.pack("<3I", 0, 6, len(names))
    parts, views, at = [], [], 0
    for part in (positions, indices, ids, values, pad(names, 4, b"\0"), offsets):
        part = pad(part, 8, b"\0")
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(part)})
        at += len(part)
        parts.append(part)
    views[0]["byteLength"], views[1]["byteLength"], views[2]["byteLength"] = 48, 12, 16
    views[3]["byteLength"], views[4]["byteLength"], views[5]["byteLength"] = 8, len(names), 12
    schema = {"id": "s", "classes": {"building": {"properties": {
        "height": {"type": "SCALAR", "componentType": "FLOAT32"}, "name": {"type": "STRING"}}}}}
    document = {
        "asset": {"version": "2.0"},
        "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"],
        "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "root", "children": [1], "matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 5, 6, 7, 1]},
                  {"mesh": 0, "translation": [1, 2, 3], "rotation": [0, 0, 0, 1], "scale": [1, 1, 1]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "_FEATURE_ID_0": 2}, "indices": 1, "mode": 4, "material": 0,
                                    "extensions": {"EXT_mesh_features": {"featureIds": [{"featureCount": 2, "attribute": 0, "propertyTable": 0}]}}}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorFactor": [0.5, 0.5, 0.5, 1]}}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3", "min": [0, 0, -3], "max": [10, 5, 0]},
            {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"},
            {"bufferView": 2, "componentType": 5126, "count": 4, "type": "SCALAR"}],
        "bufferViews": views, "buffers": [{"byteLength": at}],
        "extensions": {"EXT_structural_metadata": {"schema": schema, "propertyTables": [{"class": "building", "count": 2, "properties": {
            "height": {"values": 3}, "name": {"values": 4, "stringOffsets": 5, "stringOffsetType": "UINT32"}}}]}},
    }
    return glb(document, b"".join(parts))


def b3dm(inner):
    feature = pad(text({"BATCH_LENGTH": 2, "RTC_CENTER": [1, 2, 3]}), 8, b" ")
    batch = pad(text({"height": {"byteOffset": 0, "componentType": "FLOAT", "type": "SCALAR"}, "name": ["a", "b"]}), 8, b" ")
    binary = struct.pack("<2f", 1, 2)
    length = 28 + len(feature) + len(batch) + len(binary) + len(inner)
    return struct.pack("<4s6I", b"b3dm", 1, length, len(feature), 0, len(batch), len(binary)) + feature + batch + binary + inner


def subtree():
    document = {
        "buffers": [{"byteLength": 16}],
        "bufferViews": [{"buffer": 0, "byteOffset": 0, "byteLength": 3}, {"buffer": 0, "byteOffset": 8, "byteLength": 8}],
        "tileAvailability": {"bitstream": 0, "availableCount": 7},
        "contentAvailability": [{"bitstream": 0, "availableCount": 7}],
        "childSubtreeAvailability": {"bitstream": 1, "availableCount": 8},
    }
    chunk = pad(text(document), 8, b" ")
    binary = bytes([0b00111111, 0b100, 0, 0, 0, 0, 0, 0]) + bytes([1] * 8)
    return struct.pack("<4sIQQ", b"subt", 1, len(chunk), len(binary)) + chunk + binary


def tilesets():
    volume = {"region": [-0.0272, 0.8238, -0.0270, 0.8240, 0, 120]}
    child = {"boundingVolume": {"box": [0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 10]}, "geometricError": 1, "content": {"uri": "a.glb"}}
    explicit = {"asset": {"version": "1.1"}, "geometricError": 500, "root": {
        "boundingVolume": {"sphere": [0, 0, 0, 100]}, "geometricError": 100, "refine": "ADD",
        "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 4268000, -115000, 4722000, 1],
        "children": [child, dict(child, content={"uri": "b/tileset.json"})]}}
    implicit = {"asset": {"version": "1.1"}, "geometricError": 500, "schema": {"id": "s", "classes": {"tile": {"properties": {
        "minimum": {"type": "SCALAR", "componentType": "FLOAT64", "semantic": "TILE_MINIMUM_HEIGHT"}}}}}, "root": {
        "boundingVolume": volume, "geometricError": 100, "refine": "REPLACE", "content": {"uri": "c/{level}/{x}/{y}.glb"},
        "implicitTiling": {"subdivisionScheme": "QUADTREE", "subtreeLevels": 2, "availableLevels": 4, "subtrees": {"uri": "s/{level}.{x}.{y}.subtree"}}}}
    return {"explicit.json": explicit, "implicit.json": implicit}


def geometries():
    point = struct.pack("<BI2d", 1, 1, 355000.0, 6689000.0)
    ring = struct.pack("<I10d", 5, 0, 0, 10, 0, 10, 10, 0, 10, 0, 0)
    polygon = struct.pack("<BII", 1, 3, 1) + ring
    raised = struct.pack("<BIII12d", 1, 1003, 1, 4, 0, 0, 1, 10, 0, 1, 10, 10, 2, 0, 0, 1)
    many = struct.pack("<BII", 1, 6, 2) + polygon + polygon
    collection = struct.pack("<BII", 1, 7, 2) + point + many
    big = struct.pack(">BII", 0, 2, 2) + struct.pack(">4d", 0, 0, 1, 1)
    header = struct.pack("<2sBBi", b"GP", 0, 1, 2154)
    boxed = struct.pack("<2sBBi4d", b"GP", 0, 3, 2154, 0, 10, 0, 10)
    return {"point": header + point, "polygon": boxed + polygon, "polygon-z": header + raised, "multi": header + many,
            "collection": header + collection, "big-endian-line": header + big, "naked": polygon}


GML = '''<?xml version="1.0" encoding="UTF-8"?>
<CityModel xmlns="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gml="http://www.opengis.net/gml" xmlns:gen="http://www.opengis.net/citygml/generics/2.0" xmlns:xlink="http://www.w3.org/1999/xlink">
<gml:boundedBy><gml:Envelope srsName="EPSG:2154" srsDimension="3"><gml:lowerCorner>0 0 0</gml:lowerCorner></gml:Envelope></gml:boundedBy>
<cityObjectMember><bldg:Building gml:id="b1"><gen:stringAttribute name="a"><gen:value>v &amp; &#233;</gen:value></gen:stringAttribute>
<bldg:measuredHeight uom="m">9</bldg:measuredHeight>
<bldg:boundedBy><bldg:RoofSurface gml:id="r"><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember><gml:Polygon gml:id="p"><gml:exterior><gml:LinearRing><gml:posList srsDimension="3">0 0 3 9 0 3 9 9 3 0 9 3 0 0 3</gml:posList></gml:LinearRing></gml:exterior><gml:interior><gml:LinearRing><gml:pos>1 1 3</gml:pos><gml:pos>2 1 3</gml:pos><gml:pos>2 2 3</gml:pos><gml:pos>1 1 3</gml:pos></gml:LinearRing></gml:interior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:RoofSurface></bldg:boundedBy>
<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface><gml:surfaceMember xlink:href="#p"/><gml:surfaceMember><gml:OrientableSurface orientation="-"><gml:baseSurface xlink:href="#p"/></gml:OrientableSurface></gml:surfaceMember></gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>
<bldg:consistsOfBuildingPart><bldg:BuildingPart gml:id="b2"><bldg:lod1Solid><gml:Solid><gml:exterior><gml:CompositeSurface><gml:surfaceMember><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 0 0 1 0 0 1 1 0 0 0 0</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:surfaceMember></gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod1Solid></bldg:BuildingPart></bldg:consistsOfBuildingPart>
</bldg:Building></cityObjectMember></CityModel>
'''

CITYJSON = {"type": "CityJSON", "version": "2.0", "transform": {"scale": [0.01, 0.01, 0.01], "translate": [355000, 6689000, 0]},
            "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/2154"},
            "CityObjects": {
                "a": {"type": "Building", "attributes": {"measuredHeight": 9.5, "list": [1, None]}, "children": ["b"], "geometry": [
                    {"type": "Solid", "lod": "2", "boundaries": [[[[0, 1, 2, 3]], [[4, 5, 6, 7], [0, 1, 2]]]],
                     "semantics": {"surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}], "values": [[0, 1]]}}]},
                "b": {"type": "BuildingPart", "parents": ["a"], "geometry": [{"type": "MultiSurface", "lod": 1, "boundaries": [[[0, 1, 2]]]},
                      {"type": "GeometryInstance", "template": 0, "boundaries": [0], "transformationMatrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}]}},
            "geometry-templates": {"templates": [{"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2]]]}], "vertices-templates": [[0, 0, 0], [1, 0, 0], [1, 1, 0]]},
            "vertices": [[0, 0, 0], [900, 0, 0], [900, 900, 0], [0, 900, 0], [0, 0, 300], [0, 900, 300], [900, 900, 300], [900, 0, 300]]}

MANIFEST = {"jumeau": 1, "id": "essai", "name": {"fr": "Essai", "en": "Trial"}, "crs": "EPSG:2154", "vertical": "NGF-IGN69", "geoid": "RAF20",
            "bounds_lonlat": [-1.57, 47.2, -1.53, 47.23], "origin": [-1.55, 47.21, 60.0], "timezone": "Europe/Paris",
            "home": {"lon": -1.55, "lat": 47.21, "height_m": 60.0, "distance_m": 900.0, "heading_deg": 0.0, "pitch_deg": -35.0, "instant": "2026-06-21T13:30:00Z"},
            "layers": [{"id": "buildings", "kind": "buildings", "name": {"fr": "Bâtiments", "en": "Buildings"}, "tileset": "buildings/tileset.json",
                        "features": 2, "tiles": 2, "bytes": 1234, "datasets": ["bdtopo"], "nature": "measured"}],
            "axes": [{"id": "day", "start": "2026-01-01T00:00:00Z", "end": "2026-01-02T00:00:00Z", "step": 3600}],
            "series": [{"id": "load", "path": "series", "axis": "day", "rows": ["a", "b"], "unit": "one", "nature": "simulated", "dataset": "bdtopo"}],
            "datasets": [{"id": "bdtopo", "title": "BD TOPO", "producer": "IGN", "licence": "Licence Ouverte 2.0", "date": "2025-06-15",
                          "attribution": "IGN", "nature": "measured"}]}

LAMBERT = ('PROJCS["RGF93 / Lambert-93",GEOGCS["RGF93",DATUM["Reseau_Geodesique_Francais_1993",SPHEROID["GRS 1980",6378137,298.257222101],TOWGS84[0,0,0,0,0,0,0]],'
           'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["standard_parallel_1",49],'
           'PARAMETER["standard_parallel_2",44],PARAMETER["latitude_of_origin",46.5],PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],'
           'PARAMETER["false_northing",6600000],UNIT["metre",1],AUTHORITY["EPSG","2154"]]')
PROJJSON = {"type": "ProjectedCRS", "name": "x", "base_crs": {"name": "WGS 84", "datum": {"type": "GeodeticReferenceFrame", "name": "World Geodetic System 1984",
            "ellipsoid": {"name": "WGS 84", "semi_major_axis": 6378137, "inverse_flattening": 298.257223563}}}, "conversion": {"name": "UTM zone 30N",
            "method": {"name": "Transverse Mercator"}, "parameters": [{"name": "Longitude of natural origin", "value": -3, "unit": "degree"}]}, "id": {"authority": "EPSG", "code": 32630}}


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a/points.csv", "x;y\n1;2\n" * 40)
        packed.writestr("b.txt", "")
    return out.getvalue()


def database():
    """The least GeoPackage, in pages of 512 bytes, so that changes hit something."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.gpkg"
        base = sqlite3.connect(path)
        base.executescript("""
            PRAGMA page_size = 512; PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; VACUUM;
            CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
            CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z TINYINT, m TINYINT);
            INSERT INTO gpkg_spatial_ref_sys VALUES ('RGF93 / Lambert-93', 2154, 'EPSG', 2154, 'x');
            INSERT INTO gpkg_contents VALUES ('batiment', 'features', 'batiment', 2154);
            INSERT INTO gpkg_geometry_columns VALUES ('batiment', 'geom', 'POLYGON', 2154, 0, 0);
            CREATE TABLE batiment (fid INTEGER PRIMARY KEY, geom BLOB, cleabs TEXT, hauteur REAL);
        """)
        shape = geometries()["polygon"]
        base.executemany("INSERT INTO batiment VALUES (?, ?, ?, ?)", [(1, shape, "BATIMENT1", 9.5), (2, shape, None, None), (3, b"GP", "x", "y")])
        base.commit()
        base.close()
        return path.read_bytes()


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def zigzag(number):
    return number << 1 if number >= 0 else (-number << 1) - 1


def vector_tile():
    def feature(kind, commands, tags=b""):
        return field(2, (varint(8) + varint(7) + field(2, tags) if tags else b"") + varint(24) + varint(kind) + field(4, b"".join(map(varint, commands))))

    def steps(*pairs):
        return [zigzag(number) for pair in pairs for number in pair]

    point = feature(1, [9, *steps((25, 17))], bytes([0, 0, 1, 1]))
    lines = feature(2, [9, *steps((2, 2)), 18, *steps((0, 8), (8, 0)), 9, *steps((-9, -9)), 10, *steps((2, 4))])
    area = feature(3, [9, *steps((0, 0)), 26, *steps((10, 0), (0, 10), (-10, 0)), 15, 9, *steps((2, -8)), 26, *steps((0, 4), (4, 0), (0, -4)), 15])
    values = [field(1, b"route"), varint(2 << 3 | 5) + struct.pack("<f", 1.5), varint(3 << 3 | 1) + struct.pack("<d", 2.5),
              varint(4 << 3) + varint(9), varint(6 << 3) + varint(zigzag(-3)), varint(7 << 3) + varint(1)]
    layer = varint(15 << 3) + varint(2) + field(1, b"roads") + point + lines + area + field(3, b"class") + field(3, b"width")
    return field(3, layer + b"".join(field(4, value) for value in values) + varint(5 << 3) + varint(4096))


def picture_of_heights():
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + b"".join(bytes((1, 134, 160 + column + 4 * row)) for column in range(4)) for row in range(4))
    head = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def ground():
    def steps(numbers):
        before, out = 0, b""
        for number in numbers:
            out, before = out + struct.pack("<H", zigzag(number - before)), number
        return out

    head = struct.pack("<3d2f4d3d", 4.3e6, -1.1e5, 4.6e6, 3.5, 61.25, 4.3e6, -1.1e5, 4.6e6, 2e3, 0.7, -0.02, 0.72)
    vertices = struct.pack("<I", 4) + steps([0, 32767, 0, 32767]) + steps([0, 0, 32767, 32767]) + steps([0, 9000, 32767, 12])
    indices = struct.pack("<I6H", 2, 0, 0, 0, 1, 0, 3)
    edges = b"".join(struct.pack("<I2H", 2, *edge) for edge in ((0, 2), (0, 1), (1, 3), (2, 3)))
    below = text({"available": [[{"startX": 1, "startY": 2, "endX": 3, "endY": 4}], []]})
    more = b"\1" + struct.pack("<I", 8) + bytes([128, 128, 10, 250, 128, 0, 255, 255]) + b"\2" + struct.pack("<I", 1) + b"\xff"
    return head + vertices + indices + edges + more + b"\4" + struct.pack("<2I", len(below) + 4, len(below)) + below


LAYER = {"tilejson": "2.1.0", "format": "quantized-mesh-1.0", "version": "1.2.0", "scheme": "slippyMap", "projection": "EPSG:3857",
         "tiles": ["a/{z}/{x}/{y}.terrain?v={version}", "b/{z}/{x}/{reverseY}.terrain"], "extensions": ["octvertexnormals", "watermask", "metadata"],
         "maxzoom": 4, "metadataAvailability": 2, "parentUrl": "../world/", "available": [[{"startX": 0, "startY": 0, "endX": 1, "endY": 0}], []]}


def pyramid(packed):
    """A root of two entries, a run and a directory, and that directory."""
    def directory(entries):
        before, out = 0, varint(len(entries))
        for first, *_ in entries:
            out, before = out + varint(first - before), first
        for at in (1, 2):
            out += b"".join(varint(entry[at]) for entry in entries)
        return out + b"".join(varint(entry[3] + 1) for entry in entries)

    pack = (lambda data: gzip.compress(data, mtime=0)) if packed else (lambda data: data)
    leaf = pack(directory([(5, 2, 4, 3), (9, 1, 3, 7)]))
    root = pack(directory([(0, 3, 3, 0), (5, 0, len(leaf), 0)]))
    tiles = b"onetwo2far"
    at = [127, 127 + len(root), 127 + len(root) + 2, 127 + len(root) + 2 + len(leaf)]
    spans = struct.pack("<8Q", at[0], len(root), at[1], 2, at[2], len(leaf), at[3], len(tiles))
    head = b"PMTiles\3" + spans + struct.pack("<3Q", 6, 3, 3) + bytes([1, 2 if packed else 1, 1, 1, 0, 3])
    head += struct.pack("<4i", -16000000, 471000000, -15000000, 473000000) + b"\2" + struct.pack("<2i", 0, 0)
    return head + root + b"{}" + leaf + tiles


STYLE = {"defines": {"tall": "${Height} > 10"}, "show": "!(${tall}) || regExp('^a+(b|c)','i').test('${name} x')",
         "color": {"conditions": [["${tall}", "mix(color('white'), color('#12345678', 0.5), clamp(${Height} / 100, 0, 1))"],
                                  ["true", "hsla(0.9, 0.6, 0.7, 0.75) * vec4(vec2(1, 2), ${abc}.xy, 1)"]]},
         "pointSize": "3 + ${feature['abcd']}.length", "meta": {"m": "'Height: ' + String(${Height})"}}


def main():
    save("style", "every_kind.json", text(STYLE))
    save("style", "expression.txt", "(${a} % 3 <= 1e2 && !isNaN(${abcd})) ? rgb(1, 2, 3) : [1, 'a', null][1] + regExp('a{2,3}[^b-d]').exec('aae')")
    save("mvt", "every_kind.mvt", vector_tile())
    save("terrain_rgb", "hill.png", picture_of_heights())
    save("quantized_mesh", "square.terrain", ground())
    save("quantized_mesh", "layer.json", text(LAYER))
    # A description's length, the description, and one body for all tiles.
    for name, document, body in [("mesh", text(LAYER), ground()),
                                 ("heights", text({"tilejson": "3.0.0", "encoding": "mapbox", "tiles": ["{z}/{x}/{y}.png"], "maxzoom": 2}), picture_of_heights()),
                                 ("vectors", text({"tilejson": "3.0.0", "format": "pbf", "tiles": ["{z}/{x}/{y}.pbf"], "maxzoom": 2}), vector_tile()),
                                 ("archive", pyramid(True), b"")]:
        document = document if isinstance(document, bytes) else document.encode()
        save("ground", name, struct.pack("<H", len(document)) + document + body)
    save("pmtiles", "plain.pmtiles", pyramid(False))
    save("pmtiles", "packed.pmtiles", pyramid(True))
    save("database", "buildings.gpkg", database())
    save("glb", "features", model())
    save("glb", "gltf", text({"asset": {"version": "2.0"}, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}], "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}],
         "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"}], "bufferViews": [{"buffer": 0, "byteLength": 36}],
         "buffers": [{"byteLength": 36, "uri": "data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA"}]}))
    for mode in range(3):
        for head in (0xA0, 0xA1, 0xE0, 0xE1, 0xD0, 0xD1):
            save("meshopt", f"mode-{mode}-{head:x}", bytes([mode, head & 3, 4, 6, 0, 0, head]) + bytes(range(48)))
    save("batched", "b3dm", b3dm(model()))
    inner = b3dm(model())
    save("batched", "cmpt", struct.pack("<4s3I", b"cmpt", 1, 16 + 2 * len(inner), 2) + inner + inner)
    save("subtree", "bits", subtree())
    save("subtree", "constants.json", text({"tileAvailability": {"constant": 1}, "contentAvailability": [{"constant": 0}], "childSubtreeAvailability": {"constant": 0}}))
    for name, document in tilesets().items():
        save("tileset", name, text(document))
        save("stream", name, text(document))
    save("stream", "bits.subtree", subtree())
    save("territory", "territory.json", text(MANIFEST))
    zarr = {"zarr_format": 3, "node_type": "array", "shape": [2, 3], "data_type": "float32", "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 2]}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}}, "fill_value": "NaN", "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}]}
    save("zarr", "array", text(zarr) + b"\0" + struct.pack("<4f", 1, 2, 3, 4))
    save("link", "full", "https://x/#v=1&territory=nantes-centre&c=-1.5536,47.2184,20,900,30,-35&t=2026-06-21T13:30:00Z&y=2026&theme=demand&hide=trees,water&sel=buildings:BATIMENT0000&play=0&speed=3600&lang=fr")
    save("link", "short", "c=-1.5,47.2,0,100,0,-20")
    for name, data in geometries().items():
        save("wkb", name, data)
    save("geoparquet", "geo", text({"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Polygon"], "crs": PROJJSON,
         "bbox": [0, 0, 1, 1], "covering": {"bbox": {"xmin": ["bbox", "xmin"], "ymin": ["bbox", "ymin"], "xmax": ["bbox", "xmax"], "ymax": ["bbox", "ymax"]}}}}}))
    ring = [[-1.55, 47.2], [-1.54, 47.2], [-1.54, 47.21, 3], [-1.55, 47.2]]
    save("geojson", "collection", text({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}, "features": [
        {"type": "Feature", "id": 7, "properties": {"a": 1.5, "b": None, "c": "é", "d": {"e": [1]}}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
        {"type": "Feature", "properties": {}, "geometry": {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 1]}, {"type": "MultiLineString", "coordinates": [ring]}]}}]}))
    save("citygml", "two.gml", GML)
    save("cityjson", "two.json", text(CITYJSON))
    feature = {"type": "CityJSONFeature", "id": "a", "CityObjects": CITYJSON["CityObjects"], "vertices": CITYJSON["vertices"]}
    save("cityjson", "sequence", text(dict(CITYJSON, CityObjects={}, vertices=[])) + b"\n" + text(feature) + b"\n")
    save("grids", "plain.asc", "ncols 3\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 5\nNODATA_value -9999\n1 2 3\n4 -9999 6\n")
    save("grids", "whole.bil", b"BYTEORDER I\nLAYOUT BIL\nNROWS 2\nNCOLS 3\nNBANDS 1\nNBITS 16\nULXMAP 0\nULYMAP 9\nXDIM 1\nYDIM 1\nNODATA -9999\n\0" + struct.pack("<6h", 1, 2, 3, 4, 5, 6))
    save("xyz", "comma.xyz", "x,y,z\n1,2,3\n4;5;6\n")
    save("csv", "quoted.csv", 'id;nom;valeur\n1;"a ""b""\nc";12,5\n2;é;\n')
    save("gtfs", "stops.txt", "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\nS1,\"Place, Nord\",47.21,-1.55,0,\n")
    save("gtfs", "shapes.txt", "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nA,47.2,-1.5,2\nA,47.21,-1.5,1\n")
    save("gtfs", "routes.txt", "route_id,route_short_name,route_long_name,route_type,route_color\nR,1,Nord,0,FF0000\n")
    save("gtfs", "trips.txt", "trip_id,route_id,shape_id,direction_id,stop_id,stop_sequence\nT,R,A,0,S1,1\n")
    save("epanet", "small.inp", "[TITLE]\nx\n[JUNCTIONS]\n J1 12.5 0 ;c\n J2 10\n[RESERVOIRS]\n R1 100\n[PIPES]\n P1 J1 J2 120 200 100 0 Open\n[VALVES]\n V J1 R1 100 PRV 5 0\n[COORDINATES]\n J1 1 2\n J2 3 4\n R1 5 6\n[VERTICES]\n P1 2 3\n[OPTIONS]\n Units LPS\n Headloss D-W\n[END]\n")
    save("crs", "wkt1", LAMBERT)
    save("crs", "compound", f'COMPD_CS["x",{LAMBERT},VERT_CS["NGF-IGN69",VERT_DATUM["x",2005],UNIT["metre",1],AUTHORITY["EPSG","5720"]]]')
    save("crs", "proj", "+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs")
    save("crs", "proj-tmerc", "+proj=tmerc +lat_0=0 +lon_0=-3 +k=0.9996 +x_0=500000 +pm=paris +ellps=clrk80ign +nadgrids=ntf_r93.gsb")
    save("crs", "projjson", text(PROJJSON))
    for code in ("EPSG:2154", "urn:ogc:def:crs:EPSG::4326", "http://www.opengis.net/def/crs/EPSG/0/3946", "EPSG:2154+5720", "OGC:CRS84"):
        save("crs", "code-" + "".join(c if c.isalnum() else "-" for c in code), code)
    epw = "LOCATION,Lyon,-,FRA,TMYx,074800,45.7,5.1,1.0,240\nDESIGN CONDITIONS,0\nTYPICAL/EXTREME PERIODS,0\nGROUND TEMPERATURES,0\nHOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0\nCOMMENTS 1,x\nCOMMENTS 2,y\nDATA PERIODS,1,1,Data,Sunday,1/1,12/31\n"
    row = "2004,1,1,{},60,?9,3.2,1.1,86,99000,0,0,315,0,0,0,0,0,0,0,200,3.1,9,9,9999,99999,9,999999999,89,0.1,0,88,0,0,0\n"
    save("weather", "day.epw", epw + "".join(row.format(hour) for hour in range(1, 25)))
    save("weather", "table.csv", "time,ghi,dni,dhi,temp_air,wind_speed\n2026-06-21T12:00:00Z,800,700,120,25,3\n2026-06-21T13:00:00Z,780,690,120,25,3\n2026-06-21T14:00:00Z,700,650,110,25,3\n")
    save("wind", "series.csv", "time,wind_speed_100m,temperature\n2026-01-01T00:00:00Z,7.5,280\n2026-01-01T01:00:00Z,8.1,281\n")
    case = {"step_h": 1, "load_mw": [2.1, 2.0], "generation_mw": {"wind": [1.2, 3.4]}, "price_eur_mwh": [60, 55], "objective": "cost",
            "battery": {"energy_mwh": 3.3, "power_mw": 2.0, "round_trip_efficiency": 0.9, "cyclic": True}}
    save("energy", "case", text(case))
    save("energy", "facts", text({"format": "jumeau-facts-1", "read": "2026-11-22", "facts": [{"id": "pv-surplus-tariff", "kwp": [0, 9], "value": 0.04, "unit": "EUR/kWh",
         "from": "2025-03-28", "to": "2026-03-31", "confidence": "high", "fr": "x", "en": "y", "source": "z"}]}))
    pgm = {"version": "1.0", "type": "input", "is_batch": False, "attributes": {}, "data": {
        "node": [{"id": 1, "u_rated": 20000}, {"id": 2, "u_rated": 20000}], "line": [{"id": 3, "from_node": 1, "to_node": 2, "from_status": 1, "to_status": 1, "r1": 0.1, "x1": 0.1, "c1": 0, "tan1": 0}],
        "source": [{"id": 4, "node": 1, "status": 1, "u_ref": 1}], "sym_load": [{"id": 5, "node": 2, "status": 1, "type": 0, "p_specified": 1e6, "q_specified": 1e5}]}}
    case_m = "function mpc = two\nmpc.version = '2';\nmpc.baseMVA = 10;\nmpc.bus = [\n1 3 0 0 0 0 1 1 0 12.66 1 1.1 0.9;\n2, 1, 100, 60, 0, 0, 1, 1, 0, 12.66, 1, 1.1, 0.9\n];\nmpc.gen = [1 0 0 10 -10 1.02 100 1 10 0];\nmpc.branch = [\n1 2 0.0922 0.0470 0 0 0 0 0 0 1 -360 360; ];\nVbase = mpc.bus(1, BASE_KV) * 1e3;\nSbase = mpc.baseMVA * 1e6;\nmpc.branch(:, [BR_R BR_X]) = mpc.branch(:, [BR_R BR_X]) / (Vbase^2 / Sbase);\nmpc.bus(:, [PD, QD]) = mpc.bus(:, [PD, QD]) / 1e3;\n"
    for door in ("network", "network_flow"):
        save(door, "power-grid-model.json", text(pgm))
        save(door, "matpower.m", case_m)
    save("network", "profiles.csv", "time,load:5,sgen:1\n2026-01-01T00:00:00Z,0.5,0.1\n2026-01-01T01:00:00Z,0.6,0.2\n")
    save("archive", "two.zip", archive())
    save("source", "collection.geojson", (HERE / "geojson" / "collection").read_bytes())
    save("source", "stops.txt", (HERE / "gtfs" / "stops.txt").read_bytes())
    save("source", "small.inp", (HERE / "epanet" / "small.inp").read_bytes())
    save("source", "two.gml", GML)
    save("source", "two.city.json", text(CITYJSON))
    save("declaration", "map.json", text([{"file": "a.shp", "as": "buildings", "crs": "EPSG:2154", "fields": {"height_m": "H"}, "keep": ["*"]}]))


if __name__ == "__main__":
    main()
