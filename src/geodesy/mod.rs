//! Typed coordinates, reference systems, heights and frames.
