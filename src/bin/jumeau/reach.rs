//! `jumeau reach`: where a new plant or customer could be connected.

use jumeau::geodesy::Crs;
use jumeau::pipeline::network::reach;
use jumeau::pipeline::{ImportOptions, read_sources};
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
    let territory = match args.sources.as_slice() {
        [one] => jumeau::pipeline::info::manifest(one).ok(),
        _ => None,
    };
    let parts = match territory {
        Some((at, manifest)) => reach::of_territory(&at, &manifest).map_err(|fault| fault.finding(&at.display().to_string())),
        None => {
            let talk = super::import::Talk::new(!english);
            let read = read_sources(&args.sources, &ImportOptions::default(), &talk);
            talk.end();
            match read {
                Ok(imported) => Ok(reach::of_region(&imported.region, Crs::from_code(&imported.crs).ok())),
                Err(fault) => {
                    eprintln!("{}", jumeau::pipeline::messages::sentence(fault.code, !english, &fault.object, &fault.value));
                    return ExitCode::from(2);
                }
            }
        }
    };
    let parts = match parts {
        Ok(parts) => parts,
        Err(finding) => {
            super::flow::tell(&finding, english);
            return ExitCode::from(2);
        }
    };
    match reach::answer(&parts, args.lon, args.lat, args.kw, english) {
        Some(answer) if args.json => super::output::data(&format!("{answer:#}\n"), ExitCode::SUCCESS),
        Some(answer) => super::output::data(&reach::words(&answer, english), ExitCode::SUCCESS),
        None => {
            eprintln!("jumeau reach : aucun poste ni ligne électrique, ou position hors du système / no post or line, or a place outside the system");
            ExitCode::from(2)
        }
    }
}
