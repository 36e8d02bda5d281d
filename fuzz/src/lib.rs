//! The doors of Jumeau, for libFuzzer; `tests/it/doors.rs` of the project opens the same ones on a stable toolchain.

pub mod doors;
#[cfg(feature = "pipeline")]
pub mod source_doors;
