//! 3D Tiles 1.1: tilesets, implicit tiling, subtrees.
