//! Rules that a tileset, a subtree or a glb must keep.
