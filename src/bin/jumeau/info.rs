use jumeau::pipeline::info;
use std::io::Write;
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
    #[arg(long, value_parser = ["fr", "en"], default_value = "fr")]
    lang: String,
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang == "en";
    match info::manifest(&args.territory) {
        Ok((_, manifest)) => {
            if args.json {
                print(&format!("{:#}\n", info::to_json(&manifest, english)));
            } else {
                print(&info::to_text(&manifest, english));
            }
            ExitCode::SUCCESS
        }
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            ExitCode::from(2)
        }
    }
}

/// Prints data; a reader that has gone away (`| head`) is no fault.
pub fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
