use jumeau::pipeline::info;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Dossier du territoire ou son territory.json / the territory's folder.
    territory: PathBuf,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    match info::manifest(&args.territory) {
        Ok((_, manifest)) => {
            if args.json {
                return super::output::data(&format!("{:#}\n", info::to_json(&manifest, english)), ExitCode::SUCCESS);
            }
            super::output::words(&info::to_text(&manifest, english), ExitCode::SUCCESS)
        }
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            ExitCode::from(2)
        }
    }
}
