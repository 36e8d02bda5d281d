//! The doors of Jumeau, for libFuzzer; `tests/it/doors.rs` of the project opens the same ones on a stable toolchain.

pub mod doors;
#[cfg(feature = "pipeline")]
pub mod source_doors;

/// Readers catch the panics of the libraries below them; libFuzzer would end the target at those too. One that nobody catches still ends it.
pub fn let_readers_catch() {
    std::panic::set_hook(Box::new(|_| ()));
}
