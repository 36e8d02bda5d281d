//! Fetch, byte store, tasks and clock behind one interface.
