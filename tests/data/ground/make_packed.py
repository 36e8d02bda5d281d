"""Archives whose directories and tiles are packed with Brotli and Zstandard.

pip install pmtiles==3.8.1 Brotli==1.2.1 zstandard==0.25.0
The directories are written by pmtiles, unpacked and packed anew; each tile of levels 0 to 4 holds its own address.
The Zstandard archive has tiles of one frame with its size, of two frames with one to be skipped between them, and of a stream without a size, by turns.
"""
import gzip
import io

import brotli
import zstandard
from pmtiles.tile import Compression, Entry, TileType, serialize_directory, serialize_header, zxy_to_tileid

LEVELS = 5


def plain(number, z, x, y):
    return f"{z}/{x}/{y}".encode() * (1 + number % 50)


def with_brotli(data, number):
    return brotli.compress(data, quality=[0, 5, 11][number % 3], lgwin=[10, 16, 24][number % 3])


def with_zstd(data, number):
    packer = zstandard.ZstdCompressor(level=[1, 9, 19][number % 3], write_checksum=number % 2 == 0)
    if number % 3 == 0:
        return packer.compress(data)
    if number % 3 == 1:
        skipped = bytes([0x53, 0x2A, 0x4D, 0x18, 5, 0, 0, 0]) + b"skip!"
        return packer.compress(data[: len(data) // 2]) + skipped + packer.compress(data[len(data) // 2 :])
    out = io.BytesIO()
    with packer.stream_writer(out, closefd=False) as stream:
        stream.write(data)
    return out.getvalue()


def archive(pack, compression):
    numbers = sorted((zxy_to_tileid(z, x, y), z, x, y) for z in range(LEVELS) for x in range(2**z) for y in range(2**z))
    data, entries = b"", []
    for number, z, x, y in numbers:
        tile = pack(plain(number, z, x, y), number)
        entries.append(Entry(number, len(data), len(tile), 1))
        data += tile
    directory = lambda entries, number: pack(gzip.decompress(serialize_directory(entries)), number)
    half = len(entries) // 2
    leaf = directory(entries[half:], 2)
    root = directory(entries[:half] + [Entry(entries[half].tile_id, 0, len(leaf), 0)], 1)
    metadata = pack(b'{"name": "packed"}', 0)
    header = {
        "tile_type": TileType.UNKNOWN, "version": 3, "clustered": True, "internal_compression": compression, "tile_compression": compression,
        "min_zoom": 0, "max_zoom": LEVELS - 1, "min_lon_e7": -1800000000, "min_lat_e7": -850000000, "max_lon_e7": 1800000000, "max_lat_e7": 850000000,
        "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0,
        "addressed_tiles_count": len(entries), "tile_entries_count": len(entries), "tile_contents_count": len(entries),
        "root_offset": 127, "root_length": len(root), "metadata_offset": 127 + len(root), "metadata_length": len(metadata),
        "leaf_directory_offset": 127 + len(root) + len(metadata), "leaf_directory_length": len(leaf),
        "tile_data_offset": 127 + len(root) + len(metadata) + len(leaf), "tile_data_length": len(data),
    }
    return serialize_header(header) + root + metadata + leaf + data


for name, pack, compression in [("brotli", with_brotli, Compression.BROTLI), ("zstd", with_zstd, Compression.ZSTD)]:
    with open(f"{name}.pmtiles", "wb") as file:
        file.write(archive(pack, compression))
