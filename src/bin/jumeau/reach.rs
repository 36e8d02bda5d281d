//! `jumeau reach`: where a new plant or customer could be connected.

use jumeau::base::Nature;
use jumeau::geodesy::Crs;
use jumeau::pipeline::network::reach;
use jumeau::pipeline::{ImportOptions, read_sources};
use jumeau::siting::reach::{Places, Room};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Un territoire avec réseau, ou des fichiers sources / a territory with a network, or source files.
    #[arg(required = true, value_name = "TERRITORY|SOURCE")]
    sources: Vec<PathBuf>,
    #[arg(long, allow_negative_numbers = true)]
    lon: f64,
    #[arg(long, allow_negative_numbers = true)]
    lat: f64,
    /// Puissance à raccorder / power to be connected, kW.
    #[arg(long, default_value_t = 250.0)]
    kw: f64,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue / language.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    let (places, rooms) = match places(&args, english) {
        Ok(found) => found,
        Err(code) => return code,
    };
    let fit = (args.kw.is_finite() && args.kw > 0.0).then(|| places.find([args.lon, args.lat], args.kw, &|id| rooms.get(id).copied())).flatten();
    match fit {
        Some(fit) if args.json => super::output::data(&format!("{:#}\n", fit.json(english)), ExitCode::SUCCESS),
        Some(fit) => super::output::words(&fit.words(english), ExitCode::SUCCESS),
        None => {
            eprintln!("jumeau reach : aucun poste ni ligne électrique, ou position ou puissance impossible / no post or line, or an impossible place or power");
            ExitCode::from(2)
        }
    }
}

/// Posts and lines, and what a stored power flow leaves of them.
fn places(args: &Args, english: bool) -> Result<(Places, HashMap<String, Room>), ExitCode> {
    let territory = match args.sources.as_slice() {
        [one] => jumeau::pipeline::info::manifest(one).ok(),
        _ => None,
    };
    if let Some((at, manifest)) = territory {
        return match reach::of_territory(&at, &manifest) {
            Ok(places) => Ok((places, reach::rooms(&at, &manifest))),
            Err(fault) => {
                super::flow::tell(&fault.finding(&at.display().to_string()), english);
                Err(ExitCode::from(2))
            }
        };
    }
    let talk = super::import::Talk::new(!english);
    let read = read_sources(&args.sources, &ImportOptions::default(), &talk);
    talk.end();
    let tell = |code: &str, object: &str, value: &str| {
        eprintln!("{}", jumeau::pipeline::messages::sentence(code, !english, object, value));
        ExitCode::from(2)
    };
    let imported = read.map_err(|fault| tell(fault.code, &fault.object, &fault.value))?;
    let crs = Crs::from_code(&imported.crs).map_err(|error| tell("crs-unknown", &imported.crs, &error.to_string()))?;
    let made = imported.datasets().iter().filter(|dataset| dataset.nature == Nature::Made).map(|dataset| dataset.id.to_string()).collect();
    Ok((reach::of_region(&imported.region, crs, made), HashMap::new()))
}
