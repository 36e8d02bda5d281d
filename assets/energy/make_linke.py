"""Writes linke-france.bin: monthly Linke turbidity of France, cut out of the table that pvlib ships.

    python3 -m venv v && v/bin/pip install pvlib==0.16.1 h5py && v/bin/python make_linke.py

Layout: rows from north to south, columns from west to east on pvlib's own lattice of 5', twelve months a node, one byte each, twenty times the turbidity.
"""
import os

import h5py
import pvlib

WEST, EAST, NORTH, SOUTH = -5.5, 10.0, 51.5, 41.0
with h5py.File(os.path.join(os.path.dirname(pvlib.__file__), "data", "LinkeTurbidities.h5")) as file:
    table = file["LinkeTurbidity"]
    rows = slice(round((90 - NORTH) * 12), round((90 - SOUTH) * 12))
    columns = slice(round((WEST + 180) * 12), round((EAST + 180) * 12))
    cut = table[rows, columns]
print(cut.shape, rows, columns)
with open("linke-france.bin", "wb") as out:
    out.write(cut.tobytes())
