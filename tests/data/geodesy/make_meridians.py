"""Writes meridians.csv: what PROJ makes of texts that count from other meridians and in other units.

    python3 -m venv v && v/bin/pip install pyproj==3.7.2 && v/bin/python make_meridians.py > meridians.csv

Columns: form (proj, wkt1, wkt2, json), longitude and latitude of EPSG:4326, the coordinates, the text (last, for it holds separators).
NTF goes by its three parameters: pyproj carries no grids.
"""
import json

from pyproj import CRS, Transformer

NTF = "+ellps=clrk80ign +towgs84=-168,-60,320"
POINTS = [(-1.5536, 47.2184), (2.3522, 48.8566), (7.7521, 48.5734), (5.3698, 43.2965)]
WGS84 = CRS.from_epsg(4326)


def nameless(text):
    """Without the names and numbers that would tell at once which system it is."""
    return text.replace("NTF (Paris)", "sans nom").replace("RGF93 v1 / Lambert-93", "sans nom")


def rows(form, crs, text):
    there = Transformer.from_crs(WGS84, crs, always_xy=True)
    for lon, lat in POINTS:
        x, y = there.transform(lon, lat, errcheck=True)
        print(f"{form};{lon};{lat};{x!r};{y!r};{text}")


print("form;lon;lat;x;y;text")
for text in [
    "+proj=longlat +datum=WGS84 +pm=paris",
    "+proj=longlat +datum=WGS84 +pm=2.5",
    f"+proj=longlat {NTF} +pm=paris",
    f"+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=0 +k_0=0.99987742 +x_0=600000 +y_0=2200000 {NTF} +pm=paris",
    f"+proj=lcc +lat_1=46.8 +lat_0=46.8 +lon_0=2.33722916666667 +k_0=0.99987742 +x_0=600000 +y_0=2200000 {NTF}",
    "+proj=tmerc +lat_0=0 +lon_0=0 +k=0.9996 +x_0=500000 +y_0=0 +ellps=GRS80 +pm=paris",
]:
    rows("proj", CRS.from_proj4(text + " +type=crs"), text)

# NTF (Paris) as GDAL and QGIS write it: grads, and the meridian in degrees; then without name and number.
GRADS = (
    'GEOGCS["NTF (Paris)",DATUM["Nouvelle_Triangulation_Francaise_Paris",SPHEROID["Clarke 1880 (IGN)",6378249.2,293.466021293627],'
    'TOWGS84[-168,-60,320,0,0,0,0]],PRIMEM["Paris",2.33722917],UNIT["grad",0.0157079632679489]]'
)
rows("wkt1", CRS.from_wkt(GRADS), GRADS)
rows("wkt1", CRS.from_wkt(GRADS), nameless(GRADS))
# The same name in degrees: the unit goes before the name.
DEGREES = GRADS.replace('UNIT["grad",0.0157079632679489]', 'UNIT["degree",0.0174532925199433]')
rows("wkt1", CRS.from_wkt(DEGREES), DEGREES)
# Degrees of WGS 84 from Paris under the name of WGS 84.
FROM_PARIS = 'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Paris",2.33722917],UNIT["degree",0.0174532925199433]]'
rows("wkt1", CRS.from_wkt(FROM_PARIS), FROM_PARIS)

# The registry's own texts, whose units stand at each axis and parameter. PROJ gets the shift by the bound system.
bound = CRS.from_wkt(GRADS)
for form, text in [("wkt2", CRS.from_epsg(4807).to_wkt("WKT2_2019")), ("json", CRS.from_epsg(4807).to_json())]:
    rows(form, bound, text)
    plain = nameless(text)
    if form == "json":
        document = json.loads(plain)
        document.pop("id")
        plain = json.dumps(document)
    else:
        plain = plain.replace(',ID["EPSG",4807]', "")
    rows(form, bound, plain)
