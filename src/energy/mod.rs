//! Numeric models on plain inputs; knows nothing of our own model of a territory.
