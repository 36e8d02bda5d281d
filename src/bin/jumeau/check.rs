use jumeau::pipeline::check;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Territoire (dossier), tileset.json, subtree, glb ou gltf ; le contenu décide / territory folder, tileset, subtree or glTF.
    path: PathBuf,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_parser = ["fr", "en"], default_value = "fr")]
    lang: String,
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang == "en";
    match check::check(&args.path) {
        Ok(checked) => {
            if args.json {
                super::info::print(&format!("{:#}\n", checked.to_json(english)));
            } else {
                super::info::print(&checked.to_text(english));
                eprintln!("{}", checked.summary(english));
            }
            ExitCode::from(checked.exit_code())
        }
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            ExitCode::from(2)
        }
    }
}
