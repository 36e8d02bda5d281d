//! `view`, `snapshot` and `fly` in a build without the viewer.

use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    rest: Vec<String>,
}

pub fn run(_: Args) -> ExitCode {
    eprintln!("jumeau: ce programme a été construit sans la vue 3D ; construisez-le avec `cargo build --release`.");
    eprintln!("jumeau: this program was built without the 3D view; build it with `cargo build --release`.");
    ExitCode::from(2)
}
