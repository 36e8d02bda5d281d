//! Tier 0: the pure modules against outside truth, and the architecture rule.

mod architecture;
mod i18n;
mod view;
