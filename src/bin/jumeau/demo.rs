//! `jumeau demo`: a fictional territory as source files.

use super::import::Talk;
use jumeau::pipeline::{demo, messages};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args)]
pub struct Args {
    /// Dossier à écrire, nouveau ou vide / folder to write, new or empty.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Graine : la même donne les mêmes octets / seed: the same one gives the same bytes.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Nombre de bâtiments, de 200 à 2 500 000 / number of buildings.
    #[arg(long, default_value_t = 2_000, value_name = "N")]
    buildings: usize,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let french = !args.lang.english();
    if !(demo::FEWEST..=demo::MOST).contains(&args.buildings) {
        let (fewest, most) = (demo::FEWEST, demo::MOST);
        eprintln!("{}", if french {
            format!("--buildings : de {fewest} à {most}")
        } else {
            format!("--buildings: from {fewest} to {most}")
        });
        return ExitCode::from(2);
    }
    let talk = Talk::new(french);
    let options = demo::DemoOptions { seed: args.seed, buildings: args.buildings };
    let result = demo::write(&args.out, &options, &talk);
    talk.end();
    match result {
        Ok(written) if args.json => {
            let report = serde_json::json!({ "buildings": written.buildings, "files": written.files });
            super::output::data(&format!("{report:#}\n"), ExitCode::SUCCESS)
        }
        Ok(written) => {
            let out = args.out.display();
            let text = if french {
                format!("Territoire fictif de {} bâtiments, {} fichiers dans {out}. Importez-le avec : jumeau import {out} --out TERRITOIRE\n", written.buildings, written.files.len())
            } else {
                format!("Fictional territory of {} buildings, {} files in {out}. Import it with: jumeau import {out} --out TERRITORY\n", written.buildings, written.files.len())
            };
            super::output::data(&text, ExitCode::SUCCESS)
        }
        Err(fault) => {
            eprintln!("{}", messages::sentence(fault.code, french, &fault.object, &fault.value));
            ExitCode::from(2)
        }
    }
}
