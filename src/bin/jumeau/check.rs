use jumeau::pipeline::check;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Default)]
pub struct Args {
    /// Territoire (dossier), sources, tileset.json, subtree, glb ou gltf, layer.json, TileJSON, PMTiles ; le contenu décide / territory folder, sources,
    /// tileset, subtree, glTF, terrain, TileJSON or PMTiles.
    path: PathBuf,
    /// Un document JSON sur la sortie / one JSON document.
    #[arg(long)]
    json: bool,
    /// Langue des messages / language of the messages.
    #[arg(long, value_enum, default_value_t)]
    lang: super::lang::Lang,
}

pub fn run(args: Args) -> ExitCode {
    let english = args.lang.english();
    match check::check(&args.path) {
        Ok(checked) => {
            let done = ExitCode::from(checked.exit_code());
            if args.json {
                return super::output::data(&format!("{:#}\n", checked.to_json(english)), done);
            }
            let code = super::output::words(&checked.to_text(english), done);
            eprintln!("{}", checked.summary(english));
            code
        }
        Err(missing) => {
            let (fr, en) = missing.sentence();
            eprintln!("{}", if english { en } else { fr });
            ExitCode::from(2)
        }
    }
}
