//! Tier 1: the program as people type it.

mod check_info;
