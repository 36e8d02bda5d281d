//! Message keys, French and English, numbers, units and dates.
