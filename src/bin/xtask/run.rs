//! Programs started, time told.

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Cargo, as if typed in the checkout's folder.
///
/// `cargo xtask` is itself run by Cargo, which tells it about its package through the environment.
/// Build scripts that watch these variables (ring's does) would rebuild at each change between a typed command and ours.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
            "CARGO_PRIMARY_",
        ]
        .iter()
        .any(|prefix| text.starts_with(prefix))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program whose own words go to the terminal, and tells what it is for and how long it took.
pub fn step(what: &str, command: &mut Command) -> Result<()> {
    let started = Instant::now();
    eprintln!("\n== {what}\n   {}", typed(command));
    let status = command
        .status()
        .with_context(|| format!("'{}' cannot be started", command.get_program().display()))?;
    if !status.success() {
        bail!("{what}: failed after {}.", duration(started.elapsed()));
    }
    eprintln!("   done in {}", duration(started.elapsed()));
    Ok(())
}

/// The command as a person would type it.
pub fn typed(command: &Command) -> String {
    let mut words = vec![
        Path::new(command.get_program())
            .file_name()
            .unwrap_or(command.get_program())
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .map(|word| word.to_string_lossy().into_owned()),
    );
    words.join(" ")
}

/// Work of our own that takes a while: a spinner on a terminal, two plain lines elsewhere.
pub fn work<T>(what: &str, job: impl FnOnce() -> Result<T>) -> Result<T> {
    let started = Instant::now();
    eprintln!("\n== {what}");
    let spinner = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("   {spinner} {elapsed}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(120));
    let result = job();
    spinner.finish_and_clear();
    if result.is_ok() {
        eprintln!("   done in {}", duration(started.elapsed()));
    }
    result
}

/// `8.3 s`, `4 min 05 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

/// `41.0 MB`, `12.3 kB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..=999 => format!("{bytes} B"),
        1_000..=999_999 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.2} MB", bytes as f64 / 1e6),
    }
}
