//! The sentence of each finding of this folder, in French and English.
