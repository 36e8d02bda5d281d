use super::viewing;
use jumeau::viewer::{Smoothing, Target, app};
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Dossier ou adresse d'un territoire ou d'un tileset ; sans rien, le territoire préparé par `cargo xtask demo` / folder or address of a territory or tileset.
    territory: Option<String>,
    #[command(flatten)]
    manner: viewing::Manner,
}

pub fn run(args: Args) -> ExitCode {
    let lang = args.manner.lang;
    let territory = match args.territory.map(Ok).unwrap_or_else(|| viewing::default_territory(lang)) {
        Ok(territory) => territory,
        Err(code) => return code,
    };
    let (location, opening) = match viewing::scene(&territory, &args.manner) {
        Ok(scene) => scene,
        Err(code) => return code,
    };
    if let Err(code) = viewing::display(lang).and_then(|()| viewing::graphics(lang)) {
        return code;
    }
    match app(location, opening, Target::Window, Smoothing(4)) {
        Ok(mut app) => {
            app.add_plugins(jumeau::ui::UiPlugin);
            if app.run().is_success() { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        Err(fault) => viewing::say(&viewing::fault("error-territory-unreachable", fault.to_string()), lang),
    }
}
