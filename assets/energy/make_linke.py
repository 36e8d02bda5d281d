"""Writes linke-france.bin: monthly Linke turbidity of France, cut out of the table that pvlib ships.

    python3 -m venv v && v/bin/pip install pvlib==0.16.1 h5py && v/bin/python make_linke.py

Layout: month after month, rows from north to south, columns from west to east on pvlib's own lattice of 5', one byte each: twenty times the turbidity,
less what src/base/lattice.rs guesses from the neighbours.
"""
import os

import h5py
import numpy as np
import pvlib

WEST, EAST, NORTH, SOUTH = -5.5, 10.0, 51.5, 41.0
with h5py.File(os.path.join(os.path.dirname(pvlib.__file__), "data", "LinkeTurbidities.h5")) as file:
    table = file["LinkeTurbidity"]
    rows = slice(round((90 - NORTH) * 12), round((90 - SOUTH) * 12))
    columns = slice(round((WEST + 180) * 12), round((EAST + 180) * 12))
    cut = table[rows, columns]
print(cut.shape, rows, columns)


def rest(values):
    """What the guess lacks (src/base/lattice.rs), modulo 256."""
    padded = np.pad(values.astype(int), ((1, 0), (1, 0)))
    west, north, corner = padded[1:, :-1], padded[:-1, 1:], padded[:-1, :-1]
    low, high = np.minimum(west, north), np.maximum(west, north)
    guess = np.where(corner >= high, low, np.where(corner <= low, high, west + north - corner))
    return ((values - guess) % 256).astype(np.uint8)


with open("linke-france.bin", "wb") as out:
    for month in range(12):
        out.write(rest(cut[:, :, month]).tobytes())
