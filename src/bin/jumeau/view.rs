use super::viewing;
use jumeau::viewer::{Smoothing, Target, app, open::Opening};
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Dossier ou adresse du territoire ; sans rien, le territoire préparé par `cargo xtask demo` / folder or address of the territory.
    territory: Option<String>,
    /// Lien de partage, ou nom d'une vue du territoire / share link, or name of a view.
    #[arg(long, default_value = "")]
    view: String,
    /// Langue : fr ou en / language.
    #[arg(long, default_value = "fr")]
    lang: viewing::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let territory = match args.territory.map(Ok).unwrap_or_else(|| viewing::default_territory(args.lang)) {
        Ok(territory) => territory,
        Err(code) => return code,
    };
    let location = match viewing::location(&territory, args.lang) {
        Ok(location) => location,
        Err(code) => return code,
    };
    if let Err(code) = viewing::view(&location, &args.view, args.lang) {
        return code;
    }
    if let Err(code) = viewing::display(args.lang).and_then(|()| viewing::graphics(args.lang)) {
        return code;
    }
    let opening = Opening { link: args.view, language: args.lang.into() };
    match app(location, opening, Target::Window, Smoothing(4)) {
        Ok(mut app) => {
            app.add_plugins(jumeau::ui::UiPlugin);
            if app.run().is_success() { ExitCode::SUCCESS } else { ExitCode::from(2) }
        }
        Err(fault) => viewing::say(&viewing::fault("error-territory-unreachable", fault.to_string()), args.lang),
    }
}
